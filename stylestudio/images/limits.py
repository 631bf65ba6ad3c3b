"""How much may be read: what a file asks for is worked out from its header, and refused before any of it is decoded.

A few bytes can declare a picture of gigabytes. What reading takes must fit the memory that is free, and must not go far
beyond what the picture itself needs.
"""

from typing import Final

from stylestudio.errors import PictureError
from stylestudio.system import free_address_space

PIXEL_LIMIT: Final = 178_956_970
"""Pixels: twice Pillow's own limit against bombs; 12 bytes of each are 2 GB."""
FILE_LIMIT: Final = 1 << 32
"""Bytes of a file."""
PART_LIMIT: Final = 250_000
"""Chunks, pages or boxes of a file: with the usual 8 kB in each, a PNG of 2 GB."""
TEXT_LIMIT: Final = 16 << 20
"""Bytes of one profile, or of one record of metadata, unpacked."""
SCAN_LIMIT: Final = 100
"""Scans of a JPEG: a usual one has up to ten, and each goes over the whole picture."""

_PIXEL_BYTES, _ROOM = 12, 200_000_000
"""Of a picture kept at its full depth, and what may be needed besides."""
_ROW_BYTES = 64
_PLAUSIBLE, _EVEN = 64_000_000, 20_000
"""So many pixels, and so many for each byte of the file: no picture that shows anything is packed as tightly."""
_KEPT_FREE = 64_000_000

_SMALLER = "Make it smaller in a painting program first."


def check_pixels(label: str, size: tuple[int, int], file_bytes: int) -> None:
    """Raise `PictureError` if a picture (width, height) is too large, or larger than a file of so many bytes can be."""
    width, height = size
    if width < 1 or height < 1:
        raise ValueError(f"a picture of {width} x {height} pixels")
    if width * height > PIXEL_LIMIT:
        raise PictureError(
            f"{label} says that it has {width * height / 1e6:,.0f} million pixels ({width:,} × {height:,}), and more"
            f" than {PIXEL_LIMIT // 1_000_000} million pixels are too many.",
            hint=_SMALLER,
        )
    if width * height > max(_PLAUSIBLE, _EVEN * file_bytes):
        raise PictureError(
            f"{label} says that it has {width:,} × {height:,} pixels, far more than its {file_bytes:,} bytes can hold.",
            hint="Copy or download it again, or save it as PNG.",
        )


def check_memory(label: str, size: tuple[int, int], pixel_bytes: float, more: int = 0, *, strict: bool = True) -> None:
    """Raise `PictureError` if decoding (width, height) takes too much at `pixel_bytes` for each pixel and `more` bytes.

    Where it is not `strict` (camera raw, whose decoder is known to need more), only what is free counts.
    """
    import psutil  # here, so that the window starts without it

    width, height = size
    needed = int(width * height * pixel_bytes + height * _ROW_BYTES + more)
    free = max(0, int(min(psutil.virtual_memory().available, free_address_space())) - _KEPT_FREE)
    allowed = width * height * _PIXEL_BYTES + _ROOM
    if needed > free:
        reason, hint = f"and {format_bytes(free)} are free", "Close other programs or make it smaller."
    elif strict and needed > allowed:
        reason, hint = f"and no more than {format_bytes(allowed)} are taken for one of its size", _SMALLER
    else:
        return
    raise PictureError(
        f"{label} has {width:,} × {height:,} pixels; to read it takes {format_bytes(needed)} of memory, {reason}.",
        hint=hint,
    )


def format_bytes(count: int) -> str:
    """Such as "2.5 GB" or "340 MB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1_000_000_000 else f"{count / 1e6:,.0f} MB"
