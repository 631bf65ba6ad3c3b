"""Style swap (*single*): give every content patch at relu4_1 its most similar style patch.

Chen and Schmidt, "Fast Patch-based Style Transfer of Arbitrary Style", 2016, section 3.1. The similarity is normalised
cross-correlation. A patch's correlation is the sum, along k x k shifted diagonals, of the correlations of single
positions, so each pair of positions is multiplied once, not k x k times.
"""

from collections import deque

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.maps import HELD, FeatureMap, in_turn, kept, window, windows
from stylestudio.engine.matching.method import Layer, MatchSettings
from stylestudio.engine.patches import Matches, fitting_patch_size, lay_down, patch_norms
from stylestudio.progress import Progress, Work, scaled, told


def diagonal_sums(correlations: Tensor, patch_size: int) -> Tensor:
    """Sum over k neighbours in x of content and style together: (w, H, W) to (w-k+1, H, W-k+1)."""
    width, style_width = correlations.shape[0] - patch_size + 1, correlations.shape[2] - patch_size + 1
    total = correlations[:width, :, :style_width].clone()
    for x in range(1, patch_size):
        total += correlations[x : x + width, :, x : x + style_width]
    return total


def row_correlations(content_row: Tensor, style_features: Tensor) -> Tensor:
    """(w, H, W) inner products of each position of a content row (C, w) with all of the style's map (1, C, H, W).

    Written as a 1x1 convolution, which is several times faster than a matrix product on many processors.
    """
    return F.conv2d(style_features, content_row.t()[:, :, None, None].contiguous())[0]


def best_of_row(window: deque[Tensor], norms: Tensor) -> Tensor:
    """(w-k+1,) flat index of the best style patch: diagonal sums of k content rows, norms (H-k+1, W-k+1)."""
    height = norms.shape[0]
    scores = window[0][:, :height].clone()
    for y in range(1, len(window)):
        scores += window[y][:, y : y + height]
    return scores.div_(norms).flatten(1).argmax(1)


def swap_matches(content_features: Tensor, style_features: Tensor, patch_size: int) -> Work[Matches]:
    """The best style patch for every content patch, maps (1, C, h, w) and (1, C, H, W), patches by first position."""
    norms = patch_norms(style_features, patch_size)
    window: deque[Tensor] = deque(maxlen=patch_size)
    found = []
    height = content_features.shape[2]
    for y in range(height):
        correlations = row_correlations(content_features[0, :, y], style_features)
        window.append(diagonal_sums(correlations, patch_size))
        if len(window) == patch_size:
            found.append(best_of_row(window, norms))
        yield Progress("Matching", (y + 1) / height)
    best = torch.stack(found)
    return Matches(best // norms.shape[1], best % norms.shape[1])


def all_matches(content: FeatureMap, style: Tensor, patch_size: int) -> Work[Matches]:
    """The same, for a content's map that may be lazy."""
    height, width = (extent - patch_size + 1 for extent in content.shape[2:])
    found = torch.empty(2, height, width, dtype=torch.long, device=style.device)
    parts = [place for place in windows(content) if place[0].start < height and place[1].start < width]
    for done, (rows, columns) in in_turn(parts):
        inside = slice(rows.start, min(rows.stop, height)), slice(columns.start, min(columns.stop, width))
        outer = (slice(part.start, part.stop + patch_size - 1) for part in inside)
        features = yield from told(window(content, *outer), "Matching", done)
        work = swap_matches(features, style, patch_size)
        found[:, *inside] = torch.stack((yield from scaled(work, done, done + 1 / len(parts))))
    return Matches(*found)


def replace(layer: Layer, settings: MatchSettings) -> Work[tuple[FeatureMap, Matches]]:
    """The content's map with every patch replaced by the style's most similar one, overlaps averaged.

    A patch size that does not fit into one of the maps becomes the largest that does.
    """
    content, style = layer.content.features[layer.name], layer.style.held(layer.name)
    patch_size = fitting_patch_size(settings.patch_size, content, style)
    matches = yield from scaled(all_matches(content, style, patch_size), 0.0, 0.9)
    features = yield from scaled(kept(lay_down(style, matches, patch_size), "Matching", HELD), 0.9, 1.0)
    return features, matches
