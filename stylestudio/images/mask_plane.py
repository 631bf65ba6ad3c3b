"""A mask as pixels, of any part of the picture at any size, and made anew only where it changes.

Strokes lie in a plane of bounded size and are brought to the size that is asked for without steps; gradient and curve
are worked out at that size, so that the curve follows the photo's own edges.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images.blend import LUMA, MaskRows
from stylestudio.images.mask import NO_MASK, ByLightness, Gradient, Mask, Point, Stroke
from stylestudio.images.resize import Pixels, to_floats

Plane = NDArray[np.float32]
Place = tuple[slice, slice]

PLANE_SIDE: Final = 1536
"""Of the plane's long side, at most: a brush's rim is softer than one of its pixels in a photo of 24 megapixels."""
_GOALS: Final = {"more": 1.0, "less": -1.0, "none": 0.0}
_LEAST_PRESSURE: Final = 0.3
"""How wide, of its full width, a stroke is without any pressure."""


class Box(NamedTuple):
    """A part of the picture, in its long side."""

    left: float
    top: float
    right: float
    bottom: float

    def joined(self, other: "Box") -> "Box":
        """The smallest one that holds both."""
        return Box(*map(min, self[:2], other[:2]), *map(max, self[2:], other[2:]))


class MaskPlane:
    """The strokes of a mask over a picture of `size` (width, height); empty until `follow`.

    Each pixel says what is left of what lies below the strokes, and what they add to it: a stroke that goes the part a
    to its goal makes `(1 - a) m + a goal` of the value m.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        longest = max(size)
        self.extent = size[0] / longest, size[1] / longest
        self._scale = min(longest, PLANE_SIDE)
        shape = tuple(max(1, ceil(side * self._scale)) for side in reversed(self.extent))
        self._planes = np.stack((np.ones(shape, np.float32), np.zeros(shape, np.float32)))
        self._below = self._planes.copy()
        self._cover = np.zeros(shape, np.float32)
        self._drawn: Stroke | None = None  # which stroke `_cover` is of
        self._mask = NO_MASK

    def follow(self, mask: Mask) -> Box | None:
        """Show this mask's strokes. Returns the part of the picture where it differs from the one before, if any.

        A stroke that goes on, or one more, costs what it covers; one that is taken back, also what lies under it there.
        """
        before, self._mask = self._mask, mask
        everywhere = Box(0, 0, *self.extent)
        rest = (mask.gradient, mask.lightness, mask.inverted) != (before.gradient, before.lightness, before.inverted)
        changed = self._follow_strokes(before.strokes, mask.strokes)
        return everywhere if rest else changed

    def _follow_strokes(self, before: Sequence[Stroke], after: Sequence[Stroke]) -> Box | None:
        same = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
        same = min(len(before), len(after)) if same is None else same
        if same == len(before) - 1 == len(after) - 1 and self._drawn is before[-1] and _goes_on(before[-1], after[-1]):
            return self._draw(after[-1], len(before[-1].points) - 1)
        changed = [_bounds(stroke) for stroke in before[same:]]
        if changed:
            area = changed[0]
            for one in changed[1:]:
                area = area.joined(one)
            self._redraw(after[:same], self._place(area))
        for stroke in after[same:]:
            self._begin()
            changed.append(self._draw(stroke, 0))
        found = changed[0] if changed else None
        for one in changed[1:]:
            found = one.joined(found or one)
        return found

    def _redraw(self, strokes: Sequence[Stroke], place: Place) -> None:
        """Have these strokes alone in this place."""
        self._planes[(0, *place)], self._planes[(1, *place)] = 1, 0
        for stroke in strokes:
            if _within(self._place(_bounds(stroke)), place):
                self._begin(place)
                self._draw(stroke, 0, place)
        self._begin()

    def _begin(self, place: Place | None = None) -> None:
        place = place or (slice(None), slice(None))
        self._below[(slice(None), *place)] = self._planes[(slice(None), *place)]
        self._cover[place] = 0
        self._drawn = None

    def _draw(self, stroke: Stroke, first: int, only: Place | None = None) -> Box:
        """Draw the stroke from its point number `first` on; what of it there is already lies in `_cover`."""
        points = stroke.points[first:] if len(stroke.points) > 1 else stroke.points * 2
        for start, end in pairwise(points):
            if place := _within(self._place(_bounds(stroke, (start, end))), only):
                cover = self._cover[place]
                np.maximum(cover, self._dab(stroke, start, end, place), out=cover)
        bounds = _bounds(stroke, points)
        if place := _within(self._place(bounds), only):
            part = self._cover[place] * np.float32(stroke.strength)
            for plane, below, goal in zip(self._planes, self._below, (0.0, _GOALS[stroke.goal]), strict=True):
                under = below[place]
                plane[place] = under + part * (np.float32(goal) - under)
        self._drawn = stroke
        return bounds

    def _dab(self, stroke: Stroke, start: Point, end: Point, place: Place) -> Plane:
        """How much of full strength the brush leaves between two points of its way, in this place."""
        rows, columns = place
        y = (np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + 0.5) / np.float32(self._scale) - start.y
        x = (np.arange(columns.start, columns.stop, dtype=np.float32)[None] + 0.5) / np.float32(self._scale) - start.x
        across, down = end.x - start.x, end.y - start.y
        length = across * across + down * down
        along = np.clip((x * across + y * down) / np.float32(length), 0, 1) if length else np.float32(0)
        distance = _length(x - along * across, y - along * down)
        steady = start.pressure == end.pressure
        pressure = np.float32(start.pressure) if steady else start.pressure + along * (end.pressure - start.pressure)
        radius = stroke.size / 2 * (_LEAST_PRESSURE + (1 - _LEAST_PRESSURE) * pressure)
        rim = np.maximum(radius * (1 - stroke.hardness), 1 / self._scale)  # a pixel at least, or it has steps
        inside = np.subtract(radius, distance, out=distance)
        inside /= rim
        np.clip(inside, 0, 1, out=inside)
        return (inside * inside * (3 - 2 * inside) * pressure).astype(np.float32, copy=False)

    def _place(self, box: Box) -> Place:
        """The pixels that a box touches."""
        height, width = self._cover.shape
        left, top = (max(0, floor(value * self._scale)) for value in box[:2])
        right, bottom = (ceil(value * self._scale) for value in box[2:])
        return slice(min(top, height), min(max(bottom, 0), height)), slice(min(left, width), min(max(right, 0), width))

    def values(self, box: Box, size: tuple[int, int], content: Pixels, ground: Plane | None = None) -> Plane:
        """The mask -1..1 in this part of the picture as (height, width) pixels of `size`; `content` is the photo there.

        `content` (height, width, 3) is looked at only where the mask goes by lightness. `ground` is what `ground` gives
        for the same part, if it is known.
        """
        if self._mask.gradient is None and self._mask.lightness is None:
            value = np.broadcast_to(self._resampled(1, box, size), size[::-1])
        else:
            value = self.ground(box, size, content) if ground is None else ground
            if self._mask.strokes:
                value = value * self._resampled(0, box, size)
                value += self._resampled(1, box, size)
        return np.negative(value) if self._mask.inverted else value

    def ground(self, box: Box, size: tuple[int, int], content: Pixels) -> Plane:
        """What lies below the strokes: the gradient and what goes by lightness, -1..1."""
        value = np.zeros(size[::-1], np.float32)
        if self._mask.gradient is not None:
            value += _gradient(self._mask.gradient, box, size)
        if self._mask.lightness is not None:
            value += _by_lightness(self._mask.lightness, content)
        return np.clip(value, -1, 1, out=value)

    def _resampled(self, which: int, box: Box, size: tuple[int, int]) -> Plane:
        spans = zip((box.left, box.top), (box.right, box.bottom), size, strict=True)
        margins = [2 + ceil((end - start) * self._scale / extent) for start, end, extent in spans]
        wide = [margin / self._scale for margin in margins]
        rows, columns = self._place(
            Box(box.left - wide[0], box.top - wide[1], box.right + wide[0], box.bottom + wide[1])
        )
        part = np.ascontiguousarray(self._planes[which, rows, columns])
        if part.size and part.min() == part.max():
            return part[:1, :1]  # most of a picture is not painted over
        image = Image.fromarray(part)
        limits = (image.width, image.height, image.width, image.height)
        starts = (columns.start, rows.start, columns.start, rows.start)
        inside = [
            min(max(value * self._scale - start, 0), most)
            for value, start, most in zip(box, starts, limits, strict=True)
        ]
        return np.asarray(image.resize(size, Image.Resampling.BILINEAR, (inside[0], inside[1], inside[2], inside[3])))


def mask_rows(mask: Mask, content: Pixels) -> MaskRows | None:
    """What `blend` takes to mix a content (H, W, 3) with this mask at its full size; None for a mask that is empty."""
    if mask.is_empty:
        return None
    height, width = content.shape[:2]
    plane, longest = MaskPlane((width, height)), max(width, height)
    plane.follow(mask)

    def rows(place: slice) -> Plane:
        box = Box(0, place.start / longest, width / longest, place.stop / longest)
        return plane.values(box, (width, place.stop - place.start), content[place])

    return rows


def screen_levels(values: Plane) -> NDArray[np.int16]:
    """What `ScreenMixer` takes: -256..256."""
    return np.rint(values * 256).astype(np.int16)


def _goes_on(before: Stroke, after: Stroke) -> bool:
    known = len(before.points)
    how = (before.size, before.hardness, before.strength, before.goal)
    return how == (after.size, after.hardness, after.strength, after.goal) and (
        0 < known < len(after.points) and after.points[:known] == before.points
    )


def _bounds(stroke: Stroke, points: Sequence[Point] | None = None) -> Box:
    """The part of the picture that these points of a stroke, or all, can reach."""
    points, reach = points or stroke.points, stroke.size / 2
    across, down = [point.x for point in points], [point.y for point in points]
    return Box(min(across) - reach, min(down) - reach, max(across) + reach, max(down) + reach)


def _length(across: Plane, down: Plane) -> Plane:
    """What `np.hypot` gives, which takes several times as long: no place is so far away that its square overflows."""
    across, down = np.square(across), np.square(down)
    total = across + down
    return np.sqrt(total, out=total)


def _within(place: Place, only: Place | None) -> Place | None:
    """What two places have in common, None where it is nothing; all of the first where there is no other."""
    only = only or place
    first, second = (slice(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(place, only, strict=True))
    return (first, second) if first.start < first.stop and second.start < second.stop else None


def _gradient(gradient: Gradient, box: Box, size: tuple[int, int]) -> Plane:
    (x0, y0), (x1, y1) = gradient.start, gradient.end
    x = box.left + (np.arange(size[0], dtype=np.float32) + 0.5) * ((box.right - box.left) / size[0])
    y = box.top + (np.arange(size[1], dtype=np.float32)[:, None] + 0.5) * ((box.bottom - box.top) / size[1])
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2 or 1.0
    along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length, 0, 1)
    start, end = gradient.values
    return (start + along * (end - start)).astype(np.float32)


def _by_lightness(curve: ByLightness, content: Pixels) -> Plane:
    light = to_floats(content) @ np.array(LUMA, np.float32)
    return np.interp(light, (0.0, 0.5, 1.0), (curve.dark, curve.middle, curve.light)).astype(np.float32)
