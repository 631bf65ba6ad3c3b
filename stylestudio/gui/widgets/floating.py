"""A pane that floats over a picture, where the picture has the whole screen."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QStyle, QVBoxLayout, QWidget

MARGIN, EDGE, RADIUS = 12, 20, 10.0
OPACITY = 225
LOWER_RIGHT = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight


class FloatingFrame(QFrame):
    """Holds a pane over `place`, in its lower right corner, or `where` else, until it is dragged."""

    def __init__(self, place: QWidget, where: Qt.AlignmentFlag = LOWER_RIGHT) -> None:
        super().__init__(place)
        self._place, self._where = place, where
        self._grabbed: QPoint | None = None
        self._moved = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        place.installEventFilter(self)
        self.hide()

    def hold(self, pane: QWidget, width: int | None = None) -> None:
        """Take this pane, so wide, until another layout takes it."""
        pane.setCursor(Qt.CursorShape.ArrowCursor)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(pane)
        if width is not None:
            self.setFixedWidth(width)
        self._moved = False
        self.show()
        self.raise_()
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._settle()
        return super().eventFilter(watched, event)

    def event(self, e: QEvent) -> bool:
        done = super().event(e)
        if e.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._settle()  # what it holds has grown
        return done

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._moved = True
            self.move(self.pos() + event.position().toPoint() - self._grabbed)
            self._settle()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = QColor(self.palette().window().color())
        colour.setAlpha(OPACITY)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().mid().color(), 1))
            painter.setBrush(colour)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _settle(self) -> None:
        """In its place at first; afterwards where it was put, but never outside."""
        self.setMaximumHeight(max(self._place.height() - 2 * EDGE, self.minimumSizeHint().height()))
        self.adjustSize()
        room = self._place.rect().adjusted(0, 0, -self.width(), -self.height())
        within = self._place.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        usual = QStyle.alignedRect(self.layoutDirection(), self._where, self.size(), within).topLeft()
        corner = self.pos() if self._moved else usual
        self.move(max(0, min(corner.x(), room.width())), max(0, min(corner.y(), room.height())))
        self._place.update()  # what is written on the picture makes way
