"""Rectangles as a hand drags them."""

from itertools import product

import numpy as np
import pytest

from stylestudio.images.crop import (
    LEAST,
    WHOLE,
    drag_crop,
    fit_to_aspect,
    move_crop,
    normalised_aspect_ratio,
    turn_crop,
)

HANDLES = [handle for handle in product((-1, 0, 1), repeat=2) if handle != (0, 0)]
CROP = (0.2, 0.3, 0.7, 0.8)


def test_a_side_goes_where_it_is_dragged_and_the_others_stay() -> None:
    assert drag_crop(CROP, (1, 0), (0.9, 0.1)) == (0.2, 0.3, 0.9, 0.8)
    assert drag_crop(CROP, (0, -1), (0.9, 0.1)) == (0.2, 0.1, 0.7, 0.8)
    assert drag_crop(CROP, (-1, 1), (0.1, 0.9)) == (0.1, 0.3, 0.7, 0.9)


@pytest.mark.parametrize("handle", HANDLES)
@pytest.mark.parametrize("shape", [None, 0.4, 1.0, 2.5])
def test_wherever_a_hand_goes_there_is_a_crop_of_this_shape_inside(
    handle: tuple[int, int], shape: float | None
) -> None:
    draw, begun = np.random.default_rng(1), fit_to_aspect(CROP, shape)
    for point in draw.uniform(-0.5, 1.5, (60, 2)):
        left, top, right, bottom = drag_crop(begun, handle, (point[0], point[1]), shape)
        assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1
        assert right - left > LEAST - 1e-9 and bottom - top > LEAST - 1e-9
        if shape is not None:
            assert (right - left) / (bottom - top) == pytest.approx(shape)
        if handle[0] == -1:
            assert right == pytest.approx(begun[2])
        if handle[1] == 1:
            assert top == pytest.approx(begun[1])


def test_a_crop_that_is_moved_keeps_its_size_and_stays_inside() -> None:
    assert move_crop(CROP, 0.1, -0.1) == pytest.approx((0.3, 0.2, 0.8, 0.7))
    assert move_crop(CROP, 5, -5) == pytest.approx((0.5, 0.0, 1.0, 0.5))


def test_a_square_of_a_wide_picture_is_as_high_as_it() -> None:
    assert fit_to_aspect(WHOLE, normalised_aspect_ratio(1.0, (300, 200))) == pytest.approx((1 / 6, 0, 5 / 6, 1))
    assert fit_to_aspect(CROP, None) == CROP


def test_four_quarters_are_none_and_left_takes_right_back() -> None:
    found = CROP
    for _ in range(4):
        found = turn_crop(found, clockwise=True)
    assert found == pytest.approx(CROP)
    assert turn_crop(turn_crop(CROP, clockwise=True), clockwise=False) == pytest.approx(CROP)
    # the upper left corner of a picture is its upper right one after a quarter clockwise
    assert turn_crop((0.0, 0.0, 0.5, 0.25), clockwise=True) == (0.75, 0.0, 1.0, 0.5)
