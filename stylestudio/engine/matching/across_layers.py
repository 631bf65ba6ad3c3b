"""Where the photo is plain, what a finer layer takes of the style has to be like what the coarser layer chose.

A finer layer sees less of a place, and its search goes from neighbour to neighbour: there, the pieces that are right at
a contour would spread over the sky beside it. So, where little happens, candidates lose as much as they are less like
the coarser layer's choice, by the coarser layer's descriptors, than `LIKE`. Any that is more like it may be taken, so
that the area stays varied.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.matching.coherence import BESIDE
from stylestudio.engine.matching.likeness import Bound
from stylestudio.engine.matching.local_search import shifted
from stylestudio.engine.patches import Matches
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

COARSER = {"relu3_1": "relu4_1", "relu2_1": "relu3_1"}
DIRECTIONS = 32
"""Of the coarser layer's descriptors, the strongest: with all of them pictures are the same, and take longer."""
LIKE = 0.5
"""The inner product of these, which are a little shorter than 1, from which on a piece of the style is like enough.
With 0.3 patches come back, with 0.7 plain areas are made of too few pieces."""


@dataclass(frozen=True)
class Chosen:
    """What the coarser layer chose: `matches` (h, w), and by its descriptors, the `keys` (M, D), which of these each
    position's `own` (h, w) is.

    `places` (N,) says in which of these each style position of the finer layer lies, and `binding` (2h, 2w), from 0 to
    1, how far each position of the finer layer is held to what was chosen.
    """

    matches: Matches
    own: Tensor
    keys: Tensor
    places: Tensor
    binding: Tensor

    def within(self, rows: slice, columns: slice) -> Bound:
        """What holds for this window of the finer layer."""
        binding = self.binding[rows, columns].flatten()
        y, x = (torch.arange(part.start, part.stop, device=binding.device) // 2 for part in (rows, columns))
        wanted = self.keys[self.own[y[:, None], x].flatten()] * binding[:, None]
        return Bound(self.keys, self.places, wanted, binding * LIKE)


def chosen(matches: Matches, descriptors: Tensor, plain: Tensor) -> Steps[Chosen]:
    """What matches (h, w) among descriptors (H, W, D) mean for the finer layer, where the photo is `plain` (2h, 2w)."""
    keys, width = descriptors[..., :DIRECTIONS].flatten(0, 1).contiguous(), descriptors.shape[1]
    own = matches.rows.long() * width + matches.columns
    free = yield from contested(own, keys, F.avg_pool2d(plain[None], 2)[0])
    places = torch.arange(len(keys), device=keys.device).view(-1, width)
    return Chosen(matches, own, keys, to_finer(places).flatten(), plain * (1 - to_finer(free)))


def to_finer(values: Tensor) -> Tensor:
    """(2h, 2w) each of the values (h, w) four times."""
    return values.repeat_interleave(2, 0).repeat_interleave(2, 1)


def contested(own: Tensor, keys: Tensor, plain: Tensor) -> Steps[Tensor]:
    """(h, w) from 0 to 1 how `plain` (h, w) a neighbour is that chose something unlike a position's `own` (h, w) of the
    `keys` (M, D).

    Within a plain area, both held to their own choices would show the edges of their cells.
    """
    found = torch.zeros_like(plain)
    for rows in row_chunks(len(own), own.shape[1] * keys.shape[1]):
        mine = keys[own[rows]]
        for y, x in BESIDE:
            unlike = torch.linalg.vecdot(mine, keys[shifted(own, y, x, rows)]) < LIKE
            found[rows] = torch.maximum(found[rows], unlike * shifted(plain, y, x, rows))
        yield
    return found
