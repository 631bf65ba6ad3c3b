"""Brush, test strip and dropper in the whole window."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from whole_window import Studio

from stylestudio.images.blend import blend
from stylestudio.images.mask import MOST_STROKES, Mask, Point, Stroke
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import shares_of
from stylestudio.studio.session import with_mask

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(studio: Studio, photo: Path, painting: Path) -> Studio:
    open_pair(studio, photo, painting)
    return studio


def open_pair(studio: Studio, photo: Path, painting: Path) -> None:
    """Until there is a target, on the canvas too."""
    studio.open_pair(photo, painting)
    studio.wait(lambda: studio.window.target.is_ready and studio.window.menu["brush"].isEnabled())


def press(studio: Studio, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(studio.window.target, key, modifier)


def spot(studio: Studio, x: float, y: float) -> QPoint:
    """A place of the target, 0..1 of its width and height, in the canvas."""
    rect = studio.window.target.picture_rect()
    assert rect
    return QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height()).toPoint()


def drag(studio: Studio, *places: tuple[float, float]) -> None:
    target = studio.window.target
    points = [spot(studio, *place) for place in places]
    QTest.mousePress(target, LEFT, pos=points[0])
    for point in points[1:]:
        place, none = QPointF(point), Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, target.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT, none
        )
        QApplication.sendEvent(target, event)
    QTest.mouseRelease(target, LEFT, pos=points[-1])


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


def test_without_a_target_there_is_no_tool(studio: Studio) -> None:
    menu = studio.window.menu
    for name in ("brush", "strip", "dropper", "brush_swap", "mask_clear"):
        assert not menu[name].isEnabled()


def test_each_stroke_is_one_step_and_in_the_session(opened: Studio) -> None:
    press(opened, Qt.Key.Key_B)
    assert opened.window.menu["brush"].isChecked() and opened.window.space.brush_bar.isVisible()
    drag(opened, (0.2, 0.3), (0.3, 0.4), (0.5, 0.4))
    press(opened, Qt.Key.Key_X)
    drag(opened, (0.2, 0.7), (0.6, 0.7))
    strokes = opened.session.mask.strokes
    assert [(len(stroke.points), stroke.goal) for stroke in strokes] == [(3, "more"), (2, "less")]
    opened.choose("undo")
    assert opened.session.mask.strokes == strokes[:1]
    opened.choose("undo")
    assert opened.session.mask.is_empty
    opened.choose("redo")
    assert opened.session.mask.strokes == strokes[:1]


def test_undo_while_a_stroke_is_drawn_takes_nothing_else_away(opened: Studio) -> None:
    press(opened, Qt.Key.Key_B)
    drag(opened, (0.2, 0.3), (0.3, 0.4))
    first = opened.session.mask.strokes
    target = opened.window.target
    QTest.mousePress(target, LEFT, pos=spot(opened, 0.5, 0.5))
    opened.choose("undo")
    QTest.mouseMove(target, spot(opened, 0.6, 0.6))
    QTest.mouseRelease(target, LEFT, pos=spot(opened, 0.6, 0.6))
    assert opened.session.mask.strokes[:1] == first


def test_keys_change_the_tip_and_so_do_the_sliders_of_the_bar(opened: Studio) -> None:
    press(opened, Qt.Key.Key_B)
    brush, bar = opened.window.tools.brush, opened.window.space.brush_bar
    before = brush.tip
    press(opened, Qt.Key.Key_BracketRight)
    assert brush.tip.size == pytest.approx(1.2 * before.size)
    press(opened, Qt.Key.Key_BracketLeft)
    press(opened, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ShiftModifier)
    assert brush.tip.size == pytest.approx(before.size)
    assert brush.tip.hardness == pytest.approx(before.hardness + 0.1)
    bar.strength.slider.setValue(30)
    bar.thickness.slider.setValue(100)
    assert brush.tip.strength == 0.3 and brush.tip.size == pytest.approx(0.4)
    press(opened, Qt.Key.Key_BracketRight)
    assert brush.tip.size == pytest.approx(0.4)


def test_the_mask_is_inverted_cleared_and_shown_by_commands_that_wait_for_one(opened: Studio) -> None:
    menu = opened.window.menu
    assert not menu["mask_invert"].isEnabled()
    press(opened, Qt.Key.Key_B)
    drag(opened, (0.2, 0.3), (0.3, 0.4))
    opened.choose("mask_invert")
    assert opened.session.mask.inverted
    opened.choose("mask_clear")
    assert opened.session.mask.is_empty and not menu["mask_clear"].isEnabled()
    opened.choose("undo")
    assert opened.session.mask.inverted and menu["mask_clear"].isEnabled()


def test_by_lightness_is_a_curve_that_all_zeros_take_away(opened: Studio) -> None:
    press(opened, Qt.Key.Key_B)
    bar = opened.window.space.brush_bar
    click(bar.by_lightness)
    assert bar.tones[0].isVisible()
    bar.tones[0].slider.setValue(0)
    bar.tones[2].slider.setValue(75)
    curve = opened.session.mask.lightness
    assert curve and (curve.dark, curve.middle, curve.light) == (-1.0, 0.0, 0.5)
    for tone in bar.tones:
        tone.slider.setValue(50)
    assert opened.session.mask.is_empty


def test_a_gradient_is_drawn_once_its_button_is_on(opened: Studio) -> None:
    press(opened, Qt.Key.Key_B)
    click(opened.window.space.brush_bar.gradient)
    drag(opened, (0.1, 0.5), (0.5, 0.5), (0.9, 0.5))
    gradient = opened.session.mask.gradient
    assert gradient and not opened.session.mask.strokes
    assert gradient.start[0] == pytest.approx(0.1, abs=0.01) and gradient.end[0] == pytest.approx(0.9, abs=0.01)
    opened.choose("undo")
    assert opened.session.mask.gradient is None


def test_a_mask_that_is_full_says_so_and_stays(opened: Studio) -> None:
    full = Mask((Stroke((Point(0.1, 0.1),), 0.01),) * MOST_STROKES)
    opened.document.apply("", with_mask, full)
    press(opened, Qt.Key.Key_B)
    drag(opened, (0.2, 0.3), (0.3, 0.4))
    assert opened.session.mask == full and "no more strokes" in opened.window.space.notice.text


def test_a_click_on_the_test_strip_takes_its_shares_as_one_step(opened: Studio) -> None:
    runs = opened.runs.overfit
    before = opened.session
    press(opened, Qt.Key.Key_T)
    QTest.mouseClick(opened.window.target, LEFT, pos=spot(opened, 3.5 / 11, 0.6))
    assert opened.session.shares == pytest.approx((0.7, 0.3, 0.7)) and not opened.session.linked
    assert opened.window.target.tool is None and opened.runs.overfit is runs
    assert "Green 30 %" in opened.window.space.notice.text
    opened.choose("undo")
    assert opened.session == before


def test_escape_leaves_a_tool_before_it_does_anything_else(opened: Studio) -> None:
    opened.choose("target_alone")
    for key in (Qt.Key.Key_T, Qt.Key.Key_I, Qt.Key.Key_B):
        press(opened, key)
        assert opened.window.tools.is_on
        press(opened, Qt.Key.Key_Escape)
        assert not opened.window.tools.is_on and opened.window.menu["target_alone"].isChecked()
    assert not opened.window.space.brush_bar.isVisible()
    press(opened, Qt.Key.Key_Escape)
    assert not opened.window.menu["target_alone"].isChecked()


def test_only_one_tool_is_on_and_its_key_puts_it_away(opened: Studio) -> None:
    menu = opened.window.menu
    press(opened, Qt.Key.Key_B)
    press(opened, Qt.Key.Key_I)
    assert [menu[name].isChecked() for name in ("brush", "strip", "dropper")] == [False, False, True]
    press(opened, Qt.Key.Key_I)
    assert opened.window.target.tool is None


def test_the_dropper_keeps_a_place_nearer_to_the_photo_at_the_same_mean_share(
    studio: Studio, painting: Path, tmp_path: Path
) -> None:
    coloured = tmp_path / "wall.png"

    Image.new("RGB", (400, 300), (220, 150, 120)).save(coloured)
    open_pair(studio, coloured, painting)
    press(studio, Qt.Key.Key_I)
    QTest.mouseClick(studio.window.target, LEFT, pos=spot(studio, 0.5, 0.5))
    pictures = studio.window.target.pictures
    assert pictures
    photo, [overfit] = pictures[0].pixels, pictures[1]

    def distance(mix: Mix) -> float:
        return float(np.square(blend(photo, overfit, mix.shares) - photo).sum())

    assert distance(studio.session.mix) < distance(Mix(shares_of((0.7,))))
    assert np.mean(studio.session.shares) == pytest.approx(0.7, abs=1e-3) and not studio.session.linked
    notice = studio.window.space.notice
    undo = next(button for button in notice.findChildren(QPushButton) if button.text() == "Undo")
    click(undo)
    assert studio.session.shares == shares_of((0.7,)) and studio.session.linked


def test_a_photo_that_goes_takes_the_tool_and_the_mask_with_it(opened: Studio) -> None:
    press(opened, Qt.Key.Key_B)
    drag(opened, (0.2, 0.3), (0.3, 0.4))
    opened.renderer.go.clear()
    opened.choose("swap")
    opened.wait(lambda: opened.session.mask.is_empty)
    opened.renderer.go.set()
    opened.wait_real()
    assert opened.window.menu["brush"].isEnabled()
