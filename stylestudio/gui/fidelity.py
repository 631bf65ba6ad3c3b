"""The control of how much the photo's own features lead."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from stylestudio.gui.gesture import Gesture
from stylestudio.gui.share_controls import ShareBox, ShareSlider
from stylestudio.studio.recipe import Settings

USUAL = round(100 * Settings().fidelity)


class FidelityControl(QWidget):
    """A slider with words at its ends and a box of percents, which move together."""

    edited = Signal(float, object)
    """Fidelity 0..1, and a token that is the same for all changes of one step."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.slider, self.box = ShareSlider(None, self, usual=USUAL), ShareBox(self)
        self._gesture = Gesture(self)
        self._gesture.watch(self.slider)
        for widget in (self.slider, self.box):
            widget.valueChanged.connect(self._edit)
        self.setFocusProxy(self.slider)
        self._lay_out()

    def show_fidelity(self, fidelity: float) -> None:
        """Show it without any signal."""
        for widget in (self.slider, self.box):
            widget.blockSignals(True)
            widget.setValue(round(100 * fidelity))
            widget.blockSignals(False)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.slider.setAccessibleName(name)
        self.box.setAccessibleName(self.tr("{name} in percent").format(name=name))

    def setToolTip(self, text: str) -> None:
        for widget in (super(), self.slider, self.box):
            widget.setToolTip(text)

    def _edit(self, percent: int) -> None:
        self.show_fidelity(percent / 100)
        self.edited.emit(percent / 100, self._gesture.step())

    def _lay_out(self) -> None:
        ends = QHBoxLayout()
        for text in (self.tr("style leads"), self.tr("photo leads")):
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
