import numpy as np
import pytest

from stylestudio.images.resize import to_8bit, to_floats

RNG = np.random.default_rng(3)


def test_levels_are_the_nearest_and_halves_go_up() -> None:
    values = np.array([[-1, 0, 0.5 / 255, 0.49 / 255, 127.5 / 255, 1, 1.2, np.inf, -np.inf, np.nan]], np.float32)
    assert to_8bit(values).tolist() == [[0, 0, 1, 0, 128, 255, 255, 255, 0, 0]]


@pytest.mark.parametrize("height", [1, 127, 128, 129, 300])
def test_levels_agree_with_float64_in_every_row(height: int) -> None:
    pixels = RNG.random((height, 3, 3), np.float32)
    expected = np.floor(pixels.astype(np.float64) * 255 + 0.5)
    np.testing.assert_array_equal(to_8bit(pixels), expected)


def test_every_level_survives_a_round_trip() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None]
    np.testing.assert_array_equal(to_floats(ramp), ramp.astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(to_8bit(to_floats(ramp)), ramp)


def test_what_is_in_the_form_asked_for_is_not_copied() -> None:
    levels, pixels = np.zeros((2, 3), np.uint8), np.zeros((2, 3), np.float32)
    assert to_8bit(levels) is levels
    assert to_floats(pixels) is pixels
