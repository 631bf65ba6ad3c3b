"""The dropper: a place of the target is clicked that is to keep the photo's colour."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from stylestudio.gui.canvas.pointer import PointerState, Tool
from stylestudio.gui.canvas.surface import Surface

_SIDE, _AWAY, _RADIUS = 44.0, 16.0, 6.0
_EDGE = QColor(24, 24, 24, 220)

ColoursAt = Callable[[QPointF], tuple[QColor, QColor] | None]


class Dropper(Tool):
    """Beside the mouse it shows the photo's colour, at the left, and the target's."""

    picked = Signal(float, float)
    """Where, in the picture's long side."""

    def __init__(self, canvas: Surface, colours_at: ColoursAt) -> None:
        super().__init__(canvas)
        self._colours_at = colours_at
        self._at: PointerState | None = None

    def press(self, touch: PointerState) -> bool:
        place, rect = self.canvas.place_at(touch.position), self.canvas.picture_rect()
        if place and rect and rect.contains(touch.position):
            self.picked.emit(*place)
        return True

    def hover(self, touch: PointerState | None) -> None:
        for _ in range(2):
            if self._at:
                self.canvas.update(self._swatch(self._at.position).adjusted(-3, -3, 3, 3).toAlignedRect())
            self._at = touch

    def cursor(self, touch: PointerState | None) -> Qt.CursorShape | None:
        return Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        colours = self._at and self._colours_at(self._at.position)
        if not self._at or not colours:
            return
        swatch = self._swatch(self._at.position)
        painter.save()
        for colour, left in zip(colours, (swatch.left(), swatch.center().x()), strict=True):
            half = QRectF(left, swatch.top(), swatch.width() / 2, swatch.height())
            painter.fillRect(half, colour)
        painter.setPen(QPen(_EDGE, 4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(swatch, _RADIUS, _RADIUS)
        painter.setPen(QPen(Qt.GlobalColor.white, 1.5))
        painter.drawRoundedRect(swatch, _RADIUS, _RADIUS)
        painter.restore()

    def _swatch(self, at: QPointF) -> QRectF:
        """Right above the mouse, or on the other side of it where there is no room."""
        x = at.x() + _AWAY if at.x() + _AWAY + _SIDE < self.canvas.width() else at.x() - _AWAY - _SIDE
        y = at.y() - _AWAY - _SIDE if at.y() > _AWAY + _SIDE else at.y() + _AWAY
        return QRectF(x, y, _SIDE, _SIDE)
