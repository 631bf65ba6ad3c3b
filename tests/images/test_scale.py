import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images import scale
from stylestudio.images.scale import scaled, scaling, size_for


def noise(height: int, width: int) -> NDArray[np.float32]:
    return np.random.default_rng(1).random((height, width, 3), np.float32)


@pytest.mark.parametrize("size", [(13, 40), (90, 31), (1, 1), (70, 3)])
def test_bands_put_together_are_what_pillow_makes_of_the_whole(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = noise(50, 70)
    monkeypatch.setattr(scale, "BAND", 300)
    for channel in range(3):
        whole = Image.fromarray(pixels[:, :, channel].copy()).resize(size, Image.Resampling.LANCZOS)
        np.testing.assert_allclose(scaled(pixels, size)[:, :, channel], np.clip(np.asarray(whole), 0, 1), atol=1e-6)


def test_a_picture_of_that_size_is_returned_as_it_is() -> None:
    pixels = noise(5, 7)
    assert scaled(pixels, (7, 5)) is pixels


def test_large_pictures_are_resampled_in_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "BAND", 100)
    assert len(list(scaling(noise(40, 50), (25, 20)))) >= 3 * 20


def test_no_side_vanishes() -> None:
    assert size_for((4000, 3), 512) == (512, 1)
