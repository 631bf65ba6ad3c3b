"""Short vectors whose inner products stand for normalised patch correlations.

Both maps are normalised by their own channel means and deviations, so that content and style speak the same language;
the style's principal components (first of its channels, then of its patches) keep what tells its patches apart.
Light and dark ride along as one more channel, so that the content's order of light and dark leads the choice.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

CHANNEL_COMPONENTS = 64
PATCH_COMPONENTS = 64
PATCH_VALUES = 576
"""Channel components times positions of a patch: more would take seconds to decompose."""
SAMPLES = 16384
RANK_SHARE = 0.5
"""How much of the light-and-dark guide is rank and how much plain value; rank alone stretches nearly even pictures."""


@dataclass(frozen=True)
class Projection:
    """From a normalised map with its guide, (1, C + 1, h, w), to descriptors."""

    channels: Tensor
    patches: Tensor

    def __call__(self, normalised: Tensor) -> Tensor:
        """(h, w, D) descriptor of the patch around every position, of length 1."""
        reduced = F.conv2d(normalised, self.channels)
        reach = self.patches.shape[-1] // 2
        padded = F.pad(reduced, (reach,) * 4, mode="replicate")
        described = F.conv2d(padded, self.patches)
        return F.normalize(described[0].permute(1, 2, 0), dim=2)


def normalised(features: Tensor) -> Tensor:
    """Each channel of a map (1, C, h, w) less its mean, over its deviation; constant channels become 0."""
    deviation, mean = torch.std_mean(features, (2, 3), keepdim=True, correction=0)
    return (features - mean) / deviation.clamp_min(1e-3)


def guide(luminance: Tensor, height: int, width: int) -> Tensor:
    """(1, 1, height, width) light and dark of a luminance map (1, 1, H, W): mean 0, deviation about 1.

    Half each the value's rank among all positions, uniform over +-sqrt 3, and the standardised value itself.
    """
    pooled = F.adaptive_avg_pool2d(luminance, (height, width))
    plain = (pooled - pooled.mean()) / pooled.std(correction=0).clamp_min(0.02)
    return RANK_SHARE * ranked(pooled) + (1 - RANK_SHARE) * plain


def ranked(values: Tensor) -> Tensor:
    """Each value's rank, spread evenly over +-sqrt 3; equal values share their mean rank."""
    _, places, counts = values.unique(return_inverse=True, return_counts=True)
    middle = counts.cumsum(0) - (counts + 1) / 2
    return (middle / max(values.numel() - 1, 1) * 2 - 1)[places] * 3**0.5


def with_guide(features: Tensor, luminance: Tensor, weight: float) -> Tensor:
    """A normalised map (1, C, h, w) with light and dark as one more channel, `weight` times the root of C strong."""
    light = guide(luminance, *features.shape[2:])
    return torch.cat([features, light * (weight * features.shape[1] ** 0.5)], 1)


def principal_components(rows: Tensor, count: int) -> Tensor:
    """(count or fewer, D) the strongest directions of rows (N, D), strongest first."""
    if len(rows) < rows.shape[1]:
        return torch.linalg.svd(rows, full_matrices=False).Vh[:count].contiguous()
    # double precision: in single, some covariances of poor rank have no decomposition
    _, vectors = torch.linalg.eigh((rows.t() @ rows).double())
    return vectors.flip(1)[:, :count].t().to(rows.dtype).contiguous()


def sampled_positions(height: int, width: int, seed: int) -> Tensor:
    """Flat positions of a map, at most `SAMPLES` of them, chosen at random."""
    order = torch.randperm(height * width, generator=torch.Generator().manual_seed(seed))
    return order[:SAMPLES].sort().values


def sampled_patches(features: Tensor, positions: Tensor, patch_size: int) -> Tensor:
    """(N, C·k·k) the patches of a map (1, C, h, w) around these flat positions, its border repeated."""
    height, width = features.shape[2:]
    rows, columns = positions // width, positions % width
    reach = range(-(patch_size // 2), patch_size // 2 + 1)
    parts = [
        features[0][:, (rows + y).clamp(0, height - 1), (columns + x).clamp(0, width - 1)] for y in reach for x in reach
    ]
    return torch.stack(parts, 1).flatten(0, 1).t()


def fit_projection(style: Tensor, patch_size: int, seed: int) -> Projection:
    """The projection that keeps most of a normalised style map (1, C, h, w)."""
    height, width = style.shape[2:]
    positions = sampled_positions(height, width, seed).to(style.device)
    count = min(CHANNEL_COMPONENTS, PATCH_VALUES // patch_size**2)
    channels = principal_components(style[0].flatten(1).t()[positions], count)[:, :, None, None]
    reduced = F.conv2d(style, channels)
    patches = principal_components(sampled_patches(reduced, positions, patch_size), PATCH_COMPONENTS)
    return Projection(channels, patches.view(len(patches), reduced.shape[1], patch_size, patch_size))
