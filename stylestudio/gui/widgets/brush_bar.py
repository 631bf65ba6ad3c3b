"""What floats over the target while the brush is on: its tip, and what else the mask is made of."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QEnterEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from stylestudio.gui.canvas.brush import LEAST_SIZE, BrushTip
from stylestudio.gui.icons import icon
from stylestudio.gui.widgets.controls import Gesture, ShareSlider, Toggle
from stylestudio.images.mask import MOST_SIZE, ByLightness, Goal, Mask

_WIDTH = 104
_ICON = QSize(18, 18)
_MIDDLE = 50
"""Where a slider of tones stands for what the sliders of the mix say."""


class LabelledSlider(QWidget):
    """A small slider of 0 to 100 under its name and its value in words."""

    def __init__(self, name: str, usual: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._label, self.slider = QLabel(name, self), ShareSlider(None, self, usual=usual)
        self.slider.setAccessibleName(name)
        self.slider.setValue(usual)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._label)
        column.addWidget(self.slider)
        self.setFixedWidth(_WIDTH)

    def show_value(self, position: float, words: str) -> None:
        """Show it without any signal."""
        self.slider.show_value(position)
        self._label.setText(f"{self._name}  {words}")


class BrushBar(QWidget):
    """Shows a tip and a mask; what the artist does comes out as signals."""

    brush_tip_edited = Signal(object)
    gradient_wanted = Signal(bool)
    """Whether drags are to draw the gradient."""
    lightness_edited = Signal(object, object)
    """`ByLightness`, None where it changes nothing, and a token for all changes of one step."""
    entered = Signal()
    """The mouse has left the target for this bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tip, self._longest = BrushTip(), 1
        self._gesture = Gesture(self)
        self._goals: dict[Goal, Toggle] = {}
        self.thickness = LabelledSlider(self.tr("Size"), _position_of(BrushTip().size), self)
        self.hardness = LabelledSlider(self.tr("Hardness"), round(100 * BrushTip().hardness), self)
        self.strength = LabelledSlider(self.tr("Strength"), round(100 * BrushTip().strength), self)
        self.tones = [
            LabelledSlider(name, _MIDDLE, self) for name in (self.tr("Dark"), self.tr("Middle"), self.tr("Light tones"))
        ]
        self.gradient = self._button("gradient", self.tr("Gradient"), self.tr("Drag a gradient over the target"))
        self.by_lightness = self._button(
            "tones", self.tr("By lightness"), self.tr("More or less in the photo's dark, middle and light tones")
        )
        self._lay_out()
        self._join()
        self.show_brush(self._tip)

    def fill(self, actions: Sequence[QAction]) -> None:
        """Buttons for these actions at the end."""
        for action in actions:
            button = self._button("", action.iconText(), "")
            button.setDefaultAction(action)
            self._row.addWidget(button)

    def show_brush(self, tip: BrushTip, longest: int | None = None) -> None:
        """Show it; `longest` is the photo's long side in pixels."""
        self._tip, self._longest = tip, longest or self._longest
        pixels = max(1, round(tip.size * self._longest))
        self.thickness.show_value(_position_of(tip.size), self.tr("{count} px").format(count=pixels))
        for control, value in ((self.hardness, tip.hardness), (self.strength, tip.strength)):
            control.show_value(100 * value, self.tr("{share} %").format(share=round(100 * value)))
        self._goals[tip.goal].setChecked(True)

    def show_mask(self, mask: Mask) -> None:
        curve = mask.lightness or ByLightness()
        for control, value in zip(self.tones, (curve.dark, curve.middle, curve.light), strict=True):
            control.show_value(_MIDDLE + _MIDDLE * value, f"{round(100 * value):+d}" if value else "0")

    def enterEvent(self, event: QEnterEvent) -> None:
        self.entered.emit()
        super().enterEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.adjustSize()

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.setSpacing(2)
        group = QButtonGroup(self)
        for goal, name, words in self._goal_names():
            button = self._button(name, words, self.tr("{what} (X turns more and less round)").format(what=words))
            button.setCheckable(True)
            group.addButton(button)
            self._goals[goal] = button
            self._row.addWidget(button)
        for control in (self.thickness, self.hardness, self.strength):
            self._row.addSpacing(10)
            self._row.addWidget(control)
        self._row.addSpacing(10)
        for button in (self.gradient, self.by_lightness):
            button.setCheckable(True)
            self._row.addWidget(button)
        self._row.addWidget(_line(self))
        self._tone_row = QWidget(self)
        tones = QHBoxLayout(self._tone_row)
        tones.setContentsMargins(0, 6, 0, 0)
        tones.setSpacing(12)
        tones.addWidget(QLabel(self.tr("Photo  −  +  style:"), self))
        for control in self.tones:
            tones.addWidget(control)
        tones.addStretch()
        self._tone_row.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addWidget(self._tone_row)

    def _goal_names(self) -> tuple[tuple[Goal, str, str], ...]:
        return (
            ("more", "plus", self.tr("Paint more of the overfit picture")),
            ("less", "minus", self.tr("Paint more of the photo")),
            ("none", "eraser", self.tr("Erase what is painted, as Alt does")),
        )

    def _button(self, name: str, words: str, tip: str) -> Toggle:
        button = Toggle(self)
        if name:
            button.setIcon(icon(name))
        button.setIconSize(_ICON)
        button.setAutoRaise(True)
        button.setAccessibleName(words)
        button.setToolTip(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        return button

    def _join(self) -> None:
        self.thickness.slider.valueChanged.connect(lambda value: self._edit(size=_size_at(value)))
        self.hardness.slider.valueChanged.connect(lambda value: self._edit(hardness=value / 100))
        self.strength.slider.valueChanged.connect(lambda value: self._edit(strength=value / 100))
        for goal, button in self._goals.items():
            button.clicked.connect(lambda _=False, goal=goal: self._edit(goal=goal))
        self.gradient.toggled.connect(self.gradient_wanted)
        self.by_lightness.toggled.connect(self._show_tones)
        for control in self.tones:
            self._gesture.watch(control.slider)
            control.slider.valueChanged.connect(self._edit_tones)

    def _edit(self, **changes: object) -> None:
        self.brush_tip_edited.emit(replace(self._tip, **changes))

    def _edit_tones(self) -> None:
        values = [control.slider.value() / _MIDDLE - 1 for control in self.tones]
        self.lightness_edited.emit(ByLightness(*values) if any(values) else None, self._gesture.step())

    def _show_tones(self, shown: bool) -> None:
        self._tone_row.setVisible(shown)
        self.updateGeometry()


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.VLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line


def _size_at(position: int) -> float:
    """Small sizes have more of the slider's way."""
    return LEAST_SIZE + (MOST_SIZE - LEAST_SIZE) * (position / 100) ** 2


def _position_of(size: float) -> int:
    return round(100 * (max(size - LEAST_SIZE, 0) / (MOST_SIZE - LEAST_SIZE)) ** 0.5)
