"""Sliders, number boxes, lists and buttons for a window where one scrolls over them and keys mean the session."""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QStyle,
    QStyleOptionSlider,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

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
        FocusFilter(self)


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


EDITING = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.SelectAll,
)
"""All that a number needs. Under X11 a line of text would also take Ctrl+E, Ctrl+D and the like, as Emacs does."""


class FocusFilter(QObject):
    """For `widget`: the wheel acts only with the focus, and Ctrl with a letter is the window's, but for `EDITING`."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)
        if isinstance(widget, QAbstractSpinBox):
            for line in widget.findChildren(QLineEdit):
                line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._is_taken_away(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _is_taken_away(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            return not self._widget.hasFocus()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return is_command(event) and not any(event.matches(key) for key in EDITING)
        return False


def is_command(event: QKeyEvent) -> bool:
    """Whether it is Ctrl, or the Mac's Command, with a letter."""
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(control) and Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z


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
            widget.blockSignals(True)
            widget.setValue(round(100 * value))
            widget.blockSignals(False)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.slider.setAccessibleName(name)
        self.box.setAccessibleName(self.tr("{name} in percent").format(name=name))

    def setToolTip(self, text: str) -> None:
        for widget in (super(), self.slider, self.box):
            widget.setToolTip(text)

    def _edit(self, percent: int) -> None:
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
