import gc

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColorSpace, QImage

from stylestudio.errors import PictureError
from stylestudio.gui.canvas.frames import ArrayImage, FrameMixer, picture_from_image, pixels_of
from stylestudio.gui.canvas.pyramid import Pyramid
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import shares_of

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("width", [1, 3, 4, 5])
def test_an_array_of_any_width_becomes_an_image_and_back(width: int) -> None:
    array = RNG.integers(0, 256, (7, width, 3), dtype=np.uint8)
    np.testing.assert_array_equal(pixels_of(ArrayImage(array))[..., :3], array)


def test_the_image_keeps_its_array_alive() -> None:
    image = ArrayImage(np.full((500, 500, 3), 77, np.uint8))
    gc.collect()
    np.full((500, 500, 3), 1, np.uint8)
    assert (pixels_of(image)[..., :3] == 77).all()


def test_an_image_with_transparency_becomes_a_picture_with_alpha() -> None:
    array = RNG.integers(0, 256, (5, 6, 4), dtype=np.uint8)
    picture = picture_from_image(ArrayImage(array, QImage.Format.Format_RGBA8888), "pasted")
    assert picture.name == "pasted" and picture.alpha is not None
    np.testing.assert_allclose(picture.pixels * 255, array[..., :3], atol=1e-3)
    np.testing.assert_array_equal(picture.alpha, array[..., 3])


def test_an_opaque_image_has_no_alpha() -> None:
    assert picture_from_image(ArrayImage(np.zeros((5, 6, 3), np.uint8)), "pasted").alpha is None


def test_an_image_in_another_colour_space_is_brought_to_srgb() -> None:
    image = QImage(ArrayImage(np.full((2, 2, 3), (200, 40, 40), np.uint8)))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))
    assert picture_from_image(image, "pasted").pixels[0, 0, 0] * 255 > 205


def test_no_image_is_an_error_for_the_artist() -> None:
    with pytest.raises(PictureError):
        picture_from_image(QImage(), "pasted")


@pytest.mark.parametrize("shape", [(700, 900, 3), (701, 899, 3), (600, 1100)])
def test_the_halvings_change_no_brightness(shape: tuple[int, ...]) -> None:
    pixels = np.zeros(shape, np.uint8)
    pixels[: shape[0] // 2] = 200
    pyramid = Pyramid.build(pixels)
    small = pyramid.window((0, 0, shape[1], shape[0]), (30, 20), Image.Resampling.HAMMING)
    assert small.shape[:2] == (20, 30)
    assert (small[:9] == 200).all() and (small[11:] == 0).all()


def test_a_part_at_its_own_size_is_the_very_part() -> None:
    pixels = RNG.integers(0, 256, (700, 900, 3), dtype=np.uint8)
    part = Pyramid.build(pixels).window((10, 20, 310, 120), (300, 100), Image.Resampling.HAMMING)
    np.testing.assert_array_equal(part, pixels[20:120, 10:310])


def test_the_mixing_memory_stays_the_same_while_sliders_move() -> None:
    mixing = FrameMixer()
    mixing.load(np.full((4, 5, 3), 200, np.uint8), np.full((4, 5, 3), 100, np.uint8))
    first = mixing.image(Mix())
    seen = {int(mixing.image(Mix(shares_of((percent / 100,)))).array[0, 0, 0]) for percent in range(0, 101, 20)}
    assert mixing.image(Mix(shares_of((0.5,)))) is first
    assert seen == {200, 180, 160, 140, 120, 100}
    mixing.close()
