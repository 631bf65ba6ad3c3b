"""What a file is, by its first bytes; and who reads it, loaded when the first such file is met."""

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath
from typing import BinaryIO, Final

from stylestudio.images.formats import RAW_SUFFIXES
from stylestudio.images.raster import Raster

SNIFFED: Final = 64
"""Bytes that tell."""

Reader = Callable[[BinaryIO, str, int], Raster]
"""Reads a stream; given too what messages call it, and its length in bytes."""

_READERS = {
    "PNG": ("png", "read"),
    "JPEG": ("jpeg", "read"),
    "WebP": ("webp", "read"),
    "TIFF": ("tiff", "read"),
    "BMP": ("by_pillow", "read_bmp"),
    "GIF": ("by_pillow", "read_gif"),
    "HEIF": ("heif", "read_heif"),
    "AVIF": ("heif", "read_avif"),
    "JPEG XL": ("jxl", "read"),
    "raw": ("raw", "read"),
}
_BEGINNINGS = {
    b"\xff\xd8\xff": "JPEG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"GIF8": "GIF",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"FUJIFILMCCD-RAW": "raw",
    b"IIRO": "raw",
    b"IIRS": "raw",
    b"MMOR": "raw",
    b"IIU\0": "raw",
    b"\0MRM": "raw",
    b"FOVb": "raw",
}
_AVIF, _CANON = {b"avif", b"avis"}, b"crx "
_HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1"}
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}


def kind_of(start: bytes, label: str) -> str | None:
    """The kind of a file that begins with `start`, a key of `reader`; its name only tells raw from other TIFFs."""
    kind = next((kind for beginning, kind in _BEGINNINGS.items() if start.startswith(beginning)), None)
    if kind == "TIFF":
        camera = start[8:10] == b"CR" or PurePath(label).suffix.lower() in RAW_SUFFIXES
        return "raw" if camera else "TIFF"
    if kind is None and (start[:4] == b"\x89PNG" or start[12:16] == b"IHDR"):
        return "PNG"  # with its first bytes altered too: then it is damaged, and not another thing
    if kind is None and start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WebP"
    if kind is None and start[:2] == b"BM" and int.from_bytes(start[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    return kind or (_of_boxes(start) if start[4:8] == b"ftyp" else None)


def _of_boxes(start: bytes) -> str | None:
    length = min(int.from_bytes(start[:4]), len(start))
    brands = [start[8:12], *(start[place : place + 4] for place in range(16, length, 4))]
    if brands[0] == _CANON:
        return "raw"
    if brands[0] in _AVIF or (brands[0] in (b"mif1", b"msf1") and _AVIF.intersection(brands)):
        return "AVIF"
    return "HEIF" if _HEIF.intersection(brands) else None


def reader(kind: str) -> Reader:
    """The function that reads files of this kind."""
    module, name = _READERS[kind]
    return getattr(import_module(f"stylestudio.images.readers.{module}"), name)
