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

from stylestudio.engine.matching.coherence import NEIGHBOURS
from stylestudio.engine.matching.likeness import Bound
from stylestudio.engine.matching.local_search import shifted
from stylestudio.engine.patches import Matches
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

COARSER = {"relu3_1": "relu4_1", "relu2_1": "relu3_1"}
DIRECTIONS = 32
"""Of the coarser layer's descriptors, the strongest: with all of them pictures are the same, and take longer."""
LIKE = 0.5
"""The correlation from which on a piece of the style is like enough. With 0.3 patches come back, with 0.7 plain areas
are made of too few pieces."""


@dataclass(frozen=True)
class Chosen:
    """What the coarser layer chose: `matches` (h, w) among `keys` (H, W, D), its descriptors of the style.

    `binding` (2h, 2w) says for each position of the finer layer, from 0 to 1, how far it is held to that.
    """

    matches: Matches
    keys: Tensor
    binding: Tensor

    def within(self, rows: slice, columns: slice) -> Bound:
        """What holds for this window of the finer layer."""
        binding, keys = self.binding[rows, columns].flatten()[:, None], self.keys.flatten(0, 1)
        y, x = (torch.arange(part.start, part.stop, device=binding.device) // 2 for part in (rows, columns))
        own = self.matches.rows[y[:, None], x] * self.keys.shape[1] + self.matches.columns[y[:, None], x]
        return Bound(keys, self.coarser_positions(), keys[own.flatten()] * binding, binding[:, 0] * LIKE)

    def coarser_positions(self) -> Tensor:
        """(2H·2W,) the flat coarser position in which each of the style's finer ones lies."""
        height, width = self.keys.shape[:2]
        flat = torch.arange(height * width, device=self.keys.device).view(height, width)
        return flat.repeat_interleave(2, 0).repeat_interleave(2, 1).flatten()


def chosen(matches: Matches, keys: Tensor, plain: Tensor) -> Steps[Chosen]:
    """What matches (h, w) among descriptors (H, W, D) mean for the finer layer, where the photo is `plain` (2h, 2w)."""
    keys = keys[..., :DIRECTIONS].contiguous()
    free = (yield from contested(matches, keys, F.avg_pool2d(plain[None], 2)[0])).repeat_interleave(2, 0)
    return Chosen(matches, keys, plain * (1 - free.repeat_interleave(2, 1)))


def contested(matches: Matches, keys: Tensor, plain: Tensor) -> Steps[Tensor]:
    """(h, w) from 0 to 1 where a neighbour in the same `plain` (h, w) area chose something else.

    Held to their own choices, both would show the edges of their cells.
    """
    flat, found = matches.rows.long() * keys.shape[1] + matches.columns, torch.zeros_like(plain)
    pieces = keys.flatten(0, 1)
    for rows in row_chunks(len(flat), flat.shape[1] * keys.shape[2]):
        own = pieces[flat[rows]]
        for y, x in NEIGHBOURS:
            unlike = torch.linalg.vecdot(own, pieces[shifted(flat, y, x)[rows]]) < LIKE
            found[rows] = torch.maximum(found[rows], unlike * shifted(plain, y, x)[rows])
        yield
    return found
