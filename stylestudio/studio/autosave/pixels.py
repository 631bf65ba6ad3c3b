"""Pixels in files named by what is in them, so that nothing is written twice and nothing altered is taken."""

import hashlib
import os
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from stylestudio.images.atomic import path_replacing
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.metadata import Metadata
from stylestudio.images.resize import Pixels, to_floats
from stylestudio.studio.recipe_record import PictureReference

SUFFIX = ".safetensors"
"""A format without code in it, whose header is checked against the file's length before anything is allocated."""
MOST_BYTES = 4 << 30
"""A larger file is not read: nothing so large is written here."""

Arrays = dict[str, NDArray[np.generic]]


class PixelFiles:
    """The pixels kept in one folder. What writes raises `OSError`; what cannot be read whole counts as not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep_picture(self, picture: Picture) -> str:
        """Keep all of a picture that came without a file. Returns its file's name, which is `Picture.sha256`."""
        return self._keep(picture.sha256, arrays_of(picture))

    def keep_pixels(self, pixels: NDArray[np.float32]) -> str:
        """Keep an overfit picture (H, W, 3) to the last bit. Returns its file's name."""
        return self._keep(digest(pixels), {"pixels": np.ascontiguousarray(pixels)})

    def picture(self, named: PictureReference) -> Picture | None:
        """The picture of this name that was kept."""
        with suppress(Exception):  # what is in a damaged file may be anything
            picture = picture_of(self._arrays(named.sha256), named.name)
            return picture if picture.sha256 == named.sha256 else None
        return None

    def pixels(self, file: str) -> NDArray[np.float32] | None:
        """The overfit picture (H, W, 3) in the file of this name, read-only, every value as it was."""
        with suppress(Exception):
            pixels = self._arrays(file)["pixels"].view(np.float32)
            if pixels.ndim == 3 and digest(pixels) == file:
                pixels.flags.writeable = False
                return pixels
        return None

    def path(self, file: str) -> Path:
        """Where a file of this name lies."""
        return self._folder / f"{file}{SUFFIX}"

    def _keep(self, file: str, arrays: Arrays) -> str:
        from safetensors import SafetensorError  # not before the window is shown
        from safetensors.numpy import save_file  # pyright: ignore[reportUnknownVariableType]

        path = self.path(file)
        with suppress(FileNotFoundError):
            os.utime(path)  # the oldest go first
            return file
        self._folder.mkdir(parents=True, exist_ok=True)
        with path_replacing(path) as temporary:
            try:
                save_file(arrays, temporary)
            except SafetensorError as error:  # a full disk, in words of its own
                raise OSError(str(error)) from error
        return file

    def _arrays(self, file: str) -> Arrays:
        from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

        path = self.path(file)
        if path.stat().st_size > MOST_BYTES:
            raise OSError(f"{path} is too large")
        return load_file(path)


def digest(pixels: NDArray[np.generic]) -> str:
    """The SHA-256 of an array's shape and values."""
    found = hashlib.sha256(repr((pixels.shape, str(pixels.dtype))).encode())
    found.update(np.ascontiguousarray(pixels).data.cast("B"))
    return found.hexdigest()


def arrays_of(picture: Picture) -> Arrays:
    """A picture as arrays: pixels, alpha where there is any, and what its file said, bytes and numbers alike."""
    found: Arrays = {"pixels": picture.stored}
    if picture.alpha is not None:
        found["alpha"] = picture.alpha
    facts = {"icc_profile": picture.icc_profile, **vars(picture.metadata)}
    for name, fact in facts.items():
        if fact:
            found[name] = np.frombuffer(fact, np.uint8) if isinstance(fact, bytes) else np.array(fact, np.float64)
    return found


def picture_of(arrays: Arrays, name: str) -> Picture:
    """The picture in arrays. Raises whatever arrays that are none lead to."""
    alpha = arrays.get("alpha")
    picture = from_pixels(_plane(arrays["pixels"]), name, None if alpha is None else _plane(alpha))
    facts = {one.name: _fact(arrays[one.name]) for one in fields(Metadata) if one.name in arrays}
    profile = arrays["icc_profile"].tobytes() if "icc_profile" in arrays else None
    return replace(picture, icc_profile=profile, metadata=msgspec.convert(facts, Metadata))


def _plane(plane: NDArray[np.generic]) -> NDArray[np.float32]:
    if plane.dtype.type not in (np.uint8, np.float32):
        raise TypeError(f"pixels of {plane.dtype}")
    levels: Pixels = plane  # pyright: ignore[reportAssignmentType]
    return to_floats(levels)


def _fact(array: NDArray[np.generic]) -> bytes | tuple[float, ...]:
    return array.tobytes() if array.dtype == np.uint8 else tuple(array.tolist())
