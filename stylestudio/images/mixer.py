"""Two pictures mixed for the screen, in fixed point and in the processor's cache, as fast as a slider moves."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from types import TracebackType
from typing import Final, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.blend import (
    LEAST_SHARE,
    LUMA,
    MOST_SHARE,
    Axes,
    Shares,
    check_pair,
    check_shares,
    pushed,
    weights_of,
)
from stylestudio.images.resize import floats, to_8bit

Levels = NDArray[np.uint8]
Plane = NDArray[np.uint16]
Signed = NDArray[np.int16]

FULL_MASK: Final = 256
"""The mask's value that is one of the two pictures alone."""

_BLOCK = 1 << 16
"""Pixels that are mixed at once: a block's planes fit the processor's cache, and calls are few."""
_THREADS = max(2, min(4, (os.cpu_count() or 2) // 2))
"""Half the cores at most: the engine may be at work on the others."""
_SCRATCH = 6
_INSIDE, _BELOW, _BEYOND = range(3)
_RED_IN_GREEN, _BLUE_IN_GREEN = (1, 7), (3, 4, 7)
"""Right shifts that add up to what R - Y and B - Y take from green, 0.299 / 0.587 and 0.114 / 0.587."""


class Area(NamedTuple):
    """Rows and columns of a picture."""

    rows: slice
    columns: slice


class _Way(NamedTuple):
    """The way between two of the four pictures that shares lead to.

    `difference` (3, H, W) is the levels' difference modulo 65536; `chroma` (2, H, W) is twice its R - Y and B - Y.
    """

    difference: Plane
    chroma: Signed


class ScreenMixer:
    """Mixes two 8-bit pictures for the screen, fast enough to follow a slider: to one level, on "ycc" nearly always.

    With the overfit picture O, the difference D = content - O and the photo's weight k in 256ths, a value is
    `(256 O + 128 + D k) >> 8`: it fits 16 bits, and D k may wrap on the way there because the sum wraps back. On "ycc"
    all channels are first mixed by the share of lightness; then comes what the colours' shares make different, in
    64ths of a level, so that what leaves 0..255 can be clipped. Beyond 0 and 1 other pictures are mixed alike.
    """

    frame: Levels
    """(H, W, 4): R, G, B, 255, as in `QImage.Format_RGBX8888`, or B, G, R, 255. It is always this same memory."""

    def __init__(self, content8: Levels, overfit8: Levels, order: Literal["RGB", "BGR"] = "RGB") -> None:
        """`content8` and `overfit8` are (H, W, 3) levels of R, G, B; the frame, in this order, is black until `mix`."""
        check_pair(content8, overfit8)
        height, width = content8.shape[:2]
        self.frame = np.zeros((height, width, 4), np.uint8)
        self.frame[..., 3] = 255
        self._packed = self.frame.reshape(height, width * 4).view("<u4")
        self._order = slice(None) if order == "RGB" else slice(None, None, -1)
        self._base = np.empty((3, height, width), np.uint16)
        # memory that is never written to is never taken: most mixes stay on the first way, and on red, green, blue
        self._ways = [_Way(np.empty_like(self._base), np.empty((2, height, width), np.int16)) for _ in range(3)]
        self._scratch = [np.empty((_SCRATCH, max(_BLOCK, width)), np.uint16) for _ in range(_THREADS)]
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="mix")
        self._everything = Area(slice(0, height), slice(0, width))
        self.load(content8, overfit8)

    def load(self, content8: Levels, overfit8: Levels) -> None:
        """Take two other pictures of the same size, without a mask; the frame stays until `mix`.

        Both are kept and not to be written to as long as they are mixed.
        """
        check_pair(content8, overfit8)
        if content8.shape[:2] != self.frame.shape[:2]:
            raise ValueError(f"pictures {content8.shape} do not match the frame {self.frame.shape}")
        self._pictures = content8, overfit8
        self._made: dict[tuple[int, bool], None] = {}
        self._mask: Signed | None = None
        self._prepare(self._everything)

    def set_mask(self, mask: Signed | None, area: Area | None = None) -> None:
        """Draw the target to one of the two pictures: (H, W), -256 is the content alone, 256 the overfit picture.

        Where it is None, or 0, the shares alone decide. Only `area`, if given, differs from the mask before. It is kept
        and may be written to.
        """
        if mask is not None and mask.shape != self.frame.shape[:2]:
            raise ValueError(f"the mask {mask.shape} does not match the frame {self.frame.shape}")
        self._mask = mask
        self._prepare(area or self._everything)

    def mix(self, shares: Shares, axes: Axes = "rgb", area: Area | None = None) -> None:
        """Write the mix into `frame`, or into this area of it. Not to be called from two threads at once."""
        check_shares(shares)
        weights = np.delete(weights_of(shares), 1, axis=0)
        weights[_INSIDE] += weights[_BELOW]  # what goes on beyond the content first goes all the way to it
        ways = [way for way in (_INSIDE, _BELOW, _BEYOND) if weights[way].any()]
        coloured = axes == "ycc" and len(set(shares)) > 1
        for part in [(way, False) for way in ways] + [(way, True) for way in ways if coloured]:
            self._make(part, self._everything)
        terms = [(self._ways[way], weights[way]) for way in ways]
        self._in_blocks(self._mix_colours if coloured else self._mix_channels, area or self._everything, terms)

    def _prepare(self, area: Area) -> None:
        """Take the pictures and the mask in this area, and make again what was made of them."""
        self._in_blocks(self._prepare_block, area)
        made, self._made = self._made, {(_INSIDE, False): None}
        for part in made:
            self._make(part, area)

    def _make(self, part: tuple[int, bool], area: Area) -> None:
        """Have a way's differences, or what is coloured in them, unless they are there."""
        if part not in self._made:
            way, coloured = part
            self._in_blocks(self._chroma_block if coloured else self._push_block, area, way)
            self._made[part] = None

    def _in_blocks(self, work: Callable[..., None], area: Area, *arguments: object) -> None:
        """Do `work(block, scratch, ...)` for every block of the area, on all threads."""
        top, bottom, width = area.rows.start, area.rows.stop, area.columns.stop - area.columns.start
        high = max(1, _BLOCK // max(1, width))
        edges = [top + (bottom - top) * n // _THREADS for n in range(_THREADS + 1)]

        def band(start: int, stop: int, scratch: Plane) -> None:
            for first in range(start, stop, high):
                rows = slice(first, min(first + high, stop))
                part = scratch[:, : (rows.stop - rows.start) * width].reshape(_SCRATCH, -1, width)
                work(Area(rows, area.columns), part, *arguments)

        for job in [
            self._pool.submit(band, *ends, one) for ends, one in zip(pairwise(edges), self._scratch, strict=True)
        ]:
            job.result()

    def _prepare_block(self, block: Area, scratch: Plane) -> None:
        for channel in range(3):
            content, overfit = scratch[0], scratch[1]
            for picture, levels in zip(self._pictures, (content, overfit), strict=True):
                np.copyto(levels, picture[(*block, channel)])
            if self._mask is not None:
                _draw(content, overfit, self._mask[block], scratch[2:])
            np.subtract(content, overfit, out=self._ways[_INSIDE].difference[(channel, *block)])
            np.left_shift(overfit, 8, out=overfit)
            np.add(overfit, 128, out=self._base[(channel, *block)])

    def _push_block(self, block: Area, scratch: Plane, way: int) -> None:
        for channel in range(3):
            place = (channel, *block)
            overfit, content = scratch[0], scratch[1]
            np.right_shift(self._base[place], 8, out=overfit)
            np.add(overfit, self._ways[_INSIDE].difference[place], out=content)
            end, other = (content, overfit) if way == _BELOW else (overfit, content)
            np.left_shift(end, 8, out=scratch[2])
            np.bitwise_or(scratch[2], other, out=scratch[2])
            self._ways[way].difference[place] = _steps(way).take(scratch[2])

    def _chroma_block(self, block: Area, scratch: Plane, way: int) -> None:
        red, green, blue = (self._ways[way].difference[(channel, *block)].view(np.int16) for channel in range(3))
        light = LUMA[0] * red.astype(np.float32) + LUMA[1] * green + LUMA[2] * blue
        for direction, channel in enumerate((red, blue)):
            self._ways[way].chroma[(direction, *block)] = np.rint(2 * (channel - light))

    def _mix_channels(self, block: Area, scratch: Plane, terms: Sequence[tuple[_Way, NDArray[np.float64]]]) -> None:
        for channel in range(3):
            self._mix_channel(block, channel, [(way, weights[channel]) for way, weights in terms], scratch)
        self._pack(block, scratch)

    def _mix_channel(self, block: Area, channel: int, terms: Sequence[tuple[_Way, float]], scratch: Plane) -> None:
        """`scratch[channel]` becomes the channel's mix in 256ths of a level; `scratch[3]` is used."""
        total, product, place = scratch[channel], scratch[3], (channel, *block)
        source = self._base[place]
        for way, weight in terms:
            if weight:
                np.multiply(way.difference[place], np.uint16(round(256 * weight)), out=product)
                source = np.add(source, product, out=total)
        if source is not total:
            np.copyto(total, source)

    def _mix_colours(self, block: Area, scratch: Plane, terms: Sequence[tuple[_Way, NDArray[np.float64]]]) -> None:
        light = [(way, weights[0]) for way, weights in terms]
        for channel in range(3):
            self._mix_channel(block, channel, light, scratch)
            np.right_shift(scratch[channel], 2, out=scratch[channel])
        red, green, blue, product, more, step = scratch.view(np.int16)
        for direction, channel, shifts in ((0, red, _RED_IN_GREEN), (1, blue, _BLUE_IN_GREEN)):
            for way, weights in terms:
                apart = weights[2 - direction] - weights[0]
                _multiply(way.chroma[(direction, *block)], apart, step, product)
                np.add(channel, step, out=channel)
                for shift in shifts:
                    np.right_shift(step, shift, out=more)
                    np.subtract(green, more, out=green)
        for channel in (red, green, blue):
            np.clip(channel, 0, 255 * 64 + 63, out=channel)
            np.left_shift(channel, 2, out=channel)
        self._pack(block, scratch)

    def _pack(self, block: Area, scratch: Plane) -> None:
        """Write the channels, in 256ths, as one number a pixel."""
        low, middle, high = scratch[:3][self._order]
        np.right_shift(low, 8, out=low)
        np.bitwise_and(middle, 0xFF00, out=middle)
        np.bitwise_or(low, middle, out=low)
        np.right_shift(high, 8, out=high)
        np.bitwise_or(high, 0xFF00, out=high)
        pixels = self._packed[block]
        np.copyto(pixels, high)
        np.left_shift(pixels, 16, out=pixels)
        np.bitwise_or(pixels, low, out=pixels)

    def close(self) -> None:
        """Join the threads. `frame` stays; `mix` may not be called any more."""
        self._pool.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _draw(content: Plane, overfit: Plane, mask: Signed, scratch: Plane) -> None:
    """What `blend.drawn` does, in place, on levels as 16 bits; `scratch` holds four planes."""
    up, down, first, second = scratch
    np.maximum(mask, 0, out=up.view(np.int16))
    np.negative(np.minimum(mask, 0, out=down.view(np.int16)), out=down.view(np.int16))
    _step(content, overfit, up, first)
    _step(overfit, content, down, second)
    np.copyto(content, first)
    np.copyto(overfit, second)


def _step(start: Plane, goal: Plane, weight: Plane, out: Plane) -> None:
    """`start` moved to `goal` by this weight in 256ths."""
    np.subtract(goal, start, out=out)
    np.multiply(out, weight, out=out)
    out += 128
    out += start << 8
    np.right_shift(out, 8, out=out)


def _multiply(chroma: Signed, weight: float, out: Signed, product: Signed) -> None:
    """`out` becomes half of chroma times weight in 64ths; the weight counts to 1024ths, in two steps of 16 bits."""
    exact = round(1024 * weight)
    coarse = (exact + 16) >> 5
    np.multiply(chroma, np.int16(exact - 32 * coarse), out=product)
    np.right_shift(product, 5, out=product)
    np.multiply(chroma, np.int16(coarse), out=out)
    np.add(out, product, out=out)


@cache
def _steps(way: int) -> Plane:
    """(65536,): how many levels a pushed picture is from its end, modulo 65536; by 256 end levels plus the other's."""
    levels = np.arange(256, dtype=np.uint8)
    end, other = floats(levels)[:, None], floats(levels)[None, :]
    pixels = to_8bit(pushed(end, other, -LEAST_SHARE if way == _BELOW else MOST_SHARE - 1))
    return np.subtract(pixels, levels[:, None], dtype=np.uint16).ravel()
