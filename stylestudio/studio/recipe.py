"""All that decides a target: the settings of a run, the style shares, and which two pictures."""

import math
from dataclasses import asdict, dataclass
from typing import NamedTuple

from stylestudio.errors import SettingError

METHODS = ("coarse-to-fine", "single")
"""The matching methods' names, the default first, known without loading the engine."""
PATCH_SIZES = (1, 3, 5, 7)
FINEST_LAYERS = ("relu4_1", "relu3_1", "relu2_1")
"""From the coarsest to the finest."""
LAYER_WORDS: dict[str, str] = dict(zip(("coarse", "middle", "fine"), FINEST_LAYERS, strict=True))
REFINING = (0, 15, 30, 60)
"""Steps that the window offers: off, light, medium, strong."""
MOST_REFINING = 200
SMALLEST_SIZE = 64
OWN_SIZE_BELOW = 1.5
"""A photo less than so many times as large as the size asked for is worked on at its own: enlarged by so little, a
picture would not come out visibly finer than by Lanczos, and its own size is the honest answer."""
TEXTURE_SCALES = (0.25, 4.0)
MOST_OF_STYLE = 1 << 21
"""Pixels: of a larger style, so many are taken in excerpts from all over it, at their own scale."""
DEFAULT_SHARE = 0.7


class Shares(NamedTuple):
    """The style share of each channel: 0 is the photo, 1 the overfit picture."""

    red: float
    green: float
    blue: float


def shares_of(values: tuple[float, ...]) -> Shares:
    """Shares from one number for all channels or from three. Raises `SettingError` for any other and beyond 0..1."""
    if len(values) not in (1, 3) or not all(0 <= value <= 1 for value in values):
        raise SettingError(
            "The style share must be one number or three, each from 0 to 1.",
            hint="Write for example 0.7, or 0.9,0.7,0.4 for red, green and blue.",
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


@dataclass(frozen=True)
class Settings:
    """What a run is asked for; raises `SettingError` where a value makes no sense.

    `size` is the long side in pixels at which features are computed, None for the content's own, which a content that
    is hardly larger gets too, see `content_side`; `texture_scale` enlarges the style before its features are computed;
    `patch_size` is in positions of a feature map. Coarse to fine, `fidelity` 0..1 is how far the photo's forms
    hold, and `finest_layer` the last one where features are replaced. `refine` is how many steps of refining follow.
    """

    size: int | None = 1024
    texture_scale: float = 1.0
    patch_size: int = 3
    method: str = METHODS[0]
    fidelity: float = 0.5
    finest_layer: str = FINEST_LAYERS[-1]
    refine: int = 15

    def __post_init__(self) -> None:
        if self.size is not None and self.size < SMALLEST_SIZE:
            raise SettingError(
                f"A size of {self.size} pixels is too small.", hint=f"Give {SMALLEST_SIZE} or more, or full."
            )
        low, high = TEXTURE_SCALES
        if not low <= self.texture_scale <= high:
            raise SettingError(
                f"A texture scale of {self.texture_scale:g} is out of range.",
                hint=f"Give {low:g} to {high:g}.",
            )
        if self.patch_size not in PATCH_SIZES:
            raise SettingError(f"There is no patch size {self.patch_size}.", hint="Give 1, 3, 5 or 7.")
        if self.method not in METHODS:
            raise SettingError(f"There is no matching method {self.method}.", hint=f"Give {' or '.join(METHODS)}.")
        self._check_strength()

    def _check_strength(self) -> None:
        if not 0 <= self.fidelity <= 1:
            raise SettingError(f"A fidelity of {self.fidelity:g} is out of range.", hint="Give 0 to 1.")
        if self.finest_layer not in FINEST_LAYERS:
            name = self.finest_layer or "without a name"
            raise SettingError(f"There is no layer {name}.", hint=f"Give {', '.join(LAYER_WORDS)}.")
        if not 0 <= self.refine <= MOST_REFINING:
            raise SettingError(f"{self.refine} refining steps are out of range.", hint=f"Give 0 to {MOST_REFINING}.")

    def content_side(self, content_size: tuple[int, int]) -> int:
        """The long side at which this content (width, height) is worked on.

        Its own, unless that is `OWN_SIZE_BELOW` times the size asked for or more.
        """
        longest = max(content_size)
        return longest if self.size is None or longest < OWN_SIZE_BELOW * self.size else self.size

    def style_side(self, content_size: tuple[int, int], style_size: tuple[int, int]) -> int:
        """The long side that the style (width, height) is brought to for this content."""
        side = min(self.content_side(content_size), max(style_size))
        return max(1, round(side * self.texture_scale))


def has_strength(settings: Settings) -> bool:
    """Whether fidelity and finest layer mean anything: they belong to coarse to fine."""
    return settings.method == METHODS[0]


@dataclass(frozen=True)
class Recipe:
    """All that decides a target; `content` and `style` are the pictures' hashes."""

    content: str
    style: str
    settings: Settings = Settings()
    shares: Shares = DEFAULT_SHARES

    def facts(self) -> dict[str, object]:
        """The recipe as plain values, to be written down."""
        return {**asdict(self), "shares": list(self.shares)}
