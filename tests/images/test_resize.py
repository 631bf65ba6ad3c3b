from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images import resize
from stylestudio.images.decode import read
from stylestudio.images.resize import resample, size_for, to_8bit, to_floats
from stylestudio.paths import resource


def plain(pixels: NDArray[np.float32], size: tuple[int, int], how: Image.Resampling) -> NDArray[np.float32]:
    """What Pillow makes of the whole at once."""
    channels = (Image.fromarray(pixels[:, :, channel].copy()) for channel in range(3))
    return np.stack([np.clip(np.asarray(channel.resize(size, how)), 0, 1) for channel in channels], 2)


def noise(height: int, width: int) -> NDArray[np.float32]:
    return np.random.default_rng(1).random((height, width, 3), np.float32)


@pytest.mark.parametrize("size", [(13, 40), (90, 31), (12, 9), (70, 11)])
def test_bands_put_together_are_what_pillow_makes_of_the_whole(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = noise(50, 70)
    monkeypatch.setattr(resize, "BAND", 300)
    np.testing.assert_allclose(resample(pixels, size), plain(pixels, size, Image.Resampling.LANCZOS), atol=1e-6)


@pytest.mark.parametrize("size", [(64, 43), (80, 53), (96, 64), (130, 87), (100, 683)])
def test_a_photo_made_many_times_smaller_is_on_average_within_half_a_level_of_plain_lanczos(
    size: tuple[int, int],
) -> None:
    photo = read(resource("samples", "contents", "castle.jpg")).pixels
    away = np.abs(resample(photo, size) - plain(photo, size, Image.Resampling.LANCZOS)) * 255
    assert away.mean() < 0.5
    assert away.max() < 16


@pytest.mark.parametrize("size", [(7, 5), (5, 7), (53, 6), (6, 71)])
def test_what_is_left_over_of_the_blocks_counts_as_much_as_it_covers(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resize, "BLOCKS_BAND", 100)
    slope = np.linspace(0.1, 0.9, 71, dtype=np.float32)[:, None] * np.linspace(0.5, 1, 53, dtype=np.float32)
    pixels = np.stack([slope, slope[::-1], slope[:, ::-1]], 2)
    np.testing.assert_allclose(resample(pixels, size), plain(pixels, size, Image.Resampling.LANCZOS), atol=0.01)
    np.testing.assert_allclose(resample(np.full_like(pixels, 0.3), size), 0.3, rtol=1e-5)


def test_reducing_a_picture_of_12_megapixels_can_be_cancelled_many_times(checkpoints: Callable[..., int]) -> None:
    pixels = np.zeros((3000, 4000, 3), np.float32)
    assert checkpoints(lambda: resample(pixels, (256, 192))) > 20


@pytest.mark.parametrize("size", [(70, 50), (90, 80), (31, 22), (8, 7)])
def test_levels_are_resampled_as_the_floats_that_they_stand_for(size: tuple[int, int]) -> None:
    levels = to_8bit(noise(50, 70))
    np.testing.assert_allclose(resample(levels, size), resample(to_floats(levels), size), atol=1e-6)


def test_white_stays_white_however_many_pixels_become_one() -> None:
    np.testing.assert_allclose(resample(np.full((2000, 3, 3), 255, np.uint8), (1, 2)), 1)


def test_a_picture_of_that_size_is_returned_as_it_is() -> None:
    pixels = noise(5, 7)
    assert resample(pixels, (7, 5)) is pixels


def test_resampling_can_be_cancelled_before_every_band(
    checkpoints: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resize, "BAND", 100)
    assert checkpoints(lambda: resample(noise(40, 50), (25, 20))) >= 3 * 20


def test_no_side_vanishes() -> None:
    assert size_for((4000, 3), 512) == (512, 1)
