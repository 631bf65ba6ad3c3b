"""A lazy map whose windows are worked out only once, as long as it is in use, at half of a tensor's memory."""

from collections.abc import Iterable

import torch
from torch import Tensor

from stylestudio.engine.maps import FeatureMap, Lazy
from stylestudio.engine.tiling import empty_like

CELL = 4
"""Positions a side of the squares of which it is known whether they are remembered: what coarser maps ask for beyond
their windows is no less, so that no square stays halves of two windows for ever."""


class Remembered(Lazy):
    """The map `source`, remembered from the first until `forget` is called, and again from `remember` on.

    Its values are rounded to half precision always, so that it does not matter which of them are remembered.
    """

    def __init__(self, source: Lazy) -> None:
        self._source = source
        self._values: Tensor | None = None
        self._remembers = True
        _, _, height, width = source.shape
        self._known = torch.zeros(-(-height // CELL), -(-width // CELL), dtype=torch.bool)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self._source.shape

    def window(self, rows: slice, columns: slice) -> Tensor:
        inside = tuple(slice(part.start // CELL, -(-part.stop // CELL)) for part in (rows, columns))
        if self._values is not None and bool(self._known[inside].all()):
            return self._values[:, :, rows, columns].float()
        part = self._source.window(rows, columns).half()
        if self._remembers:
            self._values = empty_like(part, self.shape) if self._values is None else self._values
            self._values[:, :, rows, columns] = part
            self._known[self._cells_within(rows, columns)] = True
        return part.float()

    def _cells_within(self, rows: slice, columns: slice) -> tuple[slice, slice]:
        """The cells that lie within a window wholly; the last ones of a map may be smaller."""
        _, _, height, width = self.shape
        down, across = (
            slice(-(-part.start // CELL), part.stop // CELL if part.stop < length else -(-length // CELL))
            for part, length in ((rows, height), (columns, width))
        )
        return down, across

    def remember(self) -> None:
        """Work out every window only once from now on."""
        self._remembers = True

    def forget(self) -> None:
        """Give the memory back, and work out windows anew each time that they are asked for."""
        self._values, self._remembers = None, False
        self._known.zero_()


def remember(maps: Iterable[FeatureMap]) -> None:
    """Those of these maps that can, from now on."""
    for features in maps:
        if isinstance(features, Remembered):
            features.remember()


def forget(maps: Iterable[FeatureMap]) -> None:
    """Give back what is remembered of these maps."""
    for features in maps:
        if isinstance(features, Remembered):
            features.forget()
