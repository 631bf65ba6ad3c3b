import io

import numpy as np
import pytest
from PIL import Image

from stylestudio.images.thumbnail import LONG_SIDE, thumbnail


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "WEBP"
    return image


@pytest.mark.parametrize(("height", "width"), [(900, 1200), (1200, 900), (300, 3000)])
def test_a_thumbnail_keeps_the_shape_and_the_colours(height: int, width: int) -> None:
    across, down = np.linspace(0, 1, width)[None, :], np.linspace(0, 1, height)[:, None]
    pixels = np.stack(np.broadcast_arrays(across, down, 0.5), 2).astype(np.float32)
    image = opened(thumbnail(pixels))
    assert max(image.size) == LONG_SIDE
    assert image.width / image.height == pytest.approx(width / height, rel=0.05)
    expected = Image.fromarray((pixels * 255).astype(np.uint8)).resize(image.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(image, float) - np.asarray(expected, float)).mean() < 6


def test_a_small_picture_keeps_its_size_and_an_alpha_stays() -> None:
    pixels = np.full((20, 30, 3), 200, np.uint8)
    alpha = np.full((20, 30), 255, np.uint8)
    alpha[:, :15] = 0
    image = opened(thumbnail(pixels, alpha))
    assert (image.size, image.mode) == ((30, 20), "RGBA")
    assert np.asarray(image)[10, 5, 3] < 10 and np.asarray(image)[10, 25, 3] > 245


def test_a_thumbnail_of_a_noisy_picture_stays_small() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (600, 600, 3), dtype=np.uint8)
    assert len(thumbnail(noise)) < 40_000
