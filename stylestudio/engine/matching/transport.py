"""Feature maps moved to another map's channel means and covariances by the least change: linear optimal transport.

Pitié and Kokaram, "The Linear Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer", 2007,
section 3; there for colours, here for the channels of feature maps.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.device import doubled, one_thread, packed
from stylestudio.engine.maps import FeatureMap, Place, in_turn, window, windows
from stylestudio.engine.tiling import empty_like, row_chunks
from stylestudio.progress import Steps

MOST_WINDOWS = 8
"""Of a lazy map: to work out all of a very large one would take a third of the whole time, and tell hardly more."""


@dataclass(frozen=True)
class Spread:
    """Mean (C,) and deviation (C,) of a map's channels, in double precision; `device` is the map's own, which may lack
    that."""

    mean: Tensor
    deviation: Tensor
    device: torch.device


@dataclass(frozen=True)
class Moments:
    """Mean (C,) and covariance (C, C) of a map's channels, in double precision; `device` is the map's own."""

    mean: Tensor
    covariance: Tensor
    device: torch.device

    @property
    def spread(self) -> Spread:
        """What each channel has for itself."""
        return Spread(self.mean, self.covariance.diagonal().clamp_min(0).sqrt(), self.device)


def moments(features: FeatureMap, counted: Tensor | None = None) -> Steps[Moments]:
    """Those of a map (1, C, h, w); of a lazy one that has very many windows, of some of them.

    Where `counted` (h, w) is given, only of the positions at which it is true.
    """
    shift, away, products = yield from summed(features, lambda values: values.t() @ values, counted)
    return Moments(away + doubled(shift), products - torch.outer(away, away), shift.device)


def spread(features: FeatureMap, counted: Tensor | None = None) -> Steps[Spread]:
    """Mean and deviation of a map's channels, sampled as for `moments`, in a fraction of the time."""
    shift, away, squares = yield from summed(features, lambda values: values.square().sum(0), counted)
    return Spread(away + doubled(shift), (squares - away.square()).clamp_min(0).sqrt(), shift.device)


def summed(
    features: FeatureMap, squared: Callable[[Tensor], Tensor], counted: Tensor | None = None
) -> Steps[tuple[Tensor, Tensor, Tensor]]:
    """Of a map's positions a value (C,) near to their mean, the mean (C,) of what they are more than that, and what
    `squared` adds up of this (N, C), of any shape, over their number."""
    channels = features.shape[1]
    shift: Tensor | None = None
    total, squares, count = torch.zeros(()), torch.zeros(()), 0
    for _, place in in_turn(sampled(windows(features))):
        part = yield from window(features, *place)
        for rows in row_chunks(part.shape[2], part.shape[3] * channels):
            values = part[0, :, rows].permute(1, 2, 0).reshape(-1, channels)
            if counted is not None:
                values = values[counted[place][rows].flatten()]
                if not len(values):
                    continue
            if shift is None:  # about a mean that is nearly right, sums of squares lose no digits
                shift = values.mean(0)
            values = values - shift
            total, squares = total + doubled(values.sum(0)), squares + doubled(squared(values))
            count += len(values)
            yield
    assert shift is not None
    return shift, total / count, squares / count


def sampled(places: list[Place]) -> list[Place]:
    """At most `MOST_WINDOWS` of these, chosen at random, but always the same."""
    order = torch.randperm(len(places), generator=torch.Generator().manual_seed(0))
    return [places[number] for number in order[:MOST_WINDOWS].sort().values.tolist()]


def roots(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The square root of a symmetric positive matrix, and that root's inverse."""
    with one_thread():
        values, vectors = torch.linalg.eigh(matrix)
    scales = values.clamp_min(1e-12).sqrt()
    return (vectors * scales) @ vectors.t(), (vectors / scales) @ vectors.t()


def ridged(covariance: Tensor, ridge: float) -> Tensor:
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
        return F.conv2d(packed(features), self.weights[:, :, None, None], self.bias)


def transport(start: Moments, end: Moments, ridge: float) -> Steps[Transport]:
    """Takes features of moments `start` to those of `end`, on the device of these."""
    root, inverse = roots(ridged(start.covariance, ridge))
    yield
    middle, _ = roots(root @ ridged(end.covariance, ridge) @ root)
    yield
    matrix = inverse @ middle @ inverse
    return Transport(matrix.float().to(end.device), (end.mean - matrix @ start.mean).float().to(end.device))


def transported(features: Tensor, start: Moments, end: Moments, ridge: float) -> Steps[Tensor]:
    """A map (1, C, h, w) of moments `start` at those of `end`."""
    move = yield from transport(start, end, ridge)
    channels, height, width = features.shape[1:]
    found = empty_like(features, (1, channels, height, width))
    for rows in row_chunks(height, width * channels):
        found[:, :, rows] = move(features[:, :, rows])
        yield
    return found
