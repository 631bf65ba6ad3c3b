"""Each format's pixels: depth, colours, transparency, and what it cannot hold."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from exported import ADOBE_RGB, ALPHA, PIXELS, as_srgb, levels, photo, profile_of, written
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from stylestudio.errors import OutputError
from stylestudio.images import export
from stylestudio.images.blend import blend
from stylestudio.images.decode import from_pixels
from stylestudio.images.export import drop_unsupported_options
from stylestudio.images.formats import Format, format_of
from stylestudio.images.output import ExportOptions, Ingredients, prepare_output, srgb_profile, to_levels
from stylestudio.images.resize import to_8bit

DEEP = [".png", ".tif"]
EXACT = np.rint(PIXELS.astype(np.float64) * 65535)


@pytest.mark.parametrize("suffix", DEEP)
@pytest.mark.parametrize("alpha", [None, ALPHA])
def test_16_bits_hold_every_value_to_half_a_step(
    tmp_path: Path, suffix: str, alpha: NDArray[np.float32] | None
) -> None:
    found = levels(written(tmp_path / f"a{suffix}", photo(alpha=alpha), bits=16))
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found[..., :3], EXACT)
    if alpha is not None:
        np.testing.assert_array_equal(found[..., 3], np.rint(alpha.astype(np.float64) * 65535))


@pytest.mark.parametrize("suffix", DEEP)
@pytest.mark.parametrize("alpha", [None, ALPHA])
def test_8_bits_hold_the_nearest_levels(tmp_path: Path, suffix: str, alpha: NDArray[np.float32] | None) -> None:
    found = levels(written(tmp_path / f"a{suffix}", photo(alpha=alpha)))
    wanted = to_8bit(PIXELS) if alpha is None else np.dstack((to_8bit(PIXELS), to_8bit(alpha)))
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("suffix", DEEP)
@pytest.mark.parametrize("size", [(1, 1), (700, 900), (3, 5000), (5000, 3)])
def test_sizes_of_one_and_of_many_strips_are_written_whole(tmp_path: Path, suffix: str, size: tuple[int, int]) -> None:
    content = from_pixels(np.random.default_rng(5).random((*size, 3), np.float32), "photo")
    found = levels(written(tmp_path / f"a{suffix}", content, bits=16))
    np.testing.assert_array_equal(found, to_levels(content.pixels, 16))


def test_a_gradient_in_steps_of_one_keeps_them_through_mixing_and_export(tmp_path: Path) -> None:
    ramp = np.arange(20000, 24096, dtype=np.float32)
    pixels = np.repeat(ramp[None, :, None] / np.float32(65535), 3, axis=2)
    content = from_pixels(pixels, "ramp")
    mixed = blend(content.stored, pixels, (0.3, 0.3, 0.3))
    export.write(tmp_path / "a.png", mixed, options=ExportOptions(bits=16))
    assert np.abs(levels(tmp_path / "a.png")[0, :, 0].astype(int) - ramp.astype(int)).max() <= 1


def test_levels_of_8_bits_become_the_same_grey_with_16_and_back() -> None:
    every = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(to_levels(every, 16), every.astype(int) * 257)
    np.testing.assert_array_equal(to_levels(to_levels(every, 16), 8), every)


@pytest.mark.parametrize("value", [np.nan, -np.inf, np.inf, -0.5, 1.5])
def test_values_that_are_no_light_are_black_or_white(value: float) -> None:
    wanted = 65535 if value > 1 else 0
    assert to_levels(np.full((1, 1, 3), value, np.float32), 16).tolist() == [[[wanted] * 3]]


@pytest.mark.parametrize(("quality", "sampling"), [(50, 2), (90, 2), (91, 0), (92, 0), (100, 0)])
def test_jpeg_keeps_colours_sharp_above_quality_90(tmp_path: Path, quality: int, sampling: int) -> None:
    with Image.open(written(tmp_path / "a.jpg", quality=quality)) as image:
        assert JpegImagePlugin.get_sampling(image) == sampling  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_a_higher_quality_is_nearer_to_the_picture(tmp_path: Path, suffix: str) -> None:
    faults = []
    for quality in (20, 60, 98):
        with Image.open(written(tmp_path / f"a{suffix}", quality=quality, lossless=False)) as image:
            faults.append(np.abs(np.asarray(image, np.float32) / 255 - PIXELS).mean())
    assert faults == sorted(faults, reverse=True)


def test_lossless_webp_keeps_every_pixel_also_hidden_ones(tmp_path: Path) -> None:
    clear = np.where(ALPHA < 0.5, 0, ALPHA).astype(np.float32)
    with Image.open(written(tmp_path / "a.webp", photo(alpha=clear))) as image:
        np.testing.assert_array_equal(np.asarray(image), np.dstack((to_8bit(PIXELS), to_8bit(clear))))


def test_transparent_places_become_white_where_a_format_has_none(tmp_path: Path) -> None:
    content = from_pixels(np.zeros((16, 16, 3)), "photo", np.zeros((16, 16)))
    with Image.open(written(tmp_path / "a.jpg", content)) as image:
        assert image.mode == "RGB"
        assert (np.asarray(image) == 255).all()


@pytest.mark.parametrize("suffix", [".jpg", ".tif", ".webp"])
def test_srgb_is_named_in_the_file_and_always_by_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    assert profile_of(written(tmp_path / f"a{suffix}")) == srgb_profile()
    first = (tmp_path / f"a{suffix}").read_bytes()
    srgb_profile.cache_clear()
    assert written(tmp_path / f"a{suffix}").read_bytes() == first


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_in_the_photos_own_profile_the_colours_are_the_same(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"a{suffix}", profile="photo")
    assert profile_of(path) == ADOBE_RGB
    fault = np.abs(as_srgb(path).astype(int) - to_8bit(PIXELS))
    assert fault.mean() < 0.75
    assert fault[PIXELS.min(axis=2) > 0.25].max() <= 2  # 8 bits of this profile are coarse where it is dark


@pytest.mark.parametrize("suffix", DEEP)
def test_the_photos_profile_with_16_bits_loses_nothing(tmp_path: Path, suffix: str) -> None:
    found = levels(written(tmp_path / f"a{suffix}", bits=16, profile="photo"))
    back = imagecodecs.cms_transform(
        np.ascontiguousarray(found),
        ADOBE_RGB,
        srgb_profile(),
        colorspace="rgb",
        outcolorspace="rgb",
        outdtype="float32",
    )
    assert np.abs(back - PIXELS).max() < 0.002  # steps of gamma 2.2 are widest where it is dark
    assert np.abs(back - PIXELS).mean() * 65535 < 1


def test_a_photo_without_a_profile_is_exported_in_srgb_whatever_is_asked(tmp_path: Path) -> None:
    assert profile_of(written(tmp_path / "a.tif", photo(profile=None), profile="photo")) == srgb_profile()


@pytest.mark.parametrize("profile", [b"no profile", imagecodecs.cms_profile("gray", gamma=2.2), b"\0" * 200])
def test_a_profile_that_no_rgb_picture_can_have_is_refused(tmp_path: Path, profile: bytes) -> None:
    with pytest.raises(OutputError, match="colour profile") as caught:
        written(tmp_path / "a.png", photo(profile=profile), profile="photo")
    assert caught.value.hint == "Export in sRGB instead."
    assert list(tmp_path.iterdir()) == []
    written(tmp_path / "a.png", photo(profile=profile))


@pytest.mark.parametrize(("name", "longest"), [("a.webp", 16_383), ("a.jpg", 65_500)])
def test_a_picture_too_large_for_the_format_is_refused_with_its_size(tmp_path: Path, name: str, longest: int) -> None:
    assert export.check_options(tmp_path / name, ExportOptions(), (longest, 10)) is format_of(Path(name))
    for write, shape in product((export.write, export.write_new), ((1, longest + 1, 3), (longest + 1, 1, 3))):
        words = f"at most {longest:,} pixels a side, and the picture has {longest + 1:,}"
        with pytest.raises(OutputError, match=words) as caught:
            write(tmp_path / name, np.zeros(shape, np.float32))
        assert caught.value.hint == "Choose another format, such as PNG."
    assert list(tmp_path.iterdir()) == []


def test_an_unfit_profile_is_refused_only_where_it_is_asked_for_and_can_be_kept(tmp_path: Path) -> None:
    grey, asked = imagecodecs.cms_profile("gray", gamma=2.2), ExportOptions(profile="photo")
    with pytest.raises(OutputError, match="colour profile"):
        export.check_options(tmp_path / "a.png", asked, (9, 9), grey)
    for name, options, profile in (
        ("a.ora", asked, grey),
        ("a.png", ExportOptions(), grey),
        ("a.png", asked, None),
        ("a.png", asked, ADOBE_RGB),
    ):
        assert export.check_options(tmp_path / name, options, (9, 9), profile) is format_of(Path(name))


def test_a_format_that_knows_no_options_leaves_everything_out() -> None:
    asked = ExportOptions(quality=7, lossless=False, bits=16, profile="photo", metadata=True)
    assert drop_unsupported_options(Format("X", "X", (".x",)), asked) == replace(
        ExportOptions(), metadata=False, recipe=False
    )


def test_a_format_is_only_given_what_it_knows() -> None:
    asked = ExportOptions(quality=7, lossless=False, bits=16, profile="photo", metadata=True)
    for name in ("a.png", "a.jpeg", "a.webp", "a.tiff", "a.ora"):
        one = format_of(Path(name))
        assert one is not None
        heeded = drop_unsupported_options(one, asked)
        for option in ("quality", "lossless", "bits", "profile", "metadata"):
            assert (getattr(heeded, option) == getattr(asked, option)) == (option in one.knows), (name, option)


def test_pixels_and_alpha_of_different_sizes_make_no_picture() -> None:
    with pytest.raises(ValueError, match="no picture"):
        prepare_output(PIXELS, ALPHA[1:])
    with pytest.raises(ValueError, match="no picture"):
        prepare_output(PIXELS[..., :2])


def test_the_unmixed_photo_is_written_with_its_alpha(tmp_path: Path) -> None:
    content = replace(photo(alpha=ALPHA), icc_profile=None)
    export.write(tmp_path / "a.png", content.pixels, content.alpha, made_of=Ingredients(content, PIXELS))
    np.testing.assert_array_equal(levels(tmp_path / "a.png")[..., 3], to_8bit(ALPHA))
