"""The memory that the screen shows, and how mixed channels get into it."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.fixed_point import Plane

Levels = NDArray[np.uint8]
Order = Literal["RGB", "BGR"]


class Area(NamedTuple):
    """Rows and columns of a picture."""

    rows: slice
    columns: slice


class ScreenFrame:
    """`levels` (H, W, 4), black at first, to which channels are written that are mixed with room below the point.

    Parts of it, of `most` pixels at once, may be written by several threads.
    """

    levels: Levels
    """R, G, B, 255, or B, G, R, 255."""

    def __init__(self, height: int, width: int, order: Order, most: int) -> None:
        self.levels = np.zeros((height, width, 4), np.uint8)
        self.levels[..., 3] = 255
        self._packed = self.levels.reshape(height, width * 4).view("<u4")
        self._order = slice(None) if order == "RGB" else slice(None, None, -1)
        self._channels = self.levels[..., :3][..., self._order]
        # planes, because numpy is several times as fast between two of them as with a number
        self._least, self._most = (np.full(most, level, np.int16) for level in (0, 255 * 64 + 63))

    def clip(self, channel: Plane) -> Plane:
        """From 64ths of a level, which may lie beyond black and white, to 256ths, in place."""
        signed = channel.view(np.int16)
        np.maximum(signed, self._least[: signed.size].reshape(signed.shape), out=signed)
        np.minimum(signed, self._most[: signed.size].reshape(signed.shape), out=signed)
        return np.multiply(channel, 4, out=channel)

    def put(self, block: Area, channel: int, values: Plane) -> None:
        """Write one channel, R, G or B, in 256ths; the others stay. `values` are used."""
        np.right_shift(values, 8, out=values)
        np.copyto(self._channels[(*block, channel)], values, casting="unsafe")

    def pack(self, block: Area, channels: Plane) -> None:
        """Write R, G and B (3, h, w), in 256ths, as one number a pixel. They are used."""
        low, middle, high = channels[self._order]
        np.right_shift(low, 8, out=low)
        np.bitwise_and(middle, 0xFF00, out=middle)
        np.bitwise_or(low, middle, out=low)
        np.right_shift(high, 8, out=high)
        np.bitwise_or(high, 0xFF00, out=high)
        pixels = self._packed[block]
        np.copyto(pixels, high)
        np.left_shift(pixels, 16, out=pixels)
        np.bitwise_or(pixels, low, out=pixels)
