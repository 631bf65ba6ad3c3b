"""JPEG XL: colours and metadata by pillow-jxl-plugin, more than 8 bits by imagecodecs; the header is read here.

The plug-in decodes the whole picture when it opens a file, so what the file asks for has to be known before.
ISO/IEC 18181-1, sections on SizeHeader and BitDepth; ISO/IEC 18181-2 for the container.
"""

import io
from collections.abc import Callable, Iterable
from typing import BinaryIO, Protocol

import imagecodecs
import numpy as np
from PIL import Image

from stylestudio.errors import PictureError
from stylestudio.images import exif
from stylestudio.images.limits import PART_LIMIT, check_memory, check_pixels
from stylestudio.images.raster import Raster, Samples, moved_to_room, rows_of_array
from stylestudio.images.readers import jpeg

_CODESTREAM = b"\xff\x0a"
_RATIOS = (None, (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_CHANNELS = {"L": 1, "I;16": 1, "F": 1, "LA": 2, "RGB": 3, "RGBA": 4}
_HEADER_BYTES = 64


class _Facts(Protocol):
    mode: str
    width: int
    height: int


class _Box(Protocol):
    data: bytes


_Decoded = tuple[bool, _Facts, bytes, bytes, list[_Box]]
"""What the plug-in's decoder gives: whether this is a whole JPEG file, facts, pixels, profile and metadata."""


class _Bits:
    """Bits from the lowest of each byte on."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        found = self._value & ((1 << count) - 1)
        self._value >>= count
        return found

    def take_by(self, *choices: tuple[int, int]) -> int:
        """Two bits choose how many follow, and what is added to them."""
        added, count = choices[self.take(2)]
        return added + self.take(count)


def read(stream: BinaryIO, label: str, length: int) -> Raster:
    """The picture, upright; of an animation its first frame."""
    try:
        from pillow_jxl import Decoder
    except ImportError as error:
        missing = f"{label} is a JPEG XL, and what reads them is not installed."
        raise PictureError(missing, hint="Install pillow-jxl-plugin, or save the picture as PNG.") from error
    data = stream.read(length)
    size, bits, extra = _header(data)
    check_pixels(label, size, length)
    check_memory(label, size, (14 if bits > 8 else 8) + 4 * extra, length)
    as_jpeg, facts, pixels, profile, boxes = _decoded(Decoder(num_threads=-1), data)
    if as_jpeg:
        return jpeg.read(io.BytesIO(bytes(pixels)), label, len(pixels))
    channels = _CHANNELS[facts.mode]
    samples: Samples = np.frombuffer(pixels, np.uint8)
    room = None
    if bits > 8:
        del pixels, samples
        samples = _at_full_depth(data)
        channels = 1 if samples.ndim == 2 else samples.shape[2]
    samples = samples.reshape(facts.height, facts.width, channels)
    if samples.dtype == np.uint16 and channels <= 6:
        room, samples = moved_to_room(samples)
    own = bytes(profile) if profile else None
    return Raster(
        rows_of_array(samples),
        (facts.width, facts.height),
        "grey" if channels < 3 else "rgb",
        alpha=channels in (2, 4),
        deep=bits > 8,
        profile=own,
        own_profile=own,
        metadata=exif.metadata(_record(boxes), _box(boxes, "xml ")),
        room=room,
    )


def _decoded(decode: Callable[[bytes], _Decoded], data: bytes) -> _Decoded:
    try:
        return decode(data)
    except BaseException as error:
        # The plug-in is written in Rust: its panics are no ordinary exceptions.
        if type(error).__name__ == "PanicException":
            raise ValueError("a decoder that gave up") from error
        raise


def _at_full_depth(data: bytes) -> Samples:
    samples = imagecodecs.jpegxl_decode(data, index=0)
    return samples if samples.dtype.type in (np.uint8, np.uint16) else samples.astype(np.float32)


def _header(data: bytes) -> tuple[tuple[int, int], int, int]:
    """Width and height as shown, bits of a sample, and how many channels there are beyond the colours'."""
    bits = _Bits(_codestream(data)[2 : 2 + _HEADER_BYTES])
    size = _size(bits)
    if bits.take(1):  # all the rest is as usual
        return size, 8, 0
    orientation = 1
    if bits.take(1):
        orientation = 1 + bits.take(3)
        if bits.take(1):
            _size(bits)  # of the intrinsic kind
        if bits.take(1) or bits.take(1):
            return size, 16, 1  # a preview or an animation, whose header may be long
    depth = _depth(bits)
    bits.take(1)  # whether 16 bits suffice while decoding
    return ((size[1], size[0]) if orientation > 4 else size), depth, bits.take_by((0, 0), (1, 0), (2, 4), (1, 12))


def _size(bits: _Bits) -> tuple[int, int]:
    def side() -> int:
        return 8 * (1 + bits.take(5)) if small else 1 + bits.take_by((0, 9), (0, 13), (0, 18), (0, 30))

    small = bits.take(1)
    height = side()
    ratio = _RATIOS[bits.take(3)]
    return (height * ratio[0] // ratio[1] if ratio else side()), height


def _depth(bits: _Bits) -> int:
    if bits.take(1):  # floats, and how many bits their exponents have
        depth = max(16, bits.take_by((32, 0), (16, 0), (24, 0), (1, 6)))
        bits.take(4)
        return depth
    return bits.take_by((8, 0), (10, 0), (12, 0), (1, 6))


def _codestream(data: bytes) -> bytes:
    """Its beginning, out of the container's boxes if there are any."""
    if data.startswith(_CODESTREAM):
        return data
    place = 0
    for _ in range(PART_LIMIT):
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        start = place + 8
        if length == 1:
            length, start = int.from_bytes(data[start : start + 8]), start + 8
        if kind in (b"jxlc", b"jxlp"):
            start += 4 * (kind == b"jxlp")
            return data[start : start + 2 * _HEADER_BYTES]
        if length < 8 or place + length >= len(data):
            break
        place += length
    raise ValueError("no codestream")


def _box(boxes: Iterable[_Box], kind: str) -> bytes | None:
    return next((bytes(box.data) for box in boxes if _name(box) == kind), None)


def _name(box: object) -> str:
    kind = getattr(box, "box_type", "")
    return kind.decode("latin-1") if isinstance(kind, bytes) else str(kind)


def _record(boxes: Iterable[_Box]) -> Image.Exif | None:
    data = _box(boxes, "Exif")
    return exif.parse_exif(data[4 + int.from_bytes(data[:4]) :]) if data else None
