"""The slider and the number box of a style share, and of what else goes from 0 to 100 %."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSlider, QSpinBox, QStyle, QStyleOptionSlider, QWidget

from stylestudio.gui.manners import Manners
from stylestudio.studio.recipe import DEFAULT_SHARE

NOTCH = 120
SMALL, LARGE = 1, 10
GROOVE, HANDLE = 6.0, 16.0
ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}


class ShareSlider(QSlider):
    """0 to 100: goes where it is clicked, Shift-arrows move ten, a double click brings back the `usual` value.

    Without a colour it has the theme's own.
    """

    def __init__(self, colour: str | None, parent: QWidget, usual: int = round(100 * DEFAULT_SHARE)) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, 100)
        self.setPageStep(LARGE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._colour = QColor(colour) if colour else None
        self._usual = usual
        self._turned = 0

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        direction = ARROWS.get(Qt.Key(ev.key()))
        if direction is None:
            super().keyPressEvent(ev)
            return
        shifted = bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.setValue(self.value() + direction * (LARGE if shifted else SMALL))

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        if ev.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            if not self._handle().contains(ev.position().toPoint()):
                self.setValue(self._value_at(ev.position().x()))
        super().mousePressEvent(ev)

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        super().mouseReleaseEvent(ev)
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setValue(self._usual)

    def wheelEvent(self, e: QWheelEvent) -> None:
        if not self.hasFocus():
            e.ignore()
            return
        self._turned += e.angleDelta().y() or e.angleDelta().x()
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        self.setValue(self.value() + notches)
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
            painter.drawRoundedRect(QRectF(left, top, middle.x() - left, GROOVE), round_, round_)
            focused = self.hasFocus()
            painter.setPen(QPen(colour if focused else palette.color(QPalette.ColorRole.Shadow), 1 + focused))
            painter.setBrush(
                palette.color(QPalette.ColorRole.Light if self.underMouse() else QPalette.ColorRole.Button)
            )
            painter.drawEllipse(middle, HANDLE / 2 - 1, HANDLE / 2 - 1)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 24)

    def _shown_colour(self) -> QColor:
        if not self.isEnabled():
            return self.palette().color(QPalette.ColorRole.Mid)
        return self._colour or self.palette().color(QPalette.ColorRole.Highlight)

    def _half_handle(self) -> float:
        return self._handle().width() / 2

    def _handle(self) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_SliderHandle
        return self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)

    def _value_at(self, x: float) -> int:
        handle = self._handle().width()
        return QStyle.sliderValueFromPosition(0, 100, round(x - self._half_handle()), self.width() - handle)


class ShareBox(QSpinBox):
    """0 to 100 as a number."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRange(0, 100)
        self.setSuffix(" %")
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        Manners(self)
