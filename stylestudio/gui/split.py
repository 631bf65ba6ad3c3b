"""The line that parts the photo from the target."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from stylestudio.gui.marks import HANDLE_RADIUS, MARGIN, pill, pill_size, split_line


class Split:
    """Where the line is: `position` 0..1 of the rectangle that the picture covers, in logical pixels."""

    def __init__(self) -> None:
        self.is_on = False
        self.is_dragged = False
        self._position = 0.5

    @property
    def position(self) -> float:
        return self._position

    @position.setter
    def position(self, position: float) -> None:
        self._position = min(max(position, 0.0), 1.0)

    def follow(self, point: QPointF, rect: QRectF) -> None:
        """Bring the line under the mouse."""
        self.position = (point.x() - rect.left()) / rect.width()

    def is_at(self, point: QPointF, rect: QRectF) -> bool:
        """Whether the line can be grabbed at `point`."""
        inside = rect.top() <= point.y() <= rect.bottom()
        return inside and abs(point.x() - self._line(rect)) <= HANDLE_RADIUS

    def paint(self, painter: QPainter, rect: QRectF, left: str, right: str) -> None:
        """The line, with the names of both sides where there is room for them."""
        x, y = self._line(rect), rect.top() + MARGIN
        split_line(painter, x, rect.top(), rect.bottom())
        widths = [pill_size(painter.font(), text)[0] + MARGIN for text in (left, right)]
        if x - rect.left() > widths[0] + MARGIN:
            pill(painter, QPointF(x - widths[0], y), left)
        if rect.right() - x > widths[1] + MARGIN:
            pill(painter, QPointF(x + MARGIN, y), right)

    def _line(self, rect: QRectF) -> float:
        return rect.left() + rect.width() * self._position
