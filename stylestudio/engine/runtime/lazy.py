"""Feature maps and images that are there as tensors, and such as are worked out window by window where they are needed.

A large picture's maps would not fit into memory. A lazy one keeps only what it is made of; whoever needs a part asks
for that window, and what it is made of is asked for as much more as the convolutions reach.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from stylestudio.caches import PHOTO_MAP, register
from stylestudio.engine.runtime.heap import give_back
from stylestudio.engine.runtime.tiling import apply_in_tiles, empty_like, retry_with_smaller_tiles, spans
from stylestudio.progress import Progress, Work

HELD = 1 << 28
"""Bytes: a map that needs no more is held as a tensor, a larger one stays lazy."""
HELD_OF_CONTENT = 1 << 29
"""The same for a content's own features, which are asked for again and again."""
WINDOW_VALUES, LARGEST_WINDOW = 49152, 384
"""Windows of C channels have so many over C positions a side: all the maps that one is made of stay below 100 MB."""


class LazyMap(ABC):
    """A map (1, C, H, W), by its `shape`, whose values are worked out when they are asked for."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int, int, int]:
        """1, C, H, W."""

    @abstractmethod
    def window(self, rows: slice, columns: slice) -> Tensor:
        """(1, C, rows, columns) of it; both slices lie within it."""


FeatureMap = Tensor | LazyMap

Place = tuple[slice, slice]
"""Rows and columns."""


def window(features: FeatureMap, rows: slice, columns: slice) -> Tensor:
    """(1, C, rows, columns) of a map (1, C, H, W)."""
    if isinstance(features, Tensor):
        return features[:, :, rows, columns]
    return features.window(rows, columns)


def windows(features: FeatureMap, side: int | None = None) -> list[Place]:
    """Rows and columns that make up a map: those of a tensor all at once, of a lazy one at most `side` of each."""
    _, channels, height, width = features.shape
    if isinstance(features, Tensor):
        return [(slice(0, height), slice(0, width))]
    side = side or min(LARGEST_WINDOW, WINDOW_VALUES // channels)
    columns = [slice(span.start, span.end) for span in spans(width, side, 0, 1)]
    return [(slice(span.start, span.end), part) for span in spans(height, side, 0, 1) for part in columns]


def windows_with_progress(places: list[Place]) -> Iterator[tuple[float, Place]]:
    """Windows to be worked on one after the other, each with the share that is done before it."""
    for number, place in enumerate(places):
        yield number / len(places), place
        if len(places) > 1:
            give_back()


def materialise(features: FeatureMap, stage: str) -> Work[Tensor]:
    """The map (1, C, H, W) as a tensor."""
    if isinstance(features, Tensor):
        return features
    if isinstance(features, ConvolvedMap) and isinstance(features.source, Tensor):
        yield Progress(stage, 0.0)
        found = features.of(features.source)
        yield Progress(stage, 1.0)
        return found
    found: Tensor | None = None
    for done, (rows, columns) in windows_with_progress(windows(features)):
        yield Progress(stage, done)
        part = features.window(rows, columns)
        found = empty_like(part, features.shape) if found is None else found
        found[:, :, rows, columns] = part
    assert found is not None
    yield Progress(stage, 1.0)
    return found


def materialise_if_small(features: LazyMap, stage: str, limit: float) -> Work[FeatureMap]:
    """The map as a tensor if it has at most `limit` bytes, else as it is."""
    if 4 * features.shape[1] * features.shape[2] * features.shape[3] > limit:
        return features
    return (yield from materialise(features, stage))


@dataclass(frozen=True)
class LazyPixels(LazyMap):
    """An RGB image (1, 3, H, W) in 0..1 of `pixels` (h, w, 3), its last row and column repeated up to H x W.

    The pixels are floats 0..1 or levels 0..255 as bytes. Windows of the image come on `device`.
    """

    pixels: NDArray[np.float32] | NDArray[np.uint8]
    height: int
    width: int
    device: torch.device

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return 1, 3, self.height, self.width

    def window(self, rows: slice, columns: slice) -> Tensor:
        height, width = self.pixels.shape[:2]
        part = self.pixels[
            min(rows.start, height - 1) : min(rows.stop, height),
            min(columns.start, width - 1) : min(columns.stop, width),
        ]
        image = torch.as_tensor(part.copy()).permute(2, 0, 1)[None].to(self.device)
        if image.dtype == torch.uint8:
            image = image.float() / 255
        right, bottom = columns.stop - columns.start - image.shape[3], rows.stop - rows.start - image.shape[2]
        return F.pad(image, (0, right, 0, bottom), mode="replicate") if right or bottom else image


@dataclass(frozen=True)
class ConvolvedMap(LazyMap):
    """What `convolve`, consecutive convolutions, makes of the map `source`, `scale` times as large as that.

    `halo` is how far they reach, in positions of the source, and `tile` how many of these are worked on at once, each
    beginning at a multiple of `multiple`.
    """

    source: FeatureMap
    convolve: Callable[[Tensor], Tensor]
    channels: int
    scale: float
    tile: int
    halo: int
    multiple: int

    @property
    def shape(self) -> tuple[int, int, int, int]:
        height, width = (int(extent * self.scale) for extent in self.source.shape[2:])
        return 1, self.channels, height, width

    def of(self, x: Tensor) -> Tensor:
        """What the convolutions make of this part (1, C, h, w) of the source."""
        how = partial(apply_in_tiles, self.convolve, x, scale=self.scale, halo=self.halo, multiple=self.multiple)
        return retry_with_smaller_tiles(lambda tile: how(tile=tile), self.tile)

    def window(self, rows: slice, columns: slice) -> Tensor:
        outer = [
            self.input_range(part, extent) for part, extent in zip((rows, columns), self.source.shape[2:], strict=True)
        ]
        found = self.of(window(self.source, *outer))
        top, left = (
            part.start - int(around.start * self.scale) for part, around in zip((rows, columns), outer, strict=True)
        )
        return found[:, :, top : top + rows.stop - rows.start, left : left + columns.stop - columns.start]

    def input_range(self, part: slice, length: int) -> slice:
        """The source's positions, of `length`, that these of its own depend on."""
        start, stop = int(part.start / self.scale) - self.halo, -int(-part.stop // self.scale) + self.halo
        return slice(max(start // self.multiple * self.multiple, 0), min(stop, length))


@dataclass(frozen=True)
class JoinedMap(LazyMap):
    """What `join` makes of the same windows of maps that are equally large.

    What it makes at a position depends on what lies at most `reach` positions away.
    """

    sources: tuple[FeatureMap, ...]
    join: Callable[..., Tensor]
    channels: int
    reach: int = 0

    @property
    def shape(self) -> tuple[int, int, int, int]:
        _, _, height, width = self.sources[0].shape
        return 1, self.channels, height, width

    def window(self, rows: slice, columns: slice) -> Tensor:
        _, _, height, width = self.shape
        top, left = max(rows.start - self.reach, 0), max(columns.start - self.reach, 0)
        outer = slice(top, min(rows.stop + self.reach, height)), slice(left, min(columns.stop + self.reach, width))
        found = self.join(*(window(source, *outer) for source in self.sources))
        return found[:, :, rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]


CELL = 4
"""Positions a side of the squares of which it is known whether they are remembered: what coarser maps ask for beyond
their windows is no less, so that no square stays halves of two windows for ever."""


class CachedMap(LazyMap):
    """The map `source`, remembered from the first until `clear_cache` is called, and again from `start_caching` on.

    Its values are rounded to half precision always, so that it does not matter which of them are remembered.
    """

    def __init__(self, source: LazyMap) -> None:
        self._source = source
        self._values: Tensor | None = None
        self._remembers = True
        _, _, height, width = source.shape
        self._known = torch.zeros(-(-height // CELL), -(-width // CELL), dtype=torch.bool)
        self.budget = PHOTO_MAP
        register(self)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self._source.shape

    @property
    def entries(self) -> int:
        return 0 if self._values is None else 1

    @property
    def bytes(self) -> int:
        values = self._values  # another thread may ask
        return 0 if values is None else values.nbytes

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

    def start_caching(self) -> None:
        """Work out every window only once from now on."""
        self._remembers = True

    def clear_cache(self) -> None:
        """Give the memory back, and work out windows anew each time that they are asked for."""
        self._values, self._remembers = None, False
        self._known.zero_()


def start_caching(maps: Iterable[FeatureMap]) -> None:
    """Those of these maps that can, from now on."""
    for features in maps:
        if isinstance(features, CachedMap):
            features.start_caching()


def clear_caches(maps: Iterable[FeatureMap]) -> None:
    """Give back what is remembered of these maps."""
    for features in maps:
        if isinstance(features, CachedMap):
            features.clear_cache()
