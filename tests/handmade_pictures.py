"""Pictures to train on, made here: gradients with noise and a block of another colour."""

from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed: int, height: int = 40, width: int = 56) -> Image.Image:
    rng = np.random.default_rng(seed)
    across, down = np.linspace(0, 1, width)[None, :, None], np.linspace(0, 1, height)[:, None, None]
    pixels = rng.random(3) * across + rng.random(3) * down + 0.15 * rng.random((height, width, 3))
    pixels[: height // 3, : width // 3] = rng.random(3)
    return Image.fromarray((pixels.clip(0, 1) * 255).astype(np.uint8))


def make_folder(folder: Path, count: int, first: int = 0) -> Path:
    """A folder of `count` small JPEG pictures, all different."""
    folder.mkdir()
    for number in range(first, first + count):
        picture(number).save(folder / f"picture{number}.jpg", quality=90)
    return folder
