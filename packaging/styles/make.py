"""Makes the shelf's styles again: `python packaging/styles/make.py FOLDER [NAME …]`.

Paintings come out of Debian's packages, so that this needs a Debian system (`apt-get`, `dpkg`); everything else is
drawn by the functions beside this file, from a fixed seed, some of it after a free photo. styles.toml says which is
which. Needs the Python of `.venv`. What goes into the program is the folder resources/styles, with its own list of
titles and licences.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
import tomllib
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "packaging" / "evaluation"))
fetch = importlib.import_module("fetch")  # which packages the paintings come from

LONG_SIDE = 1024
SHARP_ENOUGH = 720
"""A painting that is smaller in its package is enlarged to so many pixels."""


def photo(name: str, folder: Path) -> Image.Image:
    """A sample photo of the program, or one of the evaluation's."""
    sample = ROOT / "resources" / "samples" / "contents" / f"{name}.jpg"
    if sample.exists():
        return Image.open(sample)
    entries = tomllib.loads(fetch.LIST.read_text(encoding="utf-8"))["content"]
    return fetch.picture(next(entry for entry in entries if entry["name"] == name), folder)


def drawn(entry: dict, folder: Path) -> Image.Image:
    """What the entry's function draws, always the same."""
    module, name = entry["drawn_by"].split(".")
    rng = np.random.default_rng(zlib.crc32(entry["name"].encode()))
    given = [photo(entry["photo"], folder)] if "photo" in entry else []
    return getattr(importlib.import_module(module), name)(*given, rng)


def painting(entry: dict, folder: Path) -> Image.Image:
    """The entry's picture out of its package, cropped, and neither too small nor too large."""
    image = fetch.picture({"registry": "debian", **entry}, folder)
    scale = max(1.0, SHARP_ENOUGH / max(image.size))
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="gets the pictures")
    parser.add_argument("names", nargs="*", help="only these")
    options = parser.parse_args()
    Image.MAX_IMAGE_PIXELS = None
    entries = tomllib.loads(Path(__file__).with_name("styles.toml").read_text(encoding="utf-8"))["style"]
    with tempfile.TemporaryDirectory() as temporary:
        for entry in entries:
            if options.names and entry["name"] not in options.names:
                continue
            image = (drawn if "drawn_by" in entry else painting)(entry, Path(temporary))
            image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
            file = options.folder / f"{entry['name']}.webp"
            image.convert("RGB").save(file, quality=entry.get("quality", 82), method=6)
            sys.stdout.write(f"{file.name} {image.width}x{image.height} {file.stat().st_size // 1000} kB\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
