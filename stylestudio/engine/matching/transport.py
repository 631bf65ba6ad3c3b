"""Feature maps moved to another map's channel means and covariances by the least change: linear optimal transport.

Pitié and Kokaram, "The Linear Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer", 2007,
section 3; there for colours, here for the channels of feature maps.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.tiling import empty_like, row_chunks
from stylestudio.progress import Steps

RIDGE = 1e-2
"""Of a covariance's mean variance: added to it, because small maps have fewer positions than channels, and a direction
in which they hardly vary must not be blown up."""


@dataclass(frozen=True)
class Moments:
    """Mean (C,) and covariance (C, C) of a map's channels, in double precision."""

    mean: Tensor
    covariance: Tensor


def moments(features: Tensor) -> Steps[Moments]:
    """Of a map (1, C, h, w)."""
    channels, height, width = features.shape[1:]
    total = features.new_zeros(channels, dtype=torch.float64)
    for rows in row_chunks(height, width * channels):
        total += features[0, :, rows].sum((1, 2))
        yield
    mean = total / (height * width)
    products = features.new_zeros(channels, channels, dtype=torch.float64)
    for rows in row_chunks(height, width * channels):
        centred = features[0, :, rows].permute(1, 2, 0).reshape(-1, channels) - mean.to(features.dtype)
        products += centred.t() @ centred
        yield
    return Moments(mean, products / (height * width))


def roots(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The square root of a symmetric positive matrix, and that root's inverse."""
    values, vectors = torch.linalg.eigh(matrix)
    scales = values.clamp_min(1e-12).sqrt()
    return (vectors * scales) @ vectors.t(), (vectors / scales) @ vectors.t()


def ridged(covariance: Tensor) -> Tensor:
    """The same without directions of no variance."""
    count = len(covariance)
    ridge = RIDGE * covariance.trace() / count + 1e-9
    return covariance + ridge * torch.eye(count, dtype=covariance.dtype, device=covariance.device)


def transport(start: Moments, end: Moments) -> Steps[Tensor]:
    """(C, C) the symmetric matrix that takes centred features from one covariance to the other."""
    root, inverse = roots(ridged(start.covariance))
    yield
    middle, _ = roots(root @ ridged(end.covariance) @ root)
    yield
    return inverse @ middle @ inverse


def transported(features: Tensor, start: Moments, end: Moments) -> Steps[Tensor]:
    """A map (1, C, h, w) of moments `start` at those of `end`."""
    matrix = yield from transport(start, end)
    bias = (end.mean - matrix @ start.mean).to(features.dtype)
    weights = matrix.to(features.dtype)[:, :, None, None]
    channels, height, width = features.shape[1:]
    found = empty_like(features, (1, channels, height, width))
    for rows in row_chunks(height, width * channels):
        found[:, :, rows] = F.conv2d(features[:, :, rows], weights, bias)
        yield
    return found
