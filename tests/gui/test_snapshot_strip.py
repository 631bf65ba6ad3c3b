"""Snapshots in the whole window: kept, recalled, compared, cross-faded, renamed, removed; and variations."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from whole_window import Studio

from stylestudio.images.mask import NO_MASK, Mask, Point, Stroke
from stylestudio.studio.recipe import shares_of
from stylestudio.studio.session import with_mask, with_shares
from stylestudio.studio.snapshots import Snapshot

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

CONTROL, NO = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def open_studio(studio: Studio, photo: Path, painting: Path) -> Studio:
    studio.open_pair(photo, painting)
    return studio


def share(studio: Studio, *values: float) -> None:
    studio.document.apply("Shares", with_shares, shares_of(values))


def keep(studio: Studio, *values: float) -> Snapshot:
    """Set the shares, and keep them as an artist does."""
    share(studio, *values)
    studio.choose("snapshot")
    return studio.document.snapshots[-1]


def click(studio: Studio, snapshot: Snapshot, modifiers: Qt.KeyboardModifier = NO) -> None:
    row = studio.window.space.strip.row
    QTest.mouseClick(row.viewport(), LEFT, modifiers, row.centre(snapshot))


def names(studio: Studio) -> list[str]:
    return [one.name for one in studio.document.snapshots]


def editors(studio: Studio) -> list[QLineEdit]:
    return [box for box in studio.window.space.strip.row.findChildren(QLineEdit) if box.isVisible()]


def pixels(studio: Studio) -> np.ndarray:
    """What the target's canvas shows, (h, w, 3)."""
    image = studio.window.target.grab().toImage()
    found = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return found[:, : image.width(), :3].copy()


def test_the_strip_is_hidden_while_there_is_no_snapshot(open_studio: Studio) -> None:
    strip = open_studio.window.space.strip
    assert not strip.isVisible()
    keep(open_studio, 0.3)
    assert strip.isVisible()
    open_studio.choose("target_alone")
    assert not strip.isVisible()
    open_studio.choose("target_alone")
    assert strip.isVisible()


def test_a_snapshot_is_recalled_by_a_click_as_one_step(open_studio: Studio) -> None:
    first = keep(open_studio, 0.1, 0.5, 0.9)
    share(open_studio, 0.8)
    click(open_studio, first)
    assert open_studio.session.shares == (0.1, 0.5, 0.9)
    assert open_studio.document.undo_label == "Snapshot 1"
    open_studio.choose("undo")
    assert open_studio.session.shares == (0.8, 0.8, 0.8)


def test_return_recalls_too(open_studio: Studio) -> None:
    keep(open_studio, 0.2)
    row = open_studio.window.space.strip.row
    row.setCurrentRow(0)
    share(open_studio, 0.8)
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert open_studio.session.shares == (0.2, 0.2, 0.2)


def test_undo_past_the_moment_that_one_was_kept_leaves_it(open_studio: Studio) -> None:
    keep(open_studio, 0.3)
    open_studio.choose("undo")
    assert open_studio.session.shares == (0.7, 0.7, 0.7)
    assert names(open_studio) == ["1"]


def test_the_same_mix_is_kept_once(open_studio: Studio) -> None:
    keep(open_studio, 0.3)
    open_studio.choose("snapshot")
    assert names(open_studio) == ["1"]
    assert "already" in open_studio.window.space.notice.text


def test_each_has_a_small_picture_of_its_own(open_studio: Studio) -> None:
    keep(open_studio, 0.0)
    keep(open_studio, 1.0)
    row = open_studio.window.space.strip.row
    shown = [row.item(index).icon().pixmap(84, 56).toImage() for index in range(2)]
    place = shown[0].rect().center() - QPoint(0, 20)
    # the photo is a gradient from black at the top, and the fake engine gives its negative
    assert shown[0].pixelColor(place).lightness() < 100 < 150 < shown[1].pixelColor(place).lightness()


def test_names_can_be_read_in_either_theme(open_studio: Studio) -> None:
    keep(open_studio, 0.2)
    keep(open_studio, 0.4)
    row = open_studio.window.space.strip.row
    for theme, is_dark in (("theme_light", False), ("theme_dark", True), ("theme_light", False)):
        open_studio.choose(theme)
        open_studio.qtbot.wait(20)
        shown = row.window().grab().toImage()
        place = row.visualItemRect(row.item(0))
        place.moveTopLeft(row.viewport().mapTo(row.window(), place.topLeft()))
        words = [
            shown.pixelColor(x, y).lightness()
            for y in range(place.bottom() - 16, place.bottom() - 4)
            for x in range(place.left() + 20, place.right() - 20)
        ]
        ground = max(set(words), key=words.count)
        furthest = max(abs(word - ground) for word in words)
        assert (ground < 90) == is_dark and furthest > 110


def test_two_are_compared_under_the_split_line_and_cross_faded_as_one_step(open_studio: Studio) -> None:
    target, strip = open_studio.window.target, open_studio.window.space.strip
    one, other = keep(open_studio, 0.0), keep(open_studio, 1.0)
    whole = pixels(open_studio)
    click(open_studio, one)
    click(open_studio, other, CONTROL)
    open_studio.wait(lambda: target.split_comparison is not None)
    assert target.is_split and open_studio.window.menu["split"].isChecked()
    assert open_studio.session.mix == other.mix
    assert open_studio.window.snapshots.compared == [one, other]
    shown, middle, low = pixels(open_studio), whole.shape[1] // 2, whole.shape[0] * 3 // 4
    assert np.array_equal(shown[low, middle + 60], whole[low, middle + 60])
    assert int(shown[low, middle - 60, 0]) > int(whole[low, middle - 60, 0]) + 50
    assert strip.fader is not None
    steps = open_studio.document.undo_label
    strip.fader.slider.setSliderDown(True)
    for percent in (80, 40, 25):
        strip.fader.slider.setValue(percent)
    strip.fader.slider.setSliderDown(False)
    np.testing.assert_allclose(open_studio.session.shares, 0.25)
    open_studio.choose("undo")
    assert open_studio.session.mix == other.mix
    assert open_studio.document.undo_label == steps
    assert strip.fader.slider.value() == 100


def test_the_split_is_as_it_was_when_the_comparison_ends(open_studio: Studio) -> None:
    target = open_studio.window.target
    one, other = keep(open_studio, 0.0), keep(open_studio, 1.0)
    click(open_studio, one)
    click(open_studio, other, CONTROL)
    open_studio.wait(lambda: target.split_comparison is not None)
    click(open_studio, one)
    assert (target.is_split, target.split_comparison) == (False, None)
    assert open_studio.window.space.strip.fader is None
    click(open_studio, other, CONTROL)
    open_studio.wait(lambda: target.split_comparison is not None)
    open_studio.choose("split")
    assert (target.is_split, target.split_comparison) == (False, None)


def test_one_alone_is_compared_with_the_target_which_stays(open_studio: Studio) -> None:
    one = keep(open_studio, 0.2)
    share(open_studio, 0.9)
    click(open_studio, one, CONTROL)
    open_studio.wait(lambda: open_studio.window.target.split_comparison is not None)
    assert open_studio.session.shares == (0.9, 0.9, 0.9)
    share(open_studio, 0.6)
    assert open_studio.window.target.split_comparison is not None


def test_a_double_click_renames_and_an_empty_name_does_not(open_studio: Studio) -> None:
    one, _ = keep(open_studio, 0.2), keep(open_studio, 0.4)
    row = open_studio.window.space.strip.row
    for typed, wanted in (("Dusk", ["Dusk", "2"]), (" ", ["Dusk", "2"])):
        one = open_studio.document.snapshots[0]
        click(open_studio, one)
        QTest.mouseDClick(row.viewport(), LEFT, NO, row.centre(one))
        (box,) = editors(open_studio)
        box.selectAll()
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, Qt.Key.Key_Return)
        open_studio.wait(lambda: not editors(open_studio))
        open_studio.wait(lambda wanted=wanted: row.item(0).text() == wanted[0])
        open_studio.wait(lambda wanted=wanted: names(open_studio) == wanted)


def test_what_is_removed_can_be_brought_back_to_its_place(open_studio: Studio) -> None:
    one, _ = keep(open_studio, 0.2), keep(open_studio, 0.4)
    row = open_studio.window.space.strip.row
    click(open_studio, one)
    row.setCurrentRow(0)
    QTest.keyClick(row, Qt.Key.Key_Delete)
    open_studio.wait(lambda: names(open_studio) == ["2"])
    open_studio.press_notice("Undo")
    assert names(open_studio) == ["1", "2"]


def test_another_one_is_another_picture_kept_beside_the_first(open_studio: Studio) -> None:
    first = open_studio.session.settings
    open_studio.choose("variation")
    open_studio.wait(lambda: names(open_studio) == ["1", "Variation 1"])
    before, made = open_studio.document.snapshots
    assert (before.settings, before.mix) == (first, made.mix)
    assert made.settings.seed == open_studio.session.settings.seed == 1
    assert open_studio.document.undo_label == "Another one"
    open_studio.press_notice("Compare")
    open_studio.wait(lambda: open_studio.window.target.split_comparison is not None)
    assert open_studio.window.space.strip.fader is None  # these two have no overfit picture in common
    click(open_studio, before)
    assert open_studio.session.settings == first


def test_a_variation_that_is_cancelled_is_not_kept(open_studio: Studio) -> None:
    open_studio.renderer.go.clear()
    open_studio.choose("variation")
    open_studio.wait(lambda: open_studio.runs.busy)
    open_studio.choose("cancel")
    open_studio.renderer.go.set()
    assert names(open_studio) == ["1"]


def test_a_mask_is_recalled_only_on_its_own_photo(open_studio: Studio, painting: Path) -> None:
    mask = Mask((Stroke((Point(0.2, 0.2, 1.0),), 0.2, 0.5, 1.0, "more"),))
    open_studio.document.apply("Paint", with_mask, mask)
    kept = keep(open_studio, 0.3)
    open_studio.document.apply("Clear", with_mask, NO_MASK)
    click(open_studio, kept)
    assert open_studio.session.mask == mask
    open_studio.choose("swap")
    open_studio.wait_real()
    click(open_studio, kept)
    assert open_studio.session.shares == (0.3, 0.3, 0.3)
    assert open_studio.session.mask == NO_MASK
