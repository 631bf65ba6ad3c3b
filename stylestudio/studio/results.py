"""Target and overfit picture into files: the same for window, command line and batch."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.decode import Picture
from stylestudio.images.export import write, write_new
from stylestudio.images.output import USUAL, ExportOptions, Ingredients
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe_record import Recipe, recipe_of_target, to_json
from stylestudio.studio.render import target


def write_target(
    path: Path,
    content: Picture,
    overfit: NDArray[np.float32],
    mix: Mix,
    options: ExportOptions = USUAL,
    *,
    origin: str = "",
    replace: bool = True,
    recipe: Recipe | None = None,
) -> Path:
    """Write the target as `options` say, over an existing file only if `replace`. Returns the path used.

    `overfit` (H, W, 3) is sRGB 0..1 at the content's size; `origin` is a word by which the file shall be known;
    `recipe`, with this mix in place of its own, is what it shall say of how it was made. Raises `OutputError`.
    """
    shares = mix.shares if mix.axes == "rgb" and not mix.mask.is_empty else None
    told = to_json(recipe_of_target(recipe, mix)) if recipe else b""
    pixels, made_of = target(content, overfit, mix), Ingredients(content, overfit, shares, told)
    if not replace:
        return write_new(path, pixels, content.alpha, origin, made_of, options)
    write(path, pixels, content.alpha, origin, made_of, options)
    return path
