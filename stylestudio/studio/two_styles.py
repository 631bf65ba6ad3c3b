"""Two styles: an overfit picture of each, and of both the one that all else sees, by their balance.

target = photo * (1 - s) + (first * (1 - t) + second * t) * s with the style share s and the balance t, each overfit
picture made once: a balance costs no run.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stylestudio.errors import SettingError
from stylestudio.images.balance import balance_overfits
from stylestudio.images.decode import Picture
from stylestudio.progress import Work
from stylestudio.progress import as_part as part
from stylestudio.studio.looks import Look
from stylestudio.studio.recipe_record import Recipe
from stylestudio.studio.render import Renderer
from stylestudio.studio.session import EVEN
from stylestudio.studio.settings import Settings


@dataclass(frozen=True)
class SecondStyle:
    """A second style, and the balance 0..1: 0 is the first style alone, 1 this one."""

    picture: Picture
    balance: float


@dataclass(frozen=True)
class SecondFile:
    """The same of a file that is still to be read."""

    path: Path
    balance: float


def second_file(path: Path | None, balance: float | None, recipe: Recipe | None) -> SecondFile | None:
    """What is given in words, the recipe's balance or half of each where none is; None for one style alone.

    Raises `SettingError` for a balance without a second style, given or the recipe's.
    """
    if path is not None:
        usual = recipe.balance if recipe and recipe.second else EVEN
        return SecondFile(path, usual if balance is None else balance)
    if recipe and recipe.second and balance is None:
        raise SettingError(
            f"The recipe has a second style, {recipe.second.name}.",
            hint="Give it with --second-style, or --balance 0 for the first style alone.",
        )
    if balance:
        raise SettingError("A balance needs a second style.", hint="Give it with --second-style.")
    return None


def overfit_of_styles(
    renderer: Renderer,
    content: Picture,
    style: Picture,
    settings: Settings,
    second: SecondStyle | None = None,
    look: Look | None = None,
) -> Work[NDArray[np.float32]]:
    """The overfit picture (H, W, 3) of one style or two, as `Renderer.overfit`; what does not count is not made."""
    make = partial(renderer.overfit, look=look) if look else renderer.overfit
    if second is None or second.balance == 0:
        return (yield from make(content, style, settings))
    if second.balance == 1:
        return (yield from make(content, second.picture, settings))
    first = yield from part(make(content, style, settings, others=1), 0.0, 0.5)
    other = yield from part(make(content, second.picture, settings), 0.5, 1.0)
    return balance_overfits(first, other, second.balance)
