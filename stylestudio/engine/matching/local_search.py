"""Better matches from a few candidates for each position, in time that does not depend on the style's size.

The candidates are those of PatchMatch (Barnes et al., "PatchMatch: A Randomized Correspondence Algorithm for Structural
Image Editing", 2009, sections 3.2 and 3.3): a position's own match, its neighbours' matches shifted, and small random
steps.
"""

from functools import partial

import torch
from torch import Tensor

from stylestudio.engine.matching.likeness import Bound, Likeness
from stylestudio.engine.patches import Matches
from stylestudio.progress import Progress, Steps, Work, told

CANDIDATES_AT_ONCE = 1 << 14
PROPAGATION = (1, 2, 1)
"""How far away the neighbours are whose matches are tried, one round each."""
RANDOM_REACHES = (8, 4, 2, 1)
REACH = 3 * sum(PROPAGATION)
"""In each round three of the neighbours lie on one side."""
NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


class Search:
    """The best match found so far for every content position, by correlation of descriptors."""

    def __init__(self, content: Tensor, style: Tensor, first: Matches, bound: Bound | None = None) -> None:
        """Descriptors (h, w, D) and (H, W, D), and matches to begin with; those outside the style move to its border.

        `start` must run before anything else is tried.
        """
        self.likeness = Likeness(content.flatten(0, 1), style.flatten(0, 1), bound)
        self.shape, self.style_shape = content.shape[:2], style.shape[:2]
        self.found = self.numbered(*first)
        self.correlation = torch.full((len(self.found),), -torch.inf, device=content.device)

    @property
    def matches(self) -> Matches:
        """The best so far."""
        found = self.found.view(self.shape)
        return Matches(found // self.style_shape[1], found % self.style_shape[1])

    def numbered(self, rows: Tensor, columns: Tensor) -> Tensor:
        """(h·w,) flat index of the style position nearest to each of these."""
        rows, columns = rows.long().clamp(0, self.style_shape[0] - 1), columns.long()
        return (rows * self.style_shape[1] + columns.clamp(0, self.style_shape[1] - 1)).flatten()

    def start(self) -> Steps[None]:
        """Take over the first matches."""
        return self.try_candidates(*self.matches)

    def try_candidates(self, rows: Tensor, columns: Tensor) -> Steps[None]:
        """Take over the candidates (h, w) that are more alike than what was found before."""
        candidates = self.numbered(rows, columns)
        for start in range(0, len(candidates), CANDIDATES_AT_ONCE):
            part = slice(start, start + CANDIDATES_AT_ONCE)
            correlation = self.likeness.at(part)(candidates[part])
            better = correlation > self.correlation[part]
            self.found[part] = torch.where(better, candidates[part], self.found[part])
            self.correlation[part] = torch.maximum(correlation, self.correlation[part])
            yield

    def try_neighbours(self, y: int, x: int) -> Steps[None]:
        """What the position `y` down and `x` right of each one found, moved back as far."""
        matches = Matches(*(shifted(found, y, x) for found in self.matches))
        return self.try_candidates(matches.rows - y, matches.columns - x)

    def try_steps(self, steps: Tensor) -> Steps[None]:
        """The place so many rows and columns (2, h, w) from the match."""
        rows, columns = self.matches
        return self.try_candidates(rows + steps[0], columns + steps[1])


def shifted(values: Tensor, y: int, x: int, rows: slice | None = None) -> Tensor:
    """What stands `y` down and `x` right of each place of (h, w), or of some of its rows, the border repeated."""
    height, width = values.shape
    inside = rows or slice(0, height)
    down = torch.arange(inside.start + y, inside.stop + y, device=values.device).clamp(0, height - 1)
    right = torch.arange(x, width + x, device=values.device).clamp(0, width - 1)
    return values[down[:, None], right]


def random_steps(height: int, width: int, seed: int, device: torch.device) -> Steps[Tensor]:
    """(N, 2, h, w) seeded rows and columns to go from each match, one of each of `RANDOM_REACHES`."""
    generator, found = torch.Generator().manual_seed(seed), []
    for reach in RANDOM_REACHES:
        found.append(torch.randint(-reach, reach + 1, (2, height, width), generator=generator, dtype=torch.int8))
        yield
    return torch.stack(found).to(device)


def handed_down(coarse: Matches, rows: slice, columns: slice) -> Matches:
    """Coarser matches at twice the coordinates, for this window of the finer map."""
    device = coarse.rows.device
    y = torch.arange(rows.start, rows.stop, device=device)[:, None]
    x = torch.arange(columns.start, columns.stop, device=device)[None]
    return Matches(
        coarse.rows[y // 2, x // 2] * 2 + y % 2,
        coarse.columns[y // 2, x // 2] * 2 + x % 2,
    )


def refined(
    content: Tensor, style: Tensor, first: Matches, steps: Tensor, stage: str, bound: Bound | None = None
) -> Work[Matches]:
    """Better matches than the `first` (h, w): content descriptors (h, w, D), style descriptors (H, W, D), and random
    steps (N, 2, h, w).

    All are held to `bound`. What is found at a position depends on what lies at most `REACH` positions away.
    """
    search = Search(content, style, first, bound)
    tries = [search.start]
    tries += [partial(search.try_neighbours, y * far, x * far) for far in PROPAGATION for y, x in NEIGHBOURS]
    tries += [partial(search.try_steps, step) for step in steps]
    for done, attempt in enumerate(tries):
        yield from told(attempt(), stage, done / len(tries))
    yield Progress(stage, 1.0)
    return search.matches
