"""What Pillow decodes, 8 bits a channel: BMP and GIF here, JPEG and odd TIFFs for their own readers."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images import encodings, exif
from stylestudio.images.icc import BROKEN
from stylestudio.images.limits import check_memory, check_pixels
from stylestudio.images.raster import Raster, Samples, Space
from stylestudio.images.readers.png_chunks import iptc_of_photoshop

_SPACES: dict[str, Space] = {"L": "grey", "LA": "grey", "RGB": "rgb", "RGBA": "rgb", "CMYK": "cmyk", "LAB": "lab"}
_CONVERTED = {"1": "L", "La": "LA", "RGBa": "RGBA", "PA": "RGBA", "YCbCr": "RGB", "HSV": "RGB", "RGBX": "RGB"}
_IPTC = 0x0404


def read_bmp(stream: BinaryIO, label: str, length: int) -> Raster:
    return _read(stream, label, length, "BMP")


def read_gif(stream: BinaryIO, label: str, length: int) -> Raster:
    """The first frame."""
    return _read(stream, label, length, "GIF")


def _read(stream: BinaryIO, label: str, length: int, kind: str) -> Raster:
    image = Image.open(stream, formats=(kind,))
    check_pixels(label, image.size, length)
    check_memory(label, image.size, 8, length)
    image.load()
    return raster_of(image)


def raster_of(image: Image.Image) -> Raster:
    """A loaded picture of Pillow's, converted as its rows are asked for."""
    mode = _mode(image)
    lost = "icc_profile" in image.info and not image.info["icc_profile"]
    found = make_raster(image, lambda part: _samples(image, mode, part), channels=len(mode))
    return replace(found, space=_SPACES[mode], alpha=mode in ("LA", "RGBA"), remark=BROKEN if lost else None)


def _mode(image: Image.Image) -> str:
    if image.mode == "P" or "transparency" in image.info:
        return "RGBA" if "transparency" in image.info else "RGB"
    return _CONVERTED.get(image.mode, image.mode)


def _samples(image: Image.Image, mode: str, part: slice) -> Samples:
    rows = image.crop((0, part.start, image.width, part.stop))
    rows = rows if rows.mode == mode else rows.convert(mode)
    samples = np.asarray(rows).reshape(rows.height, rows.width, -1)
    return _lab(samples) if mode == "LAB" else samples


def _lab(samples: Samples) -> Samples:
    """L* 0..100, a*, b* of Pillow's levels, whose signs are two's complement."""
    lab = np.empty(samples.shape, np.float32)
    lab[..., 0] = samples[..., 0] * np.float32(100 / 255)
    lab[..., 1:] = samples[..., 1:].astype(np.uint8).view(np.int8)
    return lab


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    """As the file's own header has it; Pillow gives JPEGs without one 72."""
    if image.format in ("JPEG", "MPO") and image.info.get("jfif_unit", 0) == 0:
        return None
    return exif.plausible_resolution(image.info.get("dpi"))


def _iptc(image: Image.Image) -> bytes | None:
    blocks: dict[int, object] | bytes | None = image.info.get("photoshop")
    if isinstance(blocks, dict):
        found = blocks.get(_IPTC)
        return found if isinstance(found, bytes) else None
    return iptc_of_photoshop(blocks) if isinstance(blocks, bytes) else None


def open_header(data: bytes, kind: str) -> Image.Image:
    """The file's header and metadata, by Pillow; no pixels yet."""
    return Image.open(io.BytesIO(data), formats=(kind,))


def make_raster(
    image: Image.Image,
    rows: Callable[[slice], Samples],
    *,
    channels: int,
    deep: bool = False,
    room: NDArray[np.float32] | None = None,
    named: bytes | None = None,
) -> Raster:
    """Rows that another decoder read of the file that Pillow opened as `image`, which tells the rest.

    `named` is the profile of the colours where the file holds none of its own.
    """
    record = exif.parse_exif(image.info.get("exif"))
    own = image.info.get("icc_profile") or None
    return Raster(
        rows,
        image.size,
        "grey" if channels < 3 else "rgb",
        alpha=channels in (2, 4),
        deep=deep,
        profile=own or named or (encodings.adobe_rgb() if exif.is_adobe_rgb(record) else None),
        own_profile=own,
        orientation=exif.orientation(record),
        metadata=exif.metadata(record, image.info.get("xmp"), _iptc(image), _dpi(image)),
        room=room,
    )
