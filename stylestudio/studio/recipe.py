"""What decides a target: the style shares, and the key of the run that makes the overfit picture."""

import math
from typing import NamedTuple

from stylestudio.errors import SettingError
from stylestudio.images.blend import LEAST_SHARE, MOST_SHARE
from stylestudio.images.decode import Picture
from stylestudio.studio.settings import SETTINGS, Settings

DEFAULT_SHARE = 0.7
SIZED = ("size", "texture_scale")
"""Settings that count by the sizes that come of them."""


class Shares(NamedTuple):
    """The style share of each channel: 0 is the photo, 1 the overfit picture, and -0.25..1.5 beyond the two.

    Where the axes are lightness and colours, in this order: lightness, blue against yellow, red against green.
    """

    red: float
    green: float
    blue: float


def shares_of(values: tuple[float, ...]) -> Shares:
    """Shares from one number for all channels or from three.

    Raises `SettingError` for any other, and for what is not in `LEAST_SHARE`..`MOST_SHARE`.
    """
    if len(values) not in (1, 3) or not all(LEAST_SHARE <= value <= MOST_SHARE for value in values):
        raise SettingError(
            f"The style share must be one number or three, each from {LEAST_SHARE} to {MOST_SHARE}.",
            hint="Write for example 0.7, or 0.9,0.7,0.4 for red, green and blue; 0 is the photo, 1 the style.",
        )
    return Shares(*values) if len(values) == 3 else Shares(*values * 3)


DEFAULT_SHARES = shares_of((DEFAULT_SHARE,))


def parse_shares(text: str) -> Shares:
    """Shares as a person writes them, "0.7" or "0.9,0.7,0.4". Raises `SettingError`."""
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = (math.nan,)
    return shares_of(values)


def check_balance(balance: float) -> None:
    """Raise `SettingError` for what is no balance of two styles."""
    if not 0 <= balance <= 1:
        raise SettingError(
            "The balance of two styles must be a number from 0 to 1.",
            hint="Write for example 0.5; 0 is the first style alone, 1 the second.",
        )


def parse_balance(text: str) -> float:
    """The balance as a person writes it. Raises `SettingError`."""
    try:
        balance = float(text)
    except ValueError:
        balance = math.nan
    check_balance(balance)
    return balance


class RunKey(NamedTuple):
    """All that an overfit picture depends on: two runs with equal keys make the same one.

    Sizes are the long sides that are worked on: above two thirds of the photo's own they make no difference, see
    `Settings.content_side`, nor do those above the style's own to the style. `others` are the settings by name, but
    for those that the method does not know. `second` is that of the second style's overfit picture, if there is one.
    `look` is by which the look of a set is known that it is made with; "" for its own.
    """

    content: str
    style: str
    content_side: int
    style_side: int
    others: tuple[tuple[str, object], ...]
    second: "RunKey | None" = None
    look: str = ""


def run_key(
    content: Picture, style: Picture, settings: Settings, second: Picture | None = None, look: str = ""
) -> RunKey:
    """The key of the run that makes an overfit picture of these two, or of both styles, with this look."""
    sides = settings.content_side(content.size), settings.style_side(content.size, style.size)
    others = [(name, getattr(settings, name)) for name in SETTINGS if name not in SIZED and settings.has_effect(name)]
    other = second and run_key(content, second, settings, look=look)
    return RunKey(content.sha256, style.sha256, *sides, tuple(others), other, look)
