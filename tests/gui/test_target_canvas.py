import gc
import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider, QWidget
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.canvas.picture_canvas import View
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.images.blend import blend
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.resize import to_8bit, to_floats
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares, shares_of

WIDTH, HEIGHT = 240, 160


def pair(height: int = HEIGHT, width: int = WIDTH) -> tuple[Picture, np.ndarray]:
    rng = np.random.default_rng(height)
    content, overfit = rng.integers(0, 256, (2, height, width, 3)).astype(np.float32) / 255
    return from_pixels(content, "castle"), overfit


def shown(canvas: TargetCanvas) -> np.ndarray:
    return pixels_of(canvas.grab().toImage())[..., :3].astype(int)


def formula(content: Picture, overfit: np.ndarray, shares: Shares) -> np.ndarray:
    return to_8bit(blend(content.pixels, overfit, shares)).astype(int)


@pytest.fixture
def canvas(qtbot: QtBot) -> TargetCanvas:
    canvas = TargetCanvas(View())
    qtbot.addWidget(canvas)
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    return canvas


def test_without_an_overfit_picture_it_shows_the_photo(canvas: TargetCanvas) -> None:
    content, _ = pair()
    canvas.set_pictures(content, None)
    np.testing.assert_array_equal(shown(canvas), to_8bit(content.pixels))


@pytest.mark.parametrize("shares", [Shares(0, 0, 0), Shares(1, 1, 1), shares_of((0.7,)), Shares(0.13, 0.5, 0.98)])
def test_its_pixels_equal_the_formula_to_one_level(canvas: TargetCanvas, shares: Shares) -> None:
    content, overfit = pair()
    canvas.set_pictures(content, overfit)
    canvas.set_mix(Mix(shares))
    assert np.abs(shown(canvas) - formula(content, overfit, shares)).max() <= 1


def test_at_one_to_one_a_part_of_a_large_picture_equals_the_formula(canvas: TargetCanvas) -> None:
    content, overfit = pair(500, 700)
    canvas.set_pictures(content, overfit)
    canvas.one_to_one()
    canvas.set_mix(Mix(Shares(0.2, 0.6, 0.9)))
    expected = formula(content, overfit, Shares(0.2, 0.6, 0.9))[170:330, 230:470]
    assert np.abs(shown(canvas) - expected).max() <= 1


def test_every_change_of_the_shares_is_painted_and_told(canvas: TargetCanvas, qtbot: QtBot) -> None:
    content, overfit = pair()
    canvas.set_pictures(content, overfit)
    for share in (0.2, 0.9):
        with qtbot.waitSignal(canvas.frame_painted):
            canvas.set_mix(Mix(shares_of((share,))))


def test_other_pictures_and_other_sizes_are_mixed_with_the_same_shares(canvas: TargetCanvas) -> None:
    canvas.set_mix(Mix(Shares(0.4, 0.4, 0.4)))
    for height, width in ((HEIGHT, WIDTH), (HEIGHT // 2, WIDTH)):
        content, overfit = pair(height, width)
        canvas.resize(width, height)
        for version in (overfit, 1 - overfit):
            canvas.set_pictures(content, version)
            assert np.abs(shown(canvas) - formula(content, version, Shares(0.4, 0.4, 0.4))).max() <= 1


def test_the_transparency_of_the_photo_is_that_of_the_target(canvas: TargetCanvas) -> None:
    content, overfit = pair()
    alpha = np.ones((HEIGHT, WIDTH), np.float32)
    alpha[:, :40] = 0
    canvas.set_pictures(from_pixels(content.pixels, "cut out", alpha), overfit)
    grab = shown(canvas)
    assert set(np.unique(grab[:, :40])) == {0xA0, 0xC8}
    assert np.abs(grab - formula(content, overfit, shares_of((0.7,))))[:, 40:].max() <= 1


def test_the_split_line_parts_the_photo_from_the_target(canvas: TargetCanvas) -> None:
    content, overfit = pair()
    canvas.set_pictures(content, overfit)
    canvas.set_split(True)
    grab, target = shown(canvas), formula(content, overfit, shares_of((0.7,)))
    np.testing.assert_array_equal(grab[120:, :110], to_8bit(content.pixels)[120:, :110])
    assert np.abs(grab - target)[120:, 130:].max() <= 1
    canvas.set_split(False)
    assert np.abs(shown(canvas) - target).max() <= 1


def test_the_names_beside_the_split_line_make_way_for_what_floats_over_them(canvas: TargetCanvas) -> None:
    canvas.set_pictures(*pair())
    canvas.set_mix(Mix(Shares(0, 0, 0)))
    plain = shown(canvas)
    canvas.set_split(True)

    def written() -> set[int]:
        """The rows in which anything is written beside the line."""
        other = np.abs(shown(canvas) - plain).max(axis=2) > 0
        return set(np.flatnonzero(other[:70, 80:110].any(axis=1)).tolist())

    assert written() & set(range(25))
    bar = QWidget(canvas)
    bar.setGeometry(60, 0, 120, 30)
    bar.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
    bar.show()
    assert min(written()) > 30
    assert canvas.uncovered(QRectF(10, 5, 40, 20)) == QRectF(10, 5, 40, 20)


def test_the_split_line_follows_its_handle_and_not_the_picture(canvas: TargetCanvas) -> None:
    content, overfit = pair(500, 700)
    canvas.set_pictures(content, overfit)
    canvas.one_to_one()
    canvas.set_split(True)
    before = canvas.placement()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(120, 80))
    for x in (150, 180):
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(x, 90),
            canvas.mapToGlobal(QPointF(x, 90)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(canvas, move)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(180, 90))
    assert canvas.split_fraction == 0.75 and canvas.placement() == before
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(180, 80))
    assert canvas.split_fraction == 0.5 and canvas.placement() == before


def test_ctrl_with_arrows_moves_the_split_line(canvas: TargetCanvas) -> None:
    canvas.set_pictures(*pair())
    canvas.set_split(True)
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert canvas.split_fraction == pytest.approx(0.52)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_O])
def test_a_held_key_shows_one_picture_alone(canvas: TargetCanvas, key: Qt.Key) -> None:
    content, overfit = pair()
    canvas.set_pictures(content, overfit)
    alone = to_8bit(content.pixels if key == Qt.Key.Key_Space else overfit)
    target = shown(canvas)
    QTest.keyPress(canvas, key)
    np.testing.assert_array_equal(shown(canvas)[60:], alone[60:])
    QTest.keyRelease(canvas, key)
    np.testing.assert_array_equal(shown(canvas), target)


def test_the_repeats_of_a_held_key_do_not_end_it(canvas: TargetCanvas) -> None:
    canvas.set_pictures(*pair())
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
        repeat = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True)
        QApplication.sendEvent(canvas, repeat)
        assert canvas.peeked == "content"


def test_losing_the_focus_ends_a_hold(canvas: TargetCanvas, qtbot: QtBot) -> None:
    canvas.set_pictures(*pair())
    with qtbot.waitActive(canvas):
        canvas.activateWindow()
    canvas.setFocus()
    QTest.keyPress(canvas, Qt.Key.Key_O)
    canvas.clearFocus()
    assert canvas.peeked is None


def test_held_keys_work_on_a_slider_too_and_leave_it_its_own(canvas: TargetCanvas, qtbot: QtBot) -> None:
    slider = QSlider()
    qtbot.addWidget(slider)
    slider.installEventFilter(canvas)
    QTest.keyPress(slider, Qt.Key.Key_Space)
    assert canvas.peeked == "content"
    QTest.keyRelease(slider, Qt.Key.Key_Space)
    assert canvas.peeked is None
    QTest.keyClick(slider, Qt.Key.Key_Up)
    QTest.keyClick(slider, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert slider.value() == 1 and canvas.peeked is None


def test_a_draft_is_marked_until_the_real_picture_comes(canvas: TargetCanvas) -> None:
    content, overfit = pair()
    canvas.set_pictures(content, overfit, "Draft")
    target = formula(content, overfit, shares_of((0.7,)))
    marked = np.abs(shown(canvas) - target).max(axis=2) > 1
    assert marked[120:, :80].any() and not marked[:110].any() and not marked[:, 120:].any()
    canvas.set_pictures(content, overfit)
    assert np.abs(shown(canvas) - target).max() <= 1


def test_a_small_draft_is_mixed_as_if_it_had_the_contents_size(canvas: TargetCanvas) -> None:
    content, overfit = pair()
    small = overfit[:40, :60]
    stretched = Image.fromarray(to_8bit(small)).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    canvas.set_pictures(content, small)
    canvas.set_mix(Mix(Shares(0.2, 0.6, 0.9)))
    expected = formula(content, to_floats(np.asarray(stretched)), Shares(0.2, 0.6, 0.9))
    assert np.abs(shown(canvas) - expected).max() <= 1


@pytest.mark.parametrize("shape", [(HEIGHT + 1, 8), (8, WIDTH + 1)])
def test_an_overfit_picture_that_is_larger_than_the_content_is_an_error(
    canvas: TargetCanvas, shape: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match="larger"):
        canvas.set_pictures(pair()[0], pair(*shape)[1])


@pytest.mark.parametrize("ending", ["release", "deletion"])
def test_no_thread_outlives_the_canvas(qtbot: QtBot, ending: str) -> None:
    canvas = TargetCanvas(View())
    canvas.resize(WIDTH, HEIGHT)
    canvas.set_pictures(*pair())
    before = set(threading.enumerate())
    shown(canvas)
    started = set(threading.enumerate()) - before
    assert started
    if ending == "release":
        canvas.stop_mixer()
    canvas.deleteLater()
    QApplication.sendPostedEvents(canvas, QEvent.Type.DeferredDelete)
    gc.collect()
    qtbot.waitUntil(lambda: not any(thread.is_alive() for thread in started))
