"""Makes the README's result pictures again: `.venv/bin/python packaging/pictures.py`.

Each is a row of photo, style, overfit picture and target at the default style share, made by the program itself.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from stylestudio.images.decode import read
from stylestudio.images.export import to_8bit
from stylestudio.progress import finish
from stylestudio.studio.recipe import DEFAULT_SHARES, Settings
from stylestudio.studio.render import Renderer, target
from stylestudio.studio.samples import samples

FOLDER = Path(__file__).parent / "pictures"
ROWS = (("castle", "village"), ("koala", "wave"), ("bridge", "rocket"), ("castle", "ink"))
HEIGHT = 320
GAP = 8


def thumbnail(pixels: np.ndarray) -> Image.Image:
    """An (H, W, 3) picture in 0..1 at the rows' height."""
    picture = Image.fromarray(to_8bit(pixels))
    return picture.resize((round(picture.width * HEIGHT / picture.height), HEIGHT), Image.Resampling.LANCZOS)


def row(pictures: list[Image.Image]) -> Image.Image:
    """Pictures side by side on white."""
    width = sum(picture.width + GAP for picture in pictures) - GAP
    sheet = Image.new("RGB", (width, HEIGHT), "white")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + GAP
    return sheet


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    paths = {path.stem: path for kind in ("content", "style") for path in samples(kind)}
    renderer = Renderer()
    for content_name, style_name in ROWS:
        content, style = read(paths[content_name]), read(paths[style_name])
        overfit = finish(renderer.overfit(content, style, Settings()))
        mixed = target(content, overfit, DEFAULT_SHARES)
        sheet = row([thumbnail(pixels) for pixels in (content.pixels, style.pixels, overfit, mixed)])
        sheet.save(FOLDER / f"{content_name}-{style_name}.jpg", quality=85, optimize=True)


if __name__ == "__main__":
    main()
