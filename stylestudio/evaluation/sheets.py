"""Contact sheets of an evaluation: rows of content, style and results, with names, to look at."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from stylestudio.evaluation.pairs import Pair
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
        rows = [row(pair, runs) for pair in pairs[number * ROWS : (number + 1) * ROWS]]
        sheet(rows).save(folder / name)


def row(pair: Pair, runs: dict[str, Path]) -> Image.Image:
    """Content, style and the results of all runs side by side, each under its name."""
    paths = [pair.content, pair.style, *(folder / f"{pair.name}.png" for folder in runs.values())]
    pictures = [thumbnail(path) for path in paths]
    height = max(picture.height for picture in pictures) + LINE
    strip = Image.new("RGB", (len(pictures) * (CELL + GAP) - GAP, height), "white")
    draw = ImageDraw.Draw(strip)
    for number, (picture, name) in enumerate(zip(pictures, (pair.content.stem, pair.style.stem, *runs), strict=True)):
        left = number * (CELL + GAP)
        draw.text((left, 1), name, fill="black")
        strip.paste(picture, (left, LINE))
    return strip


def thumbnail(path: Path) -> Image.Image:
    """The picture at the cell's size at most; white if a run lacks it."""
    if not path.exists():
        return Image.new("RGB", (CELL, LINE), "white")
    picture = Image.fromarray(to_8bit(read(path).stored))
    picture.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    return picture


def sheet(rows: Sequence[Image.Image]) -> Image.Image:
    """The rows one below the other."""
    whole = Image.new("RGB", (max(strip.width for strip in rows), sum(strip.height + GAP for strip in rows)), "white")
    top = 0
    for strip in rows:
        whole.paste(strip, (0, top))
        top += strip.height + GAP
    return whole
