"""The overfit pictures of two styles as one pyramid, whose balance is made of what is on the screen, as it moves."""

from collections.abc import Generator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.gui.canvas.pyramid import Box, Extent, Pyramid, Pyramids
from stylestudio.images.balance import balance_levels
from stylestudio.images.resize import Pixels

Window = tuple[Box, Extent, Image.Resampling]
Seen = dict[Window, list[NDArray[np.uint8]]]


class BalancedPyramid(Pyramid):
    """Two pyramids of one size at a balance 0..1; `seen` is what was resampled of them last, at whatever balance."""

    def __init__(self, layers: tuple[Pyramid, Pyramid], balance: float = 0.0, seen: Seen | None = None) -> None:
        self._layers, self._balance = layers, balance
        self._seen: Seen = {} if seen is None else seen
        self.size = layers[0].size

    @property
    def layers(self) -> tuple[Pyramid, ...]:
        """The two."""
        return self._layers

    def at(self, balance: float) -> Pyramid:
        """At another balance; what was resampled of the two is not resampled again."""
        return self if balance == self._balance else BalancedPyramid(self._layers, balance, self._seen)

    def window(self, box: Box, size: Extent, resampling: Image.Resampling) -> NDArray[np.uint8]:
        """As of one picture: the balance of what both have there."""
        wanted = box, size, resampling
        if wanted not in self._seen:
            self._seen.clear()
            self._seen[wanted] = [layer.window(box, size, resampling) for layer in self._layers]
        first, second = self._seen[wanted]
        return balance_levels(first, second, self._balance)


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
    return made[0] if len(made) == 1 else BalancedPyramid((made[0], made[1]))


def known_layers(layers: Sequence[Pixels], pyramid: Pyramid | None) -> dict[int, Pyramid]:
    """The pyramids that are there of these pixels, by their identity."""
    there = pyramid.layers if pyramid else ()
    return {id(pixels): one for pixels, one in zip(layers, there, strict=False)}
