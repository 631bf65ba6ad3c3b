"""A picture and its halvings, for quick and smooth reducing, made in slices between which the window stays alive."""

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from time import perf_counter
from typing import Self, TypeVar
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QObject, QTimer

from stylestudio.images.resize import Pixels, to_8bit
from stylestudio.progress import finish

Box = tuple[float, float, float, float]
Extent = tuple[int, int]

_ROWS = 32
_SMALLEST = 256
_SHARP_FROM = 2.0
_STRETCHING = Image.Resampling.BILINEAR
_BAND = 1 << 19
"""Pixels of the picture itself that are resampled at once, so that what this takes beside it stays small."""
_REACH = 3
"""How many pixels of the result a filter looks beyond the part that it resamples, at most."""


class Pyramid:
    """A picture of 8 bits and its halvings, from which any part of it is resampled at any zoom.

    `size` (width, height) is what the picture counts as: one that is smaller itself is stretched to it when shown.
    """

    def __init__(self, picture: NDArray[np.uint8], halvings: list[Image.Image], size: Extent) -> None:
        self._picture, self._halved, self.size = picture, halvings, size

    @classmethod
    def build(cls, pixels: Pixels, size: Extent | None = None) -> Self:
        """From (H, W, 3) or (H, W), all at once; without `size` it counts as what it is.

        Levels are kept as they are, not copied: they must not change.
        """
        return finish(cls.building(pixels, size))

    @classmethod
    def building(cls, pixels: Pixels, size: Extent | None = None) -> Generator[None, None, Self]:
        """The same in steps of a few milliseconds, for the thread that must stay responsive."""
        picture = yield from _as_levels(pixels)
        height, width = picture.shape[:2]
        halved: list[Image.Image] = []
        while max(halved[-1].size if halved else picture.shape[:2]) > _SMALLEST:
            halved.append((yield from _halving(halved[-1] if halved else picture)))
        return cls(picture, halved, size or (width, height))

    @property
    def layers(self) -> "tuple[Pyramid, ...]":
        """The pictures that it shows: itself."""
        return (self,)

    def at(self, balance: float) -> "Pyramid":
        """Itself: one picture is the same at any balance of styles."""
        return self

    def window(self, box: Box, size: Extent, resampling: Image.Resampling) -> NDArray[np.uint8]:
        """The part `box` (left, top, right, bottom, in pixels of `self.size`) at `size` (width, height), as an array.

        Of a picture that is stretched, bilinearly at any zoom. It may be a view of the picture.
        """
        height, width = self._picture.shape[:2]
        if self.size != (width, height):
            across, down = width / self.size[0], height / self.size[1]
            box, resampling = (box[0] * across, box[1] * down, box[2] * across, box[3] * down), _STRETCHING
        left, top, right, bottom = (round(edge) for edge in box)
        if (right - left, bottom - top) == size and np.allclose((left, top, right, bottom), box, atol=1e-3):
            return np.ascontiguousarray(self._picture[top:bottom, left:right])
        halvings = self._halvings((box[2] - box[0]) / size[0])
        if halvings == 0:
            return self._resampled(_inside(box, (width, height)), size, resampling)
        level, part = self._halved[halvings - 1], [edge / 2**halvings for edge in box]
        return np.asarray(level.resize(size, resampling, _inside(part, level.size)))

    def _resampled(self, box: Box, size: Extent, resampling: Image.Resampling) -> NDArray[np.uint8]:
        """The part `box` of the picture itself, band by band."""
        left, top, right, bottom = box
        found = np.empty((size[1], size[0], *self._picture.shape[2:]), np.uint8)
        bands = min(size[1], math.ceil((right - left) * (bottom - top) / _BAND))
        reach = math.ceil(_REACH * max((right - left) / size[0], (bottom - top) / size[1], 1))
        first_column = max(0, int(left) - reach)
        columns = slice(first_column, int(right) + reach)
        for start, end in pairwise(size[1] * band // bands for band in range(bands + 1)):
            begins, ends = (min(top + (bottom - top) * row / size[1], bottom) for row in (start, end))
            first_row = max(0, int(begins) - reach)
            part = Image.fromarray(np.ascontiguousarray(self._picture[first_row : int(ends) + reach, columns]))
            inside = left - first_column, begins - first_row, right - first_column, ends - first_row
            found[start:end] = np.asarray(part.resize((size[0], end - start), resampling, inside))
        return found

    def _halvings(self, reduction: float) -> int:
        halvings = 0
        while 2 ** (halvings + 1) <= reduction and halvings < len(self._halved):
            halvings += 1
        return halvings


class Pyramids:
    """What builds the pyramids of several canvases: those that want the same one at the same time build it together.

    Twice would take twice as long until the first of them shows anything.
    """

    def __init__(self) -> None:
        self._building: WeakValueDictionary[tuple[int, Extent | None], SharedPyramid] = WeakValueDictionary()

    @contextmanager
    def offer_prepared(self, ready: Sequence["SharedPyramid"]) -> Iterator[None]:
        """Meanwhile, who wants one of these gets it at once: `prepare_pyramid` made them on another thread."""
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
            common = SharedPyramid(pixels, size)
            self._building[common.key] = common
        return (yield from common.steps())


class SharedPyramid:
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


def prepare_pyramid(pixels: Pixels) -> SharedPyramid:
    """A pyramid built all at once, on any thread, for `Pyramids.offer_prepared`."""
    common = SharedPyramid(pixels, None)
    finish(common.steps())
    return common


def _inside(box: Sequence[float], size: Extent) -> Box:
    left, top, right, bottom = box
    return max(0.0, left), max(0.0, top), min(right, size[0]), min(bottom, size[1])


def _as_levels(pixels: Pixels) -> Generator[None, None, NDArray[np.uint8]]:
    if pixels.dtype == np.uint8:
        return to_8bit(pixels)
    levels = np.empty(pixels.shape, np.uint8)
    for top in range(0, len(pixels), _ROWS):
        levels[top : top + _ROWS] = to_8bit(pixels[top : top + _ROWS])
        yield
    return levels


def _halving(level: NDArray[np.uint8] | Image.Image) -> Generator[None, None, Image.Image]:
    width, height = level.size if isinstance(level, Image.Image) else level.shape[1::-1]
    half: Image.Image | None = None
    for top in range(0, height, 4 * _ROWS):
        bottom = min(top + 4 * _ROWS, height)
        if isinstance(level, Image.Image):
            band = level.reduce(2, (0, top, width, bottom))
        else:
            band = Image.fromarray(level[top:bottom]).reduce(2)
        half = half or Image.new(band.mode, (band.width, -(-height // 2)), None)
        half.paste(band, (0, top // 2))
        yield
    assert half
    return half


def resampling_at(zoom: float) -> Image.Resampling:
    """What a picture is shown with: smooth when reduced, its pixels as squares from 200 %."""
    if zoom >= _SHARP_FROM:
        return Image.Resampling.NEAREST
    return Image.Resampling.HAMMING if zoom < 1 else Image.Resampling.BICUBIC


T = TypeVar("T")

_SLICE = 0.006
"""Seconds at a time: several of them, and what the last step takes longer, still pass unseen."""


class StepRunner(QObject):
    """Runs one generator at a time; the newest wins."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Generator[None, None, object] | None = None
        self._done: Callable[[object], None] = _nothing
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._run_slice)

    @property
    def is_running(self) -> bool:
        return self._work is not None

    def start(self, work: Generator[None, None, object], done: Callable[..., None]) -> None:
        """Drop what is under way and run `work`; `done` gets its result."""
        self.stop()
        self._work, self._done = work, done
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        if self._work is not None:
            self._work.close()
        self._work = None

    def _run_slice(self) -> None:
        end = perf_counter() + _SLICE
        try:
            while self._work is not None and perf_counter() < end:
                next(self._work)
        except StopIteration as stop:
            self.stop()
            self._done(stop.value)


def _nothing(_result: object) -> None: ...
