"""Three sliders for the style share of each channel, the button that links them, and the presets."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.widgets.boxes import ShareBox, take_typed
from stylestudio.gui.widgets.controls import Gesture, ShareSlider, Toggle
from stylestudio.studio.presets import Preset, presets
from stylestudio.studio.recipe import DEFAULT_SHARE
from stylestudio.studio.session import Session

COLOURS = ("#c8443c", "#3f9142", "#3b6fc9")
"""Of red, green and blue, readable on light and on dark."""
WEIGHTS = ("a", "b", "c")
"""What the mixing formula calls the photo's weights."""


class MixPane(QWidget):
    """Shows a session's shares; what the artist does comes out as signals, nothing is changed here."""

    shares_edited = Signal(int, float, object)
    """Channel 0..2, style share 0..1, and a token that is the same for all changes of one step."""
    linked_toggled = Signal(bool)
    preset_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: list[ShareSlider] = []
        self.boxes: list[ShareBox] = []
        self._gesture = Gesture(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._heading())
        layout.addLayout(self._rows())
        layout.addLayout(self._ends())
        layout.addLayout(self._presets())

    def show_session(self, session: Session) -> None:
        """Show its shares and its link, without any signal."""
        for channel, share in enumerate(session.shares):
            tip = self._tip(channel, 100 * share)
            for widget in (self.sliders[channel], self.boxes[channel]):
                widget.show_value(100 * share)
                widget.setToolTip(tip)
        self.link.setChecked(session.linked)

    def _tip(self, channel: int, percent: float) -> str:
        in_words = self.boxes[channel].textFromValue
        text = self.tr("{channel}: {share} % style ({weight} = {photo} % photo). Double click: {usual} %.")
        return text.format(
            channel=self._channel_names()[channel],
            share=in_words(percent),
            weight=WEIGHTS[channel],
            photo=in_words(100 - percent),
            usual=round(100 * DEFAULT_SHARE),
        )

    def _channel_names(self) -> tuple[str, str, str]:
        return self.tr("Red"), self.tr("Green"), self.tr("Blue")

    def _heading(self) -> QHBoxLayout:
        heading = QLabel(self.tr("Style share"), self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        self.link = Toggle(self)
        self.link.setText(self.tr("Linked"))
        self.link.setCheckable(True)
        self.link.setChecked(True)
        self.link.setAccessibleName(self.tr("Link the three sliders"))
        self.link.setToolTip(self.tr("Linked, the sliders move together. Apart, each colour channel is mixed alone."))
        self.link.pressed.connect(take_typed)
        self.link.clicked.connect(self.linked_toggled)
        row = QHBoxLayout()
        row.addWidget(heading)
        row.addStretch()
        row.addWidget(self.link)
        return row

    def _rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for channel, (letter, name) in enumerate(zip("RGB", self._channel_names(), strict=True)):
            label = QLabel(letter, self)
            label.setStyleSheet(f"color: {COLOURS[channel]}; font-weight: bold")
            slider, box = ShareSlider(COLOURS[channel], self), ShareBox(self)
            slider.setAccessibleName(self.tr("{channel} style share").format(channel=name))
            box.setAccessibleName(self.tr("{channel} style share in percent").format(channel=name))
            label.setBuddy(slider)
            self._gesture.watch(slider)
            for widget in (slider, box):
                widget.valueChanged.connect(lambda value, channel=channel: self._edited(channel, value))
            for column, widget in enumerate((label, slider, box)):
                grid.addWidget(widget, channel, column)
            self.sliders.append(slider)
            self.boxes.append(box)
        return grid

    def _ends(self) -> QHBoxLayout:
        """What the two ends of the sliders are."""
        row = QHBoxLayout()
        row.setContentsMargins(18, 0, self.boxes[0].sizeHint().width() + 6, 0)
        for index, text in enumerate((self.tr("photo"), self.tr("style"))):
            label = QLabel(text, self)
            label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
            if index:
                row.addStretch()
            row.addWidget(label)
        return row

    def _presets(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for index, preset in enumerate(presets().values()):
            button = QPushButton(preset.label, self)
            button.setAutoDefault(False)
            button.setMinimumWidth(40)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setToolTip(self._preset_tip(preset))
            button.setAccessibleName(self.tr("Preset {name}").format(name=preset.label))
            button.pressed.connect(take_typed)  # not everywhere does a button take the focus
            button.clicked.connect(lambda _=False, preset=preset: self.preset_chosen.emit(preset))
            # The three equal ones above, the four seasons below.
            place = (0, index * 4, 4) if index < 3 else (1 + (index - 3) // 4, (index - 3) % 4 * 3, 3)
            grid.addWidget(button, place[0], place[1], 1, place[2])
        return grid

    def _preset_tip(self, preset: Preset) -> str:
        red, green, blue = (round(100 * share) for share in preset.shares)
        return self.tr("Red {red} %, green {green} %, blue {blue} %").format(red=red, green=green, blue=blue)

    def _edited(self, channel: int, value: float) -> None:
        self.shares_edited.emit(channel, value / 100, (self._gesture.step(), channel))
