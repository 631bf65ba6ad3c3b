"""Target and overfit picture into files: the same for window, command line and batch."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.decode import Picture
from stylestudio.images.export import write, write_new
from stylestudio.images.output import USUAL, ExportOptions, Ingredients
from stylestudio.studio.mix import Mix
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
) -> Path:
    """Write the target as `options` say, over an existing file only if `replace`. Returns the path used.

    `overfit` (H, W, 3) is sRGB 0..1 at the content's size; `origin` is a word by which the file shall be known.
    Raises `OutputError`.
    """
    shares = mix.shares if mix.axes == "rgb" and not mix.mask.is_empty else None
    pixels, made_of = target(content, overfit, mix), Ingredients(content, overfit, shares)
    if not replace:
        return write_new(path, pixels, content.alpha, origin, made_of, options)
    write(path, pixels, content.alpha, origin, made_of, options)
    return path
