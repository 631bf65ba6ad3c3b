"""The test strip over the target: bands of shares, to be clicked."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from stylestudio.gui.canvas.marks import MARGIN, pill, pill_size
from stylestudio.gui.canvas.pointer import PointerState, Tool
from stylestudio.gui.canvas.surface import Surface
from stylestudio.studio.strip import BANDS, ROWS

_GRID = QColor(0, 0, 0, 110)
_DARK, _LIGHT = QColor(0, 0, 0, 170), QColor(255, 255, 255, 240)


class StripTool(Tool):
    """Names the rows and bands, frames the one under the mouse, and tells which was clicked."""

    chosen = Signal(float, float)
    """Where, 0..1 of the strip."""
    shows_strip = True

    def __init__(self, canvas: Surface) -> None:
        super().__init__(canvas)
        self.names: tuple[str, ...] = ("",) * ROWS
        """Of the rows."""
        self._field: tuple[int, int] | None = None

    def press(self, touch: PointerState) -> bool:
        self.hover(touch)
        return True

    def release(self, touch: PointerState) -> None:
        place = self._place(touch)
        if place is not None:
            self.chosen.emit(*place)

    def hover(self, touch: PointerState | None) -> None:
        place = touch and self._place(touch)
        field = place and (int(place[0] * BANDS), int(place[1] * ROWS))
        if field != self._field:
            self._field = field
            self.canvas.update()

    def cursor(self, touch: PointerState | None) -> Qt.CursorShape | None:
        return Qt.CursorShape.PointingHandCursor if touch and self._place(touch) else Qt.CursorShape.ArrowCursor

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        wide, high = rect.width() / BANDS, rect.height() / ROWS
        painter.setPen(QPen(_GRID, 1))
        for x in (rect.left() + band * wide for band in range(1, BANDS)):
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        painter.setPen(QPen(_DARK, 2))
        for y in (rect.top() + row * high for row in range(1, ROWS)):
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        self._paint_field(painter, rect)
        for row, name in enumerate(self.names):
            pill(painter, rect.topLeft() + QPointF(MARGIN / 2, row * high + MARGIN / 2), name)
        self._paint_shares(painter, rect)

    def _paint_shares(self, painter: QPainter, rect: QRectF) -> None:
        """The shares of the bands along the lower edge, as many as there is room for."""
        wide = rect.width() / BANDS
        every = 1 if wide > pill_size(painter.font(), "100 %")[0] + 4 else 5
        for band in range(0, BANDS, every):
            text = self._share(band)
            width, height = pill_size(painter.font(), text)
            x = min(max((band + 0.5) * wide - width / 2, 2), rect.width() - width - 2)
            pill(painter, rect.bottomLeft() + QPointF(x, -height - MARGIN / 2), text)

    def _paint_field(self, painter: QPainter, rect: QRectF) -> None:
        if self._field is None:
            return
        band, row = self._field
        wide, high = rect.width() / BANDS, rect.height() / ROWS
        field = QRectF(rect.left() + band * wide, rect.top() + row * high, wide, high).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((_DARK, 5.0), (_LIGHT, 2.5)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(field)
        text = f"{self.names[row]} {self._share(band)}"
        width, height = pill_size(painter.font(), text)
        x = min(max(field.center().x() - width / 2, rect.left() + 2), rect.right() - width - 2)
        pill(painter, QPointF(x, field.center().y() - height / 2), text)

    def _share(self, band: int) -> str:
        return self.tr("{share} %").format(share=round(100 * band / (BANDS - 1)))

    def _place(self, touch: PointerState) -> tuple[float, float] | None:
        rect = self.canvas.picture_rect()
        if rect is None or not rect.contains(touch.position):
            return None
        inside = touch.position - rect.topLeft()
        return min(inside.x() / rect.width(), 0.9999), min(inside.y() / rect.height(), 0.9999)
