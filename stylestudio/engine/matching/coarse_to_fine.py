"""Coarse to fine: match globally at relu4_1, then refine each match at relu3_1 and relu2_1 among a few candidates.

The candidates are those of PatchMatch (Barnes et al., "PatchMatch: A Randomized Correspondence Algorithm for Structural
Image Editing", 2009, sections 3.2 and 3.3): a position's own match handed down, its neighbours' matches shifted, and
small random steps.
"""

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.matching.coherence import coherent
from stylestudio.engine.matching.descriptors import descriptors, guided
from stylestudio.engine.matching.guides import guides, led, plainness
from stylestudio.engine.matching.method import Layer, MatchSettings
from stylestudio.engine.matching.transport import moments, transported
from stylestudio.engine.matching.usage import dearer
from stylestudio.engine.patches import Matches, fitting_patch_size, lay_down_centred
from stylestudio.progress import Progress, Steps, Work, scaled, told

PRODUCTS_AT_ONCE = 1 << 23
CANDIDATES_AT_ONCE = 1 << 14
PROPAGATION = (1, 2, 1)
"""How far away the neighbours are whose matches are tried, one round each."""
RANDOM_REACHES = (8, 4, 2, 1)
OVERLAP = {"relu4_1": 3, "relu3_1": 3, "relu2_1": 1}
"""Overlaps are averaged where that smooths the choice; at the finest layer it would smear the strokes."""
LEAD = {"relu4_1": 2.0, "relu3_1": 2.0, "relu2_1": 0.0}
"""By how much more light and dark count where the photo is plain; else parts of night skies become bright. At the
finest layer strokes decide: there it would cost a twentieth of the style."""
PHOTO_SHARES = {"relu3_1": 0.9, "relu2_1": 0.4}
"""At fidelity 1, how much of the photo's own features, brought to the style's statistics, the replaced ones take in."""
BALANCE = {"relu3_1": 1.0, "relu2_1": 0.5}
"""How far the result is then brought to the style's statistics. At relu4_1 it would take time and hardly show; going
all the way at the finest layer makes dark skies grey where the style has little that is dark."""
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


def most_alike(content: Tensor, style: Tensor) -> Work[Tensor]:
    """(h, w) flat index of the style descriptor (H, W, D) most like each content descriptor (h, w, D).

    The product is written as a 1x1 convolution, which is faster than a matrix product on many processors.
    """
    flat, keys = content.flatten(0, 1), style.permute(2, 0, 1)[None]
    count = max(1, PRODUCTS_AT_ONCE // (style.shape[0] * style.shape[1]))
    found = []
    for start in range(0, len(flat), count):
        found.append(F.conv2d(keys, flat[start : start + count, :, None, None])[0].flatten(1).argmax(1))
        yield Progress("Matching", min((start + count) / len(flat), 1.0))
    return torch.cat(found).view(content.shape[:2])


def global_matches(content: Tensor, style: Tensor, plain: Tensor) -> Work[Matches]:
    """The best of all style positions, twice: the second time those are dearer that were taken too often at first."""
    flat = yield from scaled(most_alike(content, style), 0.0, 0.4)
    flat = yield from scaled(most_alike(*dearer(content, style, flat, 1 - plain)), 0.4, 0.8)
    return Matches(flat // style.shape[1], flat % style.shape[1])


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
    steps = [search.start]
    steps += [partial(search.try_neighbours, y * far, x * far) for far in PROPAGATION for y, x in NEIGHBOURS]
    steps += [partial(search.try_random, reach, generator) for reach in RANDOM_REACHES]
    for done, step in enumerate(steps):
        yield from told(step(), "Refining", done / len(steps))
    yield Progress("Refining", 1.0)
    return search.matches


def replace(layer: Layer, settings: MatchSettings) -> Work[tuple[Tensor, Matches]]:
    """The layer's map made of the style's raw features, chosen by normalised ones: globally first, refined later."""
    style_features = layer.style.features[layer.name]
    content, style = yield from told(described(layer, settings), "Matching")
    if layer.coarse is None:
        matches = yield from global_matches(content, style, plainness(layer.content.luminance, *content.shape[:2]))
    else:
        matches = yield from scaled(refined(content, style, layer.coarse, settings.seed), 0.0, 0.8)
    stage = "Matching" if layer.coarse is None else "Refining"
    matches = yield from told(coherent(content, style, matches), stage, 0.85)
    features = yield from told(lay_down_centred(style_features, matches, OVERLAP[layer.name]), stage, 0.9)
    if layer.name in BALANCE:
        features = yield from told(balanced(features, layer, settings.fidelity), stage, 0.95)
    yield Progress(stage, 1.0)
    return features, matches


def described(layer: Layer, settings: MatchSettings) -> Steps[tuple[Tensor, Tensor]]:
    """Descriptors of what to look for, (h, w, D), and of what there is to choose from, (H, W, D).

    One looks for the content's features, mixed with what the coarser layer's replacement asks for, among the style's.
    """
    content, style = layer.content.features[layer.name], layer.style.features[layer.name]
    query = [(1.0, content)]
    if layer.decoded is not None:
        query = [(settings.fidelity, content), (1 - settings.fidelity, layer.decoded)]
    weights = settings.light_weight, settings.even_weight
    luminance, shape = layer.content.luminance, (content.shape[2], content.shape[3])
    of_content = led(guides(luminance, *shape, *weights), plainness(luminance, *shape), LEAD[layer.name])
    yield
    of_style = guides(layer.style.luminance, style.shape[2], style.shape[3], *weights)
    yield
    wanted = yield from guided(query, of_content)
    offered = yield from guided([(1.0, style)], of_style)
    return (
        yield from descriptors(wanted, offered, fitting_patch_size(settings.patch_size, content, style), settings.seed)
    )


def balanced(features: Tensor, layer: Layer, fidelity: float) -> Steps[Tensor]:
    """Replaced features (1, C, h, w) with some of the photo's own, as often of each kind as in the style."""
    content = layer.content.features[layer.name]
    wanted = yield from moments(layer.style.features[layer.name])
    photo = yield from transported(content, (yield from moments(content)), wanted)
    features = torch.lerp(features, photo, PHOTO_SHARES[layer.name] * fidelity)
    yield
    again = yield from transported(features, (yield from moments(features)), wanted)
    return torch.lerp(features, again, BALANCE[layer.name]).relu_()
