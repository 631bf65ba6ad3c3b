"""The mask's plane against a slow reference, and that following it part by part is the same as drawing it whole."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from stylestudio.images.blend import blend
from stylestudio.images.mask import (
    MOST_STROKES,
    NO_MASK,
    ByLightness,
    Gradient,
    Mask,
    Point,
    Stroke,
    inverted,
    with_stroke,
)
from stylestudio.images.mask_plane import PLANE_SIDE, Box, MaskPlane, mask_rows, screen_levels

SIZE = 90, 60
WHOLE = Box(0, 0, 1, 60 / 90)
GREY = np.full((60, 90, 3), 0.5, np.float32)


def line(*places: tuple[float, float, float], size: float = 0.3, **how) -> Stroke:
    return Stroke(tuple(Point(*place) for place in places), size, **how)


STROKES = (
    line((0.2, 0.2, 1), (0.7, 0.5, 0.4), (0.5, 0.1, 1)),
    line((0.4, 0.3, 1), (0.9, 0.2, 1), hardness=1.0, strength=0.6, goal="less"),
    line((0.5, 0.4, 0.7), hardness=0.0, goal="none", strength=0.8),
    line((-0.1, 0.6, 1), (0.3, 0.7, 1), size=0.5),
)


def reference(mask: Mask, row: int, column: int) -> float:
    """The strokes' value at a pixel's centre, by the formula."""
    value, place = 0.0, np.array([column + 0.5, row + 0.5]) / 90
    for stroke in mask.strokes:
        points = stroke.points if len(stroke.points) > 1 else stroke.points * 2
        cover = max(dab(stroke, one, other, place, 90) for one, other in pairwise(points))
        value += stroke.strength * cover * ({"more": 1, "less": -1, "none": 0}[stroke.goal] - value)
    return value


def dab(stroke: Stroke, start: Point, end: Point, place: np.ndarray, longest: int) -> float:
    way = np.array([end.x - start.x, end.y - start.y])
    along = np.clip((place - (start.x, start.y)) @ way / (way @ way or 1), 0, 1)
    pressure = start.pressure + along * (end.pressure - start.pressure)
    radius = stroke.size / 2 * (0.3 + 0.7 * pressure)
    rim = max(radius * (1 - stroke.hardness), 1 / longest)
    inside = np.clip((radius - np.linalg.norm(place - (start.x, start.y) - along * way)) / rim, 0, 1)
    return float(inside**2 * (3 - 2 * inside) * pressure)


def whole(mask: Mask) -> np.ndarray:
    plane = MaskPlane(SIZE)
    plane.follow(mask)
    return plane.values(WHOLE, SIZE, GREY)


@pytest.mark.parametrize("count", range(1, len(STROKES) + 1))
def test_strokes_are_what_the_formula_says(count: int) -> None:
    mask = Mask(STROKES[:count])
    values = whole(mask)
    for row, column in np.random.default_rng(count).integers((0, 0), values.shape, (300, 2)):
        assert values[row, column] == pytest.approx(reference(mask, row, column), abs=1e-4)


def test_a_stroke_that_is_being_drawn_is_the_same_as_the_finished_one() -> None:
    plane, mask = MaskPlane(SIZE), Mask(STROKES[:1])
    plane.follow(mask)
    stroke = line(*((0.1 + 0.04 * n, 0.3 + 0.1 * np.sin(n), 0.5 + 0.02 * n) for n in range(20)), strength=0.7)
    for count in range(1, 21):
        part = replace(stroke, points=stroke.points[:count])
        mask = with_stroke(mask, part, again=count > 1)
        plane.follow(mask)
    np.testing.assert_allclose(plane.values(WHOLE, SIZE, GREY), whole(Mask((STROKES[0], stroke))), atol=1e-6)


def test_only_what_a_stroke_covers_is_told_as_changed_and_nothing_else_changes() -> None:
    plane = MaskPlane(SIZE)
    plane.follow(Mask(STROKES[:1]))
    before = plane.values(WHOLE, SIZE, GREY)
    box = plane.follow(Mask(STROKES[:2]))
    assert box is not None
    assert 0.2 < box.left < 0.3 and box.right > 0.9
    changed = np.argwhere(plane.values(WHOLE, SIZE, GREY) != before) / 90
    assert changed[:, 1].min() >= box.left - 0.02 and changed[:, 1].max() <= box.right + 0.02
    assert changed[:, 0].min() >= box.top - 0.02 and changed[:, 0].max() <= box.bottom + 0.02
    assert plane.follow(Mask(STROKES[:2])) is None


@pytest.mark.parametrize("left", range(4))
def test_strokes_taken_back_leave_what_was_there_before(left: int) -> None:
    plane = MaskPlane(SIZE)
    plane.follow(Mask(STROKES))
    assert plane.follow(Mask(STROKES[:left])) is not None
    np.testing.assert_allclose(plane.values(WHOLE, SIZE, GREY), whole(Mask(STROKES[:left])), atol=1e-6)
    plane.follow(Mask(STROKES))
    np.testing.assert_allclose(plane.values(WHOLE, SIZE, GREY), whole(Mask(STROKES)), atol=1e-6)


def test_a_stroke_that_goes_on_after_an_undo_is_drawn_right() -> None:
    plane, longer = MaskPlane(SIZE), replace(STROKES[0], points=(*STROKES[0].points, Point(0.9, 0.6)))
    plane.follow(Mask(STROKES[:2]))
    plane.follow(Mask(STROKES[:1]))
    plane.follow(Mask((longer,)))
    np.testing.assert_allclose(plane.values(WHOLE, SIZE, GREY), whole(Mask((longer,))), atol=1e-6)


def test_inverted_it_is_turned_round_and_strokes_still_do_what_they_say() -> None:
    mask = inverted(Mask(STROKES[:2]))
    np.testing.assert_array_equal(whole(mask), -whole(Mask(STROKES[:2])))
    full = line((0.5, 0.3, 1), hardness=1.0, goal="more")
    assert whole(with_stroke(mask, full))[27, 45] == pytest.approx(1)
    assert inverted(mask) == Mask(STROKES[:2])


def test_a_gradient_goes_from_one_value_to_the_other_and_stays() -> None:
    values = whole(Mask(gradient=Gradient((0.25, 0), (0.75, 0), (-0.5, 1))))
    assert (values == values[0]).all()
    assert values[0, 0] == -0.5 and values[0, -1] == 1
    assert values[0, 45] == pytest.approx(0.25, abs=0.02)
    assert (np.diff(values[0]) >= 0).all()


def test_by_lightness_it_follows_the_photo_s_tones() -> None:
    photo = np.linspace(0, 1, 90, dtype=np.float32)[None, :, None] * np.ones((60, 90, 3), np.float32)
    plane = MaskPlane(SIZE)
    plane.follow(Mask(lightness=ByLightness(1, 0, -0.5)))
    values = plane.values(WHOLE, SIZE, photo)
    np.testing.assert_allclose(values[0], np.interp(photo[0, :, 0], (0, 0.5, 1), (1, 0, -0.5)), atol=1e-5)


def test_strokes_lie_over_gradient_and_curve_which_are_bounded_together() -> None:
    base = Mask(gradient=Gradient((0, 0), (1, 0), (0.8, 0.8)), lightness=ByLightness(0.8, 0.8, 0.8))
    assert (whole(base) == 1).all()
    erased = whole(replace(base, strokes=(line((0.5, 0.3, 1), hardness=1.0, goal="none", strength=0.5),)))
    assert erased[27, 45] == pytest.approx(0.5)
    assert erased[0, 0] == 1


@pytest.mark.parametrize("size", [(90, 60), (300, 200), (31, 17)])
def test_a_part_of_it_is_the_same_as_that_part_of_the_whole(size: tuple[int, int]) -> None:
    plane, (width, height) = MaskPlane(SIZE), size
    plane.follow(Mask(STROKES, Gradient((0, 0), (1, 0.5))))
    every = plane.values(WHOLE, size, np.zeros((height, width, 3), np.float32))
    rows, columns = slice(height // 4, height // 2), slice(width // 3, width - 1)
    scale = (60 / 90 / height, 1 / width)
    box = Box(columns.start * scale[1], rows.start * scale[0], columns.stop * scale[1], rows.stop * scale[0])
    part = plane.values(box, (columns.stop - columns.start, rows.stop - rows.start), every[rows, columns, None])
    np.testing.assert_allclose(part, every[rows, columns], atol=1e-4)


def test_a_photo_larger_than_the_plane_gets_it_without_steps() -> None:
    side = PLANE_SIDE * 3
    mask = Mask((line((0.5, 0.002, 1), size=0.02, hardness=0.0),))
    rows = mask_rows(mask, np.zeros((24, side, 3), np.uint8))
    assert rows is not None
    values = np.concatenate([rows(slice(top, top + 8)) for top in range(0, 24, 8)])
    assert values.max() > 0.9
    steepest = 1.6 / (0.01 * side)  # a rim as wide as the radius, 1.5 times as steep in its middle
    assert np.abs(np.diff(values, axis=1)).max() < steepest
    assert np.abs(np.diff(values, axis=0)).max() < steepest


def test_the_target_is_drawn_to_a_picture_where_the_mask_is_full() -> None:
    content, overfit = np.random.default_rng(1).random((2, 60, 90, 3), np.float32)
    mask = Mask((line((0.5, 0.3, 1), hardness=1.0),))
    target = blend(content, overfit, (0.2, 0.2, 0.2), mask=mask_rows(mask, content))
    np.testing.assert_allclose(target[27, 45], overfit[27, 45], atol=1e-6)
    np.testing.assert_array_equal(target[0, 0], blend(content, overfit, (0.2, 0.2, 0.2))[0, 0])
    assert mask_rows(NO_MASK, content) is None


def test_for_the_screen_it_is_in_256ths() -> None:
    assert screen_levels(np.array([[-1, -0.5, 0, 1]], np.float32)).tolist() == [[-256, -128, 0, 256]]


def test_there_is_an_end_to_strokes() -> None:
    full = Mask(tuple(STROKES[:1] * MOST_STROKES))
    with pytest.raises(ValueError, match="too many"):
        with_stroke(full, STROKES[0])
    assert with_stroke(full, STROKES[1], again=True).strokes[-1] == STROKES[1]
