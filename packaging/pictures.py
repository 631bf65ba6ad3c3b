"""Makes the README's pictures again: `.venv/bin/python packaging/pictures.py [NAME...] [--size N] [--folder DIR]`.

A row is photo, style, overfit picture and target at the default style share; a strip shows one setting at five values.
All are made by the program itself from its samples. Without names, all of them; `--help` lists the names.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from stylestudio.images.decode import Picture, read
from stylestudio.images.resize import to_8bit
from stylestudio.progress import finish
from stylestudio.studio.recipe import DEFAULT_SHARES
from stylestudio.studio.render import Renderer, target
from stylestudio.studio.samples import samples
from stylestudio.studio.settings import LAYERS, Settings

FOLDER = Path(__file__).parent / "pictures"
ROWS = (("castle", "village"), ("koala", "wave"), ("bridge", "rocket"), ("castle", "ink"))
GAP = 8
ROW_HEIGHT = 320
STRIP_SIDE = 256
"""Pixels of the square that a strip shows of each picture."""
STRIP_SIZE = 512
MOST_BYTES = 120_000
QUALITIES = range(88, 40, -4)

Maker = Callable[[Renderer, int], Image.Image]


def picture(kind: str, name: str) -> Picture:
    """The sample of this kind, "content" or "style"."""
    return read(next(path for path in samples(kind) if path.stem == name))


def thumbnail(pixels: np.ndarray) -> Image.Image:
    """An (H, W, 3) picture in 0..1 at the rows' height."""
    image = Image.fromarray(to_8bit(pixels))
    return image.resize((round(image.width * ROW_HEIGHT / image.height), ROW_HEIGHT), Image.Resampling.LANCZOS)


def square(pixels: np.ndarray) -> Image.Image:
    """The middle of an (H, W, 3) picture in 0..1, as high as it is, at the strips' size."""
    image = Image.fromarray(to_8bit(pixels))
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    return image.resize((STRIP_SIDE, STRIP_SIDE), Image.Resampling.LANCZOS, box)


def beside(pictures: list[Image.Image]) -> Image.Image:
    """Pictures of one height side by side on white."""
    sheet = Image.new("RGB", (sum(one.width + GAP for one in pictures) - GAP, pictures[0].height), "white")
    left = 0
    for one in pictures:
        sheet.paste(one, (left, 0))
        left += one.width + GAP
    return sheet


def row(content_name: str, style_name: str) -> Maker:
    """Photo, style, overfit picture, target; the size is the usual one, whatever is asked for."""

    def make(renderer: Renderer, size: int) -> Image.Image:
        content, style = picture("content", content_name), picture("style", style_name)
        overfit = finish(renderer.overfit(content, style, Settings()))
        mixed = target(content, overfit, DEFAULT_SHARES)
        return beside([thumbnail(pixels) for pixels in (content.pixels, style.pixels, overfit, mixed)])

    return make


def strip(content_name: str, style_name: str, pair_first: bool, field: str, values: tuple) -> Maker:
    """Overfit pictures, not refined, with one field of the settings at these values, after the pair if `pair_first`."""

    def make(renderer: Renderer, size: int) -> Image.Image:
        content, style = picture("content", content_name), picture("style", style_name)
        first = [content.pixels, style.pixels] if pair_first else []
        settings = [Settings(**{"size": size, "refine": 0, field: value}) for value in values]
        made = [finish(renderer.overfit(content, style, one)) for one in settings]
        return beside([square(pixels) for pixels in first + made])

    return make


PICTURES: dict[str, Maker] = {f"{content}-{style}": row(content, style) for content, style in ROWS} | {
    "strip-fidelity": strip("castle", "village", False, "fidelity", (0.0, 0.25, 0.5, 0.75, 1.0)),
    "strip-finest-layer": strip("koala", "wave", True, "finest_layer", tuple(choice.value for choice in LAYERS)),
    "strip-texture-scale": strip("castle", "village", False, "texture_scale", (0.5, 0.75, 1.0, 1.5, 2.0)),
}


def save(image: Image.Image, path: Path) -> None:
    """Write a JPEG, a strip at the best quality that is small enough."""
    qualities = QUALITIES if path.stem.startswith("strip-") else (85,)
    for quality in qualities:
        image.save(path, quality=quality, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the README's pictures again.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PICTURES)}; all if not given")
    parser.add_argument("--size", type=int, default=STRIP_SIZE, help="long side at which strips are made")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    if unknown := set(options.names) - set(PICTURES):
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    options.folder.mkdir(exist_ok=True)
    renderer = Renderer()
    for name in options.names or PICTURES:
        save(PICTURES[name](renderer, options.size), options.folder / f"{name}.jpg")


if __name__ == "__main__":
    main()
