"""Colours in the overfit picture's flat areas: alike where the photo's are, and no more uneven than the style's own.

What the photo's colours become on the whole is learned from the overfit picture itself (Nadaraya, "On Estimating
Regression", 1964); cells of 8 x 8 pixels that depart from it are brought back. Strokes stay, patches of foreign colour
and clouds of foreign light go.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.flat_areas import FLATTEST, blurred, blurred_within, flatness, ranges, unevenness
from stylestudio.engine.maps import FeatureMap, window
from stylestudio.engine.matching.guides import CELL, extremes
from stylestudio.engine.matching.method import luminance_of
from stylestudio.engine.palette import chroma, coloured
from stylestudio.engine.tiling import enlarged, row_chunks
from stylestudio.progress import Steps

LIVELY = 0.25
"""The range of luminance from which on an area keeps its colours: more than where light and dark are brought into the
photo's order, as on a lit carpet."""
ALIKE = 0.08
"""How far colours may be apart to count as much the same, in luminance and in each value of chroma. At 0.1, a night sky
would no longer be the dark part of its picture: nothing is as much darker than it as other things are lighter."""
STEPS = 32
"""Of luminance and of each value of chroma, from -1 to 1: colours within one of them count as the same."""
ENOUGH = 4
"""Cells that make a colour count half: a small thing on a large ground keeps its own."""
ANYWHERE = 1e-3
"""What a cell counts that is not flat at all, so that there is an answer for every colour."""


def colours_evened(image: Tensor, content: FeatureMap, luminance: Tensor, style: Tensor) -> Steps[Tensor]:
    """An overfit picture (1, 3, H, W) in a style, the flat areas' colours mended by the content's image (1, 3, H, W),
    whose luminance (1, 1, H, W) is known.

    `image` is used up.
    """
    weight = (yield from flatness(luminance, LIVELY)) + ANYWHERE
    yield
    found = luminance_and_chroma(F.avg_pool2d(image, CELL))
    yield
    wanted = expected((yield from colour_cells(content)), found, weight)
    yield
    away = blurred_within(found, weight) - blurred_within(wanted, weight)
    limits = (yield from unevenness(style)), (yield from colour_unevenness(style))
    change = torch.cat([beyond(one, limit) for one, limit in zip(away.split((1, 2), 1), limits, strict=True)], 1)
    change *= -(blurred(weight) * weight).clamp_max(1)
    yield
    height, width = image.shape[2:]
    for rows in row_chunks(height, width * 3):
        part = enlarged(change, (height, width), rows, slice(0, width))
        image[:, :, rows] += coloured(part[:, :1], part[:, 1:])
        yield
    return image


def luminance_and_chroma(image: Tensor) -> Tensor:
    """(1, 3, H, W) of an RGB image (1, 3, H, W)."""
    return torch.cat([luminance_of(image), chroma(image)], 1)


def beyond(away: Tensor, limit: float) -> Tensor:
    """What has to go of distances (1, C, h, w), so that they bend before they reach the limit."""
    limit, distance = max(limit, 1e-3), away.norm(dim=1, keepdim=True).clamp_min(1e-6)
    return (1 - limit * torch.tanh(distance / limit) / distance) * away


def colour_cells(content: FeatureMap) -> Steps[Tensor]:
    """(1, 3, h, w) every cell's mean luminance and chroma, of an image (1, 3, H, W) with sides in multiples of
    `CELL`."""
    height, width = content.shape[2:]
    parts = []
    for rows in row_chunks(height // CELL, CELL * width * 3):
        part = yield from window(content, slice(rows.start * CELL, rows.stop * CELL), slice(0, width))
        parts.append(F.avg_pool2d(part, CELL))
        yield
    return luminance_and_chroma(torch.cat(parts, 2))


def expected(colours: Tensor, found: Tensor, weight: Tensor) -> Tensor:
    """(1, 3, h, w) the mean that cells of like colours have: of `colours` (1, 3, h, w), by what was `found`
    (1, 3, h, w) where these count with a weight (1, 1, h, w)."""
    steps = numbered(colours[0].flatten(1).t())
    sums = torch.cat([colours * weight, found * weight, weight], 1)[0].flatten(1).t()
    totals = sums.new_zeros(STEPS**3, 7).index_add_(0, steps, sums)
    there = totals[:, 6].nonzero()[:, 0]
    of_colour, counted = totals[there, :6] / totals[there, 6:], totals[there, 6]
    likes = torch.exp(-0.5 * (torch.cdist(of_colour[:, :3], of_colour[:, :3]) / ALIKE).square())
    likes *= counted / (counted + ENOUGH)
    means = totals.new_zeros(len(totals), 3)
    means[there] = likes @ of_colour[:, 3:] / likes.sum(1, keepdim=True)
    return means[steps].t().view_as(found)


def numbered(colours: Tensor) -> Tensor:
    """(N,) a number for each of (N, 3) luminances and chromas, the same where they lie in the same steps."""
    steps = ((colours + 1) / 2 * STEPS).long().clamp(0, STEPS - 1)
    return (steps[:, 0] * STEPS + steps[:, 1]) * STEPS + steps[:, 2]


def colour_unevenness(style: Tensor) -> Steps[float]:
    """How far chroma goes from the middle in the flat areas of a style (1, 3, H, W), cell by cell."""
    fine = ranges(*(yield from extremes(luminance_of(style)))).flatten()
    colours = blurred(chroma(F.avg_pool2d(style, CELL)))
    yield
    flat = fine <= fine.sort().values[int(FLATTEST * (len(fine) - 1))]
    reach = [ranges(one, one).flatten()[flat].median().item() for one in colours.split(1, 1)]
    return (reach[0] ** 2 + reach[1] ** 2) ** 0.5 / 2
