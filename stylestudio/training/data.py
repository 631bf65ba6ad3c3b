"""Training pictures: which are learnt from, which are held out for measuring, and random crops of them."""

import hashlib
import queue
import random
import threading
from collections.abc import Generator, Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from stylestudio.errors import PictureError

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
HELD_OUT_PER_FOLDER = 32


def split(folders: Iterable[Path]) -> tuple[list[list[Path]], list[Path]]:
    """Training pictures folder by folder, and the held-out ones: of each folder the first 32 by their name's hash.

    Raises `PictureError` for a folder that holds too few pictures to learn from.
    """
    training, held_out = [], []
    for folder in folders:
        found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        pictures = sorted(found, key=lambda path: (hashlib.sha256(path.name.encode()).digest(), path))
        if len(pictures) < 2 * HELD_OUT_PER_FOLDER:
            raise PictureError(
                f"{folder} holds only {len(pictures)} pictures.",
                hint=f"Give folders of at least {2 * HELD_OUT_PER_FOLDER} PNG, JPEG or WebP pictures each.",
            )
        held_out += pictures[:HELD_OUT_PER_FOLDER]
        training.append(pictures[HELD_OUT_PER_FOLDER:])
    return training, held_out


def load(path: Path) -> Image.Image:
    """The picture as 8-bit RGB. Raises `PictureError` if it cannot be read."""
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureError(f"{path} could not be read.", hint="Take it out of the folder.") from error


def to_tensor(picture: Image.Image) -> Tensor:
    """(3, H, W) float32 in 0..1."""
    return torch.from_numpy(np.asarray(picture, dtype=np.float32) / 255).permute(2, 0, 1)


def centre_crop(path: Path, size: int) -> Tensor:
    """The middle `size` x `size` pixels as (3, size, size) in 0..1; a smaller picture is enlarged to fit first."""
    picture = load(path)
    short = min(picture.size)
    if short < size:
        picture = picture.resize([-(-side * size // short) for side in picture.size], Image.Resampling.LANCZOS)
    left, top = ((side - size) // 2 for side in picture.size)
    return to_tensor(picture.crop((left, top, left + size, top + size)))


def random_crop(picture: Image.Image, size: int, rng: random.Random) -> Image.Image:
    """A square of the picture, brought to `size`: at any scale down to one pixel for one, half of them mirrored."""
    side = round(rng.triangular(size, max(min(picture.size), size), size))
    side = min(side, *picture.size)
    left, top = (rng.randint(0, extent - side) for extent in picture.size)
    crop = picture.resize((size, size), Image.Resampling.BICUBIC, (left, top, left + side, top + side), reducing_gap=2)
    return crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else crop


def batches(folders: list[list[Path]], size: int, count: int, seed: int) -> Generator[Tensor, None, None]:
    """Endless batches (count, 3, size, size) in 0..1, the folders taken in turn, read ahead by one thread.

    Raises `PictureError` for a picture that cannot be read.
    """
    ready: queue.Queue[Tensor | Exception] = queue.Queue(maxsize=4)
    stop = threading.Event()

    def offer(found: Tensor | Exception) -> None:
        while not stop.is_set():
            try:
                return ready.put(found, timeout=0.2)
            except queue.Full:
                continue

    def read_ahead() -> None:
        rng = random.Random(seed)
        try:
            while not stop.is_set():
                crops = [random_crop(load(rng.choice(folders[i % len(folders)])), size, rng) for i in range(count)]
                offer(torch.stack([to_tensor(crop) for crop in crops]))
        except Exception as error:  # whoever waits for the next batch has to hear of it
            offer(error)

    thread = threading.Thread(target=read_ahead, name="training pictures", daemon=True)
    thread.start()
    try:
        while True:
            found = ready.get()
            if isinstance(found, Exception):
                raise found
            yield found
    finally:
        stop.set()
        thread.join()
