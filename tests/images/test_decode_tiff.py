"""TIFF of every usual kind, and what must not be taken for one that is whole."""

import io
import struct

import handmade
import imagecodecs
import numpy as np
import pytest
import tifffile

from stylestudio.errors import PictureError
from stylestudio.images import decode

RNG = np.random.default_rng(11)
HEIGHT, WIDTH = 37, 50
COLOURS = RNG.integers(0, 65536, (HEIGHT, WIDTH, 4), dtype=np.uint16)


def tiff(array: np.ndarray, **options: object) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, array, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def full_scale(kind: str, values: np.ndarray) -> np.ndarray:
    """16-bit values as samples of another kind."""
    wide = values.astype(np.float64) / 65535
    if kind.startswith("f"):
        return wide.astype(kind)
    return np.rint(wide * np.iinfo(kind).max).astype(kind)


def near(picture: decode.Picture, expected: np.ndarray, levels: float = 0.51) -> None:
    np.testing.assert_allclose(picture.pixels * 255, expected.astype(np.float64) / 257, atol=levels)


@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "i2", "f2", "f4", "f8"])
@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("channels", [1, 3])
def test_samples_of_every_kind_and_layout(kind: str, planes: str, channels: int) -> None:
    values = COLOURS[..., :channels]
    array = full_scale(kind, values)
    array = np.moveaxis(array, -1, 0) if planes == "separate" else array
    array = array[..., 0] if channels == 1 and planes == "contig" else array[0] if channels == 1 else array
    photometric = "minisblack" if channels == 1 else "rgb"
    options = {"planarconfig": planes} if channels == 3 else {}
    picture = decode.from_bytes(tiff(array, photometric=photometric, **options))
    near(picture, np.broadcast_to(values, (HEIGHT, WIDTH, 3)))
    assert picture.deep == (kind != "u1")


@pytest.mark.parametrize("compression", ["zlib", "lzw", "zstd", "packbits", "lzma"])
@pytest.mark.parametrize("layout", [{}, {"tile": (16, 32)}, {"rowsperstrip": 5}], ids=["whole", "tiles", "strips"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bits_however_they_are_packed(compression: str, layout: dict, order: str) -> None:
    values = COLOURS[..., :3]
    predictor = {"predictor": True} if compression in ("zlib", "lzw", "zstd") else {}
    data = tiff(values, photometric="rgb", compression=compression, byteorder=order, **layout, **predictor)
    near(decode.from_bytes(data), values, 1e-3)


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_floats_and_integers_with_alpha_of_either_kind(kind: str) -> None:
    top = 1 if kind == "f4" else np.iinfo(kind).max
    samples = full_scale(kind, np.maximum(COLOURS, 4000))
    straight = decode.from_bytes(tiff(samples, photometric="rgb", extrasamples=["unassalpha"]))
    assert straight.alpha is not None
    multiplied = samples.astype(np.float64)
    multiplied[..., :3] *= multiplied[..., 3:] / top
    multiplied = multiplied if kind == "f4" else np.rint(multiplied)
    associated = decode.from_bytes(tiff(multiplied.astype(kind), photometric="rgb", extrasamples=["assocalpha"]))
    np.testing.assert_array_equal(straight.alpha, associated.alpha)
    np.testing.assert_allclose(straight.pixels, associated.pixels, atol=0.05 if kind == "u1" else 1e-3)


def test_inks_of_16_bits() -> None:
    inks = COLOURS.astype(np.float64) / 65535
    expected = (1 - inks[..., :3]) * (1 - inks[..., 3:])
    picture = decode.from_bytes(tiff(COLOURS, photometric="separated"))
    np.testing.assert_allclose(picture.pixels, expected, atol=1e-4)


@pytest.mark.parametrize(("bits", "offset"), [(8, False), (8, True), (16, False), (16, True)])
def test_lab_of_both_forms_and_depths(bits: int, offset: bool) -> None:
    scale = 1 if bits == 8 else 256
    lab = np.array([60.0, 20.0, -30.0])
    signs = (lab[1:] + 128 if offset else lab[1:] % 256) * scale
    stored = np.array([[[round(lab[0] * (2**bits - 1) / 100), *signs]]]).astype(f"<u{bits // 8}")
    data = handmade.tiff(1, 1, stored.tobytes(), bits=(bits,) * 3, photometric=9 if offset else 8)
    expected = handmade.srgb_levels_of_xyz(np.array([[[0.32392, 0.28123, 0.43059]]]))
    np.testing.assert_allclose(decode.from_bytes(data).pixels * 255, expected, atol=1.5)


@pytest.mark.parametrize("bits", [1, 2, 4, 10, 12, 14])
def test_odd_numbers_of_bits(bits: int) -> None:
    values = RNG.integers(0, 2**bits, (6, 16), dtype=np.uint16)
    packed = imagecodecs.packints_encode(values.astype(np.uint16 if bits > 8 else np.uint8), bits)
    data = handmade.tiff(16, 6, bytes(packed), bits=(bits,))
    picture = decode.from_bytes(data)
    np.testing.assert_allclose(picture.pixels[..., 0], values / (2**bits - 1), atol=1e-6)


def test_the_first_page_that_is_no_thumbnail_and_no_mask_is_taken() -> None:
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(np.zeros((8, 8, 3), np.uint8), photometric="rgb", subfiletype=1)
        writer.write(np.zeros((8, 8), bool), photometric="minisblack", subfiletype=4)
        writer.write(COLOURS[..., :3], photometric="rgb")
        writer.write(np.zeros((9, 9, 3), np.uint8), photometric="rgb")
    near(decode.from_bytes(stream.getvalue()), COLOURS[..., :3], 1e-3)


def test_values_beyond_white_clip_and_nothing_is_rescaled() -> None:
    values = np.array([[[0.25, 0.5, 1.6], [-1, 7, 1e9]]], np.float32)
    picture = decode.from_bytes(tiff(values, photometric="rgb"))
    np.testing.assert_array_equal(picture.pixels, values.clip(0, 1))


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"tile": (16, 16)}, {"compression": "lzw"}])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_a_tiff_that_is_not_all_there_is_refused(options: dict, kind: str) -> None:
    data = tiff(full_scale(kind, COLOURS[..., :3]), photometric="rgb", rowsperstrip=8, **options)
    for length in (len(data) - 1, len(data) * 2 // 3, len(data) // 3, 9):
        with pytest.raises(PictureError, match="damaged"):
            decode.from_bytes(data[:length])


def test_a_strip_that_is_left_out_is_no_black() -> None:
    stream = io.BytesIO()
    tifffile.imwrite(stream, COLOURS[..., :3], photometric="rgb", rowsperstrip=8, compression="zlib")
    data = bytearray(stream.getvalue())
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        tag = file.pages.first.tags["StripByteCounts"]  # type: ignore[union-attr]
        place = tag.valueoffset
    data[place : place + 2] = b"\0\0"
    with pytest.raises(PictureError, match="damaged"):
        decode.from_bytes(bytes(data))


def test_what_is_said_beside_the_pixels_is_kept() -> None:
    tags = [(700, 1, 5, b"<xmp>", True), (33432, 2, 0, "Ada", True), (33723, 7, 8, b"a record", True)]
    data = tiff((COLOURS[..., :3] >> 8).astype(np.uint8), photometric="rgb", resolution=(300, 300), extratags=tags)
    metadata = decode.from_bytes(data).metadata
    assert metadata.xmp == b"<xmp>"
    assert metadata.iptc == b"a record"
    assert metadata.dpi == pytest.approx((300, 300))
    assert metadata.exif is not None
    assert b"Ada" in metadata.exif


def test_a_tiff_that_lists_fewer_strips_than_its_rows_need_is_refused_at_once() -> None:
    data = handmade.tiff(2, 3_000_000, bytes(6_000_000))
    strips = data.replace(struct.pack("<HHII", 278, 4, 1, 3_000_000), struct.pack("<HHII", 278, 4, 1, 1))
    assert strips != data
    assert decode.from_bytes(handmade.tiff(2, 3, bytes(6))).size == (2, 3)
    with pytest.raises(PictureError, match="damaged"):
        decode.from_bytes(strips)
