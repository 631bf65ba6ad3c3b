import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from stylestudio.gui.panes.settings_pane import SettingsPane
from stylestudio.studio.recipe import METHODS, REFINING, Settings


@pytest.fixture
def pane(qtbot: QtBot) -> SettingsPane:
    pane = SettingsPane()
    qtbot.addWidget(pane)
    pane.show_settings(Settings())
    pane.show()
    return pane


def test_it_shows_the_settings_without_an_edit(qtbot: QtBot, pane: SettingsPane) -> None:
    with qtbot.assertNotEmitted(pane.edited):
        pane.show_settings(Settings(2048, 1.5, 5, "single", fidelity=0.25, finest_layer="relu3_1", refine=30))
    assert pane.size_choice.currentData() == 2048
    assert pane.scale_box.value() == 1.5
    assert pane.patch_choice.currentData() == 5
    assert pane.method_choice.currentData() == "single"
    assert (pane.fidelity.slider.value(), pane.fidelity.box.value()) == (25, 25)
    assert pane.layer_choice.currentText() == "Middle"
    assert pane.refine_choice.currentText() == "Medium"


def test_the_sizes_are_three_and_full(pane: SettingsPane) -> None:
    sizes = [pane.size_choice.itemData(index) for index in range(pane.size_choice.count())]
    assert sizes == [512, 1024, 2048, None]


def test_a_size_that_the_list_lacks_is_shown_all_the_same(pane: SettingsPane) -> None:
    pane.show_settings(Settings(size=700))
    assert pane.size_choice.currentText() == "700 px"


def test_so_are_steps_of_refining(pane: SettingsPane) -> None:
    pane.show_settings(Settings(refine=45))
    assert pane.refine_choice.currentText() == "45 steps"


@pytest.mark.parametrize(
    ("field", "control", "key", "value"),
    [
        ("size", "size_choice", Qt.Key.Key_Down, 2048),
        ("size", "size_choice", Qt.Key.Key_Up, 512),
        ("patch_size", "patch_choice", Qt.Key.Key_Down, 5),
        ("method", "method_choice", Qt.Key.Key_Down, METHODS[1]),
        ("texture_scale", "scale_box", Qt.Key.Key_Up, 1.25),
        ("finest_layer", "layer_choice", Qt.Key.Key_Up, "relu3_1"),
        ("refine", "refine_choice", Qt.Key.Key_Down, REFINING[2]),
    ],
)
def test_a_key_changes_one_setting(
    qtbot: QtBot, pane: SettingsPane, field: str, control: str, key: Qt.Key, value: object
) -> None:
    widget: QWidget = getattr(pane, control)
    with qtbot.waitSignal(pane.edited) as edited:
        QTest.keyClick(widget, key)
    assert edited.args == [{field: value}, None]


def test_a_half_typed_texture_scale_is_no_edit(qtbot: QtBot, pane: SettingsPane) -> None:
    pane.scale_box.selectAll()
    with qtbot.assertNotEmitted(pane.edited):
        QTest.keyClicks(pane.scale_box, "2.5")
    with qtbot.waitSignal(pane.edited) as edited:
        QTest.keyClick(pane.scale_box, Qt.Key.Key_Return)
    assert edited.args == [{"texture_scale": 2.5}, None]


def test_fidelity_is_edited_by_slider_and_box_which_move_together(qtbot: QtBot, pane: SettingsPane) -> None:
    slider, box = pane.fidelity.slider, pane.fidelity.box
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
    controls = (pane.fidelity.slider, pane.fidelity.box, pane.layer_choice)
    usual = [control.toolTip() for control in controls]
    pane.show_settings(Settings(method="single"))
    assert not any(control.isEnabled() for control in controls)
    assert all("Coarse to fine" in control.toolTip() for control in controls)
    assert pane.refine_choice.isEnabled()
    pane.show_settings(Settings())
    assert all(control.isEnabled() for control in controls)
    assert [control.toolTip() for control in controls] == usual


@pytest.mark.parametrize("control", ["size_choice", "scale_box"])
def test_the_wheel_acts_only_with_the_focus(qtbot: QtBot, pane: SettingsPane, control: str) -> None:
    widget: QWidget = getattr(pane, control)
    pane.activateWindow()
    pane.method_choice.setFocus()
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
    fidelity = (pane.fidelity.slider, pane.fidelity.box)
    choices = (pane.size_choice, pane.layer_choice, pane.patch_choice, pane.method_choice, pane.refine_choice)
    controls = (*choices, pane.scale_box, *fidelity)
    assert all(control.accessibleName() and control.toolTip() for control in controls)
    assert len({control.accessibleName() for control in controls}) == len(controls)
