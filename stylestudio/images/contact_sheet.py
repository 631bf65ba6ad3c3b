"""Small pictures in rows, each with its name below it, as one picture to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from stylestudio.errors import PictureError
from stylestudio.images.decode import from_bytes
from stylestudio.images.provenance import open_merged_image
from stylestudio.images.resize import to_8bit

LONG_SIDE = 320
"""Of a small picture, in pixels."""
NARROWEST = 200
"""A column, so that names can be read below tall pictures too."""
TEXT, LINE, GAP = 20, 32, 14
PAPER, INK = (236, 236, 236), (24, 24, 24)


@dataclass(frozen=True)
class Cell:
    """A place of the sheet: a picture, or nothing, and what is written below it."""

    picture: Image.Image | None = None
    label: str = ""


def sheet_picture(path: Path) -> Image.Image:
    """The picture in this file, of a file with layers the merged one, as the sheet shows it. Raises `PictureError`."""
    try:
        with open_merged_image(path) as stream:
            picture = from_bytes(stream.read(), path.name)
    except (OSError, KeyError, BadZipFile) as error:
        raise PictureError(f"{path.name} could not be read.", hint="Copy it to this computer again.") from error
    image = Image.fromarray(to_8bit(picture.stored))
    alpha = None if picture.alpha is None else Image.fromarray(to_8bit(picture.alpha))
    image = Image.composite(image, Image.new("RGB", image.size, PAPER), alpha) if alpha else image
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return image


def contact_sheet(rows: Sequence[Sequence[Cell]]) -> NDArray[np.uint8]:
    """(H, W, 3) all cells; pictures stand at the upper left of their places, in columns below each other."""
    widths = [max(width_of(row[n]) for row in rows if n < len(row)) for n in range(max(map(len, rows)))]
    heights = [max(map(height_of, row)) for row in rows]
    size = GAP + sum(width + GAP for width in widths), GAP + sum(height + GAP for height in heights)
    image, font = Image.new("RGB", size, PAPER), ImageFont.load_default(TEXT)
    draw, top = ImageDraw.Draw(image), GAP
    for row, height in zip(rows, heights, strict=True):
        left = GAP
        for cell, width in zip(row, widths, strict=False):
            if cell.picture:
                image.paste(cell.picture, (left, top))
            line = top + (cell.picture.height if cell.picture else 0) + (LINE - TEXT) // 2
            draw.text((left, line), truncate_text(cell.label, font, width), INK, font)
            left += width + GAP
        top += height + GAP
    return np.asarray(image)


def width_of(cell: Cell) -> int:
    return max(NARROWEST, cell.picture.width) if cell.picture else NARROWEST


def height_of(cell: Cell) -> int:
    return (cell.picture.height if cell.picture else 0) + (LINE if cell.label else 0)


def truncate_text(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """The text, or as much of its beginning as fits into so many pixels."""
    text = text.encode(errors="replace").decode()
    shown = text
    while shown and font.getlength(shown) > width:
        text = text[:-1]
        shown = f"{text.rstrip()}…"
    return shown
