"""The settings of a run: a control for each, made of the table in `studio/settings.py`."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from stylestudio.engine.methods import METHODS
from stylestudio.gui.widgets.boxes import FocusFilter, TypedNumber, name_control
from stylestudio.gui.widgets.controls import Fold, PercentControl
from stylestudio.gui.words import tr
from stylestudio.studio.settings import DEFAULTS, SETTINGS, Setting, Settings


class ChoiceBox(QComboBox):
    """A list to choose from."""

    edited = Signal(object, object)
    """A value that the artist chose, and None."""

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        FocusFilter(self)
        self._unit = setting.unit
        for choice in setting.choices():
            self.addItem(tr(choice.label), choice.value)
        # `activated` comes from the artist alone
        self.activated.connect(lambda index: self.edited.emit(self.itemData(index), None))

    def show_value(self, value: object) -> None:
        """Show it without any signal, also one that the list lacks."""
        if self.findData(value) < 0:
            self.addItem(f"{value} {tr(self._unit)}", value)
        self.setCurrentIndex(self.findData(value))


class NumberBox(TypedNumber):
    """The number of a setting."""

    edited = Signal(object, object)
    """A number that the artist set, and None."""

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        assert setting.least is not None and setting.most is not None
        super().__init__(setting.least, setting.most, setting.unit, parent)
        self.setSingleStep(setting.step)
        if setting.kind is int:
            self.setDecimals(0)
        self.valueChanged.connect(lambda value: self.edited.emit(setting.kind(value), None))


Control = ChoiceBox | NumberBox | PercentControl


def make_control(name: str, parent: QWidget) -> Control:
    """The control of the setting of this name: a list where values are offered, a slider for percents."""
    setting = SETTINGS[name]
    if setting.percent:
        ends = tr(setting.ends[0]), tr(setting.ends[1])
        return PercentControl(parent, usual=round(100 * getattr(DEFAULTS, name)), ends=ends)
    return ChoiceBox(setting, parent) if setting.choices() else NumberBox(setting, parent)


class SettingsPane(QWidget):
    """Shows `Settings`; what the artist changes comes out as signals, nothing is changed here."""

    edited = Signal(dict, object)
    """Fields that changed, and a token that is the same for all changes of one step, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls: dict[str, Control] = {name: make_control(name, self) for name in SETTINGS}
        for name, control in self.controls.items():
            name_control(control, tr(SETTINGS[name].label))
            control.edited.connect(lambda value, step, name=name: self.edited.emit({name: value}, step))
        self._note = QLabel(self)
        self.advanced = Fold(self.tr("Advanced"), self)
        self._enable(DEFAULTS)
        self._lay_out()

    def show_settings(self, settings: Settings) -> None:
        """Show them without any signal."""
        for name, control in self.controls.items():
            control.show_value(getattr(settings, name))
        self._enable(settings)

    @property
    def note(self) -> str:
        """The remark that is shown."""
        return self._note.text()

    def show_note(self, text: str) -> None:
        """A remark on the settings beneath them; empty for none."""
        self._note.setText(text)

    def _enable(self, settings: Settings) -> None:
        without = self.tr("Only the method {methods} knows this.")
        for name, control in self.controls.items():
            known, methods = settings.has_effect(name), [tr(one.label) for one in METHODS.values() if name in one.knows]
            control.setEnabled(known)
            control.setToolTip(tr(SETTINGS[name].tip) if known else without.format(methods=", ".join(methods)))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._heading())
        usual, advanced = ([name for name in SETTINGS if SETTINGS[name].advanced is more] for more in (False, True))
        layout.addLayout(self._form(usual))
        layout.addWidget(self._note)
        layout.addWidget(self.advanced)
        more = QWidget(self)
        more.setLayout(self._form(advanced))
        more.setVisible(False)
        self.advanced.toggled.connect(more.setVisible)
        layout.addWidget(more)
        layout.addStretch(1)
        self._note.setWordWrap(True)
        # Room for the longest note, so that nothing moves when it comes.
        self._note.setFixedHeight(3 * self._note.fontMetrics().lineSpacing())
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _heading(self) -> QLabel:
        heading = QLabel(self.tr("Overfit picture"), self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        return heading

    def _form(self, names: list[str]) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name in names:
            form.addRow(self.controls[name].accessibleName(), self.controls[name])
        return form
