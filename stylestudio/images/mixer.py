"""Two pictures mixed for the screen, in fixed point and in the processor's cache, as fast as a slider moves."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise, product
from typing import NamedTuple, Self

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
    share_weights,
)
from stylestudio.images.fixed_point import (
    BLUE_IN_GREEN,
    RED_IN_GREEN,
    Plane,
    Signed,
    apply_mask_in_place,
    extrapolation_steps,
    multiply,
    split_mask,
    subtract_shifted,
)
from stylestudio.images.screen_frame import Area, Levels, Order, ScreenFrame

__all__ = ["Area", "ScreenMixer"]

_BLOCK = 1 << 16
"""Pixels that are mixed at once: a block's planes fit the processor's cache, and calls are few."""
_THREADS = max(2, min(4, (os.cpu_count() or 2) // 2))
"""Half the cores at most: the engine may be at work on the others."""
_SCRATCH = 6
_INSIDE, _BELOW, _BEYOND = range(3)
_NONE = -1
_MOVED = (0, 1, 2), (1, 2), (0, 1)
"""The channels that the share of each axis moves."""


class _Way(NamedTuple):
    """The way between two of the four pictures that shares lead to.

    `difference` (3, H, W) is the levels' difference modulo 65536; `turned` (3, H, W) is twice its Y, B - Y and R - Y.
    """

    difference: Plane
    turned: Signed


_Term = tuple[_Way, NDArray[np.float64]]
"""A way, and how much of it each axis takes."""


class ScreenMixer:
    """Mixes two 8-bit pictures for the screen, fast enough to follow a slider: to one level, on "ycc" nearly always.

    With the overfit picture O, the difference D = content - O and the photo's weight k in 256ths, a value is
    `(256 O + 128 + D k) >> 8`: it fits 16 bits, and D k may wrap on the way there because the sum wraps back. On "ycc"
    all channels are first mixed by the share of lightness; then comes what the colours' shares make different, in
    64ths of a level, so that what leaves 0..255 can be clipped. Beyond 0 and 1 other pictures are mixed alike.
    """

    frame: Levels
    """(H, W, 4): R, G, B, 255, as in `QImage.Format_RGBX8888`, or B, G, R, 255. It is always this same memory."""

    def __init__(self, content8: Levels, overfit8: Levels, order: Order = "RGB") -> None:
        """`content8` and `overfit8` are (H, W, 3) levels of R, G, B; the frame, in this order, is black until `mix`."""
        check_pair(content8, overfit8)
        height, width = content8.shape[:2]
        self._screen = ScreenFrame(height, width, order, max(_BLOCK, width))
        self.frame = self._screen.levels
        self._base = np.empty((3, height, width), np.uint16)
        # memory that is never written to is never taken: most mixes stay on the first way, and on red, green, blue
        self._ways = [_Way(np.empty_like(self._base), np.empty(self._base.shape, np.int16)) for _ in range(3)]
        self._colours = np.empty(self._base.shape, np.int16)
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
        self._channels_at: Shares | None  # what the whole frame shows on red, green, blue, if it does
        self._colours_at: Shares | None  # what `_colours` are mixed by
        self._dragged: int | None  # the only axis by whose share the frame differs from these, `_NONE` for none
        self._mask: Signed | None = None
        self._channels_at = self._colours_at = self._dragged = None
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
        weights = _ways_of(shares)
        ways = [way for way in (_INSIDE, _BELOW, _BEYOND) if weights[way].any()]
        coloured = axes == "ycc" and len(set(shares)) > 1
        for part in product(ways, (False, True) if coloured else (False,)):
            self._make(part, self._everything)
        terms = [(self._ways[way], weights[way]) for way in ways]
        shown, dragged = self._channels_at, self._dragged
        self._channels_at = self._dragged = None
        if area is not None:
            self._in_blocks(self._mix_colours if coloured else self._mix_channels, area, terms)
        elif coloured:
            self._mix_all_colours(shares, terms, dragged)
        else:
            changed = _apart(shown, shares)
            self._in_blocks(self._mix_channels, self._everything, terms, changed[0] if len(changed) == 1 else None)
            self._channels_at = shares

    def _mix_all_colours(self, shares: Shares, terms: Sequence[_Term], dragged: int | None) -> None:
        """Mix all, or where only one share has changed since all were mixed, as while it is dragged, add the change."""
        before = self._colours_at
        moved = _apart(before, shares)
        if before is None or len(moved) > 1:
            self._in_blocks(self._mix_colours, self._everything, terms, True)
            self._colours_at, self._dragged = shares, _NONE
            return
        apart = _ways_of(shares) - _ways_of(before)
        change = [way for way in range(3) if apart[way].any()]
        for part in product(change, (False, True)):
            self._make(part, self._everything)
        terms = [(self._ways[way], apart[way]) for way in change]
        axis = moved[0] if moved else _NONE
        self._in_blocks(self._move_colours, self._everything, axis, terms, dragged in (axis, _NONE))
        self._dragged = axis

    def _prepare(self, area: Area) -> None:
        """Take the pictures and the mask in this area, and make again what was made of them."""
        self._channels_at = self._colours_at = self._dragged = None
        self._in_blocks(self._prepare_block, area)
        made, self._made = self._made, {(_INSIDE, False): None}
        for part in made:
            self._make(part, area)

    def _make(self, part: tuple[int, bool], area: Area) -> None:
        """Have a way's differences, or what is coloured in them, unless they are there."""
        if part not in self._made:
            way, coloured = part
            self._in_blocks(self._turn_block if coloured else self._push_block, area, way)
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

        bands = zip(pairwise(edges), self._scratch, strict=True)
        for job in [self._pool.submit(band, *ends, one) for ends, one in bands]:
            job.result()

    def _prepare_block(self, block: Area, scratch: Plane) -> None:
        content, overfit, more, less = scratch[:4]
        if self._mask is not None:
            split_mask(self._mask[block], more, less)
        for channel in range(3):
            for picture, levels in zip(self._pictures, (content, overfit), strict=True):
                np.copyto(levels, picture[(*block, channel)])
            if self._mask is not None:
                apply_mask_in_place(content, overfit, more, less, scratch[4:])
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
            self._ways[way].difference[place] = extrapolation_steps(
                -LEAST_SHARE if way == _BELOW else MOST_SHARE - 1
            ).take(scratch[2])

    def _turn_block(self, block: Area, scratch: Plane, way: int) -> None:
        red, green, blue = (self._ways[way].difference[(channel, *block)].view(np.int16) for channel in range(3))
        light = LUMA[0] * red.astype(np.float32) + LUMA[1] * green + LUMA[2] * blue
        for axis, values in enumerate((light, blue - light, red - light)):
            self._ways[way].turned[(axis, *block)] = np.rint(2 * values)

    def _mix_channels(self, block: Area, scratch: Plane, terms: Sequence[_Term], only: int | None = None) -> None:
        for channel in range(3) if only is None else (only,):
            self._mix_channel(block, channel, [(way, weights[channel]) for way, weights in terms], scratch)
        if only is None:
            self._screen.pack(block, scratch[:3])
        else:
            self._screen.put(block, only, scratch[only])

    def _mix_channel(self, block: Area, channel: int, terms: Sequence[tuple[_Way, float]], scratch: Plane) -> None:
        """`scratch[channel]` becomes the channel's mix in 256ths of a level; `scratch[3]` is used."""
        total, part, place = scratch[channel], scratch[3], (channel, *block)
        source = self._base[place]
        for way, weight in terms:
            if weight:
                np.multiply(way.difference[place], np.uint16(round(256 * weight)), out=part)
                source = np.add(source, part, out=total)
        if source is not total:
            np.copyto(total, source)

    def _mix_colours(self, block: Area, scratch: Plane, terms: Sequence[_Term], keep: bool = False) -> None:
        light = [(way, weights[0]) for way, weights in terms]
        for channel in range(3):
            self._mix_channel(block, channel, light, scratch)
            np.right_shift(scratch[channel], 2, out=scratch[channel])
        red, green, blue, partial, more, step = scratch.view(np.int16)
        for axis, channel, shifts in ((2, red, RED_IN_GREEN), (1, blue, BLUE_IN_GREEN)):
            for way, weights in terms:
                multiply(way.turned[(axis, *block)], weights[axis] - weights[0], step, partial)
                np.add(channel, step, out=channel)
                subtract_shifted(green, step, shifts, more, green)
        if keep:
            self._colours[(slice(None), *block)] = red, green, blue
        self._show(block, scratch[:3])

    def _move_colours(self, block: Area, scratch: Plane, axis: int, change: Sequence[_Term], others_stay: bool) -> None:
        """Mix what a share moves: all channels, or green and one more if the frame has the others already."""
        channels, (partial, more, step) = scratch[:3].view(np.int16), scratch[3:].view(np.int16)
        sources = list(self._colours[(slice(None), *block)])
        for way, weights in change:
            multiply(way.turned[(axis, *block)], weights[axis], step, partial)
            for channel in _MOVED[axis]:
                if axis and channel == 1:
                    shifts = BLUE_IN_GREEN if axis == 1 else RED_IN_GREEN
                    subtract_shifted(sources[1], step, shifts, more, channels[1])
                else:
                    np.add(sources[channel], step, out=channels[channel])
                sources[channel] = channels[channel]
        if others_stay and axis in (1, 2):
            for channel in _MOVED[axis]:
                self._screen.put(block, channel, self._screen.clip(scratch[channel]))
            return
        for channel in range(3):
            if sources[channel] is not channels[channel]:
                np.copyto(channels[channel], sources[channel])
        self._show(block, scratch[:3])

    def _show(self, block: Area, channels: Plane) -> None:
        for channel in channels:
            self._screen.clip(channel)
        self._screen.pack(block, channels)

    def close(self) -> None:
        """Join the threads. `frame` stays; `mix` may not be called any more."""
        self._pool.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _apart(before: Shares | None, after: Shares) -> list[int]:
    """Which shares differ; all where there were none."""
    return [axis for axis in range(3) if before is None or before[axis] != after[axis]]


def _ways_of(shares: Shares) -> NDArray[np.float64]:
    """(3, 3): how much of each way each axis takes. What goes on beyond the content first goes all the way to it."""
    weights = np.delete(share_weights(shares), 1, axis=0)
    weights[_INSIDE] += weights[_BELOW]
    return weights
