from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.panes.mix_pane import MixPane
from stylestudio.gui.theme import palette
from stylestudio.studio.presets import get_preset
from stylestudio.studio.recipe import Shares
from stylestudio.studio.session import Session, with_link, with_share

Key, Modifier = Qt.Key, Qt.KeyboardModifier


class Mix:
    """The pane with a session behind it, as the window has it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.pane, self.session = MixPane(), Session()
        self.steps: list[object] = []
        qtbot.addWidget(self.pane)
        self.pane.shares_edited.connect(self.edit)
        self.pane.linked_toggled.connect(lambda linked: self.show(with_link(self.session, linked)))
        self.pane.show_session(self.session)
        self.pane.show()
        qtbot.waitExposed(self.pane)
        self.pane.activateWindow()

    def edit(self, channel: int, share: float, step: object) -> None:
        self.steps.append(step)
        self.show(with_share(self.session, channel, share))

    def show(self, session: Session) -> None:
        self.session = session
        self.pane.show_session(session)

    @property
    def values(self) -> list[int]:
        return [slider.value() for slider in self.pane.sliders]

    def press(self, channel: int, key: Qt.Key, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
        QTest.keyClick(self.pane.sliders[channel], key, modifier)

    def turn(self, widget: QWidget, notches: int = 1) -> None:
        place = QPointF(widget.rect().center())
        wheel = QWheelEvent(
            place,
            widget.mapToGlobal(place),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Modifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, wheel)


@pytest.fixture
def mix(qtbot: QtBot) -> Mix:
    return Mix(qtbot)


def test_at_first_all_three_are_at_70_and_linked(mix: Mix) -> None:
    assert mix.values == [70, 70, 70]
    assert [box.value() for box in mix.pane.boxes] == [70, 70, 70]
    assert mix.pane.link.isChecked()


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Key.Key_Right, Modifier.NoModifier, 71),
        (Key.Key_Left, Modifier.NoModifier, 69),
        (Key.Key_Up, Modifier.NoModifier, 71),
        (Key.Key_Right, Modifier.ShiftModifier, 80),
        (Key.Key_Left, Modifier.ShiftModifier, 60),
        (Key.Key_Home, Modifier.NoModifier, 0),
        (Key.Key_End, Modifier.NoModifier, 100),
    ],
)
def test_a_key_moves_a_linked_slider_and_the_others_with_it(
    mix: Mix, key: Qt.Key, modifier: Qt.KeyboardModifier, expected: int
) -> None:
    mix.press(1, key, modifier)
    assert mix.values == [expected] * 3
    assert mix.session.shares == pytest.approx((expected / 100,) * 3)


def test_the_keys_stop_at_the_ends(mix: Mix) -> None:
    mix.press(0, Key.Key_End)
    mix.press(0, Key.Key_Right, Modifier.ShiftModifier)
    assert mix.values == [100, 100, 100]


def test_unlinked_each_goes_alone_and_linking_again_sets_all_to_their_mean(mix: Mix) -> None:
    QTest.mouseClick(mix.pane.link, Qt.MouseButton.LeftButton)
    mix.press(0, Key.Key_Home)
    mix.press(2, Key.Key_Right, Modifier.ShiftModifier)
    assert mix.values == [0, 70, 80]
    QTest.mouseClick(mix.pane.link, Qt.MouseButton.LeftButton)
    assert mix.values == [50, 50, 50]


def test_a_number_typed_beside_a_slider_counts(mix: Mix) -> None:
    box = mix.pane.boxes[1]
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "35")
    QTest.keyClick(box, Key.Key_Return)
    assert mix.values == [35, 35, 35]


def test_a_double_click_resets_in_the_same_step_as_its_first_click(mix: Mix) -> None:
    mix.press(0, Key.Key_Home)
    slider = mix.pane.sliders[0]
    place = QPoint(slider.width() // 3, slider.height() // 2)
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=place)
    assert mix.values == [70, 70, 70]
    assert len(mix.steps) >= 3
    assert mix.steps[0] != mix.steps[1] == mix.steps[-1]


def test_a_slider_goes_where_it_is_clicked(mix: Mix) -> None:
    slider = mix.pane.sliders[0]
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert mix.values == pytest.approx([50] * 3, abs=2)


def test_one_drag_is_one_step_and_the_next_one_another(mix: Mix) -> None:
    drag(mix, 20, 40, 60)
    first = list(mix.steps)
    drag(mix, 30, 80)
    assert len(first) == 3
    assert len(set(first)) == 1
    assert mix.steps[-1] not in first


def drag(mix: Mix, *percents: int) -> None:
    slider = mix.pane.sliders[0]
    places = [QPoint(8 + (slider.width() - 16) * percent // 100, slider.height() // 2) for percent in percents]
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(slider, place)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=places[-1])


@pytest.mark.parametrize("widgets", [lambda pane: pane.sliders, lambda pane: pane.boxes], ids=["slider", "box"])
def test_the_wheel_acts_only_with_the_focus(mix: Mix, widgets: Callable[[MixPane], list[QWidget]]) -> None:
    first, second = widgets(mix.pane)[:2]
    second.setFocus()
    mix.turn(first)
    assert mix.values == [70, 70, 70]
    mix.turn(second, -2)
    assert mix.values == [68, 68, 68]


def test_the_tooltip_gives_the_weight_of_the_photo_in_the_formula(mix: Mix) -> None:
    mix.show(Session(shares=Shares(0.7, 0.2, 1.0), linked=False))
    tips = [slider.toolTip() for slider in mix.pane.sliders]
    assert "a = 30 % photo" in tips[0]
    assert "b = 80 % photo" in tips[1]
    assert "c = 0 % photo" in tips[2]


def test_a_preset_is_one_click_away(qtbot: QtBot, mix: Mix) -> None:
    buttons = {button.text(): button for button in mix.pane.findChildren(QPushButton)}
    with qtbot.waitSignal(mix.pane.preset_chosen) as chosen:
        QTest.mouseClick(buttons["Half"], Qt.MouseButton.LeftButton)
    assert chosen.args == [get_preset("half")]


def test_showing_a_session_is_no_edit(mix: Mix) -> None:
    mix.pane.show_session(Session(shares=Shares(0.123, 0.5, 0.9), linked=False))
    assert mix.steps == []
    assert mix.values == [12, 50, 90]
    assert not mix.pane.link.isChecked()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_link_shows_whether_it_is_on(mix: Mix, dark: bool) -> None:
    mix.pane.setPalette(palette(dark))
    on = background(mix.pane.link)
    mix.pane.link.setChecked(False)
    assert (np.abs(on - background(mix.pane.link)) > 30).any()


def background(widget: QWidget) -> NDArray[np.int16]:
    """The colour near a button's edge, beside its words."""
    return pixels_of(widget.grab().toImage())[widget.height() // 2, 4, :3].astype(np.int16)


def test_every_control_has_a_name_of_its_own(mix: Mix) -> None:
    controls = [*mix.pane.sliders, *mix.pane.boxes, mix.pane.link, *mix.pane.findChildren(QPushButton)]
    names = [control.accessibleName() for control in controls]
    assert all(names)
    assert len(set(names)) == len(names)
