import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.canvas.picture_canvas import Canvas, View

SURROUND = (0x77, 0x77, 0x77)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).integers(0, 256, (height, width, 3), dtype=np.uint8)


def shown(widget: QWidget) -> np.ndarray:
    return pixels_of(widget.grab().toImage())[..., :3]


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas(View())
    qtbot.addWidget(canvas)
    canvas.resize(120, 80)
    canvas.show()
    return canvas


def wheel(canvas: Canvas, at: QPointF, notches: float) -> None:
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def drag(canvas: Canvas, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(end),
        canvas.mapToGlobal(QPointF(end)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, move)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)


def test_without_a_picture_there_is_neutral_grey(canvas: Canvas) -> None:
    assert (shown(canvas) == SURROUND).all()


def test_a_picture_of_the_canvas_size_is_shown_as_it_is(canvas: Canvas) -> None:
    picture = noise(80, 120)
    canvas.set_picture(picture)
    np.testing.assert_array_equal(shown(canvas), picture)


def test_floats_are_shown_as_their_nearest_levels(canvas: Canvas) -> None:
    picture = noise(80, 120)
    canvas.set_picture(np.divide(picture, 255, dtype=np.float32))
    np.testing.assert_array_equal(shown(canvas), picture)


def test_a_fitted_picture_lies_in_the_middle_with_grey_around(canvas: Canvas) -> None:
    canvas.set_picture(np.full((160, 160, 3), 200, np.uint8))
    grab = shown(canvas)
    assert (grab[:, 20:100] == 200).all()
    assert (grab[:, :20] == SURROUND).all() and (grab[:, 100:] == SURROUND).all()


def test_reducing_averages_instead_of_leaving_pixels_out(canvas: Canvas) -> None:
    stripes = np.zeros((640, 960, 3), np.uint8)
    stripes[:, ::2] = 255
    canvas.set_picture(stripes)
    assert np.abs(shown(canvas).astype(int) - 128).max() <= 2


def test_one_to_one_shows_the_middle_pixel_by_pixel_and_key_0_fits_again(canvas: Canvas) -> None:
    picture = noise(400, 600)
    canvas.set_picture(picture)
    fitted = shown(canvas)
    canvas.one_to_one()
    np.testing.assert_array_equal(shown(canvas), picture[160:240, 240:360])
    QTest.keyClick(canvas, Qt.Key.Key_0)
    np.testing.assert_array_equal(shown(canvas), fitted)


def test_from_200_percent_pixels_are_squares(canvas: Canvas) -> None:
    picture = noise(400, 600)
    canvas.set_picture(picture)
    canvas.one_to_one()
    canvas.zoom_by(4)
    expected = picture[190:210, 285:315].repeat(4, axis=0).repeat(4, axis=1)
    np.testing.assert_array_equal(shown(canvas), expected)


@pytest.mark.parametrize("notches", [1, -1, 5, 0.3])
def test_the_wheel_keeps_the_point_under_the_mouse(canvas: Canvas, notches: float) -> None:
    canvas.set_picture(noise(800, 1200))
    canvas.one_to_one()
    at = QPointF(30, 60)
    before = canvas.placement()
    wheel(canvas, at, notches)
    after = canvas.placement()
    assert before and after and (after.zoom > 1) == (notches > 0)
    np.testing.assert_allclose(after.to_picture((30, 60)), before.to_picture((30, 60)), atol=1)


def test_zooming_out_stops_where_the_whole_picture_fits(canvas: Canvas) -> None:
    canvas.set_picture(noise(800, 1200))
    canvas.one_to_one()
    for _ in range(40):
        QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.view.is_fit and canvas.zoom == pytest.approx(0.1)


def test_zooming_passes_through_exactly_one_to_one(canvas: Canvas) -> None:
    canvas.set_picture(noise(900, 1300))
    zooms = []
    for _ in range(20):
        QTest.keyClick(canvas, Qt.Key.Key_Plus)
        zooms.append(canvas.zoom)
    assert 1.0 in zooms and zooms == sorted(zooms) and max(zooms) <= 32


def test_dragging_moves_the_picture_with_the_mouse_and_stops_at_its_edge(canvas: Canvas) -> None:
    picture = noise(400, 600)
    canvas.set_picture(picture)
    canvas.one_to_one()
    drag(canvas, QPoint(60, 40), QPoint(50, 65))
    np.testing.assert_array_equal(shown(canvas), picture[135:215, 250:370])
    for _ in range(10):
        drag(canvas, QPoint(5, 5), QPoint(115, 75))
    np.testing.assert_array_equal(shown(canvas), picture[:80, :120])


def test_arrows_pan(canvas: Canvas) -> None:
    picture = noise(400, 600)
    canvas.set_picture(picture)
    canvas.one_to_one()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    np.testing.assert_array_equal(shown(canvas), picture[96:176, 304:424])


def test_dragging_a_picture_that_fits_changes_nothing(canvas: Canvas) -> None:
    canvas.set_picture(noise(400, 600))
    drag(canvas, QPoint(60, 40), QPoint(10, 10))
    assert canvas.view.is_fit


def test_a_double_click_goes_to_one_to_one_at_that_point_and_back(canvas: Canvas) -> None:
    canvas.set_picture(noise(800, 1200))
    before = canvas.placement()
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 60))
    after = canvas.placement()
    assert before and after and after.zoom == 1
    np.testing.assert_allclose(after.to_picture((30, 60)), before.to_picture((30, 60)), atol=1)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 60))
    assert canvas.view.is_fit


def test_transparent_parts_show_a_checkerboard_and_half_transparent_ones_half_of_it(canvas: Canvas) -> None:
    alpha = np.full((80, 120), 255, np.uint8)
    alpha[:, :32], alpha[:, 32:64] = 0, 128
    canvas.set_picture(np.full((80, 120, 3), 255, np.uint8), alpha)
    grab = shown(canvas)[..., 1].astype(int)
    assert set(np.unique(grab[:, :32])) == {0xA0, 0xC8} and grab[0, 0] != grab[0, 8] == grab[8, 0]
    assert np.abs(grab[:, 32:64] - (255 + grab[:, :32]) / 2).max() <= 1
    assert (grab[:, 64:] == 255).all()


def test_canvases_that_share_a_view_show_the_same_place(canvas: Canvas, qtbot: QtBot) -> None:
    other = Canvas(canvas.view)
    qtbot.addWidget(other)
    other.resize(60, 40)
    picture = noise(400, 600)
    canvas.set_picture(picture)
    other.set_picture(255 - picture)
    canvas.one_to_one()
    drag(canvas, QPoint(60, 40), QPoint(20, 20))
    np.testing.assert_array_equal(shown(other), 255 - shown(canvas)[20:60, 30:90])


def test_a_picture_of_another_size_is_fitted_and_one_of_the_same_size_keeps_the_place(canvas: Canvas) -> None:
    canvas.set_picture(noise(400, 600))
    canvas.one_to_one()
    canvas.set_picture(255 - noise(400, 600))
    assert not canvas.view.is_fit
    canvas.set_picture(noise(300, 600))
    assert canvas.view.is_fit


def test_a_large_picture_is_prepared_in_slices_that_leave_the_window_alive(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.set_picture(np.full((2000, 1600, 3), 10, np.uint8))
    assert not canvas.is_ready
    canvas.set_picture(np.full((2000, 1600, 3), 90, np.uint8))
    with qtbot.waitSignal(canvas.ready):
        pass
    assert (shown(canvas)[:, 60] == 90).all()


def test_the_picture_can_be_taken_away(canvas: Canvas) -> None:
    canvas.set_picture(noise(80, 120))
    canvas.set_picture(None)
    assert (shown(canvas) == SURROUND).all() and canvas.placement() is None


AT_TWICE = """
import numpy as np
from PySide6.QtWidgets import QApplication
from stylestudio.gui.canvas.picture_canvas import Canvas, View
from stylestudio.gui.canvas.frames import pixels_of
app = QApplication([])
canvas = Canvas(View())
canvas.resize(60, 40)
picture = np.random.default_rng(1).integers(0, 256, (80, 120, 3), dtype=np.uint8)
canvas.set_picture(picture)
assert canvas.devicePixelRatioF() == 2
assert (pixels_of(canvas.grab().toImage())[..., :3] == picture).all()
"""


def test_on_a_screen_of_200_percent_each_picture_pixel_is_one_of_the_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    fresh = subprocess.run([sys.executable, "-c", AT_TWICE], capture_output=True, text=True, check=False)
    assert fresh.returncode == 0, fresh.stderr
