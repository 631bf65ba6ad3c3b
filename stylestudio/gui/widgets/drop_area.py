"""A place that takes files dropped from elsewhere, and lights up while some hover over it."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from stylestudio.gui.drops import accept_as_copy
from stylestudio.gui.places import path_of


class DropArea(QWidget):
    """`came` carries the paths that were dropped, files and folders; what is dragged from itself is not taken."""

    came = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_lit = False
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._paths(event):
            self._light(True)
            accept_as_copy(event)
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        accept_as_copy(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(False)
        accept_as_copy(event)
        self.came.emit(self._paths(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(QPen(self.palette().highlight(), 3) if self._is_lit else QPen(self.palette().mid(), 1))
            if self._is_lit:
                painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
            else:
                painter.drawLine(self.rect().topLeft(), self.rect().topRight())

    def _paths(self, event: QDropEvent) -> list[Path]:
        source = event.source()
        if isinstance(source, QWidget) and self.isAncestorOf(source):
            return []
        return [path for path in map(path_of, event.mimeData().urls()) if path]

    def _light(self, on: bool) -> None:
        self._is_lit = on
        self.update()
