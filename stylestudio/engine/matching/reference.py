"""The published form of style swap, slow and simple: the reference that the fast one is checked and timed against.

Chen and Schmidt 2016, section 3.2: every style patch is a filter, and a convolution of the content with all of them
gives the cross-correlations.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.matching.nnf import Nnf

FILTERS_AT_A_TIME = 512


def naive_scores(content: Tensor, style: Tensor, patch_size: int) -> Tensor:
    """(H·W, h, w) normalised cross-correlation of every style patch with every content patch, within -1..1.

    Of maps (1, C, h, w) and (1, C, H, W), their borders repeated.
    """
    margins = [patch_size // 2] * 4
    content, style = (F.pad(features, margins, mode="replicate") for features in (content, style))
    patches = F.normalize(F.unfold(style, patch_size)[0].t(), dim=1)
    filters = patches.reshape(-1, style.shape[1], patch_size, patch_size)
    correlations = torch.cat([F.conv2d(content, part)[0] for part in torch.split(filters, FILTERS_AT_A_TIME)])
    return correlations / F.unfold(content, patch_size)[0].square().sum(0).sqrt().view(correlations.shape[1:])


def naive_swap_matches(content: Tensor, style: Tensor, patch_size: int) -> Nnf:
    """The best style patch (h, w) for every content patch, patches by their middle."""
    best = naive_scores(content, style, patch_size).argmax(0)
    return Nnf(best // style.shape[3], best % style.shape[3])
