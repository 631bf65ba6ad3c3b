import io
import warnings
from collections.abc import Callable
from pathlib import Path

import handmade
import numpy as np
import pytest
from PIL import Image, ImageDraw

from stylestudio.errors import PictureError
from stylestudio.images import decode
from stylestudio.images.blend import blend
from stylestudio.images.resize import to_8bit, to_floats

RNG = np.random.default_rng(5)
COLOURS = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)
GREYS = RNG.integers(0, 256, (5, 7), dtype=np.uint8)
ALPHA = RNG.integers(0, 255, (5, 7), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (5, 7), dtype=np.uint16)
DEEP_COLOURS = RNG.integers(0, 65536, (5, 7, 3), dtype=np.uint16)
FOUR = np.array([[200, 10, 30], [0, 0, 0], [255, 255, 255], [20, 90, 160]], np.uint8)
INDEX = RNG.integers(0, 4, (5, 7), dtype=np.uint8)
BITS = RNG.integers(0, 2, (5, 7)).astype(bool)
CMYK = np.tile(np.array([40, 200, 90, 30], np.uint8), (16, 16, 1))
CMYK_AS_RGB = (255 - CMYK[..., :3].astype(float)) * (255 - 30) / 255


def three(greys: np.ndarray) -> np.ndarray:
    return np.repeat(greys[..., None], 3, axis=-1).astype(float)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def of(array: np.ndarray, kind: str, **options: object) -> bytes:
    return saved(Image.fromarray(array), kind, **options)


def palette(kind: str, **options: object) -> bytes:
    image = Image.fromarray(INDEX, "L")
    image.putpalette(FOUR.tobytes())
    return saved(image, kind, **options)


def lossy(array: np.ndarray, mode: str) -> bytes:
    return saved(Image.frombytes(mode, (16, 16), array.tobytes()), "JPEG", quality=100)


def rows(array: np.ndarray) -> list[bytes]:
    return [row.astype(array.dtype.newbyteorder(">")).tobytes() for row in array]


def animation() -> bytes:
    second = Image.new("RGB", (7, 5), "red").quantize(4)
    return palette("GIF", save_all=True, append_images=[second], duration=50)


def twelve_bits() -> bytes:
    """Values 0xFFF, 0x800, 0x000 and 0x123, packed."""
    return handmade.tiff(4, 1, bytes.fromhex("fff800000123"), bits=(12,))


def float_tiff(array: np.ndarray) -> bytes:
    return handmade.tiff(7, 5, array.astype("<f4").tobytes(), bits=(32,), sample_format=3)


RGBA = np.dstack((COLOURS, ALPHA))
FLAT = np.tile(COLOURS[0, 0], (16, 16, 1))
FLAT_GREY = np.full((16, 16), 77, np.uint8)

EXACT: dict[str, tuple[bytes, np.ndarray]] = {
    "PNG RGB": (of(COLOURS, "PNG"), COLOURS),
    "PNG grey": (of(GREYS, "PNG"), three(GREYS)),
    "PNG black and white": (of(BITS, "PNG"), three(255 * BITS)),
    "PNG two bits": (
        handmade.png(4, 1, 2, 0, [bytes([0b00011011])]),
        three(np.array([[0, 85, 170, 255]])),
    ),
    "PNG palette": (palette("PNG"), FOUR[INDEX]),
    "WebP RGB": (of(COLOURS, "WEBP", lossless=True), COLOURS),
    "TIFF RGB": (of(COLOURS, "TIFF"), COLOURS),
    "TIFF RGB, LZW": (of(COLOURS, "TIFF", compression="tiff_lzw"), COLOURS),
    "TIFF grey": (of(GREYS, "TIFF"), three(GREYS)),
    "TIFF grey, white is zero": (
        handmade.tiff(7, 5, GREYS.tobytes(), photometric=0),
        three(255 - GREYS.astype(int)),
    ),
    "TIFF palette": (palette("TIFF"), FOUR[INDEX]),
    "TIFF black and white": (of(BITS, "TIFF"), three(255 * BITS)),
    "BMP RGB": (of(COLOURS, "BMP"), COLOURS),
    "BMP grey": (of(GREYS, "BMP"), three(GREYS)),
    "BMP palette": (palette("BMP"), FOUR[INDEX]),
    "BMP black and white": (of(BITS, "BMP"), three(255 * BITS)),
    "GIF": (palette("GIF"), FOUR[INDEX]),
    "GIF, first frame": (animation(), FOUR[INDEX]),
}

NEAR: dict[str, tuple[bytes, np.ndarray, float]] = {
    "PNG 16-bit grey": (of(DEEP, "PNG"), three(DEEP / 257), 1e-3),
    "PNG 16-bit RGB": (handmade.png(7, 5, 16, 2, rows(DEEP_COLOURS)), DEEP_COLOURS / 257, 1),
    "PNG 16-bit RGBA": (
        handmade.png(7, 5, 16, 6, rows(np.dstack((DEEP_COLOURS, DEEP)))),
        DEEP_COLOURS / 257,
        1,
    ),
    "PNG 16-bit grey with alpha": (
        handmade.png(7, 5, 16, 4, rows(np.dstack((DEEP, DEEP_COLOURS[..., 0])))),
        three(DEEP / 257),
        1,
    ),
    "TIFF 16-bit RGB": (
        handmade.tiff(7, 5, DEEP_COLOURS.tobytes(), bits=(16,) * 3, photometric=2),
        DEEP_COLOURS / 257,
        1,
    ),
    "TIFF 16-bit grey": (
        handmade.tiff(7, 5, DEEP.astype("<u2").tobytes(), bits=(16,)),
        three(DEEP / 257),
        1e-3,
    ),
    "TIFF 16-bit grey, big-endian": (
        handmade.tiff(7, 5, DEEP.astype(">u2").tobytes(), bits=(16,), order=">"),
        three(DEEP / 257),
        1e-3,
    ),
    "TIFF 16-bit grey, white is zero": (
        handmade.tiff(7, 5, DEEP.astype("<u2").tobytes(), bits=(16,), photometric=0),
        three(255 - DEEP / 257),
        1e-3,
    ),
    "TIFF 16-bit grey, LZW": (of(DEEP, "TIFF", compression="tiff_lzw"), three(DEEP / 257), 1e-3),
    "TIFF 12-bit grey": (twelve_bits(), three(np.array([[4095, 2048, 0, 0x123]]) / 4095 * 255), 1e-3),
    "TIFF 32-bit integers that are 16 bits": (of(DEEP.astype(np.int32), "TIFF"), three(DEEP / 257), 1e-3),
    "TIFF float 0..1": (float_tiff(GREYS / 255), three(GREYS), 1e-3),
    "TIFF float with a lamp beyond white": (float_tiff(GREYS / 128), three(np.minimum(GREYS / 128 * 255, 255)), 1e-3),
    "TIFF float that is no number": (
        float_tiff(np.where(BITS, GREYS / 255, np.nan)),
        three(GREYS * BITS),
        1e-3,
    ),
    "TIFF float, infinitely bright": (
        float_tiff(np.where(BITS, GREYS / 255, np.inf)),
        three(np.where(BITS, GREYS, 255)),
        1e-3,
    ),
    "TIFF CMYK": (saved(Image.frombytes("CMYK", (16, 16), CMYK.tobytes()), "TIFF"), CMYK_AS_RGB, 1),
    "TIFF L*a*b*": (
        # L* 60, a* 20, b* -30 and a grey of L* 50.2.
        handmade.tiff(2, 1, bytes([153, 20, 226, 128, 0, 0]), bits=(8, 8, 8), photometric=8),
        handmade.srgb_levels_of_xyz(np.array([[[0.32392, 0.28123, 0.43059], [0.17910, 0.18575, 0.15323]]])),
        2,
    ),
    "TIFF YCbCr": (
        handmade.tiff(1, 1, bytes([76, 85, 255]), bits=(8,) * 3, photometric=6, extra={530: (1, 1)}),
        np.array([[[254, 0, 0]]]),
        2,
    ),
    "JPEG RGB": (lossy(FLAT, "RGB"), FLAT, 2),
    "JPEG grey": (lossy(FLAT_GREY, "L"), three(FLAT_GREY), 1),
    "JPEG CMYK": (lossy(CMYK, "CMYK"), CMYK_AS_RGB, 3),
}


@pytest.mark.parametrize(("data", "expected"), EXACT.values(), ids=EXACT.keys())
def test_a_picture_of_eight_bits_comes_through_exactly(tmp_path: Path, data: bytes, expected: np.ndarray) -> None:
    (tmp_path / "harbour.old.xyz").write_bytes(data)
    picture = decode.read(tmp_path / "harbour.old.xyz")
    assert picture.pixels.dtype == np.float32
    assert picture.size == expected.shape[1::-1]
    assert picture.name == "harbour.old"
    assert picture.alpha is None
    np.testing.assert_array_equal(to_8bit(picture.pixels), expected)


@pytest.mark.parametrize(("data", "expected", "levels"), NEAR.values(), ids=NEAR.keys())
def test_a_picture_of_another_depth_or_colour_space_is_read_right(
    data: bytes, expected: np.ndarray, levels: float
) -> None:
    picture = decode.from_bytes(data)
    np.testing.assert_allclose(picture.pixels * 255, expected, atol=levels)


TRANSPARENT: dict[str, tuple[bytes, np.ndarray]] = {
    "PNG RGBA": (of(RGBA, "PNG"), ALPHA),
    "PNG grey with alpha": (of(np.dstack((GREYS, ALPHA)), "PNG"), ALPHA),
    "WebP RGBA": (of(RGBA, "WEBP", lossless=True, exact=True), ALPHA),
    "TIFF RGBA": (of(RGBA, "TIFF"), ALPHA),
    "PNG palette, one clear": (palette("PNG", transparency=2), 255 * (INDEX != 2)),
    "PNG palette, levels": (
        palette("PNG", transparency=bytes([9, 0, 200])),
        np.array([9, 0, 200, 255])[INDEX],
    ),
    "GIF, one clear": (palette("GIF", transparency=1), 255 * (INDEX != 1)),
    "PNG grey, one clear": (of(GREYS, "PNG", transparency=int(GREYS[2, 3])), 255 * (GREYS[2, 3] != GREYS)),
    "PNG black and white, black clear": (
        handmade.png(8, 1, 1, 0, [bytes([0b01010011])], handmade.png_chunk(b"tRNS", b"\0\0")),
        255 * np.array([[0, 1, 0, 1, 0, 0, 1, 1]]),
    ),
    "PNG RGB, one clear": (
        of(COLOURS, "PNG", transparency=tuple(COLOURS[1, 1].tolist())),
        255 * (COLOURS[1, 1] != COLOURS).any(axis=-1),
    ),
    "PNG 16-bit grey, one clear": (
        handmade.png(7, 5, 16, 0, rows(DEEP), handmade.png_chunk(b"tRNS", DEEP[4:5, 4].astype(">u2").tobytes())),
        255 * (DEEP[4, 4] != DEEP),
    ),
    "PNG 16-bit RGB, one clear": (
        handmade.png(
            7,
            5,
            16,
            2,
            rows(DEEP_COLOURS),
            handmade.png_chunk(b"tRNS", DEEP_COLOURS[4, 4].astype(">u2").tobytes()),
        ),
        255 * (DEEP_COLOURS[4, 4] != DEEP_COLOURS).any(axis=-1),
    ),
}


@pytest.mark.parametrize(("data", "expected"), TRANSPARENT.values(), ids=TRANSPARENT.keys())
def test_transparency_is_kept_however_the_file_says_it(data: bytes, expected: np.ndarray) -> None:
    alpha = decode.from_bytes(data).alpha
    assert alpha is not None
    assert alpha.dtype == np.uint8
    np.testing.assert_array_equal(to_8bit(alpha), expected)


def test_colours_under_transparency_stay() -> None:
    np.testing.assert_array_equal(to_8bit(decode.from_bytes(of(RGBA, "PNG")).pixels), COLOURS)


def test_an_alpha_that_is_opaque_everywhere_is_none() -> None:
    opaque = np.dstack((COLOURS, np.full_like(ALPHA, 255)))
    picture = decode.from_bytes(of(opaque, "PNG"))
    assert picture.alpha is None
    assert picture.sha256 == decode.from_bytes(of(COLOURS, "PNG")).sha256


UPRIGHT = COLOURS
AS_STORED: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: a.transpose(1, 0, 2)[::-1],
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: a.transpose(1, 0, 2)[:, ::-1],
}


@pytest.mark.parametrize("orientation", AS_STORED)
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_every_exif_orientation_is_turned_upright(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    exif[271] = "Camera"
    stored = np.ascontiguousarray(AS_STORED[orientation](UPRIGHT))
    picture = decode.from_bytes(of(stored, kind, exif=exif))
    np.testing.assert_array_equal(to_8bit(picture.pixels), UPRIGHT)


def test_exif_is_kept_without_the_orientation_that_was_applied() -> None:
    exif = Image.Exif()
    exif[274] = 6
    exif[271] = "Camera"
    kept = Image.Exif()
    kept.load(decode.from_bytes(of(FLAT, "JPEG", exif=exif)).metadata.exif or b"")
    assert kept[271] == "Camera"
    assert 274 not in kept


def test_broken_exif_is_no_reason_to_refuse_a_picture() -> None:
    picture = decode.from_bytes(of(COLOURS, "PNG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff\x01"))
    np.testing.assert_array_equal(to_8bit(picture.pixels), COLOURS)


def test_a_photo_with_a_second_one_inside_is_read_as_the_first() -> None:
    first, second = Image.fromarray(FLAT), Image.new("RGB", (16, 16), "red")
    picture = decode.from_bytes(saved(first, "MPO", save_all=True, append_images=[second], quality=100))
    np.testing.assert_allclose(picture.pixels * 255, FLAT, atol=2)


def truncated(kind: str) -> bytes:
    whole = of(RNG.integers(0, 256, (60, 60, 3), dtype=np.uint8), kind)
    return whole[: len(whole) // 2]


REFUSED: dict[str, tuple[bytes, str]] = {
    "zero bytes": (b"", "empty"),
    "a text": (b"Dear artist, this is no picture at all.", "not a picture"),
    "a format that is not taken": (of(COLOURS, "PPM"), "not a picture"),
    "half a TIFF, LZW": (of(COLOURS, "TIFF", compression="tiff_lzw")[:60], "damaged"),
    "a PNG's first bytes": (of(COLOURS, "PNG")[:20], "damaged"),
    "a PNG with altered bytes": (of(COLOURS, "PNG")[:60] + b"\xff" * 9 + of(COLOURS, "PNG")[69:], "damaged"),
    **{f"half a {kind}": (truncated(kind), "damaged") for kind in ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")},
}


@pytest.mark.parametrize(("data", "word"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_whole_picture_is_refused_with_a_reason(tmp_path: Path, data: bytes, word: str) -> None:
    (tmp_path / "it.png").write_bytes(data)
    with pytest.raises(PictureError) as caught:
        decode.read(tmp_path / "it.png")
    assert caught.value.message.startswith("it.png ")
    assert word in caught.value.message
    assert caught.value.hint.endswith(".")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="does not exist"):
        decode.read(tmp_path / "none.png")
    with pytest.raises(PictureError, match="is a folder"):
        decode.read(tmp_path)
    with pytest.raises(PictureError):
        decode.read(tmp_path / ("long" * 100))


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "locked.png").write_bytes(of(COLOURS, "PNG"))
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(PictureError, match="may not be read"):
        decode.read(tmp_path / "locked.png")


@pytest.mark.parametrize("size", [(decode.PIXEL_LIMIT // 1000 + 1, 1000), (60_000, 60_000)])
def test_too_many_declared_pixels_are_refused_before_decoding(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    with pytest.raises(PictureError, match="million pixels"):
        decode.from_bytes(handmade.png(*size, 8, 2, [b""]))
    monkeypatch.undo()
    with pytest.raises(PictureError, match="million pixels"):
        decode.from_bytes(handmade.png(*size, 8, 2, [b""]))


def test_a_picture_near_the_limit_raises_no_warning_and_leaves_the_filters() -> None:
    pixels = Image.MAX_IMAGE_PIXELS or 0
    before = list(warnings.filters)
    with pytest.raises(PictureError, match="damaged"):
        decode.from_bytes(handmade.png(1000, pixels // 1000 + 1000, 8, 0, [b""]) + bytes(5000))
    assert list(warnings.filters) == before


def test_the_pixels_cannot_be_changed() -> None:
    picture = decode.from_bytes(of(RGBA, "PNG"))
    assert picture.alpha is not None
    for plane in (picture.stored, picture.alpha):
        with pytest.raises(ValueError, match="read-only"):
            plane[0, 0] = 0


def test_the_same_picture_has_the_same_hash_wherever_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "a.tiff").write_bytes(of(COLOURS, "TIFF"))
    read = decode.read(tmp_path / "a.tiff")
    assert read.sha256 == decode.from_bytes(of(COLOURS, "PNG")).sha256
    assert read.sha256 == decode.from_pixels(read.pixels, "pasted").sha256


def test_so_it_has_with_alpha_and_from_16_bits() -> None:
    read = decode.from_bytes(of(RGBA, "PNG"))
    assert read.alpha is not None
    assert read.sha256 == decode.from_pixels(read.pixels, "pasted", to_floats(read.alpha)).sha256
    deep = Image.fromarray(ALPHA.astype(np.uint16) * 257)
    assert decode.from_bytes(saved(deep, "PNG")).sha256 == decode.from_bytes(of(ALPHA, "PNG")).sha256


@pytest.mark.parametrize("value", [0.5, 0.5 + 1e-4, np.nextafter(np.float32(1), np.float32(0)), np.nan, -1.0, 7.0])
def test_a_value_between_two_levels_or_beyond_them_makes_another_hash(value: float) -> None:
    pixels = decode.from_bytes(of(COLOURS, "PNG")).pixels.copy()
    hashes = {decode.from_pixels(pixels, "levels").sha256}
    for place in ((0, 0, 0), (4, 6, 2)):
        changed = pixels.copy()
        changed[place] = value
        hashes.add(decode.from_pixels(changed, "changed").sha256)
    assert len(hashes) == 3


def test_pictures_that_differ_in_shape_pixel_or_alpha_have_different_hashes() -> None:
    other = COLOURS.copy()
    other[0, 0, 0] ^= 1
    arrays = (COLOURS, other, RGBA, COLOURS.reshape(7, 5, 3))
    assert len({decode.from_bytes(of(array, "PNG")).sha256 for array in arrays}) == 4


def test_an_array_given_stays_the_callers_own() -> None:
    pixels = np.zeros((2, 3, 3), np.float32)
    picture = decode.from_pixels(pixels, "made")
    pixels[0, 0] = 1
    assert picture.pixels.max() == 0


@pytest.mark.parametrize("size", [(1, 1), (9, 9), (4000, 20), (20, 4000), (129, 257)])
def test_share_zero_gives_the_file_back_at_every_size(size: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 80).convert("RGB")
    ImageDraw.Draw(image).line((0, 0, *size), fill="red")
    picture = decode.from_bytes(saved(image, "PNG"))
    mixed = blend(picture.pixels, np.zeros_like(picture.pixels), (0, 0, 0))
    np.testing.assert_array_equal(to_8bit(mixed), np.asarray(image))
