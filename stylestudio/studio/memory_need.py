"""How much memory an overfit picture will need, said before the work begins."""

from math import sqrt

from stylestudio.errors import SettingError

Size = tuple[int, int]

BYTES_PER_CONTENT_PIXEL = {"single": 440, "coarse-to-fine": 1100}
"""What was measured beyond the networks at a long side of 1600 pixels, by method, and a tenth more."""
STYLE_SHARE = 0.5
"""A pixel of the style needs so much of what one of the content needs."""
STEP = 64
"""Sizes that are proposed are multiples of so many pixels."""
GIGABYTE = 1e9


def needed(content: Size, style: Size, method: str) -> int:
    """Bytes for a content and a style of these sizes (width, height) in pixels, at which features are computed."""
    pixels = content[0] * content[1] + STYLE_SHARE * style[0] * style[1]
    return round(BYTES_PER_CONTENT_PIXEL[method] * pixels)


def available() -> int:
    """Bytes that the system can give without putting other programs aside."""
    import psutil  # here, so that the window starts without it

    return psutil.virtual_memory().available


def check(content: Size, style: Size, method: str, smallest: int) -> None:
    """Raise `SettingError` if there is too little memory, with the largest size that there is enough for."""
    need, there = needed(content, style, method), available()
    if need <= there:
        return
    fitting = int(max(content) * sqrt(there / need)) // STEP * STEP
    hint = f"Choose a size of {fitting} pixels or less." if fitting >= smallest else "Close other programs first."
    raise SettingError(
        f"A size of {max(content)} pixels needs about {need / GIGABYTE:.1f} GB of memory, "
        f"and {there / GIGABYTE:.1f} GB are free.",
        hint=hint,
    )
