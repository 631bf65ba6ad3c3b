"""Files that ask for more than they are worth: refused by their header, with the size in words."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import handmade
import imagecodecs
import numpy as np
import psutil
import pytest
from PIL import Image

from stylestudio.errors import PictureError
from stylestudio.images import decode, limits

SIDE = 13_370


def scans(count: int) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (64, 64), 90).save(stream, "JPEG", progressive=True)
    whole = stream.getvalue()
    last = whole[whole.rfind(b"\xff\xda") : -2]
    return whole[:-2] + last * count + b"\xff\xd9"


def gif(width: int, height: int) -> bytes:
    screen = struct.pack("<HHBBB", width, height, 0, 0, 0)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0x80) + b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + screen + frame + b"\x02\x02\x44\x01\x00;"


def webp() -> bytes:
    size = struct.pack("<I", (16_383 - 1) | (10_000 - 1) << 14)
    chunk = b"\x2f" + size + bytes.fromhex("88880800")
    body = b"VP8L" + struct.pack("<I", len(chunk)) + chunk + b"\0" * (len(chunk) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def tiff_of(side: int, bits: int) -> bytes:
    return handmade.tiff(side, side, b"\0" * 40, bits=(bits,) * 3, photometric=2)


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a column": (lambda: handmade.png(1, 178_000_000, 8, 0, [b""]) + bytes(400_000), "GB of memory"),
    "deep grey": (lambda: handmade.png(SIDE, SIDE, 16, 0, [b""]), "far more than its"),
    "an empty screen": (lambda: gif(13_300, 13_300), "far more than its"),
    "one colour": (webp, "far more than its"),
    "scans": (lambda: scans(1500), "1,50. scans"),
    "too many pixels": (lambda: tiff_of(20_000, 8), "400 million pixels"),
    "doubles": (lambda: tiff_of(8000, 64), "GB of memory"),
}


@pytest.mark.parametrize(("data", "words"), BOMBS.values(), ids=BOMBS.keys())
def test_it_is_refused_before_it_is_decoded(data: Callable[[], bytes], words: str) -> None:
    made = data()
    tracemalloc.start()
    try:
        with pytest.raises(PictureError, match=words) as caught:
            decode.from_bytes(made)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000 + 4 * len(made)
    finally:
        tracemalloc.stop()
    assert caught.value.hint.endswith(".")


def test_ten_scans_are_usual() -> None:
    assert decode.from_bytes(scans(10)).size == (64, 64)


@pytest.mark.parametrize("bound", ["free", "address space"])
@pytest.mark.parametrize(("depth", "side"), [(8, 1700), (16, 1200)])
def test_what_is_free_and_what_may_be_asked_for_count_too(
    depth: int, side: int, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def png(side: int) -> bytes:
        return handmade.png(side, side, depth, 2, [bytes(side * 3 * depth // 8)] * side)

    if bound == "free":
        memory = psutil.virtual_memory()._replace(available=80_000_000)
        monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    else:
        monkeypatch.setattr(limits, "free_address_space", lambda: 80_000_000)
    assert decode.from_bytes(png(100)).size == (100, 100)
    with pytest.raises(PictureError, match=r"takes \d+ MB of memory, and 16 MB are free"):
        decode.from_bytes(png(side))


def noise(channels: int, dtype: str) -> np.ndarray:
    return np.random.default_rng(1).integers(0, np.iinfo(dtype).max, (600, 600, channels), dtype)


def jpeg(subsampling: int) -> bytes:
    stream = io.BytesIO()
    image = Image.fromarray(noise(3, "uint8"))
    image.save(stream, "JPEG", progressive=True, quality=40, subsampling=subsampling)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        lambda: imagecodecs.png_encode(noise(1, "uint16")[..., 0]),
        lambda: imagecodecs.png_encode(noise(3, "uint16")),
        lambda: imagecodecs.png_encode(noise(4, "uint8")),
        lambda: imagecodecs.avif_encode(noise(3, "uint16") >> 6, level=20, speed=10, bitspersample=10),
        lambda: jpeg(0),
        lambda: jpeg(2),
    ],
    ids=["PNG, 16-bit grey", "PNG, 16-bit colour", "PNG with alpha", "AVIF of 10 bits", "4:4:4", "4:2:0"],
)
def test_a_usual_picture_that_is_packed_badly_is_not_refused_at_any_size(
    data: Callable[[], bytes | bytearray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is allowed besides does not grow with the picture, so here it is as small as the picture is."""
    monkeypatch.setattr(limits, "_ROOM", 400_000)
    assert decode.from_bytes(bytes(data())).size == (600, 600)


def test_what_a_deep_jpeg_xl_takes_is_known_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_ROOM", 400_000)
    for channels, dtype, refused in ((3, "uint8", False), (3, "uint16", True), (4, "uint16", True)):
        data = bytes(imagecodecs.jpegxl_encode(noise(channels, dtype), lossless=True, effort=1))
        if refused:
            needed = 360_000 * (14 + 4 * (channels - 3)) + 600 * 64 + len(data)
            with pytest.raises(PictureError, match=f"takes {limits.format_bytes(needed)} of memory, and no more than"):
                decode.from_bytes(data)
        else:
            assert decode.from_bytes(data).size == (600, 600)


def test_reading_takes_no_more_than_twelve_bytes_a_pixel_and_the_room_besides() -> None:
    side = 1100
    rows = [np.random.default_rng(1).bytes(side * 6)] * side
    data = handmade.png(side, side, 16, 2, rows)
    tracemalloc.start()
    try:
        picture = decode.from_bytes(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert picture.deep
    block = 1 << 20
    assert peak < 12 * side * side + 60 * block + 4 * len(data)


def test_chunks_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stylestudio.images.readers.png_chunks.PART_LIMIT", 50)
    chunk = handmade.png_chunk(b"tEXt", b"a\0b")
    assert decode.from_bytes(handmade.png(2, 1, 8, 2, [bytes(6)], chunk * 40)).size == (2, 1)
    with pytest.raises(PictureError, match="damaged"):
        decode.from_bytes(handmade.png(2, 1, 8, 2, [bytes(6)], chunk * 60))


def test_a_text_that_unpacks_to_more_than_is_taken_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stylestudio.images.readers.png_chunks.TEXT_LIMIT", 1000)
    for length, kept in ((900, True), (5000, False)):
        chunk = handmade.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"x" * length))
        picture = decode.from_bytes(handmade.png(2, 1, 8, 2, [bytes(6)], chunk))
        assert (picture.metadata.xmp is not None) == kept


@pytest.mark.parametrize(("count", "words"), [(2_500_000_000, "2.5 GB"), (340_000_000, "340 MB"), (0, "0 MB")])
def test_sizes_are_said_in_words(count: int, words: str) -> None:
    assert limits.format_bytes(count) == words
