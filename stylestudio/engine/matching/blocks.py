"""Where the photo is plain, whole blocks of the style, so that no single piece of it is repeated over and over.

All positions of a plain area look alike, so the best match of each would be the same piece, and always one of the
emptiest of the style. Blocks copied side by side are how texture is made of little (Efros and Freeman, "Image Quilting
for Texture Synthesis and Transfer", 2001). Here a block has to have the colour of the pieces in whose stead it is
taken, about as evenly as the style's own flat areas have theirs; each position of it that has not, or is much less like
the photo, keeps what it had. Small blocks are tried first, and large ones take their place where they are good too.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.device import able
from stylestudio.engine.flat_areas import unevenness
from stylestudio.engine.flat_colours import colour_unevenness
from stylestudio.engine.matching.global_search import PRODUCTS_AT_ONCE
from stylestudio.engine.matching.method import Encoded
from stylestudio.engine.patches import Matches
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

SIDES = (2, 4, 6)
"""Positions. At 8 a night sky is more uneven than its style's flat areas."""
EVERY = 2
"""Blocks of the style begin at every so many positions."""
CHOICES = 64
"""A block is drawn from so many. Fewer would lie on each other, and a mark that all of them have would come back at
every block."""
AS_UNEVEN = 3.0
"""How far colours may be apart, in terms of how far they go from the middle in the style's own flat areas. With 5, a
sky's order of light and dark is lost."""
LEAST_APART = 0.01
"""What that is at least: there are styles whose flat areas are of one colour, but for noise."""
GAIN = 0.3
"""How much less like the photo (a correlation) than its own match what a position takes may be, where the photo is
wholly plain. Without a limit, birds and eyes come into carpets."""


@dataclass(frozen=True)
class Tints:
    """The `colours` (H, W, 3) of a style's positions, luminance and chroma, and how far, in `luminance` and in
    `chroma`, two may be apart."""

    colours: Tensor
    luminance: float
    chroma: float

    def alike(self, one: Tensor, other: Tensor) -> Tensor:
        """(n,) whether flat positions (n,) have much the same colour as others (n,)."""
        away = self.colours.flatten(0, 1)[one] - self.colours.flatten(0, 1)[other]
        return (away[:, 0].abs() < self.luminance) & (away[:, 1:].norm(dim=1) < self.chroma)


def tints_of(style: Encoded) -> Steps[Tints]:
    """Of a style's cells, which are the positions at relu4_1; its image is not lazy."""
    assert isinstance(style.image, Tensor)
    colours = (yield from style.colours())[0].permute(1, 2, 0)
    apart = (yield from unevenness(style.image)), (yield from colour_unevenness(style.image))
    return Tints(colours, *(max(AS_UNEVEN * one, LEAST_APART) for one in apart))


def in_blocks(
    content: Tensor, style: Tensor, matches: Matches, plain: Tensor, seed: int, tints: Tints, parts: int = 1
) -> Steps[Matches]:
    """Matches (h, w) for descriptors (h, w, D) and (H, W, D), those of blocks instead where the content is `plain`
    (h, w), 0 to 1, and where by the style's `tints` they have the matches' colour.

    The style is made of so many equally high `parts`, and no block lies in two of them.
    """
    width, least = style.shape[1], min(style.shape[0] // parts, style.shape[1])
    own = (matches.rows * width + matches.columns).flatten()
    found, keys, query = own.clone(), style.flatten(0, 1), content.flatten(0, 1)
    wanted, gain = tints.colours.flatten(0, 1)[own].view(*content.shape[:2], 3), GAIN * plain.flatten()
    for side in SIDES:
        if least < side:
            break
        ideas = (yield from block_ideas(wanted, plain, tints, side, seed, parts)).flatten()
        for part in row_chunks(len(own), style.shape[2]):
            more = torch.linalg.vecdot(keys[ideas[part]] - keys[own[part]], query[part])
            good = (more + gain[part] > 0) & tints.alike(ideas[part], own[part]) & (plain.flatten()[part] > 0)
            found[part] = torch.where(good, ideas[part], found[part])
            yield
    found = found.view(content.shape[:2])
    return Matches(found // width, found % width)


def block_ideas(wanted: Tensor, plain: Tensor, tints: Tints, side: int, seed: int, parts: int = 1) -> Steps[Tensor]:
    """(h, w) the flat style position that goes on the block of the style which was drawn for each position's block, for
    `wanted` colours (h, w, 3), which count where it is `plain` (h, w)."""
    (height, width), columns = wanted.shape[:2], tints.colours.shape[1]
    means = yield from means_within(wanted, plain + 1e-3, side)
    squares = tints.colours.square().sum(2, keepdim=True)
    known = torch.cat([tints.colours, squares], 2).unflatten(0, (parts, -1)).permute(0, 3, 1, 2)
    offered = F.avg_pool2d(known, side, EVERY)
    yield
    as_good = (tints.luminance**2 + tints.chroma**2) / 2
    drawn = yield from drawn_blocks(means.flatten(1).t(), offered.transpose(0, 1).flatten(1), seed, as_good)
    drawn = drawn.view(means.shape[1:])
    down, across = offered.shape[2:]
    part, row, column = drawn // (down * across), drawn // across % down, drawn % across
    top, left = part * (tints.colours.shape[0] // parts) + row * EVERY, column * EVERY
    y, x = torch.arange(height, device=drawn.device)[:, None], torch.arange(width, device=drawn.device)
    block = y // side, x // side
    return (top[block] + y % side) * columns + left[block] + x % side


def means_within(values: Tensor, weight: Tensor, side: int) -> Steps[Tensor]:
    """(D, ⌈h/side⌉, ⌈w/side⌉) each block's mean of (h, w, D), by weights (h, w)."""
    height, width, channels = values.shape
    parts = []
    for blocks in row_chunks(-(-height // side), side * width * channels):
        rows = slice(blocks.start * side, min(blocks.stop * side, height))
        weights = weight[rows, :, None]
        weighted = torch.cat([values[rows] * weights, weights], 2).permute(2, 0, 1)[None]
        sums = F.avg_pool2d(weighted, side, ceil_mode=True)[0]
        parts.append(sums[:-1] / sums[-1:])
        yield
    return torch.cat(parts, 1)


def drawn_blocks(wanted: Tensor, offered: Tensor, seed: int, as_good: float) -> Steps[Tensor]:
    """(n,) for each of the wanted colours (n, 3) one of the blocks offered, of which the mean colour and the mean of
    its square are known (4, N).

    It is drawn from those whose colours have the least mean square distance, at most `as_good` more than the best.
    """
    generator, drawn = torch.Generator().manual_seed(seed), []
    order = torch.randperm(offered.shape[1], generator=generator).to(offered.device)
    offered = offered[:, order]  # else those of blank paper, which are all the same, would be the first ones there
    for part in wanted.split(max(1, PRODUCTS_AT_ONCE // offered.shape[1])):
        distance = (offered[3] - 2 * part @ offered[:3]).to(able(offered.device))
        nearest, best = distance.topk(min(CHOICES, offered.shape[1]), 1, largest=False)
        lots = torch.rand(nearest.shape, generator=generator).to(nearest.device)
        lot = lots.masked_fill(nearest > nearest[:, :1] + as_good, -1).argmax(1, keepdim=True)
        drawn.append(best.gather(1, lot)[:, 0])
        yield
    return order[torch.cat(drawn).to(offered.device)]
