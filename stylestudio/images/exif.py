"""EXIF records as files hold them: what they say about the picture, and what of them is kept."""

import re
from collections.abc import Mapping
from typing import Any, Final

from PIL import ExifTags, Image

from stylestudio.images.limits import TEXT_LIMIT
from stylestudio.images.metadata import Metadata

_PREFIX: Final = b"Exif\0\0"
_ORIENTATION, _X_RESOLUTION, _Y_RESOLUTION, _UNIT = 0x0112, 0x011A, 0x011B, 0x0128
_CENTIMETRE = 3
_ADOBE_RGB = "R03"
_XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:\s*=\s*[\"']|\s*>\s*))[2-8](?=\s*[\"'<])")
MOST_DPI = 100_000


class Latin1Text(str):
    """Text as Pillow reads it, which is as Latin-1 whatever it is: written as those bytes again, not as ASCII."""

    def encode(self, encoding: str = "", errors: str = "") -> bytes:
        return super().encode("latin-1", "replace")


def parse_exif(data: bytes | None) -> Image.Exif | None:
    """The record in `data`, with or without "Exif" before its TIFF header; None where none can be read."""
    if not data or len(data) > TEXT_LIMIT:
        return None
    exif = Image.Exif()
    try:
        exif.load(data.removeprefix(_PREFIX))
        exif.get(_ORIENTATION)
    except MemoryError:
        raise
    except Exception:  # broken metadata is no reason to refuse a whole picture
        return None
    return exif if len(exif) else None


def orientation(exif: Image.Exif | None) -> int:
    """1 to 8; 1 where nothing, or nonsense, is said."""
    value = exif.get(_ORIENTATION) if exif else None
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def is_adobe_rgb(exif: Image.Exif | None) -> bool:
    """Whether the record of interoperability says that colours are Adobe RGB, as cameras write it (DCF 2.0)."""
    return str(_part(exif, ExifTags.IFD.Interop).get(1, "")).startswith(_ADOBE_RGB)


def resolution(exif: Image.Exif | None) -> tuple[float, float] | None:
    """In pixels per inch, where the record has it."""
    if exif is None or _X_RESOLUTION not in exif:
        return None
    per_inch = 2.54 if exif.get(_UNIT) == _CENTIMETRE else 1.0
    across = exif.get(_X_RESOLUTION)
    return plausible_resolution((across, exif.get(_Y_RESOLUTION, across)), per_inch)


def plausible_resolution(found: object, factor: float = 1.0) -> tuple[float, float] | None:
    """A pair of numbers times `factor`, None where they make no resolution."""
    try:
        across, down = (float(value) * factor for value in found)  # type: ignore[union-attr]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 1 < across < MOST_DPI and 1 < down < MOST_DPI else None


def clean_exif(exif: Image.Exif | None) -> bytes | None:
    """The record from its TIFF header on, without orientation and thumbnail; None where nothing is left."""
    if exif is None:
        return None
    try:
        copy = Image.Exif()
        copy.load(to_bytes(exif))
        copy.pop(_ORIENTATION, None)
        load_parts(copy)
        return to_bytes(copy) if len(copy) else None
    except MemoryError:
        raise
    except Exception:
        return None


def to_bytes(exif: Image.Exif) -> bytes:
    """The record from its TIFF header on, with every letter in it."""
    parts = (exif.get_ifd(part) for part in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo) if part in exif)
    for part in (exif, *parts):
        part.update({tag: Latin1Text(value) for tag, value in part.items() if isinstance(value, str)})
    return exif.tobytes().removeprefix(_PREFIX)


def load_parts(exif: Image.Exif) -> None:
    """Read the records inside the record: Pillow writes out again only those that were looked at."""
    for part in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        if part in exif and ExifTags.IFD.Interop in exif.get_ifd(part):
            exif.get_ifd(ExifTags.IFD.Interop)


def exif_of_texts(texts: Mapping[int, str]) -> Image.Exif:
    """A record of these texts, by tag, in UTF-8."""
    exif = Image.Exif()
    for tag, text in texts.items():
        exif[tag] = Latin1Text(text.encode().decode("latin-1"))
    return exif


def upright_xmp(xmp: object) -> bytes | None:
    """The packet without the orientation that was applied; None for what is too large or no packet."""
    data = xmp.encode() if isinstance(xmp, str) else xmp
    if not isinstance(data, bytes) or not data.strip(b"\0 ") or len(data) > TEXT_LIMIT:
        return None
    return _XMP_ORIENTATION.sub(rb"\g<1>1", data)


def metadata(
    exif: Image.Exif | None,
    xmp: object = None,
    iptc: bytes | None = None,
    dpi: tuple[float, float] | None = None,
) -> Metadata:
    """What is kept of all that a file says."""
    iptc = iptc if iptc and len(iptc) <= TEXT_LIMIT else None
    return Metadata(clean_exif(exif), upright_xmp(xmp), iptc, dpi or resolution(exif))


def _part(exif: Image.Exif | None, record: int) -> Mapping[int, Any]:
    if exif is None:
        return {}
    try:
        return exif.get_ifd(record)
    except MemoryError:
        raise
    except Exception:
        return {}
