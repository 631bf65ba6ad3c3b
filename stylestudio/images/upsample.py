"""An overfit picture brought up to the size of its content, along the content's edges."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images.resize import Pixels, resample, to_floats
from stylestudio.progress import checkpoint

Maps = NDArray[np.float32]
Box = tuple[float, float, float, float]

BAND = 1 << 19
"""About how many pixels of the content are worked on at once."""
RADIUS = 2
"""Of the windows in which overfit picture and content are compared, in pixels of the overfit picture."""
REACH = RADIUS + 4
"""Rows of the overfit picture beyond a band that count for it: a window's, and those of a kernel around it."""
PLAIN = 0.015**2
"""Variance of luminance at which a window of the content gives half of its detail; plainer ones give less."""
UNRELATED = 0.6
"""Share of the content's detail that is taken where the overfit picture does not follow the content's shapes."""
GAIN = 1.4
"""Detail is exaggerated by this much, as overfit pictures are softer than their size allows."""
STRONGEST = 1.75
"""At most this many times its contrast in the content gets into the overfit picture."""
BLOCK, PLAIN_SHARE, NOISIER = 8, 0.1, 3
"""Noise is what the plainest tenth of the content's blocks lose, of 8 x 8 pixels of the overfit picture; elsewhere it
may be three times as strong, because light and dark have more or less of it."""
NEITHER_BLACK_NOR_WHITE = 0.02, 0.98
"""Luminances at which noise is not cut off."""
DRAWN = (0.5 / 255) ** 2
"""Of variance, what blocks lose at most that no camera has made: frames, borders, backdrops of one colour."""
OVERSHOOT = np.float32(3 / 255)
"""Detail comes near to this far beyond the overfit picture's own values around it, but never further."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def enlarge_along_edges(overfit: NDArray[np.float32], content: Pixels) -> NDArray[np.float32]:
    """`overfit` (h, w, 3) at the size of `content` (H, W, 3), both sRGB.

    To the overfit picture enlarged by Lanczos comes the detail that the content's luminance loses at the small size,
    times a gain for each channel and place. The gain is the slope of a local line fit of the overfit picture to the
    content at the small size, as in the guided filter (He, Sun and Tang, "Guided Image Filtering", 2013; found at
    the small size as in He and Sun, "Fast Guided Filter", 2015). Departing from these, the overfit picture keeps
    what the fit does not explain, and its own range around each pixel bounds the result. An overfit picture that is
    not smaller than the content is only resampled, as by `resample`.
    """
    (height, width), (rows, columns) = overfit.shape[:2], content.shape[:2]
    if height > rows or width > columns or (height, width) == (rows, columns):
        return resample(overfit, (columns, rows))
    guide = _guide(content, (height, width))
    noise = _noise(*guide)
    found = np.empty((rows, columns, 3), np.float32)
    for top, bottom in _bands(rows, columns):
        first, last, box = _needed(top, bottom, rows, overfit.shape, REACH)
        size = columns, bottom - top
        grey, lost = guide[:, first:last]
        detail = to_floats(content[top:bottom]) @ LUMINANCE
        detail -= _resized(grey, size, box)
        checkpoint()
        here = np.ascontiguousarray(overfit[first:last].transpose(2, 0, 1))
        gains = _gains(here, grey, lost, noise, rows * columns / (height * width))
        checkpoint()
        lowest, highest = _joined(here, np.minimum, 1), _joined(here, np.maximum, 1)
        for channel in range(3):
            checkpoint()
            pixels = _resized(here[channel], size, box)
            pixels += detail * _resized(gains[channel], size, box, Image.Resampling.BILINEAR)
            low, high = (_resized(bound[channel], size, box, Image.Resampling.BILINEAR) for bound in (lowest, highest))
            found[top:bottom, :, channel] = _held(pixels, low, high)
    return found


def _guide(content: Pixels, size: tuple[int, int]) -> Maps:
    """(2, h, w) for `size` (h, w): the content's luminance, and the variance that it loses by getting so small."""
    (height, width), (rows, columns) = size, content.shape[:2]
    found = np.empty((2, height, width), np.float32)
    reach = 3 * -(-rows // height) + 1
    for top, bottom in _bands(height, rows * columns // height):
        first, last, box = _needed(top, bottom, height, content.shape, reach)
        grey, small = to_floats(content[first:last]) @ LUMINANCE, (width, bottom - top)
        found[0, top:bottom] = _resized(grey, small, box)
        checkpoint()
        mean, square = (_resized(part, small, box, Image.Resampling.BOX) for part in (grey, grey * grey))
        found[1, top:bottom] = np.maximum(square - mean * mean, 0)
        checkpoint()
    return found


def _noise(grey: Maps, lost: Maps) -> float:
    """The most that the content loses of noise, as variance; infinite where there are no blocks to judge by.

    Noise is judged by what is plainest: the idea, not the method, of Liu, Tanaka and Okutomi, "Single-Image Noise Level
    Estimation for Blind Denoising", 2013.
    """
    height, width = (extent // BLOCK * BLOCK for extent in grey.shape)
    light, losses = (
        plane[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).mean((1, 3))
        for plane in (grey, lost)
    )
    darkest, lightest = NEITHER_BLACK_NOR_WHITE
    losses = losses[(light > darkest) & (light < lightest) & (losses > DRAWN)]
    return NOISIER * float(np.quantile(losses, PLAIN_SHARE)) if losses.size else np.inf


def _bands(rows: int, columns: int) -> list[tuple[int, int]]:
    count = min(-(-rows * columns // BAND), rows)
    return list(pairwise(rows * band // count for band in range(count + 1)))


def _needed(top: int, bottom: int, rows: int, shape: tuple[int, ...], reach: int) -> tuple[int, int, Box]:
    """Which rows of a picture of `shape` are needed for the rows `top`..`bottom` of `rows`, and those within them."""
    height, width = shape[:2]
    first = max(top * height // rows - reach, 0)
    last = min(-(-bottom * height // rows) + reach, height)
    return first, last, (0, top * height / rows - first, width, bottom * height / rows - first)


def _gains(overfit: Maps, grey: Maps, lost: Maps, most_noise: float, ratio: float) -> Maps:
    """(3, h, w): how much of the content's detail each channel gets, negative where light and dark are swapped.

    `overfit` is (3, h, w); `grey` and `lost`, both (h, w), are the guide, noise no more than `most_noise` of what is
    lost; `ratio` says how many pixels one becomes.
    """
    # Around zero the differences of squares below lose fewer digits.
    overfit, grey = overfit - 0.5, grey - 0.5
    mean_grey, mean_square, mean_lost = _mean(np.stack([grey, grey * grey, lost]))
    mean = _mean(overfit)
    variance = np.maximum(mean_square - mean_grey**2, 0)
    contrast = np.sqrt(np.maximum(_mean(overfit * overfit) - mean**2, 0))
    alike = (_mean(overfit * grey) - mean * mean_grey) / (contrast * np.sqrt(variance) + 1e-6)
    alike += UNRELATED * (1 - np.abs(alike))
    # Noise without a shape keeps 1 / ratio of its variance when it is made smaller, so this much could be noise;
    # twice that, as the noise of one window differs from that of the next.
    noise = 2 * np.minimum(mean_lost, most_noise) / max(ratio - 1, 1e-6)
    trust = np.maximum(variance - noise, 0) / (variance + PLAIN)
    strength = GAIN * contrast / np.sqrt(variance + mean_lost + 1e-6)
    return np.clip(alike * strength, -STRONGEST, STRONGEST) * trust


def _mean(maps: Maps) -> Maps:
    return _joined(maps, np.add, RADIUS) / np.float32((2 * RADIUS + 1) ** 2)


def _joined(maps: Maps, join: np.ufunc, radius: int) -> Maps:
    """`maps` (n, h, w) with the values of each square window joined to one; the rims are repeated outwards."""
    padded = np.pad(maps, ((0, 0), (radius, radius), (radius, radius)), mode="edge")
    height, width = maps.shape[1:]
    found = padded[:, :height].copy()
    for shift in range(1, 2 * radius + 1):
        join(found, padded[:, shift : shift + height], out=found)
    padded, found = found, found[:, :, :width].copy()
    for shift in range(1, 2 * radius + 1):
        join(found, padded[:, :, shift : shift + width], out=found)
    return found


def _held(pixels: Maps, low: Maps, high: Maps) -> Maps:
    """`pixels` within `low` - OVERSHOOT .. `high` + OVERSHOOT and 0..1, bent softly towards these."""
    above, below = np.maximum(pixels - high, 0), np.maximum(low - pixels, 0)
    pixels -= above * above / (above + OVERSHOOT)
    pixels += below * below / (below + OVERSHOOT)
    return np.clip(pixels, 0, 1, out=pixels)


def _resized(values: Maps, size: tuple[int, int], box: Box, how: Image.Resampling = Image.Resampling.LANCZOS) -> Maps:
    return np.array(Image.fromarray(np.ascontiguousarray(values)).resize(size, how, box))
