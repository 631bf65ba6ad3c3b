"""What an artist has and does: pictures, the command line, and what came of it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """The exit status, and what was written to stdout and stderr."""

    code: int
    out: str
    err: str


def picture(width: int, height: int, seed: int = 0) -> Image.Image:
    """Colour gradients with waves and grain on them."""
    y, x = np.mgrid[:height, :width]
    red, green = x * 255 / max(width - 1, 1), y * 255 / max(height - 1, 1)
    waves = 128 + 100 * np.sin(x / (5 + seed) + y / 5)
    grain = np.random.default_rng(seed).normal(0, 12, (height, width, 3))
    return Image.fromarray((np.stack([red, green, waves], 2) + grain).clip(0, 255).astype(np.uint8))


def levels(path: Path) -> NDArray[np.uint8]:
    """The values 0..255 of a picture file, as they are in it."""
    with Image.open(path) as image:
        return np.asarray(image)


def environment(**more: str) -> dict[str, str]:
    """This process' environment without a display, and the program to be found."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def python(*arguments: str, folder: Path, more: Mapping[str, str] | None = None) -> Outcome:
    """Run Python in a process of its own."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(**(more or {})),
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
