"""Feature maps moved to another map's channel means and covariances by the least change: linear optimal transport.

Pitié and Kokaram, "The Linear Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer", 2007,
section 3; there for colours, here for the channels of feature maps.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.runtime.device import eigen, in_float64, make_contiguous
from stylestudio.engine.runtime.lazy import FeatureMap, Place, window, windows, windows_with_progress
from stylestudio.engine.runtime.tiling import row_chunks
from stylestudio.progress import checkpoint

MOST_WINDOWS = 8
"""Of a lazy map: to work out all of a very large one would take a third of the whole time, and tell hardly more."""


@dataclass(frozen=True)
class Moments:
    """Mean (C,) and covariance (C, C) of a map's channels, in double precision; `device` is the map's own, which may
    lack that."""

    mean: Tensor
    covariance: Tensor
    device: torch.device

    @property
    def deviation(self) -> Tensor:
        """(C,) each channel's own."""
        return self.covariance.diagonal().clamp_min(0).sqrt()


def moments(features: FeatureMap, counted: Tensor | None = None) -> Moments:
    """Those of a map (1, C, h, w); of a lazy one that has very many windows, of some of them.

    Where `counted` (h, w) is given, only of the positions at which it is true.
    """
    channels, shift = features.shape[1], None
    total, products, count = torch.zeros(()), torch.zeros(()), 0
    for _, place in windows_with_progress(sample_windows(windows(features))):
        part = window(features, *place)
        for rows in row_chunks(part.shape[2], part.shape[3] * channels):
            checkpoint()
            values = part[0, :, rows].permute(1, 2, 0).reshape(-1, channels)
            if counted is not None:
                values = values[counted[place][rows].flatten()]
                if not len(values):
                    continue
            if shift is None:  # about a mean that is nearly right, sums of squares lose no digits
                shift = values.mean(0)
            values = values - shift
            total, products = total + in_float64(values.sum(0)), products + in_float64(values.t() @ values)
            count += len(values)
    assert shift is not None
    away = total / count
    return Moments(away + in_float64(shift), products / count - torch.outer(away, away), shift.device)


def sample_windows(places: list[Place]) -> list[Place]:
    """At most `MOST_WINDOWS` of these, chosen at random, but always the same."""
    order = torch.randperm(len(places), generator=torch.Generator().manual_seed(0))
    return [places[int(number)] for number in order[:MOST_WINDOWS].sort().values]


def matrix_roots(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The square root of a symmetric positive matrix, and that root's inverse."""
    values, vectors = eigen(matrix)
    scales = values.clamp_min(1e-12).sqrt()
    return (vectors * scales) @ vectors.t(), (vectors / scales) @ vectors.t()


def add_ridge(covariance: Tensor, ridge: float) -> Tensor:
    """The same plus `ridge` of its mean variance in every direction.

    Small maps have fewer positions than channels, and a direction in which they hardly vary must not be blown up.
    """
    count = len(covariance)
    more = ridge * covariance.trace() / count + 1e-9
    return covariance + more * torch.eye(count, dtype=covariance.dtype, device=covariance.device)


@dataclass(frozen=True)
class Transport:
    """What moves features: each position's channels times `weights` (C, C), plus `bias` (C,)."""

    weights: Tensor
    bias: Tensor

    def __call__(self, features: Tensor) -> Tensor:
        """A map (1, C, h, w), moved."""
        return F.conv2d(make_contiguous(features), self.weights[:, :, None, None], self.bias)


def transport(start: Moments, end: Moments, ridge: float) -> Transport:
    """Takes features of moments `start` to those of `end`, on the device of these."""
    root, inverse = matrix_roots(add_ridge(start.covariance, ridge))
    middle, _ = matrix_roots(root @ add_ridge(end.covariance, ridge) @ root)
    matrix = inverse @ middle @ inverse
    return Transport(matrix.float().to(end.device), (end.mean - matrix @ start.mean).float().to(end.device))
