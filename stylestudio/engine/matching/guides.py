"""What rides along with the features when patches are compared, taken from luminance and chroma.

Light and dark, so that the content's order of them leads the choice, most of all where the content has little else to
go by; how even a picture is, so that skies and walls are made of what is even in the style; and how its colours depart
from its mean, so that what is as light as a meadow, but blue, is not taken for it.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.cells import extremes, in_cells
from stylestudio.progress import Steps

RANK_SHARE = 0.5
"""How much of the light-and-dark guide is rank and how much plain value; rank alone stretches nearly even pictures."""
BINS = 1 << 16
"""Luminances that are told apart: sorting a large picture's would take seconds."""
EVEN_CELL, EVEN_CELLS = 4, 9
"""Evenness is looked at in windows of 9 x 9 cells of 4 x 4 pixels."""
UNEVEN = 0.15
"""Deviation of luminance in such a window from which on nothing is even."""
GREY = 0.03
"""Deviation of chroma up to which a picture counts as one in black and white, or toned."""
LEAST_COLOURED, MOST_APART = 0.05, 2.5
"""Deviation of chroma that counts as 1 at least, and how many of it a colour departs from the mean at most: a single
red flower would else outweigh whatever else there is to compare."""
PLAIN, LIVELY = 0.04, 0.3
"""The range of luminance within a cell up to which it is wholly plain, and that from which on it is not."""


def guide(luminance: Tensor, height: int, width: int) -> Steps[Tensor]:
    """(1, 1, height, width) light and dark of a luminance map (1, 1, H, W): mean 0, deviation about 1.

    Half each the value's rank among all positions, uniform over +-sqrt 3, and the standardised value itself.
    """
    pooled = F.adaptive_avg_pool2d(luminance, (height, width))
    yield
    plain = (pooled - pooled.mean()) / pooled.std(correction=0).clamp_min(0.02)
    yield
    ranks = ranked(pooled)
    yield
    return RANK_SHARE * ranks + (1 - RANK_SHARE) * plain


def ranked(values: Tensor) -> Tensor:
    """Each value's rank, for values in 0..1, spread evenly over +-sqrt 3; those in one of `BINS` share their mean
    rank."""
    places = (values * BINS).long().clamp_(0, BINS - 1)
    counts = torch.bincount(places.flatten(), minlength=BINS)
    middle = counts.cumsum(0) - (counts + 1) / 2
    return ((middle / max(values.numel() - 1, 1) * 2 - 1) * 3**0.5)[places]


def evenness(luminance: Tensor, height: int, width: int) -> Steps[Tensor]:
    """(1, 1, height, width) how even a luminance map (1, 1, H, W) is around: from -5/3, not at all, to 5/3, wholly.

    H and W are at least 4.
    """

    def means(part: Tensor) -> Tensor:
        return torch.cat([F.avg_pool2d(values, EVEN_CELL) for values in (part, part.square())], 1)

    cells = yield from in_cells(means, luminance)
    around = F.pad(cells, (EVEN_CELLS // 2,) * 4, mode="replicate")
    along = F.avg_pool2d(around, (1, EVEN_CELLS), 1)
    yield
    mean, square = F.avg_pool2d(along, (EVEN_CELLS, 1), 1).split(1, 1)
    yield
    deviation = (square - mean.square()).clamp_min(0).sqrt()
    even = F.interpolate((1 - deviation / UNEVEN).clamp(0, 1), (height, width), mode="bilinear")
    yield
    return (even - 0.5) / 0.3


def plainness(luminance: Tensor, height: int, width: int) -> Steps[Tensor]:
    """(height, width) from 0 to 1 how little happens in the cells of a luminance map (1, 1, H, W), both at least 8."""
    least, greatest = yield from extremes(luminance)
    plain = ((LIVELY - (greatest - least)) / (LIVELY - PLAIN)).clamp(0, 1)
    return F.interpolate(plain, (height, width), mode="bilinear")[0, 0]


def guides(luminance: Tensor, height: int, width: int, light_weight: float, even_weight: float) -> Steps[Tensor]:
    """(2, height, width) both guides, weighted."""
    light = (yield from guide(luminance, height, width))[0] * light_weight
    yield
    return torch.cat([light, (yield from evenness(luminance, height, width))[0] * even_weight])


def colours_apart(colours: Tensor) -> Tensor:
    """(2, h, w) how the chroma of cells, of colours (1, 3, h, w), departs from its mean."""
    return (colours - colours.mean((2, 3), keepdim=True))[0, 1:]


def colourfulness(colours: Tensor) -> Tensor:
    """The deviation of chroma of cells, of colours (1, 3, h, w)."""
    return colours_apart(colours).square().sum(0).mean().sqrt()


def colour_guides(colours: Tensor) -> Tensor:
    """(2, h, w) the chroma of cells, of colours (1, 3, h, w): mean 0, deviation about 1."""
    apart = colours_apart(colours) / colourfulness(colours).clamp_min(LEAST_COLOURED)
    return apart * (2**0.5 * (MOST_APART / apart.norm(dim=0).clamp_min(MOST_APART)))


def led(guides: Tensor, plain: Tensor, lead: float) -> Tensor:
    """Guides (G, h, w) of what is looked for; light and dark count `lead` times more where it is plain (h, w)."""
    return torch.cat([guides[:1] * (1 + lead * plain), guides[1:]])
