"""The canvas with a tool, through the events of mouse, pen and keys."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas.brush import Brush, BrushTip
from stylestudio.gui.canvas.frames import FrameMixer, pixels_of
from stylestudio.gui.canvas.strip_overlay import StripTool
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.gui.canvas.view import View
from stylestudio.images.blend import blend
from stylestudio.images.decode import from_pixels
from stylestudio.images.mask import ByLightness, Gradient, Mask, Point, Stroke, inverted, with_stroke
from stylestudio.images.mask_plane import Box, mask_rows
from stylestudio.images.resize import to_8bit, to_floats
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import shares_of

WIDTH, HEIGHT = 240, 160
RNG = np.random.default_rng(5)
CONTENT, OVERFIT = RNG.integers(0, 256, (2, HEIGHT, WIDTH, 3), dtype=np.uint8)
STROKE = Stroke((Point(0.2, 0.3), Point(0.6, 0.4)), 0.2)


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[TargetCanvas]:
    """A photo and an overfit picture, pixel by pixel."""
    canvas = TargetCanvas(View())
    qtbot.addWidget(canvas)
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    canvas.set_pictures(from_pixels(to_floats(CONTENT), "castle"), to_floats(OVERFIT))
    yield canvas
    canvas.stop_mixer()


@pytest.fixture
def brush(canvas: TargetCanvas) -> Brush:
    brush = Brush(canvas)
    canvas.set_tool(brush)
    return brush


def strokes_of(brush: Brush) -> list[Stroke]:
    """What it tells, from now on: the stroke as far as it is drawn, each time."""
    told: list[Stroke] = []
    brush.painted.connect(lambda stroke, _: told.append(stroke))
    return told


def places(stroke: Stroke) -> list[tuple[float, float]]:
    return [(point.x, point.y) for point in stroke.points]


def mouse(canvas: TargetCanvas, kind: QEvent.Type, at: tuple[float, float], modifiers=Qt.KeyboardModifier.NoModifier):
    point, left, none = QPointF(*at), Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    down = none if kind == QEvent.Type.MouseButtonRelease else left
    QApplication.sendEvent(canvas, QMouseEvent(kind, point, canvas.mapToGlobal(point), button, down, modifiers))


def drag(canvas: TargetCanvas, *places: tuple[float, float], modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    mouse(canvas, QEvent.Type.MouseButtonPress, places[0], modifiers)
    for place in places[1:]:
        mouse(canvas, QEvent.Type.MouseMove, place, modifiers)
    mouse(canvas, QEvent.Type.MouseButtonRelease, places[-1], modifiers)


def pen(
    canvas: TargetCanvas, kind: QEvent.Type, at: tuple[float, float], pressure: float, rubber: bool = False
) -> None:
    pointer = QPointingDevice.PointerType.Eraser if rubber else QPointingDevice.PointerType.Pen
    device = QPointingDevice("pen", 1, QInputDevice.DeviceType.Stylus, pointer, QInputDevice.Capability.Pressure, 1, 1)
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else Qt.MouseButton.LeftButton
    point = QPointF(*at)
    none = Qt.KeyboardModifier.NoModifier
    event = QTabletEvent(
        kind, device, point, canvas.mapToGlobal(point), pressure, 0.0, 0.0, 0.0, 0.0, 0.0, none, button, button
    )
    QApplication.sendEvent(canvas, event)


def shown(canvas: TargetCanvas) -> np.ndarray:
    return pixels_of(canvas.grab().toImage())[..., :3].astype(int)


def formula(mix: Mix) -> np.ndarray:
    mixed = blend(CONTENT, to_floats(OVERFIT), mix.shares, axes=mix.axes, mask=mask_rows(mix.mask, CONTENT))
    return to_8bit(mixed).astype(int)


def levels(image) -> np.ndarray:
    return pixels_of(image)[..., :3].astype(int)


@pytest.mark.parametrize(
    "mask",
    [
        Mask((STROKE,)),
        inverted(Mask((STROKE,))),
        Mask(gradient=Gradient((0.1, 0.1), (0.9, 0.5))),
        Mask((replace(STROKE, goal="less"),), lightness=ByLightness(-1, 0, 1)),
    ],
)
def test_the_target_with_a_mask_equals_the_formula(canvas: TargetCanvas, mask: Mask) -> None:
    mix = Mix(shares_of((0.6,)), mask=mask)
    canvas.set_mix(mix)
    assert np.abs(shown(canvas) - formula(mix)).max() <= 2
    canvas.set_mix(replace(mix, mask=Mask()))
    assert np.abs(shown(canvas) - formula(replace(mix, mask=Mask()))).max() <= 1


def test_what_a_growing_stroke_changes_is_what_the_whole_mask_made_anew_would_show() -> None:
    box, size = Box(0.25, 0.1, 0.75, 0.5), (4 * WIDTH, 4 * HEIGHT)
    step_by_step = FrameMixer()
    step_by_step.load(CONTENT, OVERFIT, box, size)
    mask = Mask((Stroke((Point(0.4, 0.2),), 0.1, goal="less"),), gradient=Gradient((0.2, 0.2), (0.8, 0.3)))
    step_by_step.image(Mix(mask=mask))
    points = tuple(Point(0.3 + 0.03 * n, 0.15 + 0.02 * n) for n in range(12))
    for count in range(1, len(points) + 1):
        mask = with_stroke(mask, Stroke(points[:count], 0.15), again=count > 1)
        followed = levels(step_by_step.image(Mix(mask=mask)))
        anew = FrameMixer()
        anew.load(CONTENT, OVERFIT, box, size)
        assert np.abs(followed - levels(anew.image(Mix(mask=mask)))).max() <= 1
        anew.close()
    step_by_step.close()


def test_gradient_curve_and_strokes_that_follow_each_other_show_what_each_mask_anew_would() -> None:
    gradient, curve = Gradient((0.2, 0.2), (0.8, 0.3)), ByLightness(-0.5, 0.2, 0.9)
    masks = [Mask((STROKE,), gradient), Mask((STROKE,), gradient, curve), Mask((STROKE,), lightness=curve)]
    masks += [
        inverted(masks[-1]),
        Mask((STROKE, replace(STROKE, goal="less", size=0.1)), lightness=curve),
        Mask((STROKE,)),
    ]
    following = FrameMixer()
    following.load(CONTENT, OVERFIT)
    for mask in masks:
        anew = FrameMixer()
        anew.load(CONTENT, OVERFIT)
        assert np.abs(levels(following.image(Mix(mask=mask))) - levels(anew.image(Mix(mask=mask)))).max() <= 1
        anew.close()
    following.close()


def test_only_the_part_that_a_stroke_reaches_is_painted_again(canvas: TargetCanvas, qtbot: QtBot) -> None:
    """The frame's other pixels are not even mixed: what was written into them stays."""
    mixing = FrameMixer()
    mixing.load(CONTENT, OVERFIT)
    mask = Mask((Stroke((Point(0.2, 0.2),), 0.1),))
    mixing.image(Mix(mask=mask)).array[-20:] = 7
    longer = with_stroke(mask, Stroke((Point(0.2, 0.2), Point(0.3, 0.2)), 0.1), again=True)
    assert (mixing.image(Mix(mask=longer)).array[-20:] == 7).all()
    assert (mixing.image(Mix(shares_of((0.1,)), mask=longer)).array[-20:, :, :3] != 7).any()
    mixing.close()


def test_a_drag_is_one_stroke_in_the_picture_s_own_places(canvas: TargetCanvas, brush: Brush) -> None:
    told = strokes_of(brush)
    drag(canvas, (24, 48), (120, 96), (204, 96))
    assert [len(stroke.points) for stroke in told] == [1, 2, 3]
    np.testing.assert_allclose(places(told[-1]), [(0.1, 0.2), (0.5, 0.4), (0.85, 0.4)])
    assert {stroke.goal for stroke in told} == {"more"} and told[-1].size == BrushTip().size


def test_zoomed_in_it_paints_where_the_mouse_is(canvas: TargetCanvas, brush: Brush) -> None:
    canvas.zoom_to(4)
    placement = canvas.placement()
    assert placement
    told = strokes_of(brush)
    drag(canvas, (30, 60), (90, 60))
    np.testing.assert_allclose(places(told[-1]), [np.divide(placement.to_picture((x, 60)), WIDTH) for x in (30, 90)])
    assert canvas.placement() == placement


def test_alt_erases_and_shift_goes_on_from_the_last_stroke(canvas: TargetCanvas, brush: Brush) -> None:
    told = strokes_of(brush)
    drag(canvas, (24, 48), (48, 48))
    drag(canvas, (120, 48), (144, 48), modifiers=Qt.KeyboardModifier.AltModifier)
    assert told[-1].goal == "none" and len(told[-1].points) == 2
    drag(canvas, (216, 48), modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert [point.x for point in told[-1].points] == pytest.approx([0.6, 0.9]) and told[-1].goal == "more"


def test_the_pen_s_pressure_is_in_the_stroke_and_its_other_end_erases(canvas: TargetCanvas, brush: Brush) -> None:
    told = strokes_of(brush)
    pen(canvas, QEvent.Type.TabletPress, (24, 48), 0.25)
    pen(canvas, QEvent.Type.TabletMove, (72, 48), 0.75)
    pen(canvas, QEvent.Type.TabletRelease, (72, 48), 0.0)
    assert [point.pressure for point in told[-1].points] == pytest.approx([0.25, 0.75])
    pen(canvas, QEvent.Type.TabletPress, (24, 48), 0.5, rubber=True)
    assert told[-1].goal == "none"


def test_a_circle_as_wide_as_the_brush_follows_the_mouse(canvas: TargetCanvas, brush: Brush) -> None:
    plain = shown(canvas)
    brush.tip = BrushTip(size=0.25)
    mouse(canvas, QEvent.Type.MouseMove, (120, 80))
    marked = np.abs(shown(canvas) - plain).max(axis=2) > 20
    assert marked[80, 86:95].any() and marked[80, 146:155].any() and not marked[:, :80].any()
    canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    np.testing.assert_array_equal(shown(canvas), plain)


def test_with_the_brush_on_only_the_handle_moves_the_split_line(canvas: TargetCanvas, brush: Brush) -> None:
    canvas.set_split(True)
    told = strokes_of(brush)
    drag(canvas, (120, 20), (150, 20))
    assert told and canvas.split_fraction == 0.5
    drag(canvas, (120, 80), (180, 80))
    assert canvas.split_fraction == 0.75 and len(told) == 2


def test_space_with_a_drag_moves_the_picture_and_not_the_brush(canvas: TargetCanvas, brush: Brush) -> None:
    canvas.zoom_to(2)
    before = canvas.view.centre
    told = strokes_of(brush)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    assert canvas.peeked == "content"
    drag(canvas, (120, 80), (100, 90))
    assert canvas.peeked is None and not told
    assert canvas.view.centre == pytest.approx((before[0] + 10, before[1] - 5))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    drag(canvas, (120, 80), (100, 90))
    assert told


@pytest.mark.parametrize(("to", "zoom"), [(240, 2.0), (150, 2**0.25)])
def test_ctrl_and_space_with_a_drag_zooms_around_the_press(canvas: TargetCanvas, to: int, zoom: float) -> None:
    QTest.keyPress(canvas, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert canvas.peeked is None
    drag(canvas, (120, 80), (to, 80), modifiers=Qt.KeyboardModifier.ControlModifier)
    assert canvas.zoom == pytest.approx(zoom)
    placement = canvas.placement()
    assert placement and placement.to_picture((120, 80)) == pytest.approx((120, 80), abs=1)
    drag(canvas, (120, 80), (-240, 80), modifiers=Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.is_fit


def test_the_middle_button_moves_the_picture_whatever_tool_is_on(canvas: TargetCanvas, brush: Brush) -> None:
    canvas.zoom_to(2)
    before, told = canvas.view.centre, strokes_of(brush)
    QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(120, 80))
    mouse(canvas, QEvent.Type.MouseMove, (140, 80))
    QTest.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(140, 80))
    assert canvas.view.centre == pytest.approx((before[0] - 10, before[1])) and not told


def test_the_mask_is_tinted_orange_for_more_and_blue_for_less_while_it_is_shown(canvas: TargetCanvas) -> None:
    less = replace(STROKE, points=(Point(0.2, 0.55),), goal="less")
    mix = Mix(mask=Mask((STROKE, less)))
    canvas.set_mix(mix)
    plain = shown(canvas)
    canvas.show_mask(True)
    tinted = shown(canvas) - plain
    assert tinted[84, 96, 0] > tinted[84, 96, 2] and tinted[132, 48, 2] > tinted[132, 48, 0]
    assert not tinted[:20].any()
    canvas.show_mask(False)
    np.testing.assert_array_equal(shown(canvas), plain)


def test_the_strip_shows_the_photo_at_its_left_and_the_overfit_picture_at_its_right(canvas: TargetCanvas) -> None:
    strip = StripTool(canvas)
    canvas.set_tool(strip)
    grab = shown(canvas)
    np.testing.assert_array_equal(grab[30:38, 2:20], CONTENT[30:38, 2:20])
    assert np.abs(grab[2:38, 222:238] - OVERFIT[2:38, 222:238]).max() <= 1
    green = formula(Mix(shares_of((0.7, 1.0, 0.7))))
    assert np.abs(grab[84:118, 222:238] - green[84:118, 222:238]).max() <= 1
    canvas.set_tool(None)
    assert np.abs(shown(canvas) - formula(Mix())).max() <= 1


def test_an_end_of_the_gradient_can_be_dragged_and_a_drag_elsewhere_draws_another(
    canvas: TargetCanvas, brush: Brush
) -> None:
    told: list[Gradient] = []
    brush.drawn.connect(lambda gradient, _: told.append(gradient))
    brush.tip, brush.draws_gradient = BrushTip(strength=0.5, goal="less"), True
    drag(canvas, (24, 24), (120, 24))
    assert told[-1].start == pytest.approx((0.1, 0.1)) and told[-1].end == pytest.approx((0.5, 0.1))
    assert told[-1].values == (-0.5, 0.0)
    drag(canvas, (26, 24), (24, 120))
    assert told[-1].start == pytest.approx((0.1, 0.5)) and told[-1].end == pytest.approx((0.5, 0.1))
    drag(canvas, (200, 100), (220, 150))
    assert told[-1].start == pytest.approx((200 / 240, 100 / 240))
