"""Rectangles of a crop as a hand drags them: (left, top, right, bottom) of a picture, each 0..1.

A `shape` is how many times as wide as high they are to be in these shares of the picture, None for any.
"""

from typing import Final

Crop = tuple[float, float, float, float]

WHOLE: Final[Crop] = (0.0, 0.0, 1.0, 1.0)
LEAST: Final = 0.02
"""Of each side of the picture, that a crop leaves."""


def normalised_aspect_ratio(ratio: float, size: tuple[int, int]) -> float:
    """The shape of rectangles that are `ratio` times as wide as high in the pixels of a picture (width, height)."""
    return ratio * size[1] / size[0]


def fit_to_aspect(crop: Crop, shape: float | None) -> Crop:
    """The largest rectangle of this shape around the same middle that is no larger on either side than it was."""
    if shape is None:
        return crop
    left, top, right, bottom = crop
    width, height = min(right - left, (bottom - top) * shape), min(bottom - top, (right - left) / shape)
    x, y = (left + right - width) / 2, (top + bottom - height) / 2
    return _inside((x, y, x + width, y + height))


def move_crop(crop: Crop, dx: float, dy: float) -> Crop:
    """Moved as a whole, as far as the picture goes."""
    left, top, right, bottom = crop
    dx, dy = min(max(dx, -left), 1 - right), min(max(dy, -top), 1 - bottom)
    return _inside((left + dx, top + dy, right + dx, bottom + dy))


def drag_crop(crop: Crop, handle: tuple[int, int], point: tuple[float, float], shape: float | None = None) -> Crop:
    """With the handle brought to this point, as nearly as picture and shape allow.

    A `handle` is -1, 0 or 1 across and down: (-1, -1) the upper left corner, (1, 0) the middle of the right side. What
    lies opposite stays.
    """
    spans = [_span(crop[axis], crop[axis + 2], handle[axis], point[axis]) for axis in (0, 1)]
    if shape is None:
        (left, right), (top, bottom) = spans
        return left, top, right, bottom
    wide, high = (end - start for start, end in spans)
    if handle[1] == 0:
        width = wide
    elif handle[0] == 0:
        width = high * shape
    else:
        width = max(wide, high * shape)
    room = [_room(crop[axis], crop[axis + 2], handle[axis]) for axis in (0, 1)]
    width = min(max(width, LEAST, LEAST * shape), room[0], room[1] * shape)
    extents = width, width / shape
    (left, right), (top, bottom) = (_laid(crop[axis], crop[axis + 2], handle[axis], extents[axis]) for axis in (0, 1))
    return _inside((left, top, right, bottom))


def turn_crop(crop: Crop, clockwise: bool) -> Crop:
    """Where it is when the picture is turned by a quarter."""
    left, top, right, bottom = crop
    return (1 - bottom, left, 1 - top, right) if clockwise else (top, 1 - right, bottom, 1 - left)


def _span(start: float, end: float, handle: int, to: float) -> tuple[float, float]:
    """One side's start and end with its handle at `to`."""
    if handle < 0:
        return min(max(to, 0.0), end - LEAST), end
    if handle > 0:
        return start, max(min(to, 1.0), start + LEAST)
    return start, end


def _room(start: float, end: float, handle: int) -> float:
    """How long a side can become."""
    if handle < 0:
        return end
    if handle > 0:
        return 1 - start
    return 2 * min((start + end) / 2, 1 - (start + end) / 2)


def _laid(start: float, end: float, handle: int, extent: float) -> tuple[float, float]:
    """A side of this length; what lies opposite the handle, or its middle, stays."""
    if handle < 0:
        return end - extent, end
    if handle > 0:
        return start, start + extent
    middle = (start + end) / 2
    return middle - extent / 2, middle + extent / 2


def _inside(crop: Crop) -> Crop:
    """Without what rounding has put outside."""
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in crop)
    return left, top, right, bottom
