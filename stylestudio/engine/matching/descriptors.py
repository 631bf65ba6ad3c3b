"""Short vectors whose inner products stand for normalised patch correlations.

Both maps are normalised by their own channel means and deviations, so that content and style speak the same language;
the style's principal components (first of its channels, then of its patches) keep what tells its patches apart.
Guides ride along as more channels.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.tiling import empty_like, row_chunks
from stylestudio.progress import Steps

CHANNEL_COMPONENTS = 64
PATCH_COMPONENTS = 64
PATCH_VALUES = 576
"""Channel components times positions of a patch: more would take seconds to decompose."""
SAMPLES = 6144
LEAST_DEVIATION = 1e-3


@dataclass(frozen=True)
class Standardised:
    """A map (1, C, h, w) of which each channel counts less its `mean`, over its `deviation` (C,).

    It is worked out only where it is asked for: written down whole, it would be as large as the map once more.
    """

    features: Tensor
    mean: Tensor
    deviation: Tensor

    def at(self, positions: Tensor) -> Tensor:
        """(N, C) the values at these flat positions."""
        values = self.features[0].permute(1, 2, 0).reshape(-1, self.features.shape[1])[positions]
        return (values - self.mean) / self.deviation

    def projected(self, rows: slice, directions: Tensor) -> Tensor:
        """(1, K, rows, w) inner products with `directions` (K, C)."""
        weights = directions / self.deviation
        return F.conv2d(self.features[:, :, rows], weights[:, :, None, None], -(weights @ self.mean))


@dataclass(frozen=True)
class Guided:
    """What is compared: a weighted sum of standardised maps, and guides (G, h, w) as more channels."""

    maps: tuple[tuple[float, Standardised], ...]
    guides: Tensor

    def at(self, positions: Tensor) -> Tensor:
        """(N, C + G) the values at these flat positions."""
        mixed = torch.stack([weight * one.at(positions) for weight, one in self.maps]).sum(0)
        return torch.cat([mixed, self.guides.flatten(1)[:, positions].t()], 1)

    def projected(self, directions: Tensor) -> Steps[Tensor]:
        """(1, K, h, w) inner products with `directions` (K, C + G)."""
        count, height, width = self.guides.shape
        of_map, of_guides = directions[:, :-count].contiguous(), directions[:, -count:]
        found = empty_like(directions, (1, len(directions), height, width))
        for rows in row_chunks(height, width * directions.shape[1]):
            parts = [one.projected(rows, of_map * weight) for weight, one in self.maps]
            found[:, :, rows] = torch.stack(parts).sum(0) + torch.einsum("kg,ghw->khw", of_guides, self.guides[:, rows])
            yield
        return found


def standardised(features: Tensor) -> Steps[Standardised]:
    """Each channel of a map (1, C, h, w) less its mean, over its deviation; constant channels become 0."""
    height, width = features.shape[2:]
    total = features.new_zeros(2, features.shape[1], dtype=torch.float64)
    for rows in row_chunks(height, width * features.shape[1]):
        part = features[0, :, rows].double()
        total += torch.stack([part.sum((1, 2)), part.square().sum((1, 2))])
        yield
    mean, square = total / (height * width)
    deviation = (square - mean.square()).clamp_min(0).sqrt().clamp_min(LEAST_DEVIATION)
    return Standardised(features, mean.to(features.dtype), deviation.to(features.dtype))


def guided(maps: list[tuple[float, Tensor]], guides: Tensor) -> Steps[Guided]:
    """Weighted maps (1, C, h, w) to compare, and guides (G, h, w), which come out the root of C times as strong."""
    parts = []
    for weight, features in maps:
        parts.append((weight, (yield from standardised(features))))
    return Guided(tuple(parts), guides * maps[0][1].shape[1] ** 0.5)


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
    values = features[0].permute(1, 2, 0).reshape(height * width, -1)
    rows, columns = positions // width, positions % width
    reach = range(-(patch_size // 2), patch_size // 2 + 1)
    inside = [((rows + y).clamp(0, height - 1), (columns + x).clamp(0, width - 1)) for y in reach for x in reach]
    return torch.stack([values[y * width + x] for y, x in inside], 2).flatten(1)


def described(reduced: Tensor, patches: Tensor) -> Steps[Tensor]:
    """(h, w, D) descriptors of length 1 of the patch around every position of a map (1, K, h, w), its border repeated.

    `patches` (D, K, k, k) are the directions that patches are projected on.
    """
    height, width = reduced.shape[2:]
    reach = patches.shape[-1] // 2
    found = reduced.new_empty(height, width, len(patches))
    for rows in row_chunks(height, width * reduced.shape[1]):
        around = torch.arange(rows.start - reach, rows.stop + reach, device=reduced.device).clamp(0, height - 1)
        padded = F.pad(reduced[:, :, around], (reach, reach, 0, 0), mode="replicate")
        found[rows] = F.normalize(F.conv2d(padded, patches)[0].permute(1, 2, 0), dim=2)
        yield
    return found


def descriptors(query: Guided, keys: Guided, patch_size: int, seed: int) -> Steps[tuple[Tensor, Tensor]]:
    """(h, w, D) of the query and (H, W, D) of the keys; the directions are those that keep most of the keys."""
    positions = sampled_positions(keys.guides.shape[1], keys.guides.shape[2], seed).to(keys.guides.device)
    count = min(CHANNEL_COMPONENTS, PATCH_VALUES // patch_size**2)
    channels = principal_components(keys.at(positions), count)
    yield
    reduced = yield from keys.projected(channels)
    patches = principal_components(sampled_patches(reduced, positions, patch_size), PATCH_COMPONENTS)
    patches = patches.view(len(patches), len(channels), patch_size, patch_size)
    yield
    of_keys = yield from described(reduced, patches)
    reduced = yield from query.projected(channels)
    return (yield from described(reduced, patches)), of_keys
