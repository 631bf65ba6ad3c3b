"""Pixels as levels of 255 and as floats, brought to another size, and a very large picture by some of its places."""

from itertools import pairwise
from math import sqrt
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.progress import checkpoint

Pixels = NDArray[np.uint8] | NDArray[np.float32]
"""Levels 0..255 as uint8, or 0..1 as float32."""

_ROWS = 128


def to_floats(pixels: Pixels) -> NDArray[np.float32]:
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


BAND = 1 << 21
"""About how many pixels, the larger of before and after, are resampled at once."""
BLOCKS_BAND = 1 << 18
"""The same for means of blocks, which are quickest where they fit the processor's cache."""
MOST_LEVELS = 257
"""So many bytes can be summed in 16 bits."""
GAP = 3
"""How many times too large a picture may be left by means of blocks: Lanczos then makes nearly what it always does."""


def resample(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.float32]:
    """`pixels` (H, W, C) resampled by Lanczos to `size` (width, height): floats, clipped to 0..1.

    Floats that have this size already are returned as they are. A picture that is many times as large is first
    reduced by means of blocks, which hardly shows: of a photo, less than half a level of 255 on average.
    """
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return to_floats(pixels)
    across, down = max(1, width // (GAP * size[0])), max(1, height // (GAP * size[1]))
    if across > 1 or down > 1:
        pixels = _block_means(pixels, across, down)
    # In blocks from here on; a last one that the picture fills in part counts in part.
    return _resampled(pixels, (width / across, height / down), size)


def _resampled(pixels: Pixels, extent: tuple[float, float], size: tuple[int, int]) -> NDArray[np.float32]:
    """The upper left part `extent` (width, height) of `pixels` at `size`, by Lanczos."""
    width, height = extent
    found = np.empty((size[1], size[0], pixels.shape[2]), np.float32)
    bands = min(-(-max(pixels.shape[0] * pixels.shape[1], size[0] * size[1]) // BAND), size[1])
    edges = [size[1] * band // bands for band in range(bands + 1)]
    for channel in range(pixels.shape[2]):
        image = Image.fromarray(np.ascontiguousarray(to_floats(pixels[:, :, channel])))
        for top, bottom in pairwise(edges):
            checkpoint()
            box = 0, top * height / size[1], width, bottom * height / size[1]
            band = image.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box)
            np.clip(np.asarray(band), 0, 1, out=found[top:bottom, :, channel])
    return found


def _block_means(pixels: Pixels, across: int, down: int) -> NDArray[np.float32]:
    """(h, w, C): the mean of every `down` rows and `across` columns, of the last ones what there is."""
    height, width, channels = pixels.shape
    found = np.empty((-(-height // down), -(-width // across), channels), np.float32)
    rows = max(1, BLOCKS_BAND // (width * down))
    for top in range(0, len(found), rows):
        checkpoint()
        band = _means(pixels[top * down : (top + rows) * down], down)
        found[top : top + rows] = _means(band.swapaxes(0, 1), across).swapaxes(0, 1)
    return found


def _means(rows: Pixels, count: int) -> NDArray[np.float32]:
    """The mean of every `count` rows; the last of fewer, where some are left over."""
    wide = np.uint16 if count <= MOST_LEVELS else np.uint32  # levels are summed as they are, which is quicker
    sums = rows[::count].astype(wide if rows.dtype == np.uint8 else np.float32, order="K")
    for first in range(1, count):
        part = rows[first::count]
        sums[: len(part)] += part
    found = np.divide(sums, 255 if rows.dtype == np.uint8 else 1, dtype=np.float32)
    whole, left = divmod(len(rows), count)
    found[:whole] /= count
    if left:
        found[whole] /= left
    return found


def size_for(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """(width, height) with this long side and the shape of `size`, at least one pixel each way."""
    longest = max(size)
    width, height = (max(1, round(extent * long_side / longest)) for extent in size)
    return width, height


SIDE = 512
"""Pixels a side: large enough that whole strokes and their surroundings are in it."""

Place = tuple[slice, slice]


def excerpts(size: tuple[int, int], most: int) -> list[Place]:
    """Rows and columns of equally large places of a picture of `size` (width, height), about `most` pixels in all.

    The picture is cut into as many equal fields; of each comes one place, chosen at random, but always the same. A
    picture that has no more pixels is one place.
    """
    width, height = size
    if width * height <= most:
        return [(slice(0, height), slice(0, width))]
    high, wide = min(SIDE, height), min(SIDE, width)
    count = max(1, most // (high * wide))
    rows = min(max(1, round(sqrt(count * height / width))), count)
    columns = count // rows
    random = np.random.default_rng(0)
    found: list[tuple[slice, slice]] = []
    for row in range(rows):
        for column in range(columns):
            top = excerpt_start(height / rows, row, high, height, random.random())
            left = excerpt_start(width / columns, column, wide, width, random.random())
            found.append((slice(top, top + high), slice(left, left + wide)))
    return found


def excerpt_start(field: float, number: int, side: int, length: int, chance: float) -> int:
    """Where in 0..`length` an excerpt of this side begins, in the field of this number; `chance` 0..1 says where."""
    start = number * field + chance * max(field - side, 0)
    return min(int(start), length - side)
