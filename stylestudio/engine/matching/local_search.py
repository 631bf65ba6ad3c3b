"""Better matches from a few candidates for each position, in time that does not depend on the style's size.

The candidates are those of PatchMatch (Barnes et al., "PatchMatch: A Randomized Correspondence Algorithm for Structural
Image Editing", 2009, sections 3.2 and 3.3): a position's own match, its neighbours' matches shifted, and small random
steps.
"""

from functools import partial

import torch
from torch import Tensor

from stylestudio.engine.patches import Matches
from stylestudio.progress import Progress, Steps, Work, told

CANDIDATES_AT_ONCE = 1 << 14
PROPAGATION = (1, 2, 1)
"""How far away the neighbours are whose matches are tried, one round each."""
RANDOM_REACHES = (8, 4, 2, 1)
NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


class Search:
    """The best match found so far for every content position, by correlation of descriptors."""

    def __init__(self, content: Tensor, style: Tensor, first: Matches) -> None:
        """Descriptors (h, w, D) and (H, W, D), and matches to begin with; those outside the style move to its border.

        `start` must run before anything else is tried.
        """
        self.content, self.style = content.flatten(0, 1), style.flatten(0, 1)
        self.shape, self.style_shape = content.shape[:2], style.shape[:2]
        self.found = self.numbered(*first)
        self.correlation = torch.full((len(self.content),), -torch.inf, device=content.device)

    @property
    def matches(self) -> Matches:
        """The best so far."""
        found = self.found.view(self.shape)
        return Matches(found // self.style_shape[1], found % self.style_shape[1])

    def numbered(self, rows: Tensor, columns: Tensor) -> Tensor:
        """(h·w,) flat index of the style position nearest to each of these."""
        rows = rows.clamp(0, self.style_shape[0] - 1)
        return (rows * self.style_shape[1] + columns.clamp(0, self.style_shape[1] - 1)).flatten()

    def start(self) -> Steps[None]:
        """Take over the first matches."""
        return self.try_candidates(*self.matches)

    def try_candidates(self, rows: Tensor, columns: Tensor) -> Steps[None]:
        """Take over the candidates (h, w) that are more alike than what was found before."""
        candidates = self.numbered(rows, columns)
        for start in range(0, len(candidates), CANDIDATES_AT_ONCE):
            part = slice(start, start + CANDIDATES_AT_ONCE)
            keys = self.style.index_select(0, candidates[part])
            correlation = torch.linalg.vecdot(keys, self.content[part])
            better = correlation > self.correlation[part]
            self.found[part] = torch.where(better, candidates[part], self.found[part])
            self.correlation[part] = torch.maximum(correlation, self.correlation[part])
            yield

    def try_neighbours(self, y: int, x: int) -> Steps[None]:
        """What the position `y` down and `x` right of each one found, moved back as far."""
        rows, columns = (torch.roll(found, (-y, -x), (0, 1)) for found in self.matches)
        return self.try_candidates(rows - y, columns - x)

    def try_random(self, reach: int, generator: torch.Generator) -> Steps[None]:
        """A random place at most `reach` rows and columns from the match."""
        steps = torch.randint(-reach, reach + 1, (2, *self.shape), generator=generator).to(self.content.device)
        rows, columns = self.matches
        return self.try_candidates(rows + steps[0], columns + steps[1])


def handed_down(coarse: Matches, height: int, width: int) -> Matches:
    """Coarser matches at twice the coordinates, for a map of height x width."""
    device = coarse.rows.device
    y, x = torch.arange(height, device=device)[:, None], torch.arange(width, device=device)[None]
    return Matches(
        coarse.rows[y // 2, x // 2] * 2 + y % 2,
        coarse.columns[y // 2, x // 2] * 2 + x % 2,
    )


def refined(content: Tensor, style: Tensor, first: Matches, seed: int, stage: str) -> Work[Matches]:
    """Better matches than the `first` (h, w): content descriptors (h, w, D), style descriptors (H, W, D)."""
    search = Search(content, style, first)
    generator = torch.Generator().manual_seed(seed)
    steps = [search.start]
    steps += [partial(search.try_neighbours, y * far, x * far) for far in PROPAGATION for y, x in NEIGHBOURS]
    steps += [partial(search.try_random, reach, generator) for reach in RANDOM_REACHES]
    for done, step in enumerate(steps):
        yield from told(step(), stage, done / len(steps))
    yield Progress(stage, 1.0)
    return search.matches
