"""Pictures brought to another size."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def scaled(pixels: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """`pixels` (H, W, C) in 0..1 resampled by Lanczos to `size` (width, height), clipped to 0..1.

    A picture that has this size already is returned as it is.
    """
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    channels = [
        np.asarray(Image.fromarray(channel).resize(size, Image.Resampling.LANCZOS))
        for channel in np.moveaxis(pixels, 2, 0)
    ]
    return np.clip(np.stack(channels, axis=2), 0, 1)


def size_for(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """(width, height) with this long side and the shape of `size`, at least one pixel each way."""
    longest = max(size)
    width, height = (max(1, round(extent * long_side / longest)) for extent in size)
    return width, height
