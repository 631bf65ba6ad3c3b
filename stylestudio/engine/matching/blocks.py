"""Where the photo is plain, whole blocks of the style, so that no single piece of it is repeated over and over.

All positions of a plain area look alike, so the best match of each would be the same piece. Blocks copied side by side
are how texture is made of little (Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", 2001); here
each position keeps its own match where its block is much less like the photo. Large blocks are tried, and where these
are not like enough, small ones.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.device import able
from stylestudio.engine.matching.global_search import PRODUCTS_AT_ONCE
from stylestudio.engine.patches import Matches
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

EVERY = 2
"""Blocks of the style begin at every so many positions."""


@dataclass(frozen=True)
class Kind:
    """Blocks of `side` positions a side, around which `margin` more in the style have to be as good.

    One is drawn from so many `choices`, at most `as_good` less like the photo (a correlation) than the best; what is
    taken is at most `gain` less like it than a position's own match, where the photo is wholly plain.
    """

    side: int
    margin: int
    choices: int
    as_good: float
    gain: float


LARGE = Kind(6, 1, 256, 0.2, 0.05)
"""Patches of the usual size reach as far beyond a block as its margin. Fewer choices would lie on each other, and a
mark that all of them have would come back at every block. With a gain of 0.08 a night sky gets light clouds."""
SMALL = Kind(2, 0, 64, 0.1, 0.05)
"""Where a night's darkness is found in thin lines of the style only, large blocks of them do not exist."""


def in_blocks(
    content: Tensor, style: Tensor, matches: Matches, plain: Tensor, seed: int, parts: int = 1
) -> Steps[Matches]:
    """Matches (h, w) for descriptors (h, w, D) and (H, W, D), those of blocks instead where the content is `plain`
    (h, w), 0 to 1.

    The style is made of so many equally high `parts`, and no block lies in two of them.
    """
    width, least = style.shape[1], min(style.shape[0] // parts, style.shape[1])
    own = (matches.rows * width + matches.columns).flatten()
    found, keys, query = own.clone(), style.flatten(0, 1), content.flatten(0, 1)
    for kind in (SMALL, LARGE):
        if least < kind.side + 2 * kind.margin:
            continue
        ideas = (yield from block_ideas(content, style, plain, seed, parts, kind)).flatten()
        gain = kind.gain * plain.flatten()
        for part in row_chunks(len(own), style.shape[2]):
            more = torch.linalg.vecdot(keys[ideas[part]] - keys[own[part]], query[part])
            found[part] = torch.where(more + gain[part] > 0, ideas[part], found[part])
            yield
    found = found.view(content.shape[:2])
    return Matches(found // width, found % width)


def block_ideas(
    content: Tensor, style: Tensor, plain: Tensor, seed: int, parts: int = 1, kind: Kind = LARGE
) -> Steps[Tensor]:
    """(h, w) the flat style position that goes on the block of the style which was drawn for each position's block."""
    (height, width), columns, side = content.shape[:2], style.shape[1], kind.side
    wanted = yield from means_within(content, plain + 1e-3, side)
    offered = F.avg_pool2d(style.unflatten(0, (parts, -1)).permute(0, 3, 1, 2), side + 2 * kind.margin, EVERY)
    yield
    drawn = yield from drawn_blocks(wanted.flatten(1).t(), offered.transpose(0, 1).flatten(1), seed, kind)
    drawn = drawn.view(wanted.shape[1:])
    down, across = offered.shape[2:]
    part, row, column = drawn // (down * across), drawn // across % down, drawn % across
    top, left = part * (style.shape[0] // parts) + row * EVERY + kind.margin, column * EVERY + kind.margin
    y, x = torch.arange(height, device=drawn.device)[:, None], torch.arange(width, device=drawn.device)
    block = y // side, x // side
    return (top[block] + y % side) * columns + left[block] + x % side


def means_within(content: Tensor, weight: Tensor, side: int) -> Steps[Tensor]:
    """(D, ⌈h/side⌉, ⌈w/side⌉) each block's mean of (h, w, D), by weights (h, w)."""
    height, width, channels = content.shape
    parts = []
    for blocks in row_chunks(-(-height // side), side * width * channels):
        rows = slice(blocks.start * side, min(blocks.stop * side, height))
        weights = weight[rows, :, None]
        weighted = torch.cat([content[rows] * weights, weights], 2).permute(2, 0, 1)[None]
        sums = F.avg_pool2d(weighted, side, ceil_mode=True)[0]
        parts.append(sums[:-1] / sums[-1:])
        yield
    return torch.cat(parts, 1)


def drawn_blocks(wanted: Tensor, offered: Tensor, seed: int, kind: Kind) -> Steps[Tensor]:
    """(n,) for each of the wanted descriptors (n, D) one of those offered (D, N), drawn from the best."""
    generator, drawn = torch.Generator().manual_seed(seed), []
    for part in wanted.split(max(1, PRODUCTS_AT_ONCE // offered.shape[1])):
        likeness, best = (part @ offered).to(able(offered.device)).topk(min(kind.choices, offered.shape[1]), 1)
        lots = torch.rand(likeness.shape, generator=generator).to(likeness.device)
        lot = lots.masked_fill(likeness < likeness[:, :1] - kind.as_good, -1).argmax(1, keepdim=True)
        drawn.append(best.gather(1, lot)[:, 0])
        yield
    return torch.cat(drawn).to(offered.device)
