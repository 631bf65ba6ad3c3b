"""A picture and its halvings, for quick and smooth reducing."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Self
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images.levels import Pixels, to_8bit
from stylestudio.progress import finish

Box = tuple[float, float, float, float]
Extent = tuple[int, int]

_ROWS = 32
_SMALLEST = 256
_SHARP_FROM = 2.0
_STRETCHING = Image.Resampling.BILINEAR


class Pyramid:
    """A picture of 8 bits and its halvings, from which any part of it is resampled at any zoom.

    `size` (width, height) is what the picture counts as: one that is smaller itself is stretched to it when shown.
    """

    def __init__(self, levels: list[Image.Image], size: Extent) -> None:
        self._levels, self.size = levels, size

    @classmethod
    def of(cls, pixels: Pixels, size: Extent | None = None) -> Self:
        """From (H, W, 3) or (H, W), all at once; without `size` it counts as what it is."""
        return finish(cls.building(pixels, size))

    @classmethod
    def building(cls, pixels: Pixels, size: Extent | None = None) -> Generator[None, None, Self]:
        """The same in steps of a few milliseconds, for the thread that must stay responsive."""
        height, width = pixels.shape[:2]
        levels = [Image.new("L" if pixels.ndim == 2 else "RGB", (width, height), None)]
        for top in range(0, height, _ROWS):
            band = np.ascontiguousarray(to_8bit(pixels[top : top + _ROWS]))
            levels[0].paste(Image.fromarray(band), (0, top))
            yield
        while max(levels[-1].size) > _SMALLEST:
            levels.append((yield from _halving(levels[-1])))
        return cls(levels, size or levels[0].size)

    def window(self, box: Box, size: Extent, resampling: Image.Resampling) -> NDArray[np.uint8]:
        """The part `box` (left, top, right, bottom, in pixels of `self.size`) at `size` (width, height), as an array.

        Of a picture that is stretched, bilinearly at any zoom.
        """
        if self.size != self._levels[0].size:
            across, down = (own / count for own, count in zip(self._levels[0].size, self.size, strict=True))
            box, resampling = (box[0] * across, box[1] * down, box[2] * across, box[3] * down), _STRETCHING
        left, top, right, bottom = (round(edge) for edge in box)
        if (right - left, bottom - top) == size and np.allclose((left, top, right, bottom), box, atol=1e-3):
            return np.asarray(self._levels[0].crop((left, top, right, bottom)))
        halvings = self._halvings((box[2] - box[0]) / size[0])
        level = self._levels[halvings]
        part = [edge / 2**halvings for edge in box]
        inside = (max(0.0, part[0]), max(0.0, part[1]), min(part[2], level.width), min(part[3], level.height))
        return np.asarray(level.resize(size, resampling, inside))

    def _halvings(self, reduction: float) -> int:
        halvings = 0
        while 2 ** (halvings + 1) <= reduction and halvings + 1 < len(self._levels):
            halvings += 1
        return halvings


class Pyramids:
    """What builds the pyramids of several canvases: those that want the same one at the same time build it together.

    Twice would take twice as long until the first of them shows anything.
    """

    def __init__(self) -> None:
        self._building: WeakValueDictionary[tuple[int, Extent | None], Common] = WeakValueDictionary()

    @contextmanager
    def offering(self, ready: Sequence["Common"]) -> Iterator[None]:
        """Meanwhile, who wants one of these gets it at once: they were `prepared` on another thread."""
        for common in ready:
            self._building[common.key] = common
        try:
            yield
        finally:
            for common in ready:
                self._building.pop(common.key, None)

    def has(self, pixels: Pixels) -> bool:
        """Whether `building` would give the pyramid of its own size at once."""
        common = self._building.get((id(pixels), None))
        return common is not None and common.is_made

    def building(self, pixels: Pixels, size: Extent | None = None) -> Generator[None, None, Pyramid]:
        """As `Pyramid.building`; whoever drops it leaves the rest to the others."""
        common = self._building.get((id(pixels), size))
        if common is None:
            common = Common(pixels, size)
            self._building[common.key] = common
        return (yield from common.steps())


class Common:
    """A pyramid that several canvases will show, or what there is of it so far."""

    def __init__(self, pixels: Pixels, size: Extent | None) -> None:
        self._pixels, self._size = pixels, size
        self.key = id(pixels), size  # as long as they are held, nothing else has their id
        self._work = Pyramid.building(pixels, size)
        self._made: Pyramid | None = None

    @property
    def is_made(self) -> bool:
        return self._made is not None

    def steps(self) -> Generator[None, None, Pyramid]:
        while self._made is None:
            try:
                next(self._work)
            except StopIteration as stop:
                # Where another's step failed, there is nothing more to come: it fails here too, or goes well.
                self._made = stop.value or (yield from Pyramid.building(self._pixels, self._size))
            else:
                yield
        return self._made


def prepared(pixels: Pixels) -> Common:
    """A pyramid built all at once, on any thread, for `Pyramids.offering`."""
    common = Common(pixels, None)
    finish(common.steps())
    return common


def _halving(level: Image.Image) -> Generator[None, None, Image.Image]:
    half = Image.new(level.mode, (-(-level.width // 2), -(-level.height // 2)), None)
    for top in range(0, level.height, 4 * _ROWS):
        bottom = min(top + 4 * _ROWS, level.height)
        half.paste(level.reduce(2, (0, top, level.width, bottom)), (0, top // 2))
        yield
    return half


def resampling_at(zoom: float) -> Image.Resampling:
    """What a picture is shown with: smooth when reduced, its pixels as squares from 200 %."""
    if zoom >= _SHARP_FROM:
        return Image.Resampling.NEAREST
    return Image.Resampling.HAMMING if zoom < 1 else Image.Resampling.BICUBIC
