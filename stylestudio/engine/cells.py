"""Cells of 8 x 8 pixels, above the size of most strokes: where in a picture little happens, and in what colour.

At relu4_1 every position is such a cell.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.colour import luminance_and_chroma
from stylestudio.engine.maps import FeatureMap, window
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

CELL, NOISE_CELL = 8, 2
"""Pixels a side: of a cell, and of what is averaged first, because noise is no liveliness."""
AROUND = 3
"""An area is flat where luminance varies little in a square of so many cells a side, an odd number."""
FLAT, LIVELY = 0.03, 0.12
"""The range of luminance in a flat area, and that from which on it is not flat at all."""
LIVELY_ALONE = 0.25
"""The range from which on a cell is not plain in itself, whatever lies around."""
STEADY, UNSTEADY = 0.04, 0.125
"""The range of the cells' mean luminance in an area of even texture, and that from which on it is not even at all."""


def in_cells(work: Callable[[Tensor], Tensor], luminance: Tensor) -> Steps[Tensor]:
    """What `work` makes of the cells of a luminance map (1, 1, H, W), some rows of them at a time."""
    height, width = luminance.shape[2:]
    parts = []
    for rows in row_chunks(max(height // CELL, 1), CELL * width):
        end = height if rows.stop * CELL + CELL > height else rows.stop * CELL
        parts.append(work(luminance[:, :, rows.start * CELL : end]))
        yield
    return torch.cat(parts, 2)


def extremes(luminance: Tensor) -> Steps[tuple[Tensor, Tensor]]:
    """(1, 1, h, w) the least and the greatest of each cell of a luminance map (1, 1, H, W), but for noise."""

    def both(part: Tensor) -> Tensor:
        values, within = F.avg_pool2d(part, NOISE_CELL), CELL // NOISE_CELL
        return torch.cat([-F.max_pool2d(-values, within), F.max_pool2d(values, within)], 1)

    found = yield from in_cells(both, luminance)
    return found[:, :1], found[:, 1:]


def ranges(least: Tensor, greatest: Tensor, around: int = AROUND) -> Tensor:
    """(1, 1, h, w) how far luminance goes up and down in a square of `around` cells a side, of what it does in each."""
    return F.max_pool2d(greatest, around, 1, around // 2) + F.max_pool2d(-least, around, 1, around // 2)


def flatness(luminance: Tensor, lively: float = LIVELY, around: int = AROUND) -> Steps[Tensor]:
    """(1, 1, h, w) 1 for the cells of flat areas, 0 where luminance varies, of a luminance map (1, 1, H, W).

    It varies where its range in a square of `around` cells a side, an odd number, is `lively` or more.
    """
    least, greatest = yield from extremes(luminance)
    return ((lively - ranges(least, greatest, around)) / (lively - FLAT)).clamp(0, 1)


def steadiness(luminance: Tensor) -> Steps[Tensor]:
    """(1, 1, h, w) 1 for the cells whose mean luminance is that of those around, as in a lawn, 0 where it changes, of a
    luminance map (1, 1, H, W) with sides in multiples of `CELL`."""
    light = yield from in_cells(lambda part: F.avg_pool2d(part, CELL), luminance)
    return ((UNSTEADY - ranges(light, light)) / (UNSTEADY - STEADY)).clamp(0, 1)


def one_thing(luminance: Tensor) -> Steps[Tensor]:
    """(1, 1, h, w) 0 to 1 whether the cells of a luminance map (1, 1, H, W) are part of an area that is one thing:
    little happens within them, or the texture around is even. Both sides are multiples of 8."""
    own = yield from flatness(luminance, LIVELY_ALONE, around=1)
    return torch.maximum(own, (yield from steadiness(luminance)))


def colour_cells(image: FeatureMap) -> Steps[Tensor]:
    """(1, 3, h, w) every cell's mean luminance and chroma, of an image (1, 3, H, W) with sides in multiples of
    `CELL`."""
    height, width = image.shape[2:]
    parts = []
    for rows in row_chunks(height // CELL, CELL * width * 3):
        part = yield from window(image, slice(rows.start * CELL, rows.stop * CELL), slice(0, width))
        parts.append(F.avg_pool2d(part, CELL))
        yield
    return luminance_and_chroma(torch.cat(parts, 2))
