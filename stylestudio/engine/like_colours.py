"""What a picture's places have on the whole, by their colour."""

from dataclasses import dataclass

import torch
from torch import Tensor

from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

STEPS = 32
"""Of luminance and of each value of chroma, from -1 to 1: colours within one of them count as the same."""


@dataclass(frozen=True)
class Groups:
    """Places of the same colour taken together.

    `numbers` (N,) says to which group each place belongs; `colours` (n, 3) and `values` (n, C) are the groups' means,
    `counted` (n,) is what their places count in all.
    """

    numbers: Tensor
    colours: Tensor
    values: Tensor
    counted: Tensor


def kernel(colours: Tensor, alike: float) -> Tensor:
    """(n, n) from 0 to 1, by Gauss's curve, how much colours (n, 3) are the same, where `alike` is a deviation."""
    return torch.exp(-0.5 * (torch.cdist(colours, colours) / alike).square())


def grouped(colours: Tensor, values: Tensor, weight: Tensor) -> Steps[Groups]:
    """Groups of places that have colours (N, 3), luminance and chroma, and values (N, C), and count with weights (N,)
    above 0.

    On the processor: a card adds up in another order each time.
    """
    colours, weight = colours.cpu(), weight.cpu()[:, None]
    steps = ((colours + 1) / 2 * STEPS).long().clamp(0, STEPS - 1)
    there, numbers = ((steps[:, 0] * STEPS + steps[:, 1]) * STEPS + steps[:, 2]).unique(return_inverse=True)
    yield
    totals = torch.zeros(len(there), colours.shape[1] + values.shape[1] + 1, dtype=torch.float64)
    for rows in row_chunks(len(numbers), totals.shape[1]):
        known = torch.cat([colours[rows], values[rows].cpu()], 1) * weight[rows]
        totals.index_add_(0, numbers[rows], torch.cat([known, weight[rows]], 1).double())
        yield
    means = (totals[:, :-1] / totals[:, -1:]).float()
    return Groups(numbers, means[:, :3], means[:, 3:], totals[:, -1].float())
