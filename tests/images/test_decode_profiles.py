"""What a profile means, against Pillow's own littleCMS at 8 bits, and against itself at 16."""

import io
import zlib
from pathlib import Path

import handmade
import imagecodecs
import numpy as np
import pytest
import tifffile
from delta_e import delta_e
from PIL import Image, ImageCms

from stylestudio.images import decode, encodings
from stylestudio.images.icc import BROKEN, UNFIT, conversion
from stylestudio.images.resize import to_8bit

ICC = Path(__file__).parent.parent / "data" / "icc"
WIDE = ["DisplayP3-v4", "ProPhoto-v2-micro", "AdobeCompat-v4", "Rec2020-v4"]
RNG = np.random.default_rng(8)
COLOURS = RNG.integers(0, 256, (24, 40, 3), dtype=np.uint8)
P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))


def profile(name: str) -> bytes:
    return (ICC / f"{name}.icc").read_bytes()


def tagged(array: np.ndarray, icc: bytes, kind: str = "PNG", mode: str | None = None) -> decode.Picture:
    stream = io.BytesIO()
    image = Image.fromarray(array) if mode is None else Image.frombytes(mode, array.shape[1::-1], array.tobytes())
    image.save(stream, kind, icc_profile=icc)
    return decode.from_bytes(stream.getvalue())


def deep(array: np.ndarray, icc: bytes) -> decode.Picture:
    stream = io.BytesIO()
    tifffile.imwrite(stream, array, photometric="rgb", iccprofile=icc)
    return decode.from_bytes(stream.getvalue())


def by_pillow(image: Image.Image, icc: bytes) -> np.ndarray:
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE,
    )
    assert converted is not None
    return np.asarray(converted)


@pytest.mark.parametrize("name", WIDE)
def test_a_picture_in_a_wide_space_is_within_half_a_delta_e_of_its_profile(name: str) -> None:
    picture = tagged(COLOURS, profile(name))
    differences = delta_e(picture.pixels, by_pillow(Image.fromarray(COLOURS), profile(name)) / 255)
    assert differences.mean() < 0.5
    assert differences.max() < 1
    assert picture.icc_profile == profile(name)
    assert not picture.deep


def test_display_p3_is_what_its_primaries_say() -> None:
    expected = handmade.srgb_levels_of_xyz(handmade_light(COLOURS) @ np.array(P3))
    np.testing.assert_allclose(tagged(COLOURS, profile("DisplayP3-v4")).pixels * 255, expected, atol=0.8)


def handmade_light(levels: np.ndarray) -> np.ndarray:
    level = levels / 255
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("name", WIDE)
def test_16_bits_are_converted_before_they_are_cut(name: str) -> None:
    picture = deep(COLOURS.astype(np.uint16) * 257, profile(name))
    assert picture.deep
    np.testing.assert_array_equal(to_8bit(picture.stored), tagged(COLOURS, profile(name)).stored)


@pytest.mark.parametrize("name", WIDE)
def test_a_gradient_of_16_bits_has_no_step_and_no_reversal(name: str) -> None:
    grey = np.linspace(0, 65535, 3000).astype(np.uint16)[None, :, None].repeat(3, axis=2)
    steps = np.diff(to_8bit(deep(grey, profile(name)).stored).astype(int), axis=1)
    assert set(np.unique(steps)) == {0, 1}


@pytest.mark.parametrize("name", ["sRGB-v2-nano", "sRGB-v4"])
def test_other_makers_srgb_leaves_the_pixels_as_they_are(name: str) -> None:
    np.testing.assert_array_equal(tagged(COLOURS, profile(name)).stored, COLOURS)
    np.testing.assert_array_equal(tagged(COLOURS, profile(name), "WEBP", None).stored.shape, COLOURS.shape)


def test_inks_are_converted_by_the_tables_of_their_profile() -> None:
    inks = RNG.integers(0, 256, (24, 40, 4), dtype=np.uint8)
    icc = profile("CGATS001Compat-v2-micro")
    picture = tagged(inks, icc, "TIFF", "CMYK")
    expected = by_pillow(Image.frombytes("CMYK", (40, 24), inks.tobytes()), icc)
    np.testing.assert_allclose(to_8bit(picture.stored).astype(int), expected, atol=1)


def test_a_profile_for_grey_is_applied_to_grey_of_both_depths() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None].repeat(2, axis=0)
    expected = handmade.srgb_levels_of_light((ramp / 255) ** (round(1.8 * 256) / 256))
    found = tagged(ramp, handmade.grey_profile(1.8))
    np.testing.assert_allclose(found.pixels[..., 0] * 255, expected, atol=0.6)
    np.testing.assert_array_equal(tagged(ramp, profile("sGrey-v4")).stored[..., 1], ramp)


@pytest.mark.parametrize(
    ("icc", "remark"),
    [
        (b"no profile at all, however long " * 9, BROKEN),
        (profile("DisplayP3-v4")[:200], BROKEN),
        (profile("DisplayP3-v4").replace(b"rXYZ", b"xxxx"), BROKEN),
        (handmade.grey_profile(1.0), UNFIT),
        (profile("CGATS001Compat-v2-micro"), UNFIT),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_profile_that_cannot_be_used_is_ignored_and_said(icc: bytes, remark: str, kind: str) -> None:
    picture = tagged(COLOURS, icc, kind)
    np.testing.assert_array_equal(picture.stored, COLOURS)
    assert picture.remark == remark


def png_with(*chunks: tuple[bytes, bytes], colours: np.ndarray = COLOURS) -> decode.Picture:
    before = b"".join(handmade.png_chunk(kind, data) for kind, data in chunks)
    rows = [row.tobytes() for row in colours]
    return decode.from_bytes(handmade.png(colours.shape[1], colours.shape[0], 8, 2, rows, before))


def packed(icc: bytes) -> bytes:
    return b"a name\0\0" + zlib.compress(icc)


CICP, ICCP = (b"cICP", bytes((12, 13, 0, 1))), (b"iCCP", packed(handmade.rgb_profile(handmade.ADOBE_PRIMARIES, 2.2)))
SRGB, GAMA = (b"sRGB", b"\1"), (b"gAMA", (100_000).to_bytes(4))
ORDER = [CICP, ICCP, SRGB, GAMA]


@pytest.mark.parametrize("first", range(4))
def test_of_what_a_png_says_of_its_colours_the_first_in_the_standards_order_counts(first: int) -> None:
    alone = png_with(ORDER[first]).stored
    np.testing.assert_array_equal(png_with(*ORDER[first:]).stored, alone)
    np.testing.assert_array_equal(png_with(*ORDER[:first:-1], ORDER[first]).stored, alone)


def test_the_four_differ_and_srgb_alone_changes_nothing() -> None:
    found = [png_with(one).stored for one in ORDER]
    assert len({one.tobytes() for one in found}) == 4
    np.testing.assert_array_equal(found[2], COLOURS)


def test_a_broken_profile_gives_way_to_what_comes_after_it() -> None:
    picture = png_with((b"iCCP", b"name\0\0rubbish"), GAMA)
    np.testing.assert_array_equal(picture.stored, png_with(GAMA).stored)
    assert picture.remark == BROKEN


def test_corners_that_span_no_colours_are_ignored() -> None:
    picture = png_with((b"cHRM", bytes(32)), (b"gAMA", bytes(4)))
    np.testing.assert_array_equal(picture.stored, COLOURS)


@pytest.mark.parametrize("transfer", [1, 4, 5, 8, 13, 16, 17, 18])
@pytest.mark.parametrize("full", [True, False])
def test_every_curve_of_h273_goes_from_black_to_white(transfer: int, full: bool) -> None:
    icc = encodings.profile_of_code_points(9, transfer, full)
    assert icc
    convert, remark = conversion(icc, "rgb", True)
    ramp = np.linspace(0, 65535, 500).astype(np.uint16)[None, :, None].repeat(3, axis=2)
    levels = convert(ramp)[0, :, 1]
    assert remark is None
    assert (np.diff(levels) >= -1e-3).all()
    assert levels[0] == pytest.approx(0, abs=0.02)
    assert levels[-1] == pytest.approx(1, abs=2e-3)


def test_adobe_rgb_named_in_exif_alone_is_adobe_rgb() -> None:
    with Image.open(ICC.parent / "cases" / "jpeg_adobe_rgb_by_exif_r03.jpg") as camera:
        exif = camera.info["exif"]
    stream = io.BytesIO()
    Image.fromarray(COLOURS).save(stream, "WEBP", lossless=True, exif=exif)
    found = decode.from_bytes(stream.getvalue())
    adobe = imagecodecs.cms_profile("adobergb")
    assert found.icc_profile is None
    np.testing.assert_allclose(found.pixels * 255, tagged(COLOURS, adobe).pixels * 255, atol=1)
