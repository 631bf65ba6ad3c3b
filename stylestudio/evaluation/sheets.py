"""Contact sheets of an evaluation: rows of content, style and results, with names, to look at."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from stylestudio.evaluation.pairs import Pair
from stylestudio.evaluation.torchvision import make_grid, save_image, to_tensor
from stylestudio.images.decode import read
from stylestudio.images.resize import to_8bit

CELL = 384
LINE = 16
GAP = 6
ROWS = 5
"""Of one sheet: more could not be looked at without scaling it down."""


def sheet_names(pairs: Sequence[Pair]) -> list[str]:
    """What the sheets of so many pairs are called."""
    return [f"sheet-{number + 1}.png" for number in range(-(-len(pairs) // ROWS))]


def write_sheets(pairs: Sequence[Pair], runs: dict[str, Path], folder: Path) -> None:
    """Write sheets of five pairs each into `folder`; `runs` gives the folder of each run's results by its name."""
    for number, name in enumerate(sheet_names(pairs)):
        rows = [draw_row(pair, runs) for pair in pairs[number * ROWS : (number + 1) * ROWS]]
        save_image(torch.cat(rows, 1), folder / name)


def draw_row(pair: Pair, runs: dict[str, Path]) -> Tensor:
    """(3, H, W) in 0..1: content, style and the results of all runs side by side, each under its name."""
    paths = [pair.content, pair.style, *(folder / f"{pair.name}.png" for folder in runs.values())]
    pictures = [thumbnail(path) for path in paths]
    height = max(picture.height for picture in pictures)
    names = (pair.content.stem, pair.style.stem, *runs)
    cells = [draw_cell(picture, name, height) for picture, name in zip(pictures, names, strict=True)]
    return make_grid(cells, nrow=len(cells), padding=GAP, pad_value=1)


def draw_cell(picture: Image.Image, name: str, height: int) -> Tensor:
    """(3, height + LINE, CELL) in 0..1: the picture on white, its name above it."""
    whole = Image.new("RGB", (CELL, height + LINE), "white")
    ImageDraw.Draw(whole).text((0, 1), name, fill="black")
    whole.paste(picture, (0, LINE))
    return to_tensor(whole)


def thumbnail(path: Path) -> Image.Image:
    """The picture at the cell's size at most; white if a run lacks it."""
    if not path.exists():
        return Image.new("RGB", (CELL, LINE), "white")
    picture = Image.fromarray(to_8bit(read(path).stored))
    picture.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    return picture
