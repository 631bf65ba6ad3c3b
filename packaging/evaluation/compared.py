"""Makes the README's comparison: `python packaging/evaluation/compared.py PICTURES OURS LITE GMIC OUT.jpg`.

PICTURES is the folder that fetch.py built; the three after it hold the results of `stylestudio evaluate` and of
rivals.py on the pairs of pairs.txt.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

PAIRS = (
    ("cameraman", "ejiri"),
    ("gateway", "poppies"),
    ("macaw", "inkwash"),
    ("lemur", "pencil"),
    ("coffee", "engraving"),
    ("machu", "cassatt"),
)
NAMES = ("photo", "style", "Style Studio", "Magenta's network", "G'MIC stylize")
CELL, GAP, HEADING, QUALITY = (240, 190), 6, 24, 86


def files(pictures: Path, results: list[Path], content: str, style: str) -> list[Path]:
    """Photo, style and each program's result."""
    given = [pictures / "content" / f"{content}.jpg", pictures / "style" / f"{style}.jpg"]
    return given + [folder / f"{content}_{style}.png" for folder in results]


def comparison(pictures: Path, results: list[Path]) -> Image.Image:
    """A row for each pair, each picture cut to its middle."""
    width, height = CELL[0] + GAP, CELL[1] + GAP
    sheet = Image.new("RGB", (len(NAMES) * width - GAP, HEADING + len(PAIRS) * height - GAP), "white")
    draw = ImageDraw.Draw(sheet)
    for column, name in enumerate(NAMES):
        draw.text((column * width + 4, 5), name, fill="black", font=ImageFont.load_default(14))
    for row, pair in enumerate(PAIRS):
        for column, path in enumerate(files(pictures, results, *pair)):
            with Image.open(path) as picture:
                cell = ImageOps.fit(picture.convert("RGB"), CELL, Image.Resampling.LANCZOS)
            sheet.paste(cell, (column * width, HEADING + row * height))
    return sheet


if __name__ == "__main__":
    pictures, *results, out = map(Path, sys.argv[1:])
    comparison(pictures, results).save(out, quality=QUALITY, optimize=True)
