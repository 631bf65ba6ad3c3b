"""How content and overfit picture are mixed into the target, as one value: shares, their axes, and a mask."""

from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from stylestudio.images.blend import Axes
from stylestudio.images.decode import Picture
from stylestudio.images.mask import NO_MASK, Mask
from stylestudio.studio.recipe import DEFAULT_SHARES, Shares, shares_of


@dataclass(frozen=True)
class Mix:
    """`shares` are those of red, green and blue, or of lightness and the two colour directions, by the `axes`.

    `balance` is how far the overfit picture is that of the second style, see `two_styles`: 0 where there is none. What
    mixes is given the overfit picture that it makes of both.
    """

    shares: Shares = DEFAULT_SHARES
    axes: Axes = "rgb"
    mask: Mask = NO_MASK
    balance: Annotated[float, Meta(ge=0, le=1)] = 0.0

    def mix(self, content: Picture, overfit: NDArray[np.float32]) -> "Mix":
        """Itself, whatever the pictures."""
        return self


class MixMaker(Protocol):
    """A mix, or what makes one for two pictures, as a season does."""

    def mix(self, content: Picture, overfit: NDArray[np.float32]) -> Mix:
        """The mix of this content and its overfit picture (H, W, 3), sRGB 0..1."""
        ...


UNMIXED = Mix(shares_of((1.0,)))
"""The overfit picture itself."""
KEEP_COLOURS = Mix(shares_of((1.0, 0.0, 0.0)), "ycc")
"""Lightness from the overfit picture, colours from the photo."""
ONLY_COLOURS = Mix(shares_of((0.0, 1.0, 1.0)), "ycc")
