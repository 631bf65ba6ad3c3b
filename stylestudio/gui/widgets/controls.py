"""Sliders with their boxes, and buttons: the artist's hand on them, and how one gesture becomes one step."""

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from stylestudio.gui.widgets.boxes import ShareBox
from stylestudio.gui.widgets.share_slider import ShareSlider

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


BAR = 16.0, 2.0
"""Width and height of the mark of what is checked."""


class Toggle(QToolButton):
    """A tool button in the accent colour while it is checked: Fusion's own shade cannot be told apart on dark.

    A bar under its words or icon says the same to those who do not see the colour.
    """

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

    def paintEvent(self, arg__1: QPaintEvent) -> None:
        super().paintEvent(arg__1)
        if not self.isChecked():
            return
        width, height = min(BAR[0], self.width() / 2), BAR[1]
        bar = QRectF((self.width() - width) / 2, self.height() - height - 1, width, height)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().highlightedText())
            painter.drawRoundedRect(bar, height / 2, height / 2)


class PercentControl(QWidget):
    """A slider with words at its `ends` and a box of percents, which move together; `usual` is the default, 0..100."""

    edited = Signal(float, object)
    """A value 0..1, and a token that is the same for all changes of one step."""

    def __init__(self, parent: QWidget, usual: int, ends: tuple[str, str]) -> None:
        super().__init__(parent)
        self.slider, self.box = ShareSlider(None, self, usual=usual), ShareBox(self, 0, 100)
        self._ends = [QLabel(text, self) for text in ends]
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

    def show_ends(self, ends: tuple[str, str], width: int) -> None:
        """Have other words at the ends, each shortened to so many pixels; in full they are its tooltip."""
        for label, text in zip(self._ends, ends, strict=True):
            label.setTextFormat(Qt.TextFormat.PlainText)  # names of files are part of it
            label.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, width))
            label.setToolTip(text)

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
        for label in self._ends:
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
