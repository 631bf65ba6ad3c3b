"""The overfit pictures of two styles as one pyramid: their balance is made of what is on the screen, as it moves."""

from collections.abc import Generator, Mapping, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.gui.canvas.pyramid import Box, Extent, Pyramid, Pyramids
from stylestudio.images.balance import balance_levels
from stylestudio.images.resize import Pixels

Window = tuple[Box, Extent, Image.Resampling]
_WINDOWS = 2
"""That are remembered: the canvas's own, and that of small pictures."""


class BalancedPyramid(Pyramid):
    """The pyramid of the first picture, with that of a second one over it, of the same size."""

    def __init__(self, first: Pyramid, second: Pyramid, balance: float = 0.0) -> None:
        super().__init__(first._picture, first._halved, first.size)
        self.layers = first, second
        self._balance = balance
        self._seen: dict[Window, tuple[NDArray[np.uint8], NDArray[np.uint8]]] = {}

    def at(self, balance: float) -> Self:
        """At another balance, 0..1; what was resampled of the two is not resampled again."""
        if balance == self._balance:
            return self
        found = type(self)(*self.layers, balance)
        found._seen = self._seen
        return found

    def window(self, box: Box, size: Extent, resampling: Image.Resampling) -> NDArray[np.uint8]:
        """As of one picture: the balance of what both have there."""
        wanted = box, size, resampling
        if wanted not in self._seen:
            while len(self._seen) >= _WINDOWS:
                del self._seen[next(iter(self._seen))]
            first, second = (layer.window(box, size, resampling) for layer in self.layers)
            self._seen[wanted] = first, second
        return balance_levels(*self._seen[wanted], self._balance)


def build_layers(
    pyramids: Pyramids, layers: Sequence[Pixels], size: Extent | None, known: Mapping[int, Pyramid] | None = None
) -> Generator[None, None, Pyramid]:
    """Build the pyramid of one picture or of two, in steps; `known` are pyramids by the identity of their pixels."""
    made: list[Pyramid] = []
    for pixels in layers:
        there = (known or {}).get(id(pixels))
        if there is None or (size is not None and there.size != size):
            there = yield from pyramids.building(pixels, size)
        made.append(there)
    return made[0] if len(made) == 1 else BalancedPyramid(made[0], made[1])


def known_layers(layers: Sequence[Pixels], pyramid: Pyramid | None) -> dict[int, Pyramid]:
    """The pyramids that are there of these pixels, by their identity."""
    there = pyramid.layers if isinstance(pyramid, BalancedPyramid) else (pyramid,)
    return {id(pixels): one for pixels, one in zip(layers, there, strict=False) if one is not None}
