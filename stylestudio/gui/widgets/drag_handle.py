"""The handle beside Export: drag it, and the finished file goes where it is dropped."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from stylestudio.gui.widgets.boxes import commit_typed

DOT, GAP = 2.0, 6


class DragHandle(QWidget):
    """Asks for the file when it is pressed, and begins the drag when file and movement are there."""

    wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(26)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(self.tr("Drag the finished picture"))
        self.setToolTip(self.tr("Drag from here into another program to give it the finished picture"))
        self._pressed_at: QPoint | None = None
        self._moved = False
        self._file: Path | None = None

    def set_file(self, path: Path) -> None:
        """The file that was asked for."""
        self._file = path
        self._begin_if_ready()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at, self._moved, self._file = event.position().toPoint(), False, None
            commit_typed()
            self.wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None:
            distance = (event.position().toPoint() - self._pressed_at).manhattanLength()
            self._moved = self._moved or distance >= QApplication.startDragDistance()
            self._begin_if_ready()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.PlaceholderText))
        middle = QPointF(self.width() / 2, self.height() / 2)
        for row in (-1, 0, 1):
            for column in (-0.5, 0.5):
                painter.drawEllipse(middle + QPointF(column * GAP, row * GAP), DOT, DOT)
        painter.end()

    def _begin_if_ready(self) -> None:
        if self._pressed_at is None or not self._moved or self._file is None:
            return
        self._pressed_at = None
        drag = QDrag(self)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self._file))])
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)
