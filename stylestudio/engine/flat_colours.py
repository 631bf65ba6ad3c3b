"""Colours in the overfit picture's flat areas: alike where the photo's are, and no more uneven than the style's own.

What the photo's colours become on the whole is learned from the overfit picture itself (Nadaraya, "On Estimating
Regression", 1964); cells of 8 x 8 pixels that depart from it are brought back. Strokes stay, patches of foreign colour
and clouds of foreign light go.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.cells import CELL, colour_cells, extremes, flatness, ranges
from stylestudio.engine.colour import chroma, coloured, luminance_and_chroma, luminance_of
from stylestudio.engine.flat_areas import FLATTEST, blurred, blurred_within, unevenness
from stylestudio.engine.like_colours import grouped, kernel
from stylestudio.engine.maps import FeatureMap
from stylestudio.engine.tiling import enlarged, row_chunks
from stylestudio.progress import Steps

LIVELY = 0.25
"""The range of luminance from which on nothing is learned from an area: more than where something changes, so that
there is much to learn from."""
ALIKE = 0.08
"""How far colours may be apart to count as much the same, in luminance and in each value of chroma. At 0.1, a night sky
would no longer be the dark part of its picture: nothing is as much darker than it as other things are lighter."""
ENOUGH = 4
"""Cells that make a colour count half: a small thing on a large ground keeps its own."""
ANYWHERE = 1e-3
"""What a cell counts that is not flat at all, so that there is an answer for every colour."""


def colours_evened(image: Tensor, content: FeatureMap, luminance: Tensor, style: Tensor) -> Steps[Tensor]:
    """An overfit picture (1, 3, H, W) in a style, the flat areas' colours mended by the content's image (1, 3, H, W),
    whose luminance (1, 1, H, W) is known.

    `image` is used up.
    """
    found = luminance_and_chroma(F.avg_pool2d(image, CELL))
    yield
    learned = (yield from flatness(luminance, LIVELY)) + ANYWHERE
    wanted = yield from expected((yield from colour_cells(content)), found, learned)
    even = yield from flatness(luminance, around=1)  # each cell by itself, else patches beside contours would stay
    away = blurred_within(found, even) - blurred_within(wanted, even)
    limits = (yield from unevenness(style)), (yield from colour_unevenness(style))
    change = torch.cat([beyond(one, limit) for one, limit in zip(away.split((1, 2), 1), limits, strict=True)], 1)
    change *= -even
    yield
    height, width = image.shape[2:]
    for rows in row_chunks(height, width * 3):
        part = enlarged(change, (height, width), rows, slice(0, width))
        image[:, :, rows] += coloured(part[:, :1], part[:, 1:])
        yield
    return image


def beyond(away: Tensor, limit: float) -> Tensor:
    """What has to go of distances (1, C, h, w), so that they bend before they reach the limit."""
    limit, distance = max(limit, 1e-3), away.norm(dim=1, keepdim=True).clamp_min(1e-6)
    return (1 - limit * torch.tanh(distance / limit) / distance) * away


def expected(colours: Tensor, found: Tensor, weight: Tensor) -> Steps[Tensor]:
    """(1, 3, h, w) the mean that cells of like colours have: of `colours` (1, 3, h, w), by what was `found`
    (1, 3, h, w) where these count with a weight (1, 1, h, w)."""
    groups = yield from grouped(colours[0].flatten(1).t(), found[0].flatten(1).t(), weight.flatten())
    likes = kernel(groups.colours, ALIKE) * (groups.counted / (groups.counted + ENOUGH))
    yield
    means = likes @ groups.values / likes.sum(1, keepdim=True)
    return means[groups.numbers].t().view(found.shape).to(found)


def colour_unevenness(style: Tensor) -> Steps[float]:
    """How far chroma goes from the middle in the flat areas of a style (1, 3, H, W), cell by cell."""
    fine = ranges(*(yield from extremes(luminance_of(style)))).flatten()
    colours = blurred(chroma(F.avg_pool2d(style, CELL)))
    yield
    flat = fine <= fine.sort().values[int(FLATTEST * (len(fine) - 1))]
    reach = [ranges(one, one).flatten()[flat].median().item() for one in colours.split(1, 1)]
    return (reach[0] ** 2 + reach[1] ** 2) ** 0.5 / 2
