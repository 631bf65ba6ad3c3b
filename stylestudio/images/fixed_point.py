"""The arithmetic of the screen's mixing: planes of 16 bits, in place, with memory that is given."""

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.blend import extrapolate
from stylestudio.images.resize import to_8bit, to_floats

Plane = NDArray[np.uint16]
"""Levels, or sums modulo 65536."""
Signed = NDArray[np.int16]

RED_IN_GREEN: Final = (1, 7)
BLUE_IN_GREEN: Final = (3, 4, 7)
"""Right shifts that add up to what R - Y and B - Y take from green, 0.299 / 0.587 and 0.114 / 0.587, to 0.002."""


def split_mask(mask: Signed, more: Plane, less: Plane) -> None:
    """`more` and `less` become what a mask -256..256 draws to the overfit picture and to the content, in 256ths.

    (`np.maximum` with a number takes numpy ten times as long.)
    """
    up, down = more.view(np.int16), less.view(np.int16)
    np.absolute(mask, out=down)
    np.add(down, mask, out=up)
    np.right_shift(up, 1, out=up)
    np.subtract(up, mask, out=down)


def apply_mask_in_place(content: Plane, overfit: Plane, more: Plane, less: Plane, scratch: Plane) -> None:
    """What `blend.apply_mask` does, in place, on levels as 16 bits; `scratch` holds two planes."""
    before, step = scratch
    np.copyto(before, content)
    _step(content, overfit, more, step)
    _step(overfit, before, less, step)


def _step(start: Plane, goal: Plane, weight: Plane, step: Plane) -> None:
    """`start` becomes what lies this weight in 256ths on the way to `goal`; `step` is used."""
    np.subtract(goal, start, out=step)
    np.multiply(step, weight, out=step)
    np.left_shift(start, 8, out=start)
    np.add(start, step, out=start)
    np.add(start, 128, out=start)
    np.right_shift(start, 8, out=start)


def multiply(chroma: Signed, weight: float, out: Signed, product: Signed) -> None:
    """`out` becomes half of chroma times weight in 64ths; the weight counts to 1024ths, in two steps of 16 bits."""
    exact = round(1024 * weight)
    coarse = (exact + 16) >> 5
    np.multiply(chroma, np.int16(exact - 32 * coarse), out=product)
    np.right_shift(product, 5, out=product)
    np.multiply(chroma, np.int16(coarse), out=out)
    np.add(out, product, out=out)


def subtract_shifted(total: Signed, step: Signed, shifts: Sequence[int], product: Signed, out: Signed) -> None:
    """`out` becomes `total` less what `step` shifted right by each of these adds up to."""
    for shift in shifts:
        np.right_shift(step, shift, out=product)
        total = np.subtract(total, product, out=out)


@cache
def extrapolation_steps(share: float) -> Plane:
    """(65536,): how many levels a picture pushed by this share is from its end, modulo 65536.

    The index is 256 times the end's level plus the other's.
    """
    levels = np.arange(256, dtype=np.uint8)
    pixels = to_8bit(extrapolate(to_floats(levels)[:, None], to_floats(levels)[None, :], share))
    return np.subtract(pixels, levels[:, None], dtype=np.uint16).ravel()
