"""Transparent places filled with the colours of their rim: what lies hidden under alpha 0 is no part of a picture.

Push and pull (Gortler et al., "The Lumigraph", 1996, section 3.4): means of what is visible, in ever larger blocks,
fill what is not.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images.resize import Pixels, to_8bit, to_floats
from stylestudio.progress import checkpoint


def fill_transparent(pixels: Pixels, alpha: Pixels | None) -> Pixels:
    """`pixels` (H, W, 3) where `alpha` (H, W) is above 0, elsewhere smoothly what is around; in the same form.

    A picture of which nothing is visible stays as it is.
    """
    if alpha is None or alpha.all() or not alpha.any():
        return pixels
    weight = to_floats(alpha)
    found = np.stack([_filled(to_floats(pixels[..., channel]), weight) for channel in range(3)], 2)
    return to_8bit(found) if pixels.dtype == np.uint8 else found


def _filled(values: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """`values` (h, w) where their `weight` (h, w) is above 0, elsewhere those of a picture half as large, filled."""
    checkpoint()
    if (weight > 0).all():
        return values
    small_weight = _halved(weight)
    means = np.zeros_like(small_weight)
    np.divide(_halved(values * weight), small_weight, out=means, where=small_weight > 0)
    small = _filled(means, small_weight)
    (height, width), (rows, columns) = values.shape, small.shape
    box = 0, 0, min(width / 2, columns), min(height / 2, rows)
    around = Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR, box)
    return np.where(weight > 0, values, np.asarray(around))


def _halved(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means of 2 x 2 values (h, w); beyond an odd border there is nothing."""
    height, width = (extent + extent % 2 for extent in values.shape)
    even = np.pad(values, ((0, height - values.shape[0]), (0, width - values.shape[1])))
    return even.reshape(height // 2, 2, width // 2, 2).mean((1, 3), dtype=np.float32)
