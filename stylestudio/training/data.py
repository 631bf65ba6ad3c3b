"""Training pictures: which are learnt from, which are held out for measuring, and random crops of them."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from stylestudio.errors import PictureError
from stylestudio.evaluation.torchvision import to_tensor, v2

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
HELD_OUT_PER_FOLDER = 32
REDUCED_TO = 2
"""Times the size wanted, in pixels each way, to which averaging and the JPEG decoder may bring a picture first."""


def split_held_out(folders: Iterable[Path]) -> tuple[list[list[Path]], list[Path]]:
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


@contextmanager
def open_image(path: Path) -> Iterator[Image.Image]:
    """The picture, not decoded yet. Raises `PictureError` if it cannot be read, also where it is used."""
    try:
        with Image.open(path) as picture:
            yield picture
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureError(f"{path} could not be read.", hint="Take it out of the folder.") from error


def centre_crop(path: Path, size: int) -> Tensor:
    """The middle `size` x `size` pixels as (3, size, size) in 0..1; a smaller picture is enlarged to fit first."""
    with open_image(path) as picture:
        whole = picture.convert("RGB")
    if min(whole.size) < size:
        whole = v2.Resize(size, v2.InterpolationMode.LANCZOS)(whole)
    return to_tensor(v2.CenterCrop(size)(whole))


class RandomScaleCrop(v2.Transform):
    """A square of an opened picture, brought to `size` as RGB: at any scale, finer ones more often, one to one at most.

    A JPEG that is not decoded yet is decoded no finer than needed.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = v2.functional.get_size(flat_inputs[0])
        room = max(min(height, width) - self.size, 0)
        side = min(self.size + round(room * (1 - torch.rand(()).sqrt().item())), height, width)
        left, top = (int(torch.randint(extent - side + 1, ())) for extent in (width, height))
        return {"left": left, "top": top, "side": side}

    def transform(self, inpt: Image.Image, params: dict[str, Any]) -> Image.Image:
        left, top, side = params["left"], params["top"], params["side"]
        width, height = inpt.size
        finest = REDUCED_TO * self.size / side
        drafted = inpt.draft(None, (int(width * finest), int(height * finest)))
        scale = drafted[1][2] / width if drafted else 1
        box = (left * scale, top * scale, (left + side) * scale, (top + side) * scale)
        size = (self.size, self.size)
        return inpt.convert("RGB").resize(size, Image.Resampling.BICUBIC, box, reducing_gap=REDUCED_TO)


class TrainingCrops(Dataset[Tensor]):
    """Crops (3, size, size) in 0..1 without end, the folders taken in turn; seed and number decide what a crop shows.

    So a run that goes on after crop n sees what it would have seen without the pause. Raises `PictureError`.
    """

    def __init__(self, folders: list[list[Path]], size: int, seed: int) -> None:
        self.folders, self.seed = folders, seed
        self.random_crop = v2.Compose([RandomScaleCrop(size), v2.RandomHorizontalFlip(), to_tensor])

    def __getitem__(self, number: int) -> Tensor:
        pictures = self.folders[number % len(self.folders)]
        seed = np.random.SeedSequence((self.seed, number)).generate_state(1, np.uint64).item()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)  # the transforms take no generator of their own
            with open_image(pictures[int(torch.randint(len(pictures), ()))]) as picture:
                return self.random_crop(picture)


def batches(folders: list[list[Path]], size: int, count: int, seed: int, first: int = 0) -> Iterator[Tensor]:
    """Endless batches (count, 3, size, size) in 0..1, from crop number `first` on.

    Raises `PictureError` for a picture that cannot be read.
    """
    # No worker process: reading takes a fortieth of a step on two cores, and with one worker steps were no faster.
    return iter(DataLoader(TrainingCrops(folders, size, seed), count, sampler=itertools.count(first)))
