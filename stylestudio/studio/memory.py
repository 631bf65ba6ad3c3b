"""How much memory an overfit picture will need, said before the work begins."""

from dataclasses import replace

from stylestudio.caches import FEATURES
from stylestudio.engine.methods import METHODS
from stylestudio.errors import SettingError
from stylestudio.images.resize import size_for
from stylestudio.studio.settings import MOST_OF_STYLE, SMALLEST_SIZE, Settings
from stylestudio.system import free_address_space

Size = tuple[int, int]

MEGABYTE, GIGABYTE = 1e6, 1e9
START = 120 * MEGABYTE
"""For any picture, beyond the networks: the libraries' own buffers and those of one tile."""
LIGHT, IMAGE = 4, 12
"""For each pixel: its luminance, and its colours as floats."""
MOST_HELD = 1 << 29
"""A content's map that needs more is worked out where it is needed, and never held."""
PASSING = 20
"""For each of the content's pixels: matches, guides, and the picture that is made."""
REFINED_PIXELS, PER_REFINED_PIXEL = 768 * 576, {True: 1250, False: 2150}
"""How many pixels are refined at most; for each, where bfloat16 is fast and where it is not."""
LEFT_OVER = 200 * MEGABYTE
"""Free memory that the system has not got back, and the bands in which the picture is enlarged."""
STEP = 64
"""Sizes that are proposed are multiples of so many pixels."""


def bytes_needed(photo: Size, content: Size, style: Size, settings: Settings) -> float:
    """Bytes, beyond the networks and both pictures, to work on a photo of this size at the size `content`.

    All sizes are (width, height) in pixels; `style` is the one at which the style's features are computed.
    """
    need, pixels = METHODS[settings.method].need, content[0] * content[1]
    of_style = need.style * min(style[0] * style[1], MOST_OF_STYLE)
    scaled = 0 if content == photo else IMAGE * pixels
    held = sum(one * pixels for one in need.held if one * pixels <= MOST_HELD) + LIGHT * pixels + scaled
    painting = held + min(need.work * pixels, need.most_work) + PASSING * pixels + of_style
    enlarged = 0 if content == photo else IMAGE * photo[0] * photo[1]
    then = bytes_per_refined_pixel() * min(pixels, REFINED_PIXELS) if settings.refine else 0
    finishing = min(held + of_style, FEATURES.bytes) + 2 * IMAGE * pixels + enlarged + max(then, LEFT_OVER)
    return START + max(painting, finishing)


def bytes_per_refined_pixel() -> int:
    """Bytes on this computer's processor."""
    from stylestudio.engine.runtime.device import PROCESSOR, has_fast_bfloat16

    return PER_REFINED_PIXEL[has_fast_bfloat16(PROCESSOR)]


def working_sizes(photo: Size, style: Size, settings: Settings) -> tuple[Size, Size]:
    """The sizes at which a photo and a style of these sizes are encoded."""
    return size_for(photo, settings.content_side(photo)), size_for(style, settings.style_side(photo, style))


def fits(photo: Size, style: Size, settings: Settings, bytes_: float) -> bool:
    """Whether no more bytes are needed for pictures of these sizes."""
    return bytes_needed(photo, *working_sizes(photo, style, settings), settings) <= bytes_


def largest_fitting_size(photo: Size, style: Size, settings: Settings, bytes_: float) -> int:
    """The largest size to ask for, in steps, at which, as at all smaller ones, no more bytes are needed; 0 for none.

    Sizes at which the photo would be worked on at its own are none of these. Smaller ones may need more than larger
    ones, whose maps are not held.
    """
    found = 0
    for side in range(STEP, settings.content_side(photo) + 1, STEP):
        asked = replace(settings, size=side)
        if asked.content_side(photo) > side or not fits(photo, style, asked, bytes_):
            break
        found = side
    return found


def advice(photo: Size, style: Size, settings: Settings, bytes_: float) -> str:
    """What to do where the size asked for needs more bytes; the photo's own may need fewer: no large maps are held."""
    side = largest_fitting_size(photo, style, settings, bytes_)
    if side < SMALLEST_SIZE:
        return "Close other programs first."
    full = "full, or " if fits(photo, style, replace(settings, size=None), bytes_) else ""
    return f"Choose {full}a size of {side} pixels or less."


def available_bytes() -> float:
    """Bytes that the system can give without putting other programs aside, and that the program may ask for."""
    import psutil  # here, so that the window starts without it

    return min(psutil.virtual_memory().available, free_address_space())


def check_memory(photo: Size, style: Size, settings: Settings, others: int = 0) -> None:
    """Raise `SettingError` if there is too little memory to work on pictures of these sizes.

    `others` are overfit pictures of this photo that are still to be made, and to be held beside this one. The
    error says up to which size there is enough for all, and whether there is for the photo's own.
    """
    beside = others * IMAGE * photo[0] * photo[1]
    need, there = bytes_needed(photo, *working_sizes(photo, style, settings), settings) + beside, available_bytes()
    if need <= there:
        return
    raise SettingError(
        f"A size of {settings.content_side(photo)} pixels needs about {need / GIGABYTE:.1f} GB of memory, "
        f"and {there / GIGABYTE:.1f} GB are free.",
        hint=advice(photo, style, settings, there - beside),
    )
