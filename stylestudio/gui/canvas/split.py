"""The line that parts the photo from the target."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from stylestudio.gui.canvas.marks import HANDLE_RADIUS, MARGIN, pill, pill_size, split_line
from stylestudio.gui.canvas.pointer import PointerHandler, PointerState
from stylestudio.gui.canvas.surface import Surface


class Split(PointerHandler):
    """Where the line is: `position` 0..1 of the rectangle that the visible part of the picture covers."""

    def __init__(self, canvas: Surface, can_be_seen: Callable[[], bool], only_by_handle: Callable[[], bool]) -> None:
        """It can be dragged while it `can_be_seen`, and `only_by_handle` where a tool works beside it."""
        super().__init__(canvas)
        self.is_on = False
        self._is_dragged = False
        self._position = 0.5
        self._can_be_seen, self._only_by_handle = can_be_seen, only_by_handle

    @property
    def position(self) -> float:
        return self._position

    @position.setter
    def position(self, position: float) -> None:
        self._position = min(max(position, 0.0), 1.0)
        self.canvas.update()

    def press(self, touch: PointerState) -> bool:
        self._is_dragged = self._is_at(touch.position) and not touch.middle
        return self._is_dragged

    def double(self, touch: PointerState) -> bool:
        if not self._is_at(touch.position):
            return False
        self.position = 0.5
        return True

    def drag(self, touch: PointerState) -> None:
        rect = self.canvas.picture_rect()
        if self._is_dragged and rect:
            self.position = (touch.position.x() - rect.left()) / rect.width()

    def release(self, touch: PointerState) -> None:
        self._is_dragged = False

    def cursor(self, touch: PointerState | None) -> Qt.CursorShape | None:
        return Qt.CursorShape.SplitHCursor if self._is_dragged or (touch and self._is_at(touch.position)) else None

    def paint_between(self, painter: QPainter, rect: QRectF, left: str, right: str) -> None:
        """The line, with the names of both sides where there is room for them."""
        x = self._line(rect)
        split_line(painter, x, rect.top(), rect.bottom())
        sizes = [pill_size(painter.font(), text) for text in (left, right)]
        widths = [width + MARGIN for width, _ in sizes]
        both = QRectF(x - widths[0], rect.top() + MARGIN, widths[0] + widths[1], sizes[0][1])
        y = self.canvas.uncovered(both).top()
        if x - rect.left() > widths[0] + MARGIN:
            pill(painter, QPointF(x - widths[0], y), left)
        if rect.right() - x > widths[1] + MARGIN:
            pill(painter, QPointF(x + MARGIN, y), right)

    def _is_at(self, point: QPointF) -> bool:
        """Whether the line can be grabbed at `point`."""
        rect = self.canvas.picture_rect() if self.is_on and self._can_be_seen() else None
        if rect is None or not rect.top() <= point.y() <= rect.bottom():
            return False
        near = HANDLE_RADIUS if self._only_by_handle() else rect.height()
        return abs(point.x() - self._line(rect)) <= HANDLE_RADIUS and abs(point.y() - rect.center().y()) <= near

    def _line(self, rect: QRectF) -> float:
        return rect.left() + rect.width() * self._position
