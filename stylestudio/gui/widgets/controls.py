"""Sliders and buttons: the artist's hand on them, and how one gesture becomes one step."""

from PySide6.QtCore import QObject, QRect, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from stylestudio.gui.widgets.boxes import ShareBox
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

    def show_value(self, percent: float) -> None:
        """Show it, to the next whole one, without any signal."""
        with QSignalBlocker(self):
            self.setValue(round(percent))

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


PAUSE = 800
"""Milliseconds without a change after which the next one is a step of its own; longer than a double click."""


class Gesture(QObject):
    """One drag of a slider, or changes that follow each other without a pause."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sliders: list[QSlider] = []
        self._step: object = object()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._paused)

    def watch(self, slider: QSlider) -> None:
        """Begin a new step whenever this slider is taken."""
        self._sliders.append(slider)
        slider.sliderPressed.connect(self._begin)

    def step(self) -> object:
        """To be called at a change: the token that it shares with all others of its step."""
        self._pause.start()
        return self._step

    def _begin(self) -> None:
        self._step = object()

    def _paused(self) -> None:
        if not any(slider.isSliderDown() for slider in self._sliders):
            self._begin()


DARKER = 120
"""Percent; Fusion lightens a button's colour towards its upper edge, and the words on it have to stay readable."""


class Toggle(QToolButton):
    """A tool button in the accent colour while it is checked: Fusion's own shade cannot be told apart on dark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        if self.isChecked():
            palette = QPalette(option.palette)
            palette.setColor(QPalette.ColorRole.Button, palette.color(QPalette.ColorRole.Highlight).darker(DARKER))
            palette.setColor(QPalette.ColorRole.ButtonText, palette.color(QPalette.ColorRole.HighlightedText))
            option.palette = palette


class PercentControl(QWidget):
    """A slider with words at its `ends` and a box of percents, which move together; `usual` is the default, 0..100."""

    edited = Signal(float, object)
    """A value 0..1, and a token that is the same for all changes of one step."""

    def __init__(self, parent: QWidget, usual: int, ends: tuple[str, str]) -> None:
        super().__init__(parent)
        self.slider, self.box = ShareSlider(None, self, usual=usual), ShareBox(self)
        self._ends = ends
        self._gesture = Gesture(self)
        self._gesture.watch(self.slider)
        for widget in (self.slider, self.box):
            widget.valueChanged.connect(self._edit)
        self.setFocusProxy(self.slider)
        self._lay_out()

    def show_value(self, value: float) -> None:
        """Show it without any signal."""
        for widget in (self.slider, self.box):
            widget.show_value(100 * value)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.slider.setAccessibleName(name)
        self.box.setAccessibleName(self.tr("{name} in percent").format(name=name))

    def setToolTip(self, text: str) -> None:
        for widget in (super(), self.slider, self.box):
            widget.setToolTip(text)

    def _edit(self, percent: float) -> None:
        self.show_value(percent / 100)
        self.edited.emit(percent / 100, self._gesture.step())

    def _lay_out(self) -> None:
        ends = QHBoxLayout()
        for text in self._ends:
            label = QLabel(text, self)
            label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
            ends.addWidget(label)
        ends.insertStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.slider, 0, 0)
        grid.addWidget(self.box, 0, 1)
        grid.addLayout(ends, 1, 0, 1, 2)


class Fold(QToolButton):
    """A line with an arrow that opens and shuts what follows it."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggled.connect(self._turn)
        self._turn(False)

    def _turn(self, is_open: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
