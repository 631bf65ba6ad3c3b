"""Light and dark in the overfit picture's flat areas: in the photo's order, and no more uneven than the style's own.

All of it happens above the size of most strokes: strokes stay, clouds of foreign light go.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.cells import CELL, extremes, flatness, ranges
from stylestudio.engine.colour import luminance_of
from stylestudio.engine.device import doubled
from stylestudio.engine.tiling import enlarged, row_chunks
from stylestudio.progress import Steps

FLATTEST = 0.1
"""The share of a style that counts as its flat areas."""
TONES, TONE_WIDTH = 32, 0.03
"""How many luminances of the photo are looked at to learn what the overfit picture makes of them, and how closely."""
MOST_COUNTED = 1 << 14
SLOPE = 0.5
"""How steeply light rises with the photo's at least, where 1 would give the photo's deviation the style's; else texture
decides which end of an even sky is the darker one. At 0.6 some skies are more uneven than their style's flat areas."""
POINT = 4
"""Pixels a side of what one value of light and dark is for: half a cell, for what is bilinear between whole cells
leaves much of a cloud."""
BLURS = 2
"""So many means over 3 x 3 points are nearly a Gaussian blur with a standard deviation of 5 pixels."""
OF_STYLE = 0.4
"""The share of the style's unevenness that what was found may keep: strokes add theirs, which stay."""
ROUNDS = 4
"""How often light is brought nearer to what it should be. One time leaves a half of what is as large as the blur."""


def cells(image: Tensor) -> Tensor:
    """(1, 1, h, w) every cell's mean luminance, of an image (1, 3, H, W) with sides in multiples of `CELL`."""
    return luminance_of(F.avg_pool2d(image, CELL))


def unevenness(style: Tensor) -> Steps[float]:
    """How far luminance goes from the middle in the flat areas of a style (1, 3, H, W), cell by cell."""
    least, greatest = yield from extremes(luminance_of(style))
    fine, light = ranges(least, greatest).flatten(), blurred(cells(style))
    flat = fine <= fine.sort().values[int(FLATTEST * (len(fine) - 1))]
    return ranges(light, light).flatten()[flat].median().item() / 2


def blurred(values: Tensor) -> Tensor:
    """The mean over 3 x 3 positions, at the edges over those that are there."""
    return F.avg_pool2d(values, 3, 1, 1, count_include_pad=False)


def blurred_within(values: Tensor, weight: Tensor) -> Tensor:
    """The same, weighted."""
    return blurred(values * weight) / blurred(weight).clamp_min(1e-6)


def smooth(values: Tensor, weight: Tensor) -> Steps[Tensor]:
    """Weighted points (1, 1, h, w) without what is smaller than most clouds."""
    values = values * weight
    for _ in range(BLURS):
        values, weight = blurred(values), blurred(weight)
        yield
    return values / weight.clamp_min(1e-6)


def tones(content: Tensor, found: Tensor, weight: Tensor) -> Tensor:
    """What luminance becomes of each of the content's (1, 1, h, w) on the whole: as `found`, but in the same order."""
    every = -(-content.numel() // MOST_COUNTED)
    x, y, counted = (doubled(values.flatten()[::every]) for values in (content, found, weight))
    knots = torch.linspace(0, 1, TONES + 1, dtype=x.dtype, device=x.device)
    weights = torch.exp(-0.5 * ((knots[:, None] - x) / TONE_WIDTH).square() + counted.log())
    mean = (weights @ y) / weights.sum(1)
    rising = ((mean.cummax(0).values + mean.flip(0).cummin(0).values.flip(0)) / 2).float().to(content.device)
    place = content.clamp(0, 1) * TONES
    below = place.floor().clamp_max(TONES - 1)
    low, high = rising[below.long()], rising[below.long() + 1]
    return torch.lerp(low, high, place - below)


def evened(image: Tensor, luminance: Tensor, style: Tensor) -> Steps[Tensor]:
    """An overfit picture (1, 3, H, W) in a style, the flat areas' light and dark mended by the content's luminance
    (1, 1, H, W): no more uneven than the style's, in the content's order, and rising with it by `SLOPE` at least.

    `image` is used up.
    """
    flat = yield from flatness(luminance)
    both = torch.cat([flat + 1e-3, blurred(flat) * flat], 1)
    weight, strength = F.interpolate(both, scale_factor=CELL // POINT, mode="bilinear").split(1, 1)
    yield
    own, found = F.avg_pool2d(luminance, POINT), luminance_of(F.avg_pool2d(image, POINT))
    yield
    rise = SLOPE * min(1.0, (luminance_of(style).std() / luminance.std().clamp_min(1e-3)).item()) * own
    usual, ordered = tones(own, found, weight), rise + tones(own, found - rise, weight)
    yield
    limit = OF_STYLE * max((yield from unevenness(style)), 1e-3)
    away = yield from smooth(found - usual, weight)
    wanted = (yield from smooth(ordered, weight)) + away.clamp(-limit, limit)
    change = torch.zeros_like(found)
    for _ in range(ROUNDS):
        change += strength * (wanted - (yield from smooth(found + change, weight)))
    height, width = image.shape[2:]
    for rows in row_chunks(height, width * 3):
        image[:, :, rows] += enlarged(change, (height, width), rows, slice(0, width))
        yield
    return image
