"""How much memory an overfit picture will need, said before the work begins."""

from math import ceil

from stylestudio.errors import SettingError
from stylestudio.studio.recipe import MOST_OF_STYLE, SMALLEST_SIZE, Settings

Size = tuple[int, int]

BYTES_PER_CONTENT_PIXEL = {"single": 300, "coarse-to-fine": 1100}
"""What was measured beyond the networks and both pictures at a long side of 1024 and 1600 pixels, and a tenth more."""
MOST_HELD = 1_500_000_000
"""More bytes than this the maps never need: those of larger pictures are worked out part by part."""
BYTES_IN_ANY_CASE = 20
"""For each of the content's pixels: matches, guides, and the picture that is made."""
BYTES_PER_STYLE_PIXEL = {"single": 150, "coarse-to-fine": 330}
STEP = 64
"""Sizes that are proposed are multiples of so many pixels."""
GIGABYTE = 1e9


def needed(content: Size, style: Size, method: str) -> int:
    """Bytes for a content and a style of these sizes (width, height) in pixels, at which features are computed."""
    pixels, of_style = content[0] * content[1], min(style[0] * style[1], MOST_OF_STYLE)
    maps = min(BYTES_PER_CONTENT_PIXEL[method] * pixels, MOST_HELD)
    return maps + BYTES_IN_ANY_CASE * pixels + BYTES_PER_STYLE_PIXEL[method] * of_style


def fitting(photo: Size, content: Size, style: Size, method: str, bytes_: int) -> int:
    """The largest size to ask for, in steps, at which a photo of this size needs no more bytes; 0 for none.

    Below the sizes that are left out the photo would be worked on at its own.
    """
    for side in range(max(content) // STEP * STEP, 0, -STEP):
        if Settings(size=side).content_side(photo) > side:
            continue
        share = side / max(content)
        smaller = [(ceil(width * share), ceil(height * share)) for width, height in (content, style)]
        if needed(smaller[0], smaller[1], method) <= bytes_:
            return side
    return 0


def available() -> int:
    """Bytes that the system can give without putting other programs aside."""
    import psutil  # here, so that the window starts without it

    return psutil.virtual_memory().available


def check(photo: Size, content: Size, style: Size, method: str) -> None:
    """Raise `SettingError` if there is too little memory to work on a photo at the size `content`, and on the style.

    It says the largest size that there is enough for.
    """
    need, there = needed(content, style, method), available()
    if need <= there:
        return
    side = fitting(photo, content, style, method, there)
    hint = f"Choose a size of {side} pixels or less." if side >= SMALLEST_SIZE else "Close other programs first."
    raise SettingError(
        f"A size of {max(content)} pixels needs about {need / GIGABYTE:.1f} GB of memory, "
        f"and {there / GIGABYTE:.1f} GB are free.",
        hint=hint,
    )
