"""One channel of the mix: its name, its share as a slider and a number, and buttons to look at it alone or without."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from stylestudio.gui.widgets.boxes import ShareBox
from stylestudio.gui.widgets.controls import Toggle
from stylestudio.gui.widgets.share_slider import ShareSlider
from stylestudio.images.blend import LEAST_SHARE, MOST_SHARE

BUTTON = QSize(24, 20)
REACH = round(100 * LEAST_SHARE), round(100 * MOST_SHARE)


class ChannelRow(QWidget):
    """Shows what it is told; what the artist does comes out as signals."""

    edited = Signal(float)
    """The share in percent."""
    solo_mute_toggled = Signal(str)
    """"solo" or "muted" was clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = QLabel(self)
        self.slider, self.box = ShareSlider("#000000", self, reach=REACH), ShareBox(self)
        self.solo, self.muted = self._button(self.tr("S"), "solo"), self._button(self.tr("M"), "muted")
        self.name.setBuddy(self.slider)
        for widget in (self.slider, self.box):
            widget.valueChanged.connect(self.edited.emit)
        self._lay_out()

    def show_name(self, name: str, colour: str) -> None:
        """Have another name and colour, as on other axes."""
        self.name.setText(name)
        self.name.setStyleSheet(f"color: {colour}; font-weight: bold")
        self.slider.set_colour(colour)
        self.slider.setAccessibleName(self.tr("{channel} style share").format(channel=name))
        self.box.setAccessibleName(self.tr("{channel} style share in percent").format(channel=name))
        only_seen = self.tr("Only what you see changes, not what is exported.")
        alone = self.tr("{channel} alone: see what this slider does by itself.").format(channel=name)
        without = self.tr("Without {channel}: see the rest.").format(channel=name.lower())
        self.solo.setAccessibleName(self.tr("See {channel} alone").format(channel=name.lower()))
        self.muted.setAccessibleName(self.tr("See without {channel}").format(channel=name.lower()))
        self.solo.setToolTip(f"{alone} {only_seen}")
        self.muted.setToolTip(f"{without} {only_seen}")

    def show_share(self, percent: float, tip: str) -> None:
        """Without any signal."""
        for widget in (self.slider, self.box):
            widget.show_value(percent)
            widget.setToolTip(tip)

    def show_solo_mute(self, solo: bool, muted: bool, passing: bool) -> None:
        """Whether its buttons are down, and whether it is seen: if not, its name is struck out."""
        self.solo.setChecked(solo)
        self.muted.setChecked(muted)
        font = self.name.font()
        font.setStrikeOut(not passing)
        self.name.setFont(font)

    def _button(self, letter: str, what: str) -> Toggle:
        button = Toggle(self)
        button.setText(letter)
        button.setCheckable(True)
        button.setFixedSize(BUTTON)
        button.clicked.connect(lambda: self.solo_mute_toggled.emit(what))
        return button

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        for column, widget in enumerate((self.name, self.solo, self.muted, self.box)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.slider, 1, 0, 1, 4)
        for before, after in ((self.slider, self.box), (self.box, self.solo), (self.solo, self.muted)):
            QWidget.setTabOrder(before, after)
