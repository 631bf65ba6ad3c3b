"""The brush that paints where the target is to be more or less like the overfit picture, and its gradient."""

from dataclasses import dataclass, replace
from math import hypot
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from stylestudio.gui.canvas.pointer import Modifier, PointerState, Tool
from stylestudio.gui.canvas.surface import Surface
from stylestudio.images.mask import MOST_SIZE, Goal, Gradient, Point, Stroke

LEAST_SIZE: Final = 0.002
SIZE_STEP: Final = 1.2
HARDNESS_STEP: Final = 0.1
OTHER: Final[dict[Goal, Goal]] = {"more": "less", "less": "more", "none": "more"}
"""What X makes of a goal."""
_NEAR = 0.02
"""Of the brush's size: a stroke needs no points that are nearer than that to each other."""
_PRESSED = 0.04
"""Unless the pressure changes so much."""
_SMALLEST_CIRCLE = 3.0
_SIGN = 4.0
_GRAB = 10.0
_DARK, _LIGHT = QColor(0, 0, 0, 150), QColor(255, 255, 255, 230)


@dataclass(frozen=True)
class BrushTip:
    """What the brush paints with; the fields are those of a `Stroke`."""

    size: float = 0.08
    hardness: float = 0.4
    strength: float = 1.0
    goal: Goal = "more"

    def resized(self, factor: float) -> "BrushTip":
        return replace(self, size=min(max(self.size * factor, LEAST_SIZE), MOST_SIZE))

    def hardened(self, step: float) -> "BrushTip":
        return replace(self, hardness=round(min(max(self.hardness + step, 0.0), 1.0), 3))


class Brush(Tool):
    """Drags paint strokes; a press with Shift goes on in a straight line from where the last stroke ended."""

    painted = Signal(object, object)
    """The stroke as it is by now, and a token that is the same as long as it is drawn."""
    drawn = Signal(object, object)
    """Likewise the gradient."""

    def __init__(self, canvas: Surface) -> None:
        super().__init__(canvas)
        self._tip = BrushTip()
        self._gradient: Gradient | None = None
        self._draws_gradient = False
        self._points: list[Point] = []
        self._last: Point | None = None
        self._goal: Goal = "more"
        self._token: object = None
        self._end: int | None = None
        self._at: PointerState | None = None

    @property
    def tip(self) -> BrushTip:
        return self._tip

    @tip.setter
    def tip(self, tip: BrushTip) -> None:
        self._refresh()
        self._tip = tip
        self._refresh()

    @property
    def draws_gradient(self) -> bool:
        """Whether a drag draws the gradient instead of a stroke."""
        return self._draws_gradient

    @draws_gradient.setter
    def draws_gradient(self, on: bool) -> None:
        self._draws_gradient = on
        self.canvas.update()

    def set_gradient(self, gradient: Gradient | None) -> None:
        """The one that the mask has, whose ends can be dragged."""
        self._gradient = gradient
        if self._draws_gradient:
            self.canvas.update()

    def press(self, touch: PointerState) -> bool:
        point = self._point(touch)
        if point is None:
            return False
        self._token, self._goal = object(), self._goal_of(touch)
        if self._draws_gradient:
            self._begin_gradient(touch, point)
            return True
        straight = touch.modifiers & Modifier.ShiftModifier and self._last is not None
        self._points = [self._last, point] if straight and self._last else [point]
        self._tell()
        return True

    def drag(self, touch: PointerState) -> None:
        point = self._point(touch)
        if point is None:
            return
        if self._end is not None:
            self._move_end(point)
        elif self._points and self._is_apart(point):
            self._points.append(point)
            self._tell()

    def release(self, touch: PointerState) -> None:
        self._last = self._points[-1] if self._points else self._last
        self._points, self._end, self._token = [], None, None

    def hover(self, touch: PointerState | None) -> None:
        self._refresh()
        self._at = touch
        self._refresh()

    def cursor(self, touch: PointerState | None) -> Qt.CursorShape | None:
        return Qt.CursorShape.CrossCursor if self._draws_gradient else Qt.CursorShape.BlankCursor

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._draws_gradient:
            if self._gradient:
                self._paint_gradient(painter, self._gradient)
        elif self._at:
            self._paint_circle(painter, self._at)

    def _goal_of(self, touch: PointerState) -> Goal:
        return "none" if touch.rubber or touch.modifiers & Modifier.AltModifier else self._tip.goal

    def _point(self, touch: PointerState) -> Point | None:
        place = self.canvas.place_at(touch.position)
        return place and Point(*place, touch.pressure)

    def _is_apart(self, point: Point) -> bool:
        last = self._points[-1]
        near = hypot(point.x - last.x, point.y - last.y) < _NEAR * self._tip.size
        return not near or point.pressure - last.pressure > _PRESSED

    def _tell(self) -> None:
        tip = self._tip
        stroke = Stroke(tuple(self._points), tip.size, tip.hardness, tip.strength, self._goal)
        self.painted.emit(stroke, self._token)

    def _begin_gradient(self, touch: PointerState, point: Point) -> None:
        """Take an end of the one that is there, or begin another."""
        ends = (self._gradient.start, self._gradient.end) if self._gradient else ()
        distances = [QLineF(touch.position, self.canvas.widget_point(end)).length() for end in ends]
        if distances and min(distances) <= _GRAB:
            self._end = distances.index(min(distances))
            return
        full = self._tip.strength * (-1 if self._goal == "less" else 1)
        self._end = 1
        self._gradient = Gradient((point.x, point.y), (point.x, point.y), (full, 0.0))

    def _move_end(self, point: Point) -> None:
        assert self._gradient and self._end is not None
        place = (point.x, point.y)
        moved = replace(self._gradient, start=place) if self._end == 0 else replace(self._gradient, end=place)
        self._gradient = moved
        self.drawn.emit(moved, self._token)

    def _refresh(self) -> None:
        """Have the circle painted anew, where it is."""
        if self._at:
            reach = self._radius(self._at) + 3
            around = QRectF(-reach, -reach, 2 * reach, 2 * reach).translated(self._at.position)
            self.canvas.update(around.toAlignedRect())

    def _radius(self, touch: PointerState) -> float:
        return max(self._tip.size / 2 * self.canvas.long_side(), _SIGN)

    def _paint_circle(self, painter: QPainter, touch: PointerState) -> None:
        """How far a stroke reaches, how far it is full, and in the middle what it does."""
        radius = self._radius(touch)
        full = radius * self._tip.hardness
        sign = _sign(touch.position, self._goal_of(touch))
        for reach, colour in ((radius - 1, _DARK), (radius + 1, _DARK), (radius, _LIGHT)):
            painter.setPen(QPen(colour, 1))  # a wider line around a large brush takes Qt ten times as long
            painter.drawEllipse(touch.position, reach, reach)
        for colour, width in ((_DARK, 3.0), (_LIGHT, 1.2)):
            painter.setPen(QPen(colour, width))
            painter.drawLines(sign)
        if _SMALLEST_CIRCLE < full < radius - _SMALLEST_CIRCLE:
            painter.setPen(QPen(_LIGHT, 1, Qt.PenStyle.DotLine))
            painter.drawEllipse(touch.position, full, full)

    def _paint_gradient(self, painter: QPainter, gradient: Gradient) -> None:
        start, end = self.canvas.widget_point(gradient.start), self.canvas.widget_point(gradient.end)
        for colour, width in ((_DARK, 3.5), (_LIGHT, 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(start, end)
            painter.drawEllipse(end, 5, 5)
            painter.setBrush(colour)
            painter.drawEllipse(start, 6, 6)
            painter.setBrush(Qt.BrushStyle.NoBrush)


def _sign(at: QPointF, goal: Goal) -> list[QLineF]:
    """Plus, minus, or a cross for what is erased."""
    across, down = QPointF(_SIGN, 0), QPointF(0, _SIGN)
    if goal == "none":
        across, down = QPointF(_SIGN, _SIGN) * 0.7, QPointF(_SIGN, -_SIGN) * 0.7
    lines = [QLineF(at - across, at + across)]
    return lines if goal == "less" else [*lines, QLineF(at - down, at + down)]
