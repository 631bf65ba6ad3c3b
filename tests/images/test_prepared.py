from dataclasses import replace

import numpy as np
import pytest

from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.prepared import AS_IT_IS, Preparation, prepare_photo
from stylestudio.images.resize import to_floats


def photo(height: int = 40, width: int = 60, alpha: bool = False, deep: bool = False) -> Picture:
    rng = np.random.default_rng(1)
    levels = to_floats(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    if deep:
        levels = levels * np.float32(0.9991)
    return from_pixels(
        levels, "photo", to_floats(rng.integers(0, 256, (height, width), dtype=np.uint8)) if alpha else None
    )


def smooth(height: int, width: int) -> Picture:
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return from_pixels(np.stack((x / width, y / height, (x + y) / (width + height)), axis=-1), "smooth")


def test_a_photo_as_it_is_stays_the_very_picture() -> None:
    picture = photo()
    assert prepare_photo(picture, AS_IT_IS) is picture


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_quarter_turn_moves_every_pixel_clockwise_and_changes_none(turns: int) -> None:
    picture = photo(alpha=True)
    found = prepare_photo(picture, Preparation(turns=turns))
    np.testing.assert_array_equal(found.stored, np.rot90(picture.stored, -turns))
    assert found.alpha is not None and picture.alpha is not None
    np.testing.assert_array_equal(found.alpha, np.rot90(picture.alpha, -turns))
    assert found.stored.flags.c_contiguous and not found.stored.flags.writeable


def test_a_crop_is_that_part_of_the_turned_photo() -> None:
    picture = photo()
    found = prepare_photo(picture, Preparation(turns=1, crop=(0.25, 0.5, 0.75, 1)))
    np.testing.assert_array_equal(found.stored, np.rot90(picture.stored, -1)[30:60, 10:30])
    assert found.size == (20, 30)


@pytest.mark.parametrize("crop", [(0, 0, 0.001, 0.001), (0.999, 0.999, 1, 1)])
@pytest.mark.parametrize("angle", [0, 3.0])
def test_the_smallest_crop_leaves_a_pixel(crop: tuple[float, float, float, float], angle: float) -> None:
    assert prepare_photo(photo(), Preparation(angle=angle, crop=crop)).size == (1, 1)


@pytest.mark.parametrize("angle", [-30.0, -2.0, 5.0, 45.0])
@pytest.mark.parametrize("size", [(80, 120), (120, 80), (100, 100)])
def test_straightening_leaves_the_shape_and_no_empty_corner(angle: float, size: tuple[int, int]) -> None:
    white = from_pixels(np.ones((*size, 3)), "white")
    found = prepare_photo(white, Preparation(angle=angle))
    assert found.size[0] / found.size[1] == pytest.approx(size[1] / size[0], rel=0.05)
    assert found.stored[1:-1, 1:-1].min() == 255


@pytest.mark.parametrize("angle", [-20.0, 7.0])
def test_straightening_turns_clockwise_around_the_middle(angle: float) -> None:
    picture = smooth(90, 120)
    found = prepare_photo(picture, Preparation(angle=angle))
    width, height = found.size
    column, row = width // 4, height // 3
    turn = np.radians(angle)
    x, y = column + 0.5 - width / 2, row + 0.5 - height / 2
    there = np.array([x * np.cos(turn) + y * np.sin(turn) + 60, y * np.cos(turn) - x * np.sin(turn) + 45]) - 0.5
    assert found.pixels[row, column, 0] == pytest.approx(there[0] / 120, abs=0.01)
    assert found.pixels[row, column, 1] == pytest.approx(there[1] / 90, abs=0.012)


def test_a_crop_of_a_straightened_photo_is_that_part_of_it() -> None:
    whole = prepare_photo(smooth(90, 120), Preparation(angle=7.0))
    part = prepare_photo(smooth(90, 120), Preparation(angle=7.0, crop=(0.25, 0.25, 0.75, 0.75)))
    left, top = round(0.25 * whole.size[0]), round(0.25 * whole.size[1])
    expected = whole.pixels[top : top + part.size[1], left : left + part.size[0]]
    assert np.abs(part.pixels - expected).max() < 0.02


def test_one_stop_doubles_the_light() -> None:
    grey = from_pixels(np.full((2, 2, 3), 118 / 255), "grey")
    # 118 is 0.181 of white in linear light; twice that is 162 in sRGB
    assert (prepare_photo(grey, Preparation(exposure=1)).stored == 162).all()
    assert (
        prepare_photo(from_pixels(np.full((2, 2, 3), 162 / 255), "grey"), Preparation(exposure=-1)).stored == 118
    ).all()


@pytest.mark.parametrize("contrast", [-1, -0.4, 0.4, 1])
def test_contrast_holds_black_middle_and_white_and_never_turns_tones_round(contrast: float) -> None:
    ramp = from_pixels(np.repeat(np.linspace(0, 1, 256)[None, :, None], 3, axis=2), "ramp")
    found = prepare_photo(ramp, Preparation(contrast=contrast)).pixels[0, :, 0]
    assert found[0] == 0 and found[-1] == 1
    assert found[127] == pytest.approx(127 / 255, abs=0.01)
    assert (np.diff(found) >= 0).all()
    assert (found[190] > 190 / 255) == (contrast > 0)


def test_a_photo_between_levels_is_prepared_like_one_of_levels() -> None:
    how = Preparation(1, 4.0, (0.1, 0.2, 0.9, 0.8), 0.5, 0.3)
    levels, deep = photo(), photo(deep=True)
    assert deep.stored.dtype == np.float32
    found, finer = prepare_photo(levels, how), prepare_photo(deep, how)
    assert finer.stored.dtype == np.float32
    assert found.size == finer.size
    assert np.abs(found.pixels - finer.pixels).max() < 0.02


def test_each_way_of_preparing_is_another_picture_of_the_same_name() -> None:
    picture = replace(photo(), icc_profile=b"profile")
    found = [
        prepare_photo(picture, how) for how in (Preparation(1), Preparation(exposure=1), Preparation(contrast=0.5))
    ]
    assert len({one.sha256 for one in (picture, *found)}) == 4
    assert {(one.name, one.icc_profile) for one in found} == {("photo", b"profile")}
    assert prepare_photo(picture, Preparation(1)).sha256 == found[0].sha256


@pytest.mark.parametrize(
    "values",
    [
        {"turns": 4},
        {"angle": 46.0},
        {"angle": float("nan")},
        {"crop": (0.5, 0, 0.5, 1)},
        {"crop": (0, 0, 1.1, 1)},
        {"exposure": 4.0},
        {"contrast": float("nan")},
    ],
)
def test_what_cannot_be_done_is_refused(values: dict) -> None:
    with pytest.raises(ValueError, match="cannot be prepared"):
        Preparation(**values)
