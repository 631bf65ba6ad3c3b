"""Pixels as levels of 255 and as floats."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8] | NDArray[np.float32]
"""Levels 0..255 as uint8, or 0..1 as float32."""

_ROWS = 128


def floats(pixels: Pixels) -> NDArray[np.float32]:
    """`pixels` of any shape in 0..1; what is already is returned as it is."""
    if pixels.dtype == np.uint8:
        return np.divide(pixels, 255, dtype=np.float32)
    return cast("NDArray[np.float32]", pixels)


def to_8bit(pixels: Pixels) -> NDArray[np.uint8]:
    """`pixels` of any shape, floats clipped to 0..1, as the nearest of the levels 0..255, halves up."""
    if pixels.dtype == np.uint8:
        return cast("NDArray[np.uint8]", pixels)
    levels = np.empty(pixels.shape, np.uint8)
    for top in range(0, len(pixels), _ROWS):
        rows = slice(top, top + _ROWS)
        # fmax, unlike maximum, makes black of what is no number.
        block = np.minimum(np.fmax(pixels[rows], 0), 1)
        block *= 255
        block += 0.5
        levels[rows] = block.astype(np.uint8)
    return levels
