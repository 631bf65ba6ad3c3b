"""Three sliders for the style shares, of red, green and blue or of light and colours, and the presets."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from stylestudio.gui.solo import SoloMute
from stylestudio.gui.widgets.balance_row import BalanceRow
from stylestudio.gui.widgets.boxes import commit_typed
from stylestudio.gui.widgets.channel import ChannelRow
from stylestudio.gui.widgets.controls import Gesture, Toggle
from stylestudio.gui.widgets.gallery import Gallery
from stylestudio.gui.widgets.hover import Hover
from stylestudio.gui.words import channel_names
from stylestudio.images.blend import Axes
from stylestudio.studio.mix import KEEP_COLOURS, ONLY_COLOURS, Mix
from stylestudio.studio.presets import presets
from stylestudio.studio.recipe import DEFAULT_SHARE
from stylestudio.studio.session import Session

COLOURS: dict[Axes, tuple[str, str, str]] = {
    "rgb": ("#c8443c", "#3f9142", "#3b6fc9"),
    "ycc": ("#8a8a8a", "#b0862c", "#a8568c"),
}
"""Of the sliders, readable on light and on dark."""
WEIGHTS = ("a", "b", "c")
"""What the mixing formula calls the photo's weights."""


class MixPane(QWidget):
    """Shows a session's mix; what the artist does comes out as signals, nothing is changed here."""

    shares_edited = Signal(int, float, object)
    """Channel 0..2, style share, and a token that is the same for all changes of one step."""
    linked_toggled = Signal(bool)
    axes_chosen = Signal(str)
    preset_chosen = Signal(object)
    mix_chosen = Signal(str, object)
    """What it is called, and a `Mix`."""
    mix_hovered = Signal(str, object)
    """The same while it is to be seen large, then None."""
    solo_mute_toggled = Signal(str, int)
    """"solo" or "muted", and the channel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gesture = Gesture(self)
        self.axes: dict[Axes, Toggle] = {}
        self.colour_mixes: list[tuple[Toggle, Mix]] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._heading())
        layout.addLayout(self._axes())
        self.channels = [self._channel(number) for number in range(3)]
        self.sliders = [channel.slider for channel in self.channels]
        self.boxes = [channel.box for channel in self.channels]
        rows = QVBoxLayout()
        rows.setSpacing(2)
        for channel in self.channels:
            rows.addWidget(channel)
        rows.addLayout(self._ends())
        layout.addLayout(rows)
        self.balance = BalanceRow(self)
        layout.addWidget(self.balance)
        layout.addLayout(self._colour_mixes())
        self.gallery = Gallery(self)
        self.gallery.show_presets(list(presets().values()))
        self.gallery.chosen.connect(self.preset_chosen)
        layout.addWidget(self.gallery)

    def show_session(self, session: Session) -> None:
        """Show its shares, axes and link, without any signal."""
        self.axes[session.axes].setChecked(True)
        names = channel_names(session.axes)
        for number, (channel, share) in enumerate(zip(self.channels, session.shares, strict=True)):
            channel.show_name(names[number], COLOURS[session.axes][number])
            channel.show_share(100 * share, self._tip(number, names[number], 100 * share))
        self.link.setChecked(session.linked)
        self.balance.show_session(session)
        for button, mix in self.colour_mixes:
            button.setChecked((session.shares, session.axes) == (mix.shares, mix.axes))

    def show_solo_mute(self, desk: SoloMute) -> None:
        """Which channels are looked at."""
        for number, channel in enumerate(self.channels):
            channel.show_solo_mute(number in desk.solo, number in desk.muted, number in desk.visible_channels)

    def _tip(self, number: int, name: str, percent: float) -> str:
        in_words = self.boxes[number].textFromValue
        text = self.tr("{channel}: {share} % style ({weight} = {photo} % photo). Double click: {usual} %.")
        return text.format(
            channel=name,
            share=in_words(percent),
            weight=WEIGHTS[number],
            photo=in_words(100 - percent),
            usual=round(100 * DEFAULT_SHARE),
        )

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
        self.link.setToolTip(self.tr("Linked, the sliders move together. Apart, each is mixed alone."))
        self.link.pressed.connect(commit_typed)
        self.link.clicked.connect(self.linked_toggled)
        row = QHBoxLayout()
        row.addWidget(heading)
        row.addStretch()
        row.addWidget(self.link)
        return row

    def _axes(self) -> QHBoxLayout:
        """The switch between the two kinds of sliders."""
        words: dict[Axes, tuple[str, str]] = {
            "rgb": (self.tr("Red, green, blue"), self.tr("The sliders mix red, green and blue.")),
            "ycc": (
                self.tr("Light, colours"),
                self.tr("The sliders mix light and dark, and the two directions of colour."),
            ),
        }
        row, group = QHBoxLayout(), QButtonGroup(self)
        row.setSpacing(0)
        for axes, (text, tip) in words.items():
            button = self.axes[axes] = self._wide(text, tip)
            button.clicked.connect(partial(self.axes_chosen.emit, axes))
            group.addButton(button)
            row.addWidget(button)
        return row

    def _channel(self, number: int) -> ChannelRow:
        channel = ChannelRow(self)
        self._gesture.watch(channel.slider)
        channel.edited.connect(partial(self._edited, number))
        channel.solo_mute_toggled.connect(lambda what: self.solo_mute_toggled.emit(what, number))
        return channel

    def _ends(self) -> QHBoxLayout:
        """What the two ends of the sliders are."""
        row = QHBoxLayout()
        for index, text in enumerate((self.tr("photo"), self.tr("style"))):
            label = QLabel(text, self)
            label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
            if index:
                row.addStretch()
            row.addWidget(label)
        return row

    def _colour_mixes(self) -> QHBoxLayout:
        """The two mixes that part light and colours, one click each."""
        offered = (
            (self.tr("Photo's colours"), self.tr("Keep the photo's colours"), KEEP_COLOURS),
            (self.tr("Only colours"), self.tr("Only the colours"), ONLY_COLOURS),
        )
        tips = (
            self.tr("Keep the photo's colours: light and strokes are the style's."),
            self.tr("Only the colours are the style's: light and forms are the photo's."),
        )
        row = QHBoxLayout()
        row.setSpacing(4)
        for (text, name, mix), tip in zip(offered, tips, strict=True):
            button = self._wide(text, tip)
            button.setAccessibleName(name)
            button.clicked.connect(partial(self.mix_chosen.emit, name, mix))
            hover = partial(self._hovered, name, mix)
            Hover(button).changed.connect(hover)
            self.colour_mixes.append((button, mix))
            row.addWidget(button)
        return row

    def _wide(self, text: str, tip: str) -> Toggle:
        button = Toggle(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.pressed.connect(commit_typed)
        return button

    def _edited(self, number: int, value: float) -> None:
        self.shares_edited.emit(number, value / 100, (self._gesture.step(), number))

    def _hovered(self, name: str, mix: Mix, over: bool) -> None:
        self.mix_hovered.emit(name, mix if over else None)
