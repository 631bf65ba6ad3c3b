"""Metadata as it goes out: what the photo's file said, made true of the target."""

import math
import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import TypeGuard

from PIL import ExifTags, Image

from stylestudio.images.exif import Latin1Text
from stylestudio.images.output import Output
from stylestudio.images.recipe_chunk import with_recipe, without_recipe

Tags = dict[int, object]
"""An IFD's values by their number; one that is an IFD itself is such a dict."""

SOFTWARE, ORIGIN = "Style Studio", "Style Studio origin"
"""What files say under "Software", and under which name what they were made of, where there is no EXIF for it."""
SRGB, OTHER_COLOURS = 1, 0xFFFF
_UPRIGHT, _INCHES = 1, 2
_SRGB_INTEROP = "R98"
_LONGEST_EXIF = 65_500
"""Bytes that fit one JPEG segment."""
_DPI = 1, 65_535
_IPTC_RIGHTS = {80: ExifTags.Base.Artist, 116: ExifTags.Base.Copyright}
"""Data sets of IPTC's record 2, and where EXIF says the same."""

_RANGES = (
    *((254, 259), (262, 266), (273, 273), (277, 281), (284, 284), (292, 293), (301, 301), (317, 349), (512, 521)),
    *((529, 532), (700, 700), (33723, 33723), (34377, 34377), (34675, 34675), (37724, 37724), (50706, 51199)),
)
_LAYOUT = frozenset(tag for first, last in _RANGES for tag in range(first, last + 1))
"""Tags of TIFF that say how that file's own pixels lie in it, or hold what is written apart."""


def resolution(output: Output) -> tuple[float, float] | None:
    """Pixels per inch across and down, None where the photo says none that makes sense."""
    dpi = output.metadata.dpi
    return dpi if dpi and all(math.isfinite(one) and _DPI[0] <= one <= _DPI[1] for one in dpi) else None


def exif_tags(output: Output) -> Tags:
    """What wrote the file and the photo's EXIF: upright, without a thumbnail, with the target's size and colours."""
    marks: Tags = {ExifTags.Base.Software: SOFTWARE}
    if output.origin:
        marks[ExifTags.Base.DocumentName] = output.origin
    tags = _read(output.metadata.exif) if output.metadata.exif else {}
    if not tags:
        return marks
    tags[ExifTags.Base.Orientation] = _UPRIGHT
    tags |= marks
    tags |= _resolution_tags(output)
    if _is_directory(inner := tags.get(ExifTags.IFD.Exif)):
        _make_true(inner, output)
    return _sound(_with_all_letters(tags))


def _read(data: bytes) -> Tags:
    """All that can be read, directories within as dicts; nothing of how that file's own pixels lie."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exif = Image.Exif()
        with suppress(Exception):  # Pillow fails in many ways at what is no EXIF, and that must not cost a picture
            exif.load(data)
        inner = _directory(exif, ExifTags.IFD.Exif)
        inner.pop(ExifTags.IFD.Interop, None)
        within = {
            ExifTags.IFD.Exif: inner | _unless_empty(ExifTags.IFD.Interop, _directory(exif, ExifTags.IFD.Interop)),
            ExifTags.IFD.GPSInfo: _directory(exif, ExifTags.IFD.GPSInfo),
        }
        tags: Tags = {tag: value for tag, value in exif.items() if tag not in _LAYOUT and tag not in within}
    for pointer, found in within.items():
        tags |= _unless_empty(pointer, found)
    return tags


def _directory(exif: Image.Exif, pointer: int) -> Tags:
    with suppress(Exception):
        return dict(exif.get_ifd(pointer))
    return {}


def _is_directory(value: object) -> TypeGuard[Tags]:
    return isinstance(value, dict)


def _unless_empty(pointer: int, found: Tags) -> Tags:
    return {pointer: found} if found else {}


def _make_true(inner: Tags, output: Output) -> None:
    """Modify the directory of what the camera says in place: the target's size and colours."""
    sizes = dict(zip((ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight), output.size, strict=True))
    inner |= {tag: side for tag, side in sizes.items() if tag in inner}
    inner[ExifTags.Base.ColorSpace] = OTHER_COLOURS if output.profile else SRGB
    interop = inner.get(ExifTags.IFD.Interop)
    if _is_directory(interop) and not output.profile:
        interop[ExifTags.Interop.InteropIndex] = _SRGB_INTEROP  # R03 would mean Adobe RGB


def _with_all_letters(tags: Tags) -> Tags:
    """Text so that it is written as the bytes that it was."""
    return {tag: _lettered(value) for tag, value in tags.items()}


def _lettered(value: object) -> object:
    if _is_directory(value):
        return _with_all_letters(value)
    return Latin1Text(value) if isinstance(value, str) else value


def _resolution_tags(output: Output) -> Tags:
    if (dpi := resolution(output)) is None:
        return {}
    names = (ExifTags.Base.XResolution, ExifTags.Base.YResolution)
    return {**dict(zip(names, dpi, strict=True)), ExifTags.Base.ResolutionUnit: _INCHES}


def _sound(tags: Tags, inside: Callable[[Tags], Tags] = lambda tags: tags) -> Tags:
    """Those that can be written: values that stand against their kind are left out alone."""
    found: Tags = {}
    for tag, value in tags.items():
        sound = _sound(value, lambda part, tag=tag: inside({tag: part})) if _is_directory(value) else value
        with suppress(Exception):
            _packed(inside({tag: sound}))
            found[tag] = sound
    return found


def exif_bytes(output: Output, only_place: bool = False) -> bytes:
    """EXIF with its "Exif" header, no more than a JPEG segment holds.

    In a format that has no other place for them, resolution and what IPTC says of author and copyright go in too.
    """
    tags = exif_tags(output)
    if only_place:
        tags = _resolution_tags(output) | _rights(output) | tags
    data = _packed(tags)
    inner = tags.get(ExifTags.IFD.Exif)
    if len(data) > _LONGEST_EXIF and _is_directory(inner):
        inner.pop(ExifTags.Base.MakerNote, None)  # the maker's own notes, by far the largest
        data = _packed(tags)
    return data if len(data) <= _LONGEST_EXIF else b""


def _rights(output: Output) -> Tags:
    found: Tags = {}
    for number, tag in _IPTC_RIGHTS.items():
        record = re.search(rb"\x1c\x02%c([\0-\x7f].)" % number, output.metadata.iptc or b"", re.DOTALL)
        if record:
            found[tag] = record.string[record.end() :][: int.from_bytes(record[1])]
    return found


def _packed(tags: Tags) -> bytes:
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    return exif.tobytes()


def xmp_packet(output: Output, with_own: bool = True) -> bytes:
    """The photo's XMP in UTF-8, made true of the target, and `with_own` recipe; no bytes if there is none of both."""
    packet = _true_xmp(output) if output.metadata.xmp else ""
    if with_own and output.recipe:
        packet = with_recipe(packet, output.recipe)
    return packet.encode()


def _true_xmp(output: Output) -> str:
    """Upright, with the target's size, without a thumbnail and the recipe of another picture."""
    assert output.metadata.xmp is not None
    packet = output.metadata.xmp.rstrip(b"\0").decode("utf-8", "replace")
    width, height = output.size
    packet = re.sub(r"<xmp:Thumbnails>.*?</xmp:Thumbnails>", "", packet, flags=re.DOTALL)
    truths = {"tiff:Orientation": _UPRIGHT, "exif:ColorSpace": OTHER_COLOURS if output.profile else SRGB}
    truths |= {f"tiff:Image{name}": side for name, side in (("Width", width), ("Length", height))}
    truths |= {f"exif:Pixel{axis}Dimension": side for axis, side in (("X", width), ("Y", height))}
    for name, value in truths.items():
        packet = re.sub(rf"""({name}\s*=\s*["']|<{name}>)\s*\d+""", rf"\g<1>{value}", packet)
    return without_recipe(packet)
