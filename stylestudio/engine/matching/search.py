"""One search for all layers: the best of all style positions, then better ones among a few candidates each.

The second part is PatchMatch (Barnes et al., "PatchMatch: A Randomized Correspondence Algorithm for Structural Image
Editing", 2009, sections 3.2 and 3.3): a position tries its neighbours' matches, shifted, and small random steps. In
its score stands how many neighbours a candidate agrees with, that is, of how many it is the continuation (Ashikhmin,
"Synthesizing Natural Textures", 2001, section 3).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.config import SearchConfig as Tuning
from stylestudio.engine.matching.descriptors import sample_positions
from stylestudio.engine.matching.nnf import Nnf
from stylestudio.engine.runtime.tiling import box_filter
from stylestudio.progress import Progress, Work, as_part, checkpoint

PRODUCTS_AT_ONCE = 1 << 22
"""Twice as many would take twice as long: glibc asks the system anew for every block of over 32 MiB."""
MOST_AT_ONCE = 1 << 16
"""Content positions: on Apple's cards, before macOS 15.1, a convolution gives no map that is longer in any way."""
CANDIDATES_AT_ONCE = 1 << 14
BESIDE = ((-1, 0), (1, 0), (0, -1), (0, 1))


def most_similar(content: Tensor, keys: Tensor, stage: str) -> Work[Tensor]:
    """(h, w) which of the style descriptors (N, D) has the greatest product with each content descriptor (h, w, D).

    The product is written as a 1x1 convolution, which is faster than a matrix product on many processors.
    """
    flat, columns = content.flatten(0, 1), keys.t()[None, :, :, None]
    count = min(max(1, PRODUCTS_AT_ONCE // len(keys)), MOST_AT_ONCE)
    # one tensor for all: small ones kept among the large products would leave holes that no others fit into
    found = torch.empty(len(flat), dtype=torch.long, device=flat.device)
    for start in range(0, len(flat), count):
        part = flat[start : start + count, :, None, None]
        torch.argmax(F.conv2d(columns, part)[0, :, :, 0], 1, out=found[start : start + count])
        yield Progress(stage, min((start + count) / len(flat), 1.0))
    return found.view(content.shape[:2])


def overuse(flat: Tensor, height: int, width: int, region: int) -> Tensor:
    """(height, width) how many times its share each region of the style is taken, by flat matches (h, w)."""
    taken = torch.bincount(flat.flatten(), minlength=height * width).view(1, 1, height, width).float()
    return box_filter(taken, region)[0, 0] * (height * width / flat.numel())


def global_matches(content: Tensor, style: Tensor, seed: int, tuning: Tuning, stage: str) -> Work[tuple[Nnf, Tensor]]:
    """The best of the style's positions for every content position, for descriptors (h, w, D) and (H, W, D).

    With them come the style's descriptors with their prices: found twice, regions of the style that were taken too
    often at first cost more the second time (Kaspar et al., "Self Tuning Texture Optimization", 2015). The last value
    of every content descriptor is 1.
    """
    height, width = style.shape[:2]
    positions = sample_positions(height, width, seed, tuning.offered).to(style.device)
    keys = style.flatten(0, 1)[positions]
    flat = positions[(yield from as_part(most_similar(content, keys, stage), 0.0, 0.5))]
    if tuning.reuse:
        price = tuning.reuse * torch.log1p(overuse(flat, height, width, tuning.region))
        style = torch.cat([style[..., :-1], style[..., -1:] - price[..., None]], 2)
        keys = style.flatten(0, 1)[positions]
        flat = positions[(yield from as_part(most_similar(content, keys, stage), 0.5, 1.0))]
    return Nnf(flat // width, flat % width), style


def search_margin(tuning: Tuning) -> int:
    """How far away a position lies at most on which it depends what `refine_matches` chooses."""
    return tuning.rounds + len(step_lengths(tuning))


def step_lengths(tuning: Tuning) -> list[int]:
    """How far random steps go at most, round after round: half as far each time, down to 1."""
    return [tuning.reach >> halvings for halvings in range(tuning.reach.bit_length())]


class Search:
    """The best match found so far for every content position."""

    def __init__(self, content: Tensor, style: Tensor, first: Nnf, agreement: float) -> None:
        """Descriptors (h, w, D) and (H, W, D), and matches to begin with; those outside the style move to its border.

        `agreement` is what a candidate gains by each of the four neighbours whose match it continues.
        """
        self.content, self.style, self.agreement = content.flatten(0, 1), style.flatten(0, 1), agreement
        self.shape, self.style_shape = content.shape[:2], style.shape[:2]
        self.found = self.flat_index(first.rows.long(), first.columns.long())
        self.likeness = self.score(self.found)

    @property
    def matches(self) -> Nnf:
        """The best so far."""
        return Nnf(self.found // self.style_shape[1], self.found % self.style_shape[1])

    def flat_index(self, rows: Tensor, columns: Tensor) -> Tensor:
        """(h, w) flat index of the style position nearest to each of these."""
        return rows.clamp(0, self.style_shape[0] - 1) * self.style_shape[1] + columns.clamp(0, self.style_shape[1] - 1)

    def run_round(self, steps: Tensor | None = None) -> None:
        """Take over the neighbours' continuations, or the matches moved by random `steps` (2, h, w), that score better.

        Agreement is that with the matches before this round.
        """
        continuations = self.neighbour_candidates()
        score = self.likeness + self.agreement * count_agreeing(self.found, continuations)
        for candidate in continuations if steps is None else [self.displaced_matches(steps)]:
            likeness = self.score(candidate)
            other = likeness + self.agreement * count_agreeing(candidate, continuations)
            better = other > score
            self.found = torch.where(better, candidate, self.found)
            self.likeness = torch.where(better, likeness, self.likeness)
            score = torch.where(better, other, score)

    def score(self, candidate: Tensor) -> Tensor:
        """(h, w) the products of each content descriptor with its candidate's."""
        flat = candidate.flatten()
        found = torch.empty(len(flat), device=flat.device)
        for start in range(0, len(flat), CANDIDATES_AT_ONCE):
            checkpoint()
            part = slice(start, start + CANDIDATES_AT_ONCE)
            found[part] = torch.linalg.vecdot(self.style.index_select(0, flat[part]), self.content[part])  # pyright: ignore[reportUnknownMemberType]
        return found.view(self.shape)

    def neighbour_candidates(self) -> list[Tensor]:
        """(h, w) each, what continues the matches of the four neighbours here."""
        rows, columns = self.matches
        return [self.flat_index(shift(rows, y, x) - y, shift(columns, y, x) - x) for y, x in BESIDE]

    def displaced_matches(self, steps: Tensor) -> Tensor:
        """(h, w) the places so many rows and columns (2, h, w) from the matches."""
        rows, columns = self.matches
        return self.flat_index(rows + steps[0], columns + steps[1])


def count_agreeing(candidate: Tensor, continuations: list[Tensor]) -> Tensor:
    """(h, w) how many of the neighbours' matches a candidate (h, w) continues."""
    return torch.stack([candidate == one for one in continuations]).sum(0)


def shift(values: Tensor, y: int, x: int) -> Tensor:
    """What stands `y` down and `x` right of each place of (h, w), the border repeated."""
    height, width = values.shape
    down, right = (torch.arange(extent, device=values.device) for extent in (height, width))
    return values[(down + y).clamp(0, height - 1)[:, None], (right + x).clamp(0, width - 1)]


def random_steps(height: int, width: int, seed: int, tuning: Tuning, device: torch.device) -> Tensor:
    """(N, 2, h, w) seeded rows and columns to go from each match, one of each of the `step_lengths`."""
    generator, furthest_steps = torch.Generator().manual_seed(seed), step_lengths(tuning)
    found = torch.empty(len(furthest_steps), 2, height, width, dtype=torch.int8)
    for number, far in enumerate(furthest_steps):
        torch.randint(-far, far + 1, (2, height, width), generator=generator, out=found[number])
    return found.to(device)


def refine_matches(content: Tensor, style: Tensor, first: Nnf, steps: Tensor, tuning: Tuning, stage: str) -> Work[Nnf]:
    """Better matches than the `first` (h, w), for descriptors (h, w, D) and (H, W, D) and random steps (N, 2, h, w).

    What is found at a position depends on what lies at most `search_margin(tuning)` positions away.
    """
    search = Search(content, style, first, tuning.agreement)
    rounds = [None] * tuning.rounds + list(steps)
    for done, step in enumerate(rounds):
        yield Progress(stage, done / len(rounds))
        search.run_round(step)
    yield Progress(stage, 1.0)
    return search.matches


def upscale_matches(coarse: Nnf, rows: slice, columns: slice) -> Nnf:
    """Coarser matches at twice the coordinates, for this window of the finer map."""
    device = coarse.rows.device
    y = torch.arange(rows.start, rows.stop, device=device)[:, None]
    x = torch.arange(columns.start, columns.stop, device=device)[None]
    return Nnf(
        coarse.rows[y // 2, x // 2] * 2 + y % 2,
        coarse.columns[y // 2, x // 2] * 2 + x % 2,
    )
