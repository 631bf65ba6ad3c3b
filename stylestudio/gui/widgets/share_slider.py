"""The slider of a share, and of any other percent."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from stylestudio.studio.recipe import DEFAULT_SHARE

NOTCH = 120
SMALL, LARGE = 1, 10
GROOVE, HANDLE = 6.0, 16.0
MOVES = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -LARGE,
    Qt.Key.Key_PageUp: LARGE,
}
ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: 100}
HOLD, TRAVEL, LEAST_TRAVEL = 6, 64, 16
"""Pixels past an end of the groove that still mean the end; those over which it then goes on to what is farthest, and
how few these may be where the screen ends."""
TICK = 4.0


class ShareSlider(QSlider):
    """0 to 100: goes where it is clicked, Shift-arrows move ten, a double click brings back the `usual` value.

    With a wider `reach` it goes on where it is dragged past its end; its scale then grows to what it stands at, and the
    marks of 0, of the usual value and of 100 move inwards. Without a colour it has the theme's own.
    """

    def __init__(
        self,
        colour: str | None,
        parent: QWidget,
        usual: int = round(100 * DEFAULT_SHARE),
        reach: tuple[int, int] = (0, 100),
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(*reach)
        self.setPageStep(LARGE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._colour = QColor(colour) if colour else None
        self._usual = usual
        self._turned = 0
        self._grip = 0.0
        self._held: tuple[int, int] | None = None

    def set_colour(self, colour: str) -> None:
        self._colour = QColor(colour)
        self.update()

    @property
    def end_values(self) -> tuple[int, int]:
        """What its ends stand for: 0 and 100, or what lies beyond them if it stands there."""
        least, most = self._held or (0, 100)
        return min(least, self.value()), max(most, self.value())

    def show_value(self, percent: float) -> None:
        """Show it, to the next whole one, without any signal."""
        with QSignalBlocker(self):
            self.setValue(round(percent))
        self.update()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        key, shifted = Qt.Key(ev.key()), bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in MOVES:
            self._move(LARGE * MOVES[key] if shifted and abs(MOVES[key]) == SMALL else MOVES[key])
        elif key in ENDS:
            self.setValue(ENDS[key])
        else:
            super().keyPressEvent(ev)

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            ev.ignore()
            return
        handle, x, scale = self._handle(), ev.position().x(), self.end_values
        on_handle = handle.contains(ev.position().toPoint())
        self._grip = x - QRectF(handle).center().x() if on_handle else 0.0
        self.setSliderDown(True)
        self._held = scale
        if not on_handle:
            self.setValue(self._value_at(x))

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        if self._held:
            self.setValue(self._value_at(ev.position().x() - self._grip))

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        self._held = None
        self.setSliderDown(False)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setValue(self._usual)

    def wheelEvent(self, e: QWheelEvent) -> None:
        if not self.hasFocus():
            e.ignore()
            return
        self._turned += e.angleDelta().y() or e.angleDelta().x()
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        self._move(notches)
        e.accept()

    def paintEvent(self, ev: QPaintEvent) -> None:
        middle = QRectF(self._handle()).center()
        left, right = self._half_handle(), self.width() - self._half_handle()
        top = middle.y() - GROOVE / 2
        palette, round_, colour = self.palette(), GROOVE / 2, self._shown_colour()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Mid))
            painter.drawRoundedRect(QRectF(left, top, right - left, GROOVE), round_, round_)
            painter.setBrush(colour)
            painter.drawRoundedRect(
                QRectF(QPointF(self._place(0), top), QPointF(middle.x(), top + GROOVE)).normalized(), round_, round_
            )
            self._paint_marks(painter, top + GROOVE + 2)
            focused = self.hasFocus()
            painter.setPen(QPen(colour if focused else palette.color(QPalette.ColorRole.Shadow), 1 + focused))
            painter.setBrush(
                palette.color(QPalette.ColorRole.Light if self.underMouse() else QPalette.ColorRole.Button)
            )
            painter.drawEllipse(middle, HANDLE / 2 - 1, HANDLE / 2 - 1)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 24)

    def _paint_marks(self, painter: QPainter, top: float) -> None:
        """Where 0, the usual value and 100 are."""
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1))
        for value in (0, self._usual, 100):
            x = min(int(self._place(value)), self.width() - int(self._half_handle()) - 1) + 0.5
            painter.drawLine(QPointF(x, top), QPointF(x, top + TICK))

    def _move(self, by: int) -> None:
        """By keys and wheel; from between the ends, as far as these."""
        value = self.value() + by
        self.setValue(min(max(value, 0), 100) if 0 <= self.value() <= 100 else value)

    def _shown_colour(self) -> QColor:
        if not self.isEnabled():
            return self.palette().color(QPalette.ColorRole.Mid)
        return self._colour or self.palette().color(QPalette.ColorRole.Highlight)

    def _half_handle(self) -> float:
        return self._handle().width() / 2

    def _length(self) -> float:
        return max(self.width() - 2 * self._half_handle(), 1.0)

    def _place(self, value: int) -> float:
        """Where on the groove this value is."""
        least, most = self.end_values
        return self._half_handle() + self._length() * (value - least) / (most - least)

    def _handle(self) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        option.minimum, option.maximum = self.end_values
        part = QStyle.SubControl.SC_SliderHandle
        return self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)

    def _value_at(self, x: float) -> int:
        """What a place stands for, on the scale of the moment when the slider was taken."""
        least, most = self._held or self.end_values
        along = x - self._half_handle()
        past = along - self._length()
        if past > HOLD:
            return round(most + (self.maximum() - most) * min((past - HOLD) / self._travel(), 1))
        if along < -HOLD:
            return round(least + (self.minimum() - least) * min((-along - HOLD) / self._travel(), 1))
        return round(least + (most - least) * min(max(along / self._length(), 0), 1))

    def _travel(self) -> float:
        """How far the mouse goes from an end to what is farthest beyond; the screen's edge must not be nearer."""
        left = self.mapToGlobal(QPoint(0, 0)).x()
        screen = self.screen().geometry()
        room = min(left - screen.left(), screen.right() - left - self.width()) + self._half_handle() - HOLD
        return min(max(room, LEAST_TRAVEL), TRAVEL)
