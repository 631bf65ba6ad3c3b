"""Seasons: the shares that bring two pictures' target nearest to a season's colours.

A season says how it grades a picture. Here the grade is laid on the usual mix, at small size, and on each pair of axes
least squares over the mid-tones gives the shares whose target is nearest to that. A target is linear in the shares,
each of which moves an axis of its own, so these are closed forms, and bounding each alone keeps them the best.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.blend import LUMA, TO_YCC, Axes, blend
from stylestudio.images.resize import Pixels, resample, size_for
from stylestudio.progress import finish
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import DEFAULT_SHARE, Shares

Colours = NDArray[np.float64]
"""(n, 3) sRGB 0..1, or what is made of it on other axes."""

SIDE: Final = 96
"""Pixels of the long side: strokes are gone, fields of colour are left, and it takes milliseconds."""
BOUNDS: Final[dict[Axes, tuple[float, float]]] = {"rgb": (0.05, 1.2), "ycc": (0.2, 1.1)}
"""Shares that still give a painting; colours that are torn from their lightness look wrong sooner."""
MEAN: Final = 0.75
"""How much the mid-tones' mean colour counts against every pixel's own: a season is a colour of the whole picture."""
MEAN_OF_AXES: Final = 0.94
"""The same where the better axes are chosen."""
RIDGE: Final = 4e-3
"""Added to each axis' squared difference: where the two pictures hardly differ, a share is left nearer to the usual."""
APART: Final = 0.12
"""Distance of two seasons' mean colours from which on the eye needs no more."""
FIT: Final = 4.0
"""What the squared error of the seasons counts against that distance."""
_MIDDLE = 0.25
_TO_AXES: Final[dict[Axes, NDArray[np.float64]]] = {
    "rgb": np.eye(3),
    "ycc": TO_YCC,
}


@dataclass(frozen=True)
class Grade:
    """A season's colours, as what it does to a picture's: in levels of 0..1.

    `lighter` is added to all channels, `tint` to each; `colourful` multiplies the distance from grey.
    """

    lighter: float
    colourful: float
    tint: tuple[float, float, float]

    def apply(self, colours: Colours) -> Colours:
        """These colours as the season has them."""
        grey = (colours @ LUMA)[:, None]
        return grey + self.colourful * (colours - grey) + np.array(self.tint) + self.lighter


class _Fit(NamedTuple):
    mix: Mix
    error: float
    mean: Colours


def solve_mixes(content: Pixels, overfit: NDArray[np.float32], grades: Mapping[str, Grade]) -> dict[str, Mix]:
    """The mix of a content (H, W, 3) and its overfit picture for each of these grades, by name.

    For each there are two, the best on either axes; of all choices it is the one that fits well and tells them apart.
    """
    return finish(solve_mixes_in_steps(content, overfit, grades))


def solve_mixes_in_steps(
    content: Pixels, overfit: NDArray[np.float32], grades: Mapping[str, Grade]
) -> Generator[None, None, dict[str, Mix]]:
    """As `solve_mixes`, in steps of two or three milliseconds, for a thread that must stay responsive."""
    size = size_for((content.shape[1], content.shape[0]), SIDE)
    small, painted = (resample(pixels, size).reshape(-1, 3) for pixels in (content, overfit))
    offered: list[list[_Fit]] = []
    for grade in grades.values():
        offered.append([])
        for axes in BOUNDS:
            yield
            offered[-1].append(_fitted(small, painted, grade, axes))
    chosen = max(product(*offered), key=_worth)
    return {name: fit.mix for name, fit in zip(grades, chosen, strict=True)}


def _fitted(content: NDArray[np.float32], overfit: NDArray[np.float32], grade: Grade, axes: Axes) -> _Fit:
    usual = content + DEFAULT_SHARE * (overfit - content).astype(np.float64)
    wanted, weights = grade.apply(usual), mid_tone_weights(usual)
    step, change = ((colours @ _TO_AXES[axes].T) for colours in (overfit - content, wanted - usual))
    mean_step, mean_change = weights @ step, weights @ change
    product_ = MEAN * mean_step * mean_change + (1 - MEAN) * (weights @ (step * change))
    square = MEAN * mean_step**2 + (1 - MEAN) * (weights @ step**2) + RIDGE
    values = np.clip(DEFAULT_SHARE + product_ / square, *BOUNDS[axes]).round(2)
    mix = Mix(Shares(*values.tolist()), axes)
    made = blend(content[None], overfit[None], mix.shares, axes=axes)[0]
    rest = made - wanted
    error = MEAN_OF_AXES * ((weights @ rest) ** 2).sum() + (1 - MEAN_OF_AXES) * (weights @ rest**2).sum()
    return _Fit(mix, float(error), weights @ made)


def mid_tone_weights(colours: Colours) -> Colours:
    """(n,): what each pixel counts, 1 in all; next to nothing in black and in white, which have no colour to change."""
    light = colours @ LUMA
    weights = np.clip(np.minimum(light, 1 - light) / _MIDDLE, 0.02, 1)
    return weights / weights.sum()


def _worth(fits: Sequence[_Fit]) -> float:
    distances = [float(np.linalg.norm(one.mean - other.mean)) for one, other in combinations(fits, 2)]
    return min([APART, *distances]) - FIT * sum(fit.error for fit in fits)
