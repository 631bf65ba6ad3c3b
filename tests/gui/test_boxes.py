"""Numbers that are typed: every command takes them, with either decimal point."""

from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from setting_controls import number
from whole_window import Studio

from stylestudio.gui.panes.settings_pane import NumberBox
from stylestudio.gui.widgets.boxes import ShareBox, commit_typed
from stylestudio.studio.settings import SETTINGS

Key, Modifier = Qt.Key, Qt.KeyboardModifier
LANGUAGES = ("C", "de_DE", "fr_FR", "de_CH", "pt_BR", "fa_IR")


def type_into(box: QDoubleSpinBox, text: str) -> None:
    """As an artist does, without leaving the box."""
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box.lineEdit(), text)


@pytest.fixture
def ready(studio: Studio, photo: Path, painting: Path) -> Studio:
    """With both pictures open, and the red share being typed: 20 instead of 70."""
    studio.open_pair(photo, painting)
    type_into(studio.window.side.mix.boxes[0], "20")
    assert studio.session.shares[0] == 0.7
    return studio


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["0.5", "0,5", ",5", ".5"])
def test_a_comma_and_a_point_are_taken_in_every_language(qtbot: QtBot, language: str, typed: str) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    for box in (ShareBox(parent), NumberBox(SETTINGS["texture_scale"], parent)):
        box.setLocale(QLocale(language))
        box.setValue(1)
        type_into(box, typed)
        box.interpretText()
        assert box.value() == 0.5
        assert box.locale().decimalPoint() in box.text()


def test_a_second_point_is_not_taken(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = ShareBox(parent)
    type_into(box, "1,2.3")
    box.interpretText()
    assert box.value() == 1.2


def test_tenths_of_a_percent_count_and_are_shown_only_where_there_are_any(studio: Studio) -> None:
    mix = studio.window.side.mix
    assert mix.boxes[0].text() == "70 %"
    type_into(mix.boxes[0], "12,5")
    QTest.keyClick(mix.boxes[0], Key.Key_Return)
    assert studio.session.shares == (0.125, 0.125, 0.125)
    assert mix.boxes[1].text() == "12.5 %" and "87.5 % photo" in mix.boxes[1].toolTip()


def test_a_copy_holds_the_number_that_is_still_being_typed(ready: Studio) -> None:
    QGuiApplication.clipboard().clear()
    QTest.keyClick(ready.window.side.mix.boxes[0], Key.Key_C, Modifier.ControlModifier | Modifier.ShiftModifier)
    ready.wait(lambda: not QGuiApplication.clipboard().image().isNull())
    assert ready.session.shares[0] == 0.2
    # the fake engine's negative of black
    assert QGuiApplication.clipboard().image().pixelColor(0, 0).red() == round(0.2 * 255)


def test_the_drag_handle_gives_it_too(ready: Studio) -> None:
    handle = ready.window.side.drag_handle
    shares = []
    handle.wanted.connect(lambda: shares.append(ready.session.shares[0]))
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert shares[-1:] == [0.2]


def test_undo_takes_the_typed_number_back_and_redo_brings_it(ready: Studio) -> None:
    ready.key(Key.Key_Z)
    assert ready.session.shares[0] == 0.7 and ready.window.side.mix.boxes[0].value() == 70
    ready.key(Key.Key_Y)
    assert ready.session.shares[0] == 0.2


def test_a_preset_comes_after_the_typed_number_also_from_a_button_that_takes_no_focus(ready: Studio) -> None:
    mix = ready.window.side.mix
    button = next(button for button in mix.findChildren(QPushButton) if button.text() == "Half")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    preset = ready.session.shares
    ready.key(Key.Key_Z)
    assert ready.session.shares[0] == 0.2 != preset[0]


def test_a_setting_that_is_still_being_typed_is_remembered_when_the_window_closes(ready: Studio) -> None:
    type_into(number(ready.window.side.settings, "texture_scale"), "2.5")
    ready.window.close()
    assert ready.memory.settings().texture_scale == 2.5


def test_a_picture_that_arrives_meanwhile_leaves_what_is_being_typed(ready: Studio, painting: Path) -> None:
    ready.window.open_files([painting])
    ready.wait(lambda: ready.session.content is not None and ready.session.content.name == "painting")
    assert ready.window.side.mix.boxes[0].text() == "20 %"
    commit_typed()
    assert ready.session.shares[0] == 0.2
