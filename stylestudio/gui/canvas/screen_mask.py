"""The mask over the part of a picture that is on the screen, made anew only where it changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from math import ceil, floor
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.mask import ByLightness, Gradient, Mask
from stylestudio.images.mask_plane import PLANE_SIDE, Box, MaskPlane, screen_levels
from stylestudio.images.mixer import Area

_REACH = 2 / PLANE_SIDE
"""How far beyond a change, in the picture's long side, its pixels are blended."""
_THREADS, _BAND = 4, 1 << 18
"""At most, each of so many pixels at least: starting one costs as much as some thousand of them."""
_TINT = 0.6
_MORE, _LESS = (255, 170, 40), (0, 40, 170)
"""Orange and blue, the one light and the other dark, are told apart by everyone, also by who sees no colour."""


def _tints() -> NDArray[np.uint32]:
    """(513,) for each value -256..256, its colour in memory: red, green, blue and alpha, premultiplied."""
    values = np.arange(-256, 257)[:, None] / 256
    alpha = _TINT * np.abs(values)
    colours = np.where(values > 0, _MORE, _LESS) * alpha
    return np.rint(np.hstack((colours, 255 * alpha))).astype(np.uint8).view(np.uint32)[:, 0]


_TINTS = _tints()


class ScreenMask:
    """Follows a mask; `values` are -256..256 over the visible part, None as long as there is no mask."""

    def __init__(self, plane: "SharedPlane | None" = None) -> None:
        """Those that show one picture in several sizes share a `plane`: a stroke is then drawn once."""
        self.values: NDArray[np.int16] | None = None
        self.tint: NDArray[np.uint8] | None = None
        """(H, W, 4), what the values look like over a picture: premultiplied R, G, B and alpha; made when asked for."""
        self._shared = plane or SharedPlane()
        self._shared.add(self)
        self._plane: MaskPlane | None = None
        self._box = Box(0, 0, 1, 1)
        self._content: NDArray[np.uint8] | None = None
        self._ground: NDArray[np.float32] | None = None
        self._ground_of: tuple[Gradient | None, ByLightness | None] = None, None

    def set_view(self, size: tuple[int, int], box: Box, content: NDArray[np.uint8]) -> None:
        """Have `box` on the screen of a picture of `size` (width, height): `content` (H, W, 3)."""
        self._shared.set_size(size)
        self._box, self._content = box, content
        self.values = self.tint = self._ground = None
        self._ground_of = None, None

    def update_mask(self, mask: Mask) -> Area | None:
        """Take this mask. Returns where the values differ from before, None for nowhere."""
        if mask.is_empty and self.values is None:
            return None
        assert self._content is not None
        self._plane, changed = self._shared.follow(mask, self)
        if mask.is_empty:
            self.values = self.tint = None
            return self._everything()
        if self.values is None:
            self.values = np.empty(self._content.shape[:2], np.int16)
            area = self._everything()
        else:
            area = None if changed is None else self._area(changed)
        if area is not None:
            self._update_ground(mask)
            self._in_bands(self._fill_part, area)
        return area

    def overlay(self) -> NDArray[np.uint8]:
        """`tint`, made if it is not there; only where there are values."""
        assert self.values is not None
        if self.tint is None:
            self.tint = np.empty((*self.values.shape, 4), np.uint8)
            self._colour(self._everything())
        return self.tint

    def _everything(self) -> Area:
        assert self._content is not None
        height, width = self._content.shape[:2]
        return Area(slice(0, height), slice(0, width))

    def _area(self, box: Box) -> Area | None:
        """The pixels that a part of the picture touches, if any are on the screen."""
        rows, columns = (
            _touched(box[axis], box[axis + 2], self._box[axis], self._box[axis + 2], extent.stop)
            for axis, extent in ((1, self._everything().rows), (0, self._everything().columns))
        )
        return Area(rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None

    def _update_ground(self, mask: Mask) -> None:
        """Have what lies below the strokes, which stays the same from one to the next."""
        if self._ground_of == (mask.gradient, mask.lightness):
            return
        assert self._content is not None
        self._ground_of = mask.gradient, mask.lightness
        self._ground = None
        if self._ground_of != (None, None):
            self._ground = np.empty(self._content.shape[:2], np.float32)
            self._in_bands(self._fill_ground, self._everything())

    def _in_bands(self, work: Callable[[Area], None], area: Area) -> None:
        """Do this for the area, band by band on several threads."""
        height = area.rows.stop - area.rows.start
        bands = min(_THREADS, max(1, height * (area.columns.stop - area.columns.start) // _BAND))
        edges = [area.rows.start + height * band // bands for band in range(bands + 1)]
        parts = [Area(slice(*ends), area.columns) for ends in pairwise(edges)]
        if bands == 1:
            work(area)
            return
        with ThreadPoolExecutor(bands, thread_name_prefix="mask") as pool:
            list(pool.map(work, parts))

    def _fill_ground(self, area: Area) -> None:
        assert self._plane and self._ground is not None and self._content is not None
        self._ground[area] = self._plane.ground(*self._part(area), self._content[area])

    def _fill_part(self, area: Area) -> None:
        assert self._plane and self.values is not None and self._content is not None
        ground = None if self._ground is None else self._ground[area]
        self.values[area] = screen_levels(self._plane.values(*self._part(area), self._content[area], ground))
        if self.tint is not None:
            self._colour(area)

    def _part(self, area: Area) -> tuple[Box, tuple[int, int]]:
        """Which part of the picture lies there, and how large it is there in pixels."""
        extent = self._everything()
        height, width = extent.rows.stop, extent.columns.stop
        across, down = (self._box.right - self._box.left) / width, (self._box.bottom - self._box.top) / height
        box = Box(
            self._box.left + area.columns.start * across,
            self._box.top + area.rows.start * down,
            self._box.left + area.columns.stop * across,
            self._box.top + area.rows.stop * down,
        )
        return box, (area.columns.stop - area.columns.start, area.rows.stop - area.rows.start)

    def _colour(self, area: Area) -> None:
        assert self.values is not None and self.tint is not None
        self.tint.view(np.uint32)[..., 0][area] = _TINTS.take(self.values[area] + 256)


class SharedPlane:
    """The plane of a mask that several `ScreenMask`s show, each of which follows only when it is painted."""

    def __init__(self) -> None:
        self._size = (1, 1)
        self._plane: MaskPlane | None = None
        self._unseen: WeakKeyDictionary[ScreenMask, Box | None] = WeakKeyDictionary()

    def add(self, viewer: ScreenMask) -> None:
        """Tell this one too what changes."""
        self._unseen[viewer] = None

    def set_size(self, size: tuple[int, int]) -> None:
        """Have a plane over a picture of this width and height."""
        if size != self._size:
            self._size, self._plane = size, None

    def follow(self, mask: Mask, viewer: ScreenMask) -> tuple[MaskPlane, Box | None]:
        """The plane with this mask, and where it differs from what this viewer got last time, None for nowhere."""
        self._plane = self._plane or MaskPlane(self._size)
        changed = self._plane.follow(mask)
        if changed is not None:
            for one, before in self._unseen.items():
                self._unseen[one] = changed if before is None else before.joined(changed)
        seen, self._unseen[viewer] = self._unseen[viewer], None
        return self._plane, seen


def stroke_extent(before: Mask, after: Mask) -> Box | None:
    """The part of the picture that a stroke has reached in between; None where anything else may have changed too."""
    if (
        not before.strokes
        or replace(before, strokes=after.strokes) != after
        or len(before.strokes) != len(after.strokes)
    ):
        return None
    stroke, known = after.strokes[-1], len(before.strokes[-1].points)
    if before.strokes[:-1] != after.strokes[:-1] or stroke.points[:known] != before.strokes[-1].points:
        return None
    points, reach = stroke.points[known - 1 :], stroke.size / 2 + _REACH
    across, down = [point.x for point in points], [point.y for point in points]
    return Box(min(across) - reach, min(down) - reach, max(across) + reach, max(down) + reach)


def _touched(start: float, stop: float, first: float, last: float, pixels: int) -> slice:
    """Of so many pixels between first and last, those from start to stop, and a little around."""
    scale = pixels / (last - first)
    low, high = floor((start - _REACH - first) * scale) - 1, ceil((stop + _REACH - first) * scale) + 1
    return slice(min(max(low, 0), pixels), min(max(high, 0), pixels))
