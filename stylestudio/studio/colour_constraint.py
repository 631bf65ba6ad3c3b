"""Hold a colour: shares with which one place keeps the photo's colour as nearly as they can, at the same mean share."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.blend import TO_YCC
from stylestudio.images.resize import Pixels, to_floats
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares

RADIUS: Final = 0.01
"""Of the place that is looked at, in the picture's long side: about a fingertip on a face."""
BOUNDS: Final = (0.0, 1.0)
RIDGE: Final = 1e-4
"""What a share's distance from the one before costs beside the squared colour difference: it decides where the two
pictures have the same colour."""

Colour = NDArray[np.float64]


def mean_colour(pixels: Pixels, place: tuple[float, float]) -> Colour:
    """The mean sRGB colour 0..1 of (H, W, 3) in a square around a place (x, y), in the long side; see `RADIUS`."""
    height, width = pixels.shape[:2]
    longest = max(height, width)
    reach = max(1, round(RADIUS * longest))
    column = min(max(int(place[0] * longest), 0), width - 1)
    row = min(max(int(place[1] * longest), 0), height - 1)
    part = pixels[max(0, row - reach + 1) : row + reach, max(0, column - reach + 1) : column + reach]
    return to_floats(part).mean((0, 1), dtype=np.float64)


def solve_shares_keeping_colour(mix: Mix, content: Colour, overfit: Colour) -> Mix:
    """The mix with other shares of the same mean, where a place keeps its colour `content` best, `overfit` being what
    the overfit picture has there.

    The target there differs from the photo by share times difference, on each axis. So it is
    min sum (s d)^2 + RIDGE (s - before)^2 with sum s = sum before and 0 <= s <= 1, solved exactly. A place where all
    channels differ alike cannot be held much: then the mean share has to go down.
    """
    difference = np.subtract(overfit, content)
    if mix.axes == "ycc":
        difference = TO_YCC @ difference
    before = np.clip(mix.shares, *BOUNDS)
    shares = _nearest(difference**2, before)
    return replace(mix, shares=Shares(*shares.round(4).tolist()))


def _nearest(cost: Colour, before: Colour) -> Colour:
    """Shares that minimise cost s^2 + RIDGE (s - before)^2 within the bounds, at the sum that `before` has.

    With a Lagrange multiplier m each is (RIDGE before + m) / (cost + RIDGE), clipped; their sum rises with m, by
    straight lines that break where one of them meets a bound.
    """
    weight, total = cost + RIDGE, float(before.sum())

    def shares(multiplier: float) -> Colour:
        return np.clip((RIDGE * before + multiplier) / weight, *BOUNDS)

    breaks = np.sort(np.concatenate([bound * weight - RIDGE * before for bound in BOUNDS]))
    sums: Colour = np.array([shares(multiplier).sum() for multiplier in breaks])
    return shares(float(np.interp(total, sums, breaks)))
