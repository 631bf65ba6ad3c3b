"""The best of all style positions for every content position, in bounded time and memory.

Of a large style not every position is offered: one in each square of a grid, at a seeded random place inside, so that
every region has its say. What that loses, a search among neighbours wins back.
"""

from math import sqrt

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.matching.local_search import random_steps, refined
from stylestudio.engine.matching.usage import dearer
from stylestudio.engine.patches import Matches
from stylestudio.progress import Progress, Work, scaled, told

STAGE = "Matching"
PRODUCTS_AT_ONCE = 1 << 22
"""Twice as many would take twice as long: glibc asks the system anew for every block of over 32 MiB."""
MOST_OFFERED = 1 << 13
MOST_AT_ONCE = 1 << 16
"""Content positions: on Apple's cards, before macOS 15.1, a convolution gives no map that is longer in any way."""


def offered(height: int, width: int, seed: int) -> Tensor:
    """(N,) flat style positions to choose from, about `MOST_OFFERED` at most, in order."""
    if height * width <= MOST_OFFERED:
        return torch.arange(height * width)
    step = sqrt(height * width / MOST_OFFERED)
    starts = [torch.arange(0, extent, step, dtype=torch.float64) for extent in (height, width)]
    places = torch.rand(2, len(starts[0]), len(starts[1]), generator=torch.Generator().manual_seed(seed)) * step
    rows = (starts[0][:, None] + places[0]).long().clamp_max(height - 1)
    columns = (starts[1] + places[1]).long().clamp_max(width - 1)
    return (rows * width + columns).flatten().unique()


def most_alike(content: Tensor, keys: Tensor) -> Work[Tensor]:
    """(h, w) which of the style descriptors (N, D) is most like each content descriptor (h, w, D).

    The product is written as a 1x1 convolution, which is faster than a matrix product on many processors.
    """
    flat, columns = content.flatten(0, 1), keys.t()[None, :, :, None]
    count = min(max(1, PRODUCTS_AT_ONCE // len(keys)), MOST_AT_ONCE)
    # one tensor for all: small ones kept among the large products would leave holes that no others fit into
    found = torch.empty(len(flat), dtype=torch.long, device=flat.device)
    for start in range(0, len(flat), count):
        part = flat[start : start + count, :, None, None]
        torch.argmax(F.conv2d(columns, part)[0, :, :, 0], 1, out=found[start : start + count])
        yield Progress(STAGE, min((start + count) / len(flat), 1.0))
    return found.view(content.shape[:2])


def global_matches(content: Tensor, style: Tensor, plain: Tensor, seed: int) -> Work[Matches]:
    """The best style position for every content position, for descriptors (h, w, D) and (H, W, D).

    Found twice: the second time those are dearer that were taken too often at first, except where the content is
    `plain` (h, w).
    """
    height, width = style.shape[:2]
    positions = offered(height, width, seed).to(style.device)
    flat = yield from scaled(most_alike(content, style.flatten(0, 1)[positions]), 0.0, 0.45)
    content, style = dearer(content, style, positions[flat], 1 - plain)
    flat = yield from scaled(most_alike(content, style.flatten(0, 1)[positions]), 0.45, 0.9)
    matches = Matches(positions[flat] // width, positions[flat] % width)
    if len(positions) == height * width:
        return matches
    steps = yield from told(random_steps(content.shape[0], content.shape[1], seed, content.device), STAGE, 0.9)
    return (yield from scaled(refined(content, style, matches, steps, STAGE), 0.9, 1.0))
