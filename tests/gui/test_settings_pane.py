import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from setting_controls import choices, number, percent

from stylestudio.gui.panes.settings_pane import SettingsPane
from stylestudio.studio.settings import Settings


@pytest.fixture
def pane(qtbot: QtBot) -> SettingsPane:
    pane = SettingsPane()
    qtbot.addWidget(pane)
    pane.show_settings(Settings())
    pane.show()
    return pane


def test_it_shows_the_settings_without_an_edit(qtbot: QtBot, pane: SettingsPane) -> None:
    with qtbot.assertNotEmitted(pane.edited):
        pane.show_settings(Settings(2048, 1.5, 0.25, "relu3_1", 5, "single", 30))
    assert choices(pane, "size").currentData() == 2048
    assert number(pane, "texture_scale").value() == 1.5
    assert choices(pane, "patch_size").currentData() == 5
    assert choices(pane, "method").currentData() == "single"
    assert (percent(pane, "fidelity").slider.value(), percent(pane, "fidelity").box.value()) == (25, 25)
    assert choices(pane, "finest_layer").currentText() == "Middle"
    assert choices(pane, "refine").currentText() == "Medium"


def test_the_sizes_are_three_and_full(pane: SettingsPane) -> None:
    sizes = [choices(pane, "size").itemData(index) for index in range(choices(pane, "size").count())]
    assert sizes == [512, 1024, 2048, None]


def test_a_size_that_the_list_lacks_is_shown_all_the_same(pane: SettingsPane) -> None:
    pane.show_settings(Settings(size=700))
    assert choices(pane, "size").currentText() == "700 px"


def test_so_are_steps_of_refining(pane: SettingsPane) -> None:
    pane.show_settings(Settings(refine=45))
    assert choices(pane, "refine").currentText() == "45 steps"


@pytest.mark.parametrize(
    ("field", "key", "value"),
    [
        ("size", Qt.Key.Key_Down, 2048),
        ("size", Qt.Key.Key_Up, 512),
        ("patch_size", Qt.Key.Key_Down, 5),
        ("method", Qt.Key.Key_Down, "single"),
        ("texture_scale", Qt.Key.Key_Up, 1.25),
        ("finest_layer", Qt.Key.Key_Up, "relu3_1"),
        ("refine", Qt.Key.Key_Down, 30),
    ],
)
def test_a_key_changes_one_setting(qtbot: QtBot, pane: SettingsPane, field: str, key: Qt.Key, value: object) -> None:
    with qtbot.waitSignal(pane.edited) as edited:
        QTest.keyClick(pane.controls[field], key)
    assert edited.args == [{field: value}, None]


def test_a_half_typed_texture_scale_is_no_edit(qtbot: QtBot, pane: SettingsPane) -> None:
    number(pane, "texture_scale").selectAll()
    with qtbot.assertNotEmitted(pane.edited):
        QTest.keyClicks(number(pane, "texture_scale"), "2.5")
    with qtbot.waitSignal(pane.edited) as edited:
        QTest.keyClick(number(pane, "texture_scale"), Qt.Key.Key_Return)
    assert edited.args == [{"texture_scale": 2.5}, None]


def test_fidelity_is_edited_by_slider_and_box_which_move_together(qtbot: QtBot, pane: SettingsPane) -> None:
    slider, box = percent(pane, "fidelity").slider, percent(pane, "fidelity").box
    edits: list[tuple[dict, object]] = []
    pane.edited.connect(lambda *edit: edits.append(edit))
    QTest.keyClick(slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert (edits[-1][0], box.value()) == ({"fidelity": 0.6}, 60)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert (edits[-1][0], slider.value()) == ({"fidelity": 0.59}, 59)
    assert edits[0][1] is edits[1][1] is not None, "not one step for undo"
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton)
    assert edits[-1][0] == {"fidelity": Settings().fidelity}


def test_what_the_method_single_does_not_know_cannot_be_set_and_says_why(pane: SettingsPane) -> None:
    controls = (percent(pane, "fidelity").slider, percent(pane, "fidelity").box, choices(pane, "finest_layer"))
    usual = [control.toolTip() for control in controls]
    pane.show_settings(Settings(method="single"))
    assert not any(control.isEnabled() for control in controls)
    assert all("Coarse to fine" in control.toolTip() for control in controls)
    assert choices(pane, "refine").isEnabled()
    pane.show_settings(Settings())
    assert all(control.isEnabled() for control in controls)
    assert [control.toolTip() for control in controls] == usual


@pytest.mark.parametrize("name", ["size", "texture_scale"])
def test_the_wheel_acts_only_with_the_focus(qtbot: QtBot, pane: SettingsPane, name: str) -> None:
    widget = pane.controls[name]
    pane.activateWindow()
    choices(pane, "method").setFocus()
    with qtbot.assertNotEmitted(pane.edited):
        turn(widget)
    widget.setFocus()
    with qtbot.waitSignal(pane.edited):
        turn(widget)


def turn(widget: QWidget) -> None:
    place = QPointF(widget.rect().center())
    facts = (QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
    wheel = QWheelEvent(place, widget.mapToGlobal(place), *facts, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(widget, wheel)


def test_a_note_moves_nothing(pane: SettingsPane) -> None:
    before = pane.sizeHint()
    pane.show_note("The style has only 593 pixels. Raise the texture scale if its strokes are too fine.")
    assert pane.sizeHint() == before


def test_every_control_has_a_name(pane: SettingsPane) -> None:
    fidelity = percent(pane, "fidelity")
    controls = (*(set(pane.controls.values()) - {fidelity}), fidelity.slider, fidelity.box)
    assert all(control.accessibleName() and control.toolTip() for control in controls)
    assert len({control.accessibleName() for control in controls}) == len(controls)


def test_what_a_painter_decides_comes_first_and_the_rest_is_advanced(pane: SettingsPane) -> None:
    def shown() -> list[str]:
        seen = [name for name, control in pane.controls.items() if control.isVisible()]
        return sorted(seen, key=lambda name: pane.controls[name].mapTo(pane, QPoint()).y())

    assert shown() == ["texture_scale", "fidelity", "refine"]
    pane.advanced.click()
    assert shown()[:3] == ["texture_scale", "fidelity", "refine"]
    assert {"size", "finest_layer", "patch_size", "method"} < set(shown()[3:])
