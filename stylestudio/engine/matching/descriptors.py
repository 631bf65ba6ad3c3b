"""Short vectors whose inner products stand for normalised patch correlations.

Both maps are normalised by their own channel means and deviations, so that content and style speak the same language;
the style's principal components (first of its channels, then of its patches) keep what tells its patches apart.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.config import DescriptorConfig
from stylestudio.engine.runtime.device import eigen, in_float64, make_contiguous, orthonormal
from stylestudio.engine.runtime.lazy import FeatureMap, window
from stylestudio.engine.runtime.tiling import row_chunks
from stylestudio.engine.transport import Moments
from stylestudio.progress import checkpoint

OVERSAMPLED, ITERATIONS = 16, 4
"""Directions more than are wanted, and how often they are multiplied by the products: the weakest of those wanted come
out mixed with their neighbours, which costs no likeness."""
LEAST_DEVIATION = 1e-3


@dataclass(frozen=True)
class StandardisedMap:
    """A map (1, C, h, w) of which each channel counts less its `mean`, over its `deviation` (C,).

    It is worked out only where it is asked for: written down whole, it would be as large as the map once more.
    """

    features: FeatureMap
    mean: Tensor
    deviation: Tensor

    def values_at(self, positions: Tensor) -> Tensor:
        """(N, C) the values at these flat positions of a map that is not lazy."""
        assert isinstance(self.features, Tensor)
        values = self.features[0].permute(1, 2, 0).reshape(-1, self.features.shape[1])[positions]
        return (values - self.mean) / self.deviation

    def project(self, part: Tensor, directions: Tensor) -> Tensor:
        """(1, K, h, w) inner products of a part of the map (1, C, h, w) with `directions` (K, C)."""
        weights = directions / self.deviation
        return F.conv2d(make_contiguous(part), weights[:, :, None, None], -(weights @ self.mean))


@dataclass(frozen=True)
class WeightedMaps:
    """What is compared: a weighted sum of standardised maps (1, C, h, w)."""

    maps: tuple[tuple[float, StandardisedMap], ...]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        _, channels, height, width = self.maps[0][1].features.shape
        return 1, channels, height, width

    def values_at(self, positions: Tensor) -> Tensor:
        """(N, C) the values at these flat positions."""
        return torch.stack([weight * one.values_at(positions) for weight, one in self.maps]).sum(0)

    def project(self, directions: Tensor, rows: slice, columns: slice) -> Tensor:
        """(1, K, rows, columns) inner products with `directions` (K, C)."""
        width = columns.stop - columns.start
        found = directions.new_zeros(1, len(directions), rows.stop - rows.start, width)
        found = found.contiguous(memory_format=torch.channels_last)
        for weight, one in self.maps:
            part = window(one.features, rows, columns)
            for chunk in row_chunks(part.shape[2], width * directions.shape[1]):
                checkpoint()
                found[:, :, chunk] += one.project(part[:, :, chunk], directions * weight)
        return found


def standardise(features: FeatureMap, own: Moments) -> StandardisedMap:
    """Each channel of a map (1, C, h, w) less its mean, over its deviation; constant channels become 0."""
    deviation = own.deviation.clamp_min(LEAST_DEVIATION)
    return StandardisedMap(features, own.mean.float().to(own.device), deviation.float().to(own.device))


def principal_components(rows: Tensor, count: int) -> Tensor:
    """(count or fewer, D) the strongest directions of rows (N, D), strongest first, always the same ones.

    By randomised subspace iteration (Halko, Martinsson and Tropp, "Finding Structure with Randomness", 2011, algorithm
    4.4) where few are wanted.
    """
    # double precision: in single, some products of poor rank have no decomposition
    products, wanted = in_float64(rows.t() @ rows), min(count + OVERSAMPLED, *rows.shape)
    found = top_eigenvectors(products, wanted) if 2 * wanted < len(products) else eigen(products)[1]
    return found.flip(1)[:, : min(count, len(rows))].t().to(rows).contiguous()


def top_eigenvectors(products: Tensor, count: int) -> Tensor:
    """(D, count) about the eigenvectors of the greatest eigenvalues of a symmetric matrix (D, D), strongest last.

    Not `torch.svd_lowrank`: it draws from the generator that all threads share, and on a card from the card's.
    """
    start = torch.randn(len(products), count, dtype=products.dtype, generator=torch.Generator().manual_seed(0))
    basis = start.to(products.device)
    for _ in range(ITERATIONS):
        basis = orthonormal(products @ basis)
    return basis @ eigen(basis.t() @ products @ basis)[1]


def sample_positions(height: int, width: int, seed: int, count: int, usable: Tensor | None = None) -> Tensor:
    """At most `count` flat positions of a map, drawn at random; where `usable` (h, w) is given, of those it allows."""
    order = torch.randperm(height * width, generator=torch.Generator().manual_seed(seed))
    if usable is not None:
        order = order[usable.flatten().cpu()[order]]
    return order[:count].sort().values


def sample_patches(features: Tensor, positions: Tensor, patch_size: int) -> Tensor:
    """(N, C·k·k) the patches of a map (1, C, h, w) around these flat positions, its border repeated."""
    height, width = features.shape[2:]
    values = features[0].permute(1, 2, 0).reshape(height * width, -1)
    rows, columns = positions // width, positions % width
    reach = range(-(patch_size // 2), patch_size // 2 + 1)
    inside = [((rows + y).clamp(0, height - 1), (columns + x).clamp(0, width - 1)) for y in reach for x in reach]
    return torch.stack([values[y * width + x] for y, x in inside], 2).flatten(1)


@dataclass(frozen=True)
class Directions:
    """What descriptors are projections on: `channels` (K, C), and patches of what comes out, `patches` (D, K, k, k)."""

    channels: Tensor
    patches: Tensor


def find_directions(
    keys: WeightedMaps, patch_size: int, seed: int, tuning: DescriptorConfig, usable: Tensor | None = None
) -> Directions:
    """The directions that keep most of the keys."""
    _, _, height, width = keys.shape
    device = keys.maps[0][1].mean.device
    positions = sample_positions(height, width, seed, tuning.samples, usable).to(device)
    channels = principal_components(keys.values_at(positions), min(tuning.components, tuning.values // patch_size**2))
    reduced = keys.project(channels, slice(0, height), slice(0, width))
    patches = principal_components(sample_patches(reduced, positions, patch_size), tuning.components)
    return Directions(channels, patches.view(len(patches), len(channels), patch_size, patch_size))


def describe_patches(what: WeightedMaps, directions: Directions, rows: slice, columns: slice) -> Tensor:
    """(rows, columns, D) descriptors of length 1 of the patch around every position, the map's border repeated."""
    reach = directions.patches.shape[-1] // 2
    _, _, height, width = what.shape
    top, bottom = max(rows.start - reach, 0), min(rows.stop + reach, height)
    left, right = max(columns.start - reach, 0), min(columns.stop + reach, width)
    reduced = what.project(directions.channels, slice(top, bottom), slice(left, right))
    beside = left - columns.start + reach, columns.stop + reach - right
    found = reduced.new_empty(rows.stop - rows.start, columns.stop - columns.start, len(directions.patches))
    for part in row_chunks(len(found), reduced.shape[3] * reduced.shape[1]):
        checkpoint()
        around = torch.arange(rows.start + part.start - reach, rows.start + part.stop + reach, device=reduced.device)
        around = around.clamp(0, height - 1) - top
        padded = F.pad(reduced[:, :, around], (*beside, 0, 0), mode="replicate")
        found[part] = F.normalize(F.conv2d(padded, directions.patches)[0].permute(1, 2, 0), dim=2)
    return found
