"""Coarse to fine: match globally at relu4_1, then refine each match at relu3_1 and relu2_1 among a few candidates.

The candidates are those of PatchMatch (Barnes et al., "PatchMatch: A Randomized Correspondence Algorithm for Structural
Image Editing", 2009, sections 3.2 and 3.3): a position's own match handed down, its neighbours' matches shifted, and
small random steps.
"""

from functools import partial

import torch
from torch import Tensor

from stylestudio.engine.matching.descriptors import fit_projection, normalised, with_guide
from stylestudio.engine.matching.method import Layer, MatchSettings
from stylestudio.engine.patches import Matches, fitting_patch_size, lay_down_centred
from stylestudio.progress import Progress, Work

CHUNK_VALUES = 1 << 24
PROPAGATION = (1, 2, 1)
"""How far away the neighbours are whose matches are tried, one round each."""
RANDOM_REACHES = (8, 4, 2, 1)
OVERLAP = {"relu4_1": 3, "relu3_1": 3, "relu2_1": 1}
"""Overlaps are averaged where that smooths the choice; at the finest layer it would smear the strokes."""
NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


class Search:
    """The best match found so far for every content position, by correlation of descriptors."""

    def __init__(self, content: Tensor, style: Tensor, first: Matches) -> None:
        """Descriptors (h, w, D) and (H, W, D), and matches to begin with."""
        self.content, self.style = content.flatten(0, 1), style.flatten(0, 1)
        self.shape, self.style_shape = content.shape[:2], style.shape[:2]
        self.matches = first
        self.correlation = torch.full(self.shape, -torch.inf, device=content.device)
        self.try_candidates(*first)

    def try_candidates(self, rows: Tensor, columns: Tensor) -> None:
        """Take over the candidates (h, w) that are more alike than what was found before."""
        rows = rows.clamp(0, self.style_shape[0] - 1)
        columns = columns.clamp(0, self.style_shape[1] - 1)
        candidates = self.style[(rows * self.style_shape[1] + columns).flatten()]
        correlation = candidates.mul_(self.content).sum(1).view(self.shape)
        better = correlation > self.correlation
        self.matches = Matches(
            torch.where(better, rows, self.matches.rows), torch.where(better, columns, self.matches.columns)
        )
        self.correlation = torch.maximum(correlation, self.correlation)

    def try_neighbours(self, y: int, x: int) -> None:
        """What the position `y` down and `x` right of each one found, moved back as far."""
        rows, columns = (torch.roll(found, (-y, -x), (0, 1)) for found in self.matches)
        self.try_candidates(rows - y, columns - x)

    def try_random(self, reach: int, generator: torch.Generator) -> None:
        """A random place at most `reach` rows and columns from the match."""
        steps = torch.randint(-reach, reach + 1, (2, *self.shape), generator=generator).to(self.content.device)
        self.try_candidates(self.matches.rows + steps[0], self.matches.columns + steps[1])


def most_alike(content: Tensor, style: Tensor) -> Work[Tensor]:
    """(h, w) flat index of the style descriptor (H, W, D) most like each content descriptor (h, w, D)."""
    flat, keys = content.flatten(0, 1), style.flatten(0, 1)
    rows = max(1, CHUNK_VALUES // len(keys))
    found = []
    for start in range(0, len(flat), rows):
        found.append((flat[start : start + rows] @ keys.t()).argmax(1))
        yield Progress("Matching", min((start + rows) / len(flat), 1.0))
    return torch.cat(found).view(content.shape[:2])


def handed_down(coarse: Matches, height: int, width: int) -> Matches:
    """Coarser matches at twice the coordinates, for a map of height x width."""
    device = coarse.rows.device
    y, x = torch.arange(height, device=device)[:, None], torch.arange(width, device=device)[None]
    return Matches(
        coarse.rows[y // 2, x // 2] * 2 + y % 2,
        coarse.columns[y // 2, x // 2] * 2 + x % 2,
    )


def refined(content: Tensor, style: Tensor, coarse: Matches, seed: int) -> Work[Matches]:
    """Coarser matches refined: content descriptors (h, w, D), style descriptors (H, W, D)."""
    search = Search(content, style, handed_down(coarse, *content.shape[:2]))
    generator = torch.Generator().manual_seed(seed)
    steps = [partial(search.try_neighbours, y * far, x * far) for far in PROPAGATION for y, x in NEIGHBOURS]
    steps += [partial(search.try_random, reach, generator) for reach in RANDOM_REACHES]
    for done, step in enumerate(steps, 1):
        step()
        yield Progress("Refining", done / len(steps))
    return search.matches


def replace(layer: Layer, settings: MatchSettings) -> Work[tuple[Tensor, Matches]]:
    """The layer's map made of the style's raw features, chosen by normalised ones: globally first, refined later."""
    style_features = layer.style.features[layer.name]
    patch_size = fitting_patch_size(settings.patch_size, layer.content.features[layer.name], style_features)
    query, keys = guided_query(layer, settings), guided_keys(layer, settings)
    yield Progress("Matching", 0.0)
    projection = fit_projection(keys, patch_size, settings.seed)
    content, style = projection(query), projection(keys)
    if layer.coarse is None:
        flat = yield from most_alike(content, style)
        matches = Matches(flat // style.shape[1], flat % style.shape[1])
    else:
        matches = yield from refined(content, style, layer.coarse, settings.seed)
    return lay_down_centred(style_features, matches, OVERLAP[layer.name]), matches


def guided_query(layer: Layer, settings: MatchSettings) -> Tensor:
    """What to look for: the content's features, mixed with what the coarser layer's replacement asks for."""
    query = normalised(layer.content.features[layer.name])
    if layer.decoded is not None:
        query = torch.lerp(normalised(layer.decoded), query, settings.fidelity)
    return with_guide(query, layer.content.luminance, settings.light_weight)


def guided_keys(layer: Layer, settings: MatchSettings) -> Tensor:
    """What there is to choose from: the style's features."""
    return with_guide(normalised(layer.style.features[layer.name]), layer.style.luminance, settings.light_weight)
