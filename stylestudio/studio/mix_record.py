"""A mix, and how a photo was prepared, as plain data for JSON, and back from a file that may come from anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any, Final, get_args

from stylestudio.errors import SettingError
from stylestudio.images.blend import Axes
from stylestudio.images.mask import (
    MOST_POINTS,
    MOST_SIZE,
    MOST_STROKES,
    NO_MASK,
    ByLightness,
    Goal,
    Gradient,
    Mask,
    Point,
    Stroke,
)
from stylestudio.images.prepared import AS_IT_IS, MOST_ANGLE, Preparation
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import shares_of

DIGITS: Final = 5
"""Of a place in the picture's long side: a tenth of a pixel in one of 10 000."""
_FAR: Final = 4.0
"""No stroke or gradient goes farther from the picture, in its long side."""


def mix_table(mix: Mix) -> dict[str, Any]:
    """The mix as what JSON holds; `mix_of` takes it. Strokes are their own record: no picture has to lie beside it."""
    table: dict[str, Any] = {"shares": list(mix.shares), "axes": mix.axes}
    if not mix.mask.is_empty or mix.mask.inverted:
        table["mask"] = mask_table(mix.mask)
    return table


def mask_table(mask: Mask) -> dict[str, Any]:
    """A mask as what JSON holds; points are x, y, pressure, x, y and so on."""
    table: dict[str, Any] = {"inverted": mask.inverted, "strokes": [_stroke_table(stroke) for stroke in mask.strokes]}
    if mask.gradient:
        table["gradient"] = [*mask.gradient.start, *mask.gradient.end, *mask.gradient.values]
    if mask.lightness:
        table["lightness"] = list(asdict(mask.lightness).values())
    return table


def _stroke_table(stroke: Stroke) -> dict[str, Any]:
    points = [round(value, DIGITS) for point in stroke.points for value in (point.x, point.y, point.pressure)]
    return {
        "points": points,
        "size": stroke.size,
        "hardness": stroke.hardness,
        "strength": stroke.strength,
        "goal": stroke.goal,
    }


def mix_of(table: object) -> Mix:
    """The mix in a table. Raises `SettingError` for one that holds anything else, or more than a mix can."""
    try:
        given = _table(table)
        shares = shares_of(tuple(_number(value) for value in _list(given["shares"], 3)))
        mask = mask_of(given["mask"]) if "mask" in given else NO_MASK
        return Mix(shares, _one_of(get_args(Axes), given.get("axes", "rgb")), mask)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _not_readable() from error


def mask_of(table: object) -> Mask:
    """The mask in a table. Raises `SettingError` likewise."""
    try:
        given = _table(table)
        strokes = tuple(_stroke(one) for one in _list(given.get("strokes", []), MOST_STROKES))
        if sum(len(stroke.points) for stroke in strokes) > MOST_POINTS:
            raise ValueError("too many points")
        inverted = given.get("inverted", False)
        if not isinstance(inverted, bool):
            raise TypeError("inverted is neither true nor false")
        return Mask(strokes, _gradient(given.get("gradient")), _lightness(given.get("lightness")), inverted)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _not_readable() from error


def preparation_table(how: Preparation) -> dict[str, Any]:
    """How a photo was prepared, as what JSON holds; `preparation_of` takes it."""
    return asdict(how) | {"crop": list(how.crop)}


def preparation_of(table: object) -> Preparation:
    """How a photo is prepared, by a table; what it does not name is not done. Raises `SettingError` likewise."""
    try:
        given = _table(table)
        left, top, right, bottom = (_number(edge) for edge in _list(given.get("crop", list(AS_IT_IS.crop)), 4))
        angle = _number(given.get("angle", 0), -MOST_ANGLE, MOST_ANGLE)
        turns, exposure, contrast = (_number(given.get(name, 0)) for name in ("turns", "exposure", "contrast"))
        if turns != int(turns):
            raise ValueError("no quarter turns")
        return Preparation(int(turns), angle, (left, top, right, bottom), exposure, contrast)
    except (TypeError, ValueError, OverflowError) as error:
        raise SettingError(
            "How the photo was prepared cannot be read.", hint="Crop and turn it again by hand."
        ) from error


def _not_readable() -> SettingError:
    return SettingError("The mix that is saved there cannot be read.", hint="Set the sliders and paint it again.")


def _stroke(table: object) -> Stroke:
    given = _table(table)
    values = [_number(value, -_FAR, _FAR) for value in _list(given["points"], 3 * MOST_POINTS)]
    places = zip(values[::3], values[1::3], values[2::3], strict=True)
    points = tuple(Point(x, y, _number(pressure, 0, 1)) for x, y, pressure in places)
    if not points:
        raise ValueError("a stroke without points")
    size, hardness, strength = (_number(given[name], 0, 1) for name in ("size", "hardness", "strength"))
    return Stroke(points, min(size, MOST_SIZE), hardness, strength, _one_of(get_args(Goal), given["goal"]))


def _gradient(values: object) -> Gradient | None:
    if values is None:
        return None
    x0, y0, x1, y1, *ends = (_number(value, -_FAR, _FAR) for value in _list(values, 6))
    start, end = (_number(value, -1, 1) for value in ends)
    return Gradient((x0, y0), (x1, y1), (start, end))


def _lightness(values: object) -> ByLightness | None:
    if values is None:
        return None
    dark, middle, light = (_number(value, -1, 1) for value in _list(values, 3))
    return ByLightness(dark, middle, light)


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("no table")
    return value


def _list(value: object, most: int) -> Sequence[object]:
    if not isinstance(value, list) or len(value) > most:
        raise TypeError("no list, or a longer one")
    return value


def _number(value: object, least: float = -_FAR, most: float = _FAR) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError(f"{value} is no number")
    if not least <= value <= most:
        raise ValueError(f"{value} is out of range")
    return float(value)


def _one_of(choices: tuple[Any, ...], value: object) -> Any:
    if value not in choices:
        raise ValueError(f"there is no {value}")
    return value
