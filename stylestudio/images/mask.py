"""The mask: where in the picture the target is drawn to the photo or to the overfit picture, and how far.

A mask is a value: brush strokes, which are its source of truth, a gradient, a curve over the photo's tones. `MaskPlane`
holds its strokes as pixels, and follows the mask as it changes, only where it changes.

Places and sizes are in the picture's long side, so that a mask fits the picture at any size: one of 3 x 2 goes from
(0, 0) to (1, 2/3). The bounds of each field are msgspec's, which checks masks that come from elsewhere by them.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal, NamedTuple

from msgspec import Meta

Goal = Literal["more", "less", "none"]
"""Where a stroke draws the target: to the overfit picture, to the photo, or to what the sliders say."""

MOST_STROKES: Final = 2000
MOST_POINTS: Final = 100_000
"""Of all strokes of a mask: hours of drawing."""
MOST_SIZE: Final = 0.4
"""Of a brush, in the picture's long side."""
FARTHEST: Final = 1000.0
"""From the picture, in its long side: the pen may go all over a screen on which a tiny picture lies."""

Coordinate = Annotated[float, Meta(ge=-FARTHEST, le=FARTHEST)]
Part = Annotated[float, Meta(ge=0, le=1)]
Value = Annotated[float, Meta(ge=-1, le=1)]


class Point(NamedTuple):
    """A place of the pen, and its pressure 0..1, which makes the stroke wider and stronger."""

    x: Coordinate
    y: Coordinate
    pressure: Part = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke of a round brush.

    `size` is its diameter, up to `MOST_SIZE`; `hardness` 0..1 the part of its radius that is painted fully, with a soft
    rim outside; `strength` 0..1 how far one stroke goes, however often it crosses itself.
    """

    points: Annotated[tuple[Point, ...], Meta(min_length=1)]
    size: Annotated[float, Meta(ge=0, le=MOST_SIZE)]
    hardness: Part = 0.5
    strength: Part = 1.0
    goal: Goal = "more"


@dataclass(frozen=True, slots=True)
class Gradient:
    """From one value -1..1 to another between two places, straight across the line between them, and on beyond."""

    start: tuple[Coordinate, Coordinate]
    end: tuple[Coordinate, Coordinate]
    values: tuple[Value, Value] = (-1.0, 1.0)


@dataclass(frozen=True, slots=True)
class ByLightness:
    """A value -1..1 for the photo's dark, middle and light tones, with straight lines between."""

    dark: Value = 0.0
    middle: Value = 0.0
    light: Value = 0.0


@dataclass(frozen=True)
class Mask:
    """What a mask is made of: gradient and curve together, then the strokes over them; `inverted` turns all round.

    Its value in a place is -1..1: at 1 the target is the overfit picture, at -1 the photo, at 0 what the sliders say.
    Raises `ValueError` if there are too many strokes or points.
    """

    strokes: tuple[Stroke, ...] = ()
    gradient: Gradient | None = None
    lightness: ByLightness | None = None
    inverted: bool = False

    def __post_init__(self) -> None:
        if len(self.strokes) > MOST_STROKES or sum(len(one.points) for one in self.strokes) > MOST_POINTS:
            raise ValueError("the mask has too many strokes")

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing anywhere."""
        return not self.strokes and self.gradient is None and self.lightness is None


NO_MASK: Final = Mask()


def with_stroke(mask: Mask, stroke: Stroke, again: bool = False) -> Mask:
    """With this stroke over all else, or in place of the last one while it is `again` the same that is being drawn.

    Also in an inverted mask it does what its goal says. Raises `ValueError` if there are too many strokes or points.
    """
    turned: dict[Goal, Goal] = {"more": "less", "less": "more", "none": "none"}
    stroke = replace(stroke, goal=turned[stroke.goal]) if mask.inverted else stroke
    return replace(mask, strokes=(*(mask.strokes[:-1] if again else mask.strokes), stroke))


def inverted(mask: Mask) -> Mask:
    """More where it was less."""
    return replace(mask, inverted=not mask.inverted)
