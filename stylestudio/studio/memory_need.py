"""How much memory an overfit picture will need, said before the work begins."""

from math import sqrt

from stylestudio.errors import SettingError

Size = tuple[int, int]

BYTES_PER_CONTENT_PIXEL, BYTES_PER_STYLE_PIXEL = 1100, 550
"""What was measured beyond the networks at long sides of 1024 and 1600 pixels, coarse to fine, and a tenth more."""
STEP = 64
"""Sizes that are proposed are multiples of so many pixels."""
GIGABYTE = 1e9


def needed(content: Size, style: Size) -> int:
    """Bytes for a content and a style of these sizes (width, height) in pixels, at which features are computed."""
    return BYTES_PER_CONTENT_PIXEL * content[0] * content[1] + BYTES_PER_STYLE_PIXEL * style[0] * style[1]


def available() -> int:
    """Bytes that the system can give without putting other programs aside."""
    import psutil  # here, so that the window starts without it

    return psutil.virtual_memory().available


def check(content: Size, style: Size, smallest: int) -> None:
    """Raise `SettingError` if there is too little memory, with the largest size that there is enough for."""
    need, there = needed(content, style), available()
    if need <= there:
        return
    fitting = int(max(content) * sqrt(there / need)) // STEP * STEP
    hint = f"Choose a size of {fitting} pixels or less." if fitting >= smallest else "Close other programs first."
    raise SettingError(
        f"A size of {max(content)} pixels needs about {need / GIGABYTE:.1f} GB of memory, "
        f"and {there / GIGABYTE:.1f} GB are free.",
        hint=hint,
    )
