"""Measures of what goes wrong in overfit pictures, by kind, all on (3, H, W) images in 0..1."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.colour import chroma
from stylestudio.engine.runtime.tiling import box_filter
from stylestudio.evaluation.measures import high_frequencies, luminance

CELLS = 16
"""Large areas: a picture is seen in so many cells each way."""
WINDOW, FLAT = 17, 0.04
"""Pixels a side, and the deviation of luminance within, up to which an area is flat."""
LEAST_FLAT = 0.05
"""Of a picture: less than this tells nothing of flat areas."""
NEAREST, FARTHEST = 6, 64
"""Pixels between two places of a repeat."""
RIM, BESIDE, AROUND = 8, 32, 65
"""Pixels: how wide a rim is, how far from a silhouette lies what it is compared with, and the window in which it is."""
SAME = 0.06
"""Distance in RGB up to which two colours of a content are of one area."""


def cell_luminance(image: Tensor) -> Tensor:
    """(256,) mean luminance of 16 x 16 cells."""
    return F.adaptive_avg_pool2d(luminance(image)[None, None], (CELLS, CELLS)).flatten()


def order_of_light(image: Tensor, content: Tensor) -> float:
    """Rank correlation of light over large areas, -1 to 1: whether night stays night (Spearman, 1904)."""
    ranks = torch.stack([cell_luminance(one).argsort().argsort().double() for one in (image, content)])
    return torch.corrcoef(ranks)[0, 1].item()


def chroma_ratio(image: Tensor, style: Tensor) -> float:
    """Mean length of chroma over the style's; 1 where that has none."""
    own, wanted = (chroma(one[None])[0].norm(dim=0).mean().item() for one in (image, style))
    return own / wanted if wanted > 1e-3 else 1.0


def chroma_speckle(image: Tensor, content: Tensor, style: Tensor) -> float:
    """dB of chroma's energy above a quarter cycle per pixel over the larger of content's and style's; 0 without any."""
    own, *given = (sum(high_frequencies(one) for one in chroma(image[None])[0]) for image in (image, content, style))
    return 10 * math.log10(max(own, 1e-9) / max(*given, 1e-9))


def flat_areas(content: Tensor) -> Tensor:
    """(H, W) where a content is flat."""
    grey = luminance(content)[None, None]
    return (box_filter(grey.square(), WINDOW) - box_filter(grey, WINDOW).square())[0, 0] < FLAT**2


def strongest_repetition(image: Tensor, mask: Tensor) -> float:
    """The strongest repeat within a mask (H, W): the greatest autocorrelation of the high-passed luminance at a
    distance of 6 to 64 pixels at which a quarter of the mask or more meets itself; 0 where the mask is small."""
    if mask.float().mean() < LEAST_FLAT:
        return 0.0
    grey = luminance(image)[None, None]
    fine = ((grey - box_filter(grey, WINDOW))[0, 0] * mask).double()
    shape = [extent + FARTHEST for extent in fine.shape]
    products, counts = (autocorrelation(values, shape) for values in (fine, mask.double()))
    rows, columns = (torch.fft.fftfreq(extent, 1 / extent) for extent in shape)
    distance = torch.hypot(rows[:, None], columns)
    counted = (distance >= NEAREST) & (distance <= FARTHEST) & (counts >= mask.sum() / 4)
    variance = (products[0, 0] / counts[0, 0]).clamp_min(1e-9)
    return (products / counts.clamp_min(1) / variance)[counted].max().item() if counted.any() else 0.0


def autocorrelation(values: Tensor, shape: list[int]) -> Tensor:
    """The sums of products of (h, w) with itself, moved by every distance, in a map of this larger shape."""
    return torch.fft.ifft2(torch.fft.fft2(values, shape).abs().square()).real


def excess_repetition(image: Tensor, content: Tensor, style: Tensor) -> float:
    """By how much a picture repeats itself more than its style does, where the content is flat."""
    flat, everywhere = flat_areas(content), torch.ones(style.shape[1:], dtype=torch.bool)
    return max(0.0, strongest_repetition(image, flat) - strongest_repetition(style, everywhere))


def colour_fringing(image: Tensor, content: Tensor) -> float:
    """How far the colour of a flat area changes where it meets a silhouette, beyond what it does in the content.

    Mean distance in RGB between what lies within 8 pixels of the flat area, and in the content is of its colour, and
    the flat area within 32 pixels around; 0 where there is nothing of the kind.
    """
    flat = flat_areas(content).float()[None, None]
    busy = 1 - flat
    near, beside = F.max_pool2d(flat, 2 * RIM + 1, 1, RIM), F.max_pool2d(busy, 2 * BESIDE + 1, 1, BESIDE)
    ground = flat * beside
    of_ground = (content[None] - mean_within(content[None], ground)).norm(dim=1, keepdim=True) < SAME
    rim = busy * near * of_ground * (box_filter(ground, AROUND) > 0.02)
    if rim.sum() == 0:
        return 0.0
    away = [
        (mean_within(one[None], rim) - mean_within(one[None], ground)).norm(dim=1, keepdim=True)[rim > 0]
        for one in (image, content)
    ]
    return (away[0] - away[1]).clamp_min(0).mean().item()


def mean_within(image: Tensor, mask: Tensor) -> Tensor:
    """(1, 3, H, W) the mean colour nearby of what the mask (1, 1, H, W) holds."""
    return box_filter(image * mask, AROUND) / box_filter(mask, AROUND).clamp_min(1e-6)
