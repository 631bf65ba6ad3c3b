"""JPEG, by Pillow; of 12 bits and lossless ones by imagecodecs.

libjpeg fills what a file lacks with grey and tells only by a warning, which Pillow does not pass on. A file that ends
early is known by its pixels: what is added at its end changes them.
"""

import hashlib
import io
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import imagecodecs
import numpy as np
from PIL import Image, UnidentifiedImageError

from stylestudio.errors import PictureError
from stylestudio.images.limits import SCAN_LIMIT, check_memory, check_pixels
from stylestudio.images.raster import Raster, Space, rows_of_array
from stylestudio.images.readers.by_pillow import raster_of

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_END, _SCAN, _END_MARKER = 0xD9, 0xDA, b"\xff\xd9"
_BARE = {0x01, *range(0xD0, 0xD9)}
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_GREY = 128
_TAILS = bytes(range(37, 250, 3)) * 4, b"\xb6\xdb\x6d" * 80
"""Two ways in which the data might go on."""
_SPACES: dict[int, Space] = {1: "grey", 3: "rgb", 4: "cmyk"}


class _Layout:
    """Where a file's frame and scans are, by its markers."""

    def __init__(self, data: bytes) -> None:
        self.scans, self.frame, self.end = 0, 0, len(data)
        self._left: dict[tuple[int, int], int] = {}
        self.precision, self.height, self.width, self.components = 8, 0, 0, 0
        self.sampled = 0.0
        """Coefficients for each pixel, of all components; fewer than those where chroma is subsampled."""
        self._walk(data)

    def _walk(self, data: bytes) -> None:
        place = 2
        while place + 2 <= len(data):
            if data[place] != 0xFF:
                place += 1
                continue
            marker = data[place + 1]
            if marker == _END:
                self.end = place
                return
            if marker == 0xFF or marker in _BARE:
                place += 1 if marker == 0xFF else 2
                continue
            length = int.from_bytes(data[place + 2 : place + 4])
            if marker in _FRAMES and not self.frame and place + 10 <= len(data):
                self.frame = marker
                facts = struct.unpack(">BHHB", data[place + 4 : place + 10])
                self.precision, self.height, self.width, self.components = facts
                self.sampled = _sampled(data[place + 10 : place + 2 + length], self.components)
            place += 2 + length
            if marker == _SCAN:
                self._take_scan(data[place - length : place])
                following = _NEXT_MARKER.search(data, place)
                place = following.start() if following else len(data)

    def _take_scan(self, header: bytes) -> None:
        self.scans += 1
        count = header[2] if len(header) > 2 else 0
        if len(header) < 6 + 2 * count:
            return
        first, last, bits = header[-3:]
        for component in header[3 : 3 + 2 * count : 2]:
            for place in range(first, min(last, 63) + 1):
                self._left[component, place] = bits & 15

    @property
    def every_bit_named(self) -> bool:
        """Whether the scans of a progressive file go down to the last bit of all coefficients."""
        return len(self._left) == 64 * self.components and not any(self._left.values())


def _sampled(factors: bytes, components: int) -> float:
    """By the frame's list of components; its second byte has the samples across and down (ITU-T T.81, B.2.2)."""
    sides = [(byte >> 4, byte & 15) for byte in factors[1 : 3 * components : 3]]
    if len(sides) < components or any(min(side) == 0 for side in sides):
        return components
    most = max(across for across, _ in sides) * max(down for _, down in sides)
    return sum(across * down for across, down in sides) / most


def read(stream: BinaryIO, label: str, length: int) -> Raster:
    """The picture; of a file with several the first."""
    data = stream.read(length)
    layout = _Layout(data)
    size = layout.width, layout.height
    check_pixels(label, size, length)
    if layout.scans > SCAN_LIMIT:
        raise PictureError(
            f"{label} is made of {layout.scans:,} scans, far more than any program writes.",
            hint="Open it in a painting program and save it again.",
        )
    coefficients = 2 * layout.sampled if layout.frame in _PROGRESSIVE else 0
    deep = layout.precision > 8
    check_memory(label, size, 14 + 2 * layout.components if deep else max(8, 4 + coefficients), 2 * length)
    if deep or layout.frame == 0xC3:
        return _deep(data, layout)
    return raster_of(_whole(data, layout))


def _whole(data: bytes, layout: _Layout) -> Image.Image:
    if layout.frame in _PROGRESSIVE:
        return _whole_progressive(data, layout)
    try:
        image = _decoded(data)
    except UnidentifiedImageError:
        raise
    except OSError:
        if layout.end < len(data):
            raise
        data = data.removesuffix(b"\xff")
        image = _decoded(data, _END_MARKER)  # only the end marker may lack
        _check_complete(image, _longer(data, _TAILS))
        return image
    if layout.end < len(data) and _may_end_early(image):
        _check_complete(image, _longer(data[: layout.end], _TAILS[:1]))
    return image


def _whole_progressive(data: bytes, layout: _Layout) -> Image.Image:
    """Whether it is all there never shows in its pixels. It is tried first, so that one picture is held at a time."""
    ends = layout.end < len(data)
    if not ends and not layout.every_bit_named:
        raise ValueError("the data end early")
    expected = set(_longer(data[: layout.end].removesuffix(b"\xff"), _TAILS[:1] if ends else _TAILS))
    image = _decoded(data) if ends else _decoded(data.removesuffix(b"\xff"), _END_MARKER)
    _check_complete(image, expected)
    return image


def _decoded(*parts: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(b"".join(parts)), formats=("JPEG", "MPO"))
    image.load()
    return image


def _may_end_early(image: Image.Image) -> bool:
    """Whether blocks at the end are as libjpeg leaves them that it has no data for."""
    if image.mode == "CMYK":
        return True
    left, top = ((side - 1) // 16 * 16 for side in image.size)
    levels = np.asarray(image.crop((left, top, *image.size)).convert("L"), np.int16)
    flat = np.abs(levels - _GREY) <= 3  # colours leak in from the block before
    return any(flat[y : y + 8, x : x + 8].all() for y in (0, 8) for x in (0, 8) if flat[y:, x:].size)


def _longer(data: bytes, tails: Sequence[bytes]) -> Iterator[bytes]:
    """Digests of the pictures that there would be if the data went on."""
    return (_digest(_decoded(data, tail, _END_MARKER)) for tail in tails)


def _check_complete(image: Image.Image, longer: Iterable[bytes]) -> None:
    """Raise `ValueError` if more data would change the picture: then it is not all there."""
    if set(longer) != {_digest(image)}:
        raise ValueError("the data end early")


def _digest(image: Image.Image) -> bytes:
    digest = hashlib.sha256()
    for top in range(0, image.height, 512):
        digest.update(np.asarray(image.crop((0, top, image.width, min(top + 512, image.height)))).data)
    return digest.digest()


def _deep(data: bytes, layout: _Layout) -> Raster:
    samples = imagecodecs.jpeg_decode(data)
    space = _SPACES[1 if samples.ndim == 2 else samples.shape[2]]
    if samples.dtype == np.uint8:
        return Raster(rows_of_array(samples), (layout.width, layout.height), space)
    top = np.float32(2**layout.precision - 1)
    return Raster(
        lambda part: rows_of_array(samples)(part).astype(np.float32) / top,
        (layout.width, layout.height),
        space,
        deep=True,
    )
