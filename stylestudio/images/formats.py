"""The picture formats, one record each: which files are read and written by window, batch, dialogs and drops alike."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from stylestudio.images.openraster import save_openraster
from stylestudio.images.output import Output
from stylestudio.images.writers import save_jpeg, save_png, save_tiff, save_webp


@dataclass(frozen=True)
class Format:
    """`pillow` is what Pillow calls it, `suffixes` how names of its files end, in lower case, the usual one first.

    `save` writes a whole file of this format; None where it is only read. `knows` are the fields of `ExportOptions`
    that it heeds, `longest` the most pixels a side that it can hold, `note` what else an artist should know of it.
    """

    label: str
    pillow: str
    suffixes: tuple[str, ...]
    save: Callable[[Output, IO[bytes]], None] | None = None
    knows: frozenset[str] = frozenset()
    longest: int | None = None
    note: str = ""


COLOUR = frozenset(("profile", "metadata", "recipe"))
WHITE = "Transparent places become white."
LAYERS = "Photo and overfit picture become layers, to go on with in Krita or GIMP."

RAW_SUFFIXES = (
    *(".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".raf", ".orf", ".rw2", ".pef", ".srw"),
    *(".raw", ".rwl", ".3fr", ".fff", ".iiq", ".erf", ".kdc", ".dcr", ".mrw", ".mos", ".x3f", ".crw"),
)
FORMATS: list[Format] = [
    Format("PNG", "PNG", (".png", ".apng"), save_png, COLOUR | {"bits"}),
    Format("JPEG", "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), save_jpeg, COLOUR | {"quality"}, 65_500, WHITE),
    Format("WebP", "WEBP", (".webp",), save_webp, COLOUR | {"quality", "lossless"}, 16_383),
    Format("TIFF", "TIFF", (".tif", ".tiff"), save_tiff, COLOUR | {"bits"}),
    Format("BMP", "BMP", (".bmp", ".dib")),
    Format("GIF", "GIF", (".gif",)),
    Format("HEIC", "HEIF", (".heic", ".heif", ".hif")),
    Format("AVIF", "AVIF", (".avif", ".avifs")),
    Format("JPEG XL", "JXL", (".jxl",)),
    Format("camera raw", "RAW", RAW_SUFFIXES),
]
LAYERED = [Format("OpenRaster", "", (".ora",), save_openraster, frozenset(("bits", "metadata", "recipe")), note=LAYERS)]
"""Written only."""


def is_readable_name(path: Path) -> bool:
    """Whether a file of this name may be a picture."""
    return any(path.suffix.lower() in one.suffixes for one in FORMATS)


def patterns() -> list[str]:
    """Of the names of files that may be pictures, such as "*.png"."""
    return [f"*{suffix}" for one in FORMATS for suffix in one.suffixes]


def writable_formats() -> dict[str, Format]:
    """By the usual suffix of each, the formats that are written, the usual one first."""
    return {one.suffixes[0]: one for one in FORMATS + LAYERED if one.save}


def format_of(path: Path) -> Format | None:
    """The format that a file of this name is written in, None if there is none."""
    return next((one for one in writable_formats().values() if path.suffix.lower() in one.suffixes), None)


def join_labels(labels: list[str]) -> str:
    """Such as "PNG, JPEG or GIF"."""
    return f"{', '.join(labels[:-1])} or {labels[-1]}" if len(labels) > 1 else labels[0]
