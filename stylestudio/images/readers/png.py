"""PNG: decoded by libpng through imagecodecs, which keeps 16 bits and says where data end early."""

from dataclasses import dataclass
from typing import BinaryIO

import imagecodecs
from PIL import Image

from stylestudio.images import encodings, exif
from stylestudio.images.icc import BROKEN, UNFIT
from stylestudio.images.limits import check_memory, check_pixels
from stylestudio.images.metadata import Metadata
from stylestudio.images.raster import Raster, deep_room, rows_of_array
from stylestudio.images.readers import png_chunks
from stylestudio.images.readers.png_chunks import Chunks

_SAMPLES = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
_PALETTE = 3
_MOST_PACKED = 1040
"""No byte of deflate makes more bytes than that."""
_ARTIST, _COPYRIGHT = 315, 33432


@dataclass(frozen=True)
class _Colours:
    profile: bytes | None
    own: bytes | None
    remark: str | None


def read(stream: BinaryIO, label: str, length: int) -> Raster:
    """The picture in a file of `length` bytes; of an animation the picture that stands for it."""
    width, height, depth, colour = png_chunks.header(stream)
    check_pixels(label, (width, height), length)
    check_memory(label, (width, height), *_bytes_needed(depth, colour, length, width * height))
    found = png_chunks.read(stream)
    if width * height * _SAMPLES.get(colour, 1) * depth // 8 > _MOST_PACKED * (found.packed + 100):
        raise ValueError("less data than the picture has")
    record = exif.parse_exif(png_chunks.exif_bytes(found))
    colours = _colours(found, record)
    room, end = None, None
    channels = _SAMPLES.get(colour, 1) + found.keyed
    if depth == 16:
        room, end = deep_room((width, height), channels)
    samples = imagecodecs.png_decode(found.pixels, out=None if end is None else (end if channels > 1 else end[..., 0]))
    count = samples.shape[2] if samples.ndim == 3 else 1
    return Raster(
        rows_of_array(samples),
        (width, height),
        "grey" if count < 3 else "rgb",
        alpha=count in (2, 4),
        deep=depth == 16,
        profile=colours.profile,
        own_profile=colours.own,
        orientation=exif.orientation(record),
        metadata=_metadata(found, record),
        remark=colours.remark,
        room=room,
    )


def _bytes_needed(depth: int, colour: int, length: int, pixels: int) -> tuple[float, int]:
    """For each pixel, and besides.

    The file goes when its samples are there, before the picture is made of them; so only what of it is more counts.
    """
    alpha = colour in (4, 6) or colour == _PALETTE
    stored = (_SAMPLES.get(colour, 1) + (colour == _PALETTE)) * (2 if depth == 16 else 1)
    made = 12 + 4 * alpha if depth == 16 else stored + 3 + alpha
    return made, max(0, length - (made - stored) * pixels)


def _colours(found: Chunks, record: Image.Exif | None) -> _Colours:
    """What the colours mean, in the order of the specification: cICP, iCCP, sRGB, gAMA with cHRM; then EXIF."""
    code = found.facts.get(b"cICP", b"")
    own = png_chunks.profile(found)
    fits = own is None or (own[16:20] in (b"RGB ", b"GRAY") and (own[16:20] == b"RGB " or found.grey))
    remark = None if fits else (UNFIT if own and own[36:40] == b"acsp" else BROKEN)
    usable = own if own and fits else None
    if len(code) == 4 and code[2] == 0 and encodings.is_supported(code[0], code[1]):
        return _Colours(encodings.profile_of_code_points(code[0], code[1], code[3] != 0), usable, None)
    if usable:
        return _Colours(usable, usable, None)
    if b"sRGB" in found.facts:
        return _Colours(None, None, remark)
    gamma, chroma = png_chunks.chunk_numbers(found, b"gAMA", 1), png_chunks.chunk_numbers(found, b"cHRM", 8)
    if (gamma and gamma[0]) or chroma:
        return _Colours(_by_gamma(gamma, chroma), None, remark)
    return _Colours(encodings.adobe_rgb() if exif.is_adobe_rgb(record) else None, None, remark)


def _by_gamma(gamma: tuple[int, ...] | None, chroma: tuple[int, ...] | None) -> bytes | None:
    try:
        return encodings.profile_of_gamma(gamma[0] if gamma and gamma[0] else None, chroma)
    except (imagecodecs.CmsError, ValueError):  # corners that span no colours
        return None


def _metadata(found: Chunks, record: Image.Exif | None) -> Metadata:
    texts = {"Author": _ARTIST, "Copyright": _COPYRIGHT}
    if record is None and found.texts.keys() & texts.keys():
        said = {tag: found.texts[name].decode(errors="replace") for name, tag in texts.items() if name in found.texts}
        record = exif.exif_of_texts(said)
    dpi = exif.plausible_resolution(png_chunks.dpi(found))
    return exif.metadata(record, png_chunks.xmp(found), png_chunks.iptc(found), dpi)
