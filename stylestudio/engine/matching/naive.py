"""The published form of style swap, slow and simple: the reference that the fast one is checked and timed against.

Chen and Schmidt 2016, section 3.2: every style patch is a filter, and a convolution of the content with all of them
gives the cross-correlations.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.patches import Matches, patch_norms

FILTERS_AT_A_TIME = 512


def naive_scores(content_features: Tensor, style_features: Tensor, patch_size: int) -> Tensor:
    """(H'·W', h', w') normalised cross-correlation of every style patch with every content patch, within -1..1."""
    channels = style_features.shape[1]
    filters = F.unfold(style_features, patch_size)[0].t().reshape(-1, channels, patch_size, patch_size)
    norms = patch_norms(style_features, patch_size).flatten()[:, None, None]
    parts = [F.conv2d(content_features, part)[0] for part in filters.split(FILTERS_AT_A_TIME)]
    return torch.cat(parts) / norms / patch_norms(content_features, patch_size)


def naive_swap_matches(content_features: Tensor, style_features: Tensor, patch_size: int) -> Matches:
    """The best style patch for every content patch, patches by their first position."""
    best = naive_scores(content_features, style_features, patch_size).argmax(0)
    columns = style_features.shape[3] - patch_size + 1
    return Matches(best // columns, best % columns)
