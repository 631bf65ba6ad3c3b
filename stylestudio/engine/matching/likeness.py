"""How like the positions of a content are to those of a style."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor


@dataclass(frozen=True)
class Bound:
    """What choices are held to: the inner product of the key of a style position and what is wanted where it is put.

    `places` (N,) says which of the `keys` (M, D) a style position has, `wanted` (n, D) what is wanted at a content
    position, and `least` (n,) what the inner product should be there at least.
    """

    keys: Tensor
    places: Tensor
    wanted: Tensor
    least: Tensor

    def at(self, positions: Tensor | slice) -> Self:
        """For these positions of the content only."""
        return type(self)(self.keys, self.places, self.wanted[positions], self.least[positions])

    def missing(self, choices: Tensor) -> Tensor:
        """(n,) by how much style positions (n,) fall short of it."""
        keys = self.keys.index_select(0, self.places.index_select(0, choices))
        return (self.least - torch.linalg.vecdot(keys, self.wanted)).clamp_min_(0)


@dataclass(frozen=True)
class Likeness:
    """Inner products of descriptors, `content` (n, D) with `style` (N, D), less what choices fall short of `bound`."""

    content: Tensor
    style: Tensor
    bound: Bound | None = None

    def at(self, positions: Tensor | slice) -> Self:
        """For these positions of the content only."""
        return type(self)(self.content[positions], self.style, self.bound and self.bound.at(positions))

    def __call__(self, choices: Tensor) -> Tensor:
        """(n,) of a style position (n,) for each of the content's."""
        found = torch.linalg.vecdot(self.style.index_select(0, choices), self.content)
        return found if self.bound is None else found.sub_(self.bound.missing(choices))
