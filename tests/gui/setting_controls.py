"""The controls of the settings pane, by the setting's name and as what they are."""

from stylestudio.gui.panes.settings_pane import ChoiceBox, NumberBox, SettingsPane
from stylestudio.gui.widgets.controls import PercentControl


def choices(pane: SettingsPane, name: str) -> ChoiceBox:
    control = pane.controls[name]
    assert isinstance(control, ChoiceBox)
    return control


def number(pane: SettingsPane, name: str) -> NumberBox:
    control = pane.controls[name]
    assert isinstance(control, NumberBox)
    return control


def percent(pane: SettingsPane, name: str) -> PercentControl:
    control = pane.controls[name]
    assert isinstance(control, PercentControl)
    return control
