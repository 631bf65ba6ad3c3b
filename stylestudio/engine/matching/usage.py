"""Style regions that were taken too often made dearer, so that no eye or hand of the style is pasted all over.

After Kaspar et al., "Self Tuning Texture Optimization", 2015, where patches that occur too often cost more.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

PRICE = 0.03
"""Of correlation, for every time (as a logarithm) that a region is taken beyond its share."""
REGION = 5
"""Positions a side."""


def overuse(flat: Tensor, weight: Tensor, height: int, width: int) -> Tensor:
    """(height, width) how many times its share each region of the style is taken, by matches (h, w) to flat indices
    that count with a weight (h, w)."""
    taken = torch.bincount(flat.flatten(), weight.flatten(), height * width).view(1, 1, height, width).to(weight.dtype)
    around = F.avg_pool2d(taken, REGION, 1, REGION // 2, count_include_pad=False)[0, 0]
    return around * (height * width / weight.sum().clamp_min(1e-6))


def dearer(content: Tensor, style: Tensor, flat: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Descriptors (h, w, D + 1) and (H, W, D + 1) whose products count overuse by `flat` against the style's positions.

    `weight` (h, w) in 0..1 says where this counts: plain areas may be made of one piece of the style.
    """
    price = PRICE * torch.log1p(overuse(flat, weight, *style.shape[:2]))
    return torch.cat([content, weight[..., None]], 2), torch.cat([style, -price[..., None]], 2)
