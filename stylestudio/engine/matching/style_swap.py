"""Style swap (*single*): give every content patch at relu4_1 its most similar style patch.

Chen and Schmidt, "Fast Patch-based Style Transfer of Arbitrary Style", 2016, section 3.1. The similarity is normalised
cross-correlation. A patch's correlation is the sum, along k x k shifted diagonals, of the correlations of single
positions, so each pair of positions is multiplied once, not k x k times.
"""

from collections import deque
from dataclasses import dataclass
from dataclasses import replace as replaced

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.config import DEFAULT, Config
from stylestudio.engine.device import packed
from stylestudio.engine.maps import HELD, FeatureMap, in_turn, kept, window, windows
from stylestudio.engine.matching.descriptors import principal_components, sampled_positions
from stylestudio.engine.matching.method import Layer, MatchSettings
from stylestudio.engine.patches import Matches, fitting_patch_size, lay_down, patch_norms
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Progress, Steps, Work, scaled, told


def diagonal_sums(correlations: Tensor, patch_size: int) -> Tensor:
    """Sum over k neighbours in x of style and content together: (H, W, w) to (H, W-k+1, w-k+1)."""
    style_width, width = (extent - patch_size + 1 for extent in correlations.shape[1:])
    total = correlations[:, :style_width, :width].clone()
    for x in range(1, patch_size):
        total += correlations[:, x : x + style_width, x : x + width]
    return total


def row_correlations(content_row: Tensor, style_features: Tensor) -> Tensor:
    """(H, W, w) inner products of all of a style's map (1, C, H, W) with each position of a content row (C, w).

    Written as a 1x1 convolution, which is several times faster than a matrix product on many processors.
    """
    return F.conv2d(style_features, content_row.t()[:, :, None, None].contiguous())[0].permute(1, 2, 0)


def best_of_rows(window: deque[Tensor], norms: Tensor) -> tuple[Tensor, Tensor]:
    """(w-k+1,) the best style patch's similarity and flat index: diagonal sums of k content rows, norms (H-k+1, W-k+1).

    The similarity leaves out the content patch's own norm.
    """
    height = norms.shape[0]
    scores = window[0][:height].clone()
    for y in range(1, len(window)):
        scores += window[y][y : y + height]
    return scores.div_(norms[:, :, None]).flatten(0, 1).max(0)


def matches_in_strip(content: Tensor, strip: Tensor, norms: Tensor, patch_size: int) -> Work[tuple[Tensor, Tensor]]:
    """(h-k+1, w-k+1) similarities and flat indices of the best patches of a strip (1, C, H, W) of the style."""
    window: deque[Tensor] = deque(maxlen=patch_size)
    similarities, found, height = [], [], content.shape[2]
    for y in range(height):
        window.append(diagonal_sums(row_correlations(content[0, :, y], strip), patch_size))
        if len(window) == patch_size:
            similarity, best = best_of_rows(window, norms)
            similarities.append(similarity)
            found.append(best)
        yield Progress("Matching", (y + 1) / height)
    return torch.stack(similarities), torch.stack(found)


@dataclass(frozen=True)
class Searched:
    """A style as it is searched: its map (1, D, H, W), the norms of its patches (H-k+1, W-k+1), and the `directions`
    (D, C) that a content has to be projected on, None for its own channels."""

    features: Tensor
    norms: Tensor
    directions: Tensor | None

    def projected(self, features: Tensor) -> Tensor:
        """A map (1, C, h, w) as (1, D, h, w)."""
        return features if self.directions is None else F.conv2d(packed(features), self.directions[:, :, None, None])


def searched(style: Tensor, patch_size: int, config: Config) -> Steps[Searched]:
    """A style's map (1, C, H, W), a large one by its principal components: inner products change little, and half the
    arithmetic is saved. What is looked for stays the same, the norms are those of all channels."""
    style, norms = packed(style), patch_norms(style, patch_size)
    yield
    if style.shape[2] * style.shape[3] <= config.swap.whole_up_to:
        return Searched(style, norms, None)
    positions = sampled_positions(style.shape[2], style.shape[3], 0, config.appearance.samples).to(style.device)
    directions = principal_components(style[0].permute(1, 2, 0).flatten(0, 1)[positions], config.swap.components)
    yield
    return Searched(F.conv2d(style, directions[:, :, None, None]), norms, directions)


def best_patches(content: Tensor, style: Searched, patch_size: int) -> Work[Matches]:
    """The best patch of the style for every content patch of (1, C, h, w), patches by first position.

    The style is taken in strips of a few rows, so that all the products with a content row stay in the cache.
    """
    content, norms = style.projected(content), style.norms
    height, width = (extent - patch_size + 1 for extent in content.shape[2:])
    most = norms.new_full((height, width), -torch.inf)
    best = torch.zeros_like(most, dtype=torch.long)
    # products, their sums along x, and those along y are all in use at a time
    strips = row_chunks(norms.shape[0], 3 * norms.shape[1] * content.shape[3])
    for number, rows in enumerate(strips):
        strip = packed(style.features[:, :, rows.start : rows.stop + patch_size - 1])
        work = matches_in_strip(content, strip, norms[rows], patch_size)
        similarity, found = yield from scaled(work, number / len(strips), (number + 1) / len(strips))
        best = torch.where(similarity > most, found + rows.start * norms.shape[1], best)
        most = torch.maximum(similarity, most)
    return Matches(best // norms.shape[1], best % norms.shape[1])


def swap_matches(
    content: FeatureMap, style: Tensor, patch_size: int, config: Config = DEFAULT, usable: Tensor | None = None
) -> Work[Matches]:
    """The best style patch for every content patch, maps (1, C, h, w), which may be lazy, and (1, C, H, W).

    Where `usable` (H, W) is given, only those patches are taken whose middle it allows.
    """
    known = yield from told(searched(style, patch_size, config), "Matching", 0.0)
    if usable is not None:
        middle, (rows, columns) = patch_size // 2, known.norms.shape
        allowed = usable[middle : middle + rows, middle : middle + columns]
        known = replaced(known, norms=torch.where(allowed, known.norms, torch.inf))
    height, width = (extent - patch_size + 1 for extent in content.shape[2:])
    found = torch.empty(2, height, width, dtype=torch.long, device=style.device)
    parts = [place for place in windows(content) if place[0].start < height and place[1].start < width]
    for done, (rows, columns) in in_turn(parts):
        inside = slice(rows.start, min(rows.stop, height)), slice(columns.start, min(columns.stop, width))
        outer = (slice(part.start, part.stop + patch_size - 1) for part in inside)
        features = yield from told(window(content, *outer), "Matching", done)
        work = best_patches(features, known, patch_size)
        found[:, *inside] = torch.stack((yield from scaled(work, done, done + 1 / len(parts))))
    return Matches(*found)


def replace(layer: Layer, settings: MatchSettings) -> Work[tuple[FeatureMap, Matches]]:
    """The content's map with every patch replaced by the style's most similar one, overlaps averaged.

    A patch size that does not fit into one of the maps becomes the largest that does.
    """
    content, style = layer.content.features[layer.name], layer.style.held(layer.name)
    patch_size = fitting_patch_size(settings.patch_size, content, style)
    matches = yield from scaled(
        swap_matches(content, style, patch_size, settings.config, layer.style.usable(layer.name)), 0.0, 0.9
    )
    features = yield from scaled(kept(lay_down(style, matches, patch_size), "Matching", HELD), 0.9, 1.0)
    return features, matches
