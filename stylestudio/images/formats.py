"""The picture formats, one record each: which files are read and written by window, batch, dialogs and drops alike."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, PngImagePlugin

_RELATIVE_COLORIMETRIC = b"\x01"
_COMPRESSION = 4  # of 0..9; from here on files of pictures hardly shrink, but the time doubles


@dataclass(frozen=True)
class Format:
    """`pillow` is what Pillow calls it, `suffixes` how names of its files end, in lower case, the usual one first.

    `save` writes an RGB or RGBA image as a whole file of this format; None where it is only read.
    """

    label: str
    pillow: str
    suffixes: tuple[str, ...]
    save: Callable[[Image.Image, BinaryIO], None] | None = None


def save_png(image: Image.Image, stream: BinaryIO) -> None:
    facts = PngImagePlugin.PngInfo()
    facts.add(b"sRGB", _RELATIVE_COLORIMETRIC)
    image.save(stream, "PNG", pnginfo=facts, compress_level=_COMPRESSION)


RAW_SUFFIXES = (
    *(".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".raf", ".orf", ".rw2", ".pef", ".srw"),
    *(".raw", ".rwl", ".3fr", ".fff", ".iiq", ".erf", ".kdc", ".dcr", ".mrw", ".mos", ".x3f", ".crw"),
)
FORMATS: list[Format] = [
    Format("PNG", "PNG", (".png", ".apng"), save_png),
    Format("JPEG", "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif")),
    Format("WebP", "WEBP", (".webp",)),
    Format("TIFF", "TIFF", (".tif", ".tiff")),
    Format("BMP", "BMP", (".bmp", ".dib")),
    Format("GIF", "GIF", (".gif",)),
    Format("HEIC", "HEIF", (".heic", ".heif", ".hif")),
    Format("AVIF", "AVIF", (".avif", ".avifs")),
    Format("JPEG XL", "JXL", (".jxl",)),
    Format("camera raw", "RAW", RAW_SUFFIXES),
]


def readable(path: Path) -> bool:
    """Whether a file of this name may be a picture."""
    return any(path.suffix.lower() in one.suffixes for one in FORMATS)


def patterns() -> list[str]:
    """Of the names of files that may be pictures, such as "*.png"."""
    return [f"*{suffix}" for one in FORMATS for suffix in one.suffixes]


def writable() -> dict[str, Format]:
    """By the usual suffix of each, the formats that are written, the usual one first."""
    return {one.suffixes[0]: one for one in FORMATS if one.save}


def in_words(labels: list[str]) -> str:
    """Such as "PNG, JPEG or GIF"."""
    return f"{', '.join(labels[:-1])} or {labels[-1]}" if len(labels) > 1 else labels[0]
