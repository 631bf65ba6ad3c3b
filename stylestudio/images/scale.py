"""Pictures brought to another size."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.progress import Steps, finish

BAND = 1 << 21
"""About how many pixels, the larger of before and after, are resampled at once."""


def scaled(pixels: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """`pixels` (H, W, C) in 0..1 resampled by Lanczos to `size` (width, height), clipped to 0..1.

    A picture that has this size already is returned as it is.
    """
    return finish(scaling(pixels, size))


def scaling(pixels: NDArray[np.float32], size: tuple[int, int]) -> Steps[NDArray[np.float32]]:
    """The same as `scaled`, yielding after every band of rows."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    found = np.empty((size[1], size[0], pixels.shape[2]), np.float32)
    bands = min(-(-max(height * width, size[0] * size[1]) // BAND), size[1])
    edges = [size[1] * band // bands for band in range(bands + 1)]
    for channel in range(pixels.shape[2]):
        image = Image.fromarray(np.ascontiguousarray(pixels[:, :, channel]))
        yield
        for top, bottom in pairwise(edges):
            box = 0, top * height / size[1], width, bottom * height / size[1]
            band = image.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box)
            np.clip(np.asarray(band), 0, 1, out=found[top:bottom, :, channel])
            yield
    return found


def size_for(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """(width, height) with this long side and the shape of `size`, at least one pixel each way."""
    longest = max(size)
    width, height = (max(1, round(extent * long_side / longest)) for extent in size)
    return width, height
