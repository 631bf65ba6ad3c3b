import io

import handmade
import numpy as np
import pytest
from PIL import Image, ImageCms

from stylestudio.images import decode
from stylestudio.images.resize import to_8bit

RNG = np.random.default_rng(7)
COLOURS = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)
GREYS = RNG.integers(0, 256, (5, 7), dtype=np.uint8)
ALPHA = RNG.integers(0, 255, (5, 7), dtype=np.uint8)
ADOBE = handmade.rgb_profile(handmade.ADOBE_PRIMARIES, 2.2)


def tagged(array: np.ndarray, profile: bytes, kind: str = "PNG") -> decode.Picture:
    return of_image(Image.fromarray(array), profile, kind)


def of_image(image: Image.Image, profile: bytes, kind: str) -> decode.Picture:
    stream = io.BytesIO()
    image.save(stream, kind, icc_profile=profile)
    return decode.from_bytes(stream.getvalue())


def levels_of_adobe(colours: np.ndarray) -> np.ndarray:
    light = (colours / 255) ** (round(2.2 * 256) / 256)
    return handmade.srgb_levels_of_xyz(light @ np.array(handmade.ADOBE_PRIMARIES))


def test_a_profile_with_wider_primaries_is_converted_to_srgb() -> None:
    picture = tagged(COLOURS, ADOBE)
    expected = levels_of_adobe(COLOURS)
    assert np.abs(expected - COLOURS).max() > 20
    np.testing.assert_allclose(picture.pixels * 255, expected, atol=2)
    assert picture.icc_profile == ADOBE


def test_alpha_is_untouched_by_the_conversion() -> None:
    picture = tagged(np.dstack((COLOURS, ALPHA)), ADOBE)
    assert picture.alpha is not None
    np.testing.assert_array_equal(to_8bit(picture.alpha), ALPHA)
    np.testing.assert_allclose(picture.pixels * 255, levels_of_adobe(COLOURS), atol=2)


def test_a_grey_picture_with_a_colour_profile_is_converted() -> None:
    profile = handmade.rgb_profile(handmade.SRGB_PRIMARIES, 1.0)
    expected = handmade.srgb_levels_of_light(GREYS / 255)
    np.testing.assert_allclose(tagged(GREYS, profile).pixels[..., 1] * 255, expected, atol=2)


def test_a_palette_with_a_profile_is_converted() -> None:
    image = Image.fromarray(GREYS % 2, "L")
    image.putpalette(COLOURS[0, :2].tobytes())
    expected = levels_of_adobe(COLOURS[0])[GREYS % 2]
    np.testing.assert_allclose(of_image(image, ADOBE, "PNG").pixels * 255, expected, atol=2)


@pytest.mark.parametrize("with_alpha", [False, True])
def test_a_grey_profile_is_applied_to_grey(with_alpha: bool) -> None:
    array = np.dstack((GREYS, ALPHA)) if with_alpha else GREYS
    picture = tagged(array, handmade.grey_profile(1.0))
    expected = handmade.srgb_levels_of_light(GREYS / 255)
    np.testing.assert_allclose(picture.pixels[..., 0] * 255, expected, atol=1)
    assert (picture.alpha is not None) == with_alpha


def test_a_grey_profile_is_applied_to_sixteen_bits() -> None:
    deep = RNG.integers(0, 65536, (5, 7), dtype=np.uint16)
    expected = handmade.srgb_levels_of_light((deep / 65535) ** (round(1.8 * 256) / 256))
    picture = tagged(deep, handmade.grey_profile(1.8), "TIFF")
    np.testing.assert_allclose(picture.pixels[..., 2] * 255, expected, atol=1)


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
def test_a_printing_profile_decides_what_the_inks_look_like(kind: str) -> None:
    inks = np.tile(np.array([200, 100, 50, 102], np.uint8), (16, 16, 1))
    image = Image.frombytes("CMYK", (16, 16), inks.tobytes())
    grey = handmade.srgb_levels_of_light(handmade.light_of_lightness(np.array(60.0)))
    picture = of_image(image, handmade.cmyk_profile(), kind)
    np.testing.assert_allclose(picture.pixels * 255, np.full((16, 16, 3), grey), atol=3)


@pytest.mark.parametrize("alpha", [None, ALPHA])
def test_a_picture_tagged_as_srgb_comes_through_exactly(alpha: np.ndarray | None) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = tagged(COLOURS if alpha is None else np.dstack((COLOURS, alpha)), profile)
    np.testing.assert_array_equal(to_8bit(picture.pixels), COLOURS)
    assert picture.icc_profile == profile


@pytest.mark.parametrize("entries", [64, 256, 1024])
def test_another_makers_srgb_changes_nothing_either(entries: int) -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=-1)
    colours = np.vstack((ramp, RNG.integers(0, 256, (9, 256, 3), dtype=np.uint8)))
    picture = tagged(colours, handmade.srgb_profile(entries))
    np.testing.assert_array_equal(to_8bit(picture.pixels), colours)


@pytest.mark.parametrize(
    "profile", [b"not a profile", ADOBE[:200], handmade.cmyk_profile(), handmade.grey_profile(1.0)]
)
def test_a_profile_that_is_broken_or_not_for_colours_is_ignored(profile: bytes) -> None:
    np.testing.assert_array_equal(to_8bit(tagged(COLOURS, profile).pixels), COLOURS)


def test_a_profile_without_its_tables_is_ignored() -> None:
    hollow = ADOBE.replace(b"rXYZ", b"xxxx")
    np.testing.assert_array_equal(to_8bit(tagged(COLOURS, hollow).pixels), COLOURS)
