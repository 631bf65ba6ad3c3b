"""Arrays to picture files: a whole file under its name, or nothing."""

import errno
import os
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.errors import OutputError
from stylestudio.images.formats import in_words, writable
from stylestudio.images.resize import Pixels, to_8bit

_NAME_BYTES = 120
_JOIN, _SUFFIX = " in the style of ", ".png"
_DEVICES = {"CON", "PRN", "AUX", "NUL"} | {f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³"}


def write(path: Path, pixels: NDArray[np.float32], alpha: Pixels | None = None) -> None:
    """Write `pixels` (H, W, 3) and `alpha` (H, W), sRGB 0..1, in the format of the name's ending. Raises `OutputError`.

    An older file gives way to the complete new one only; after an error all is as it was.
    """
    check_writable(path)
    check_format(path)
    image = _image(pixels, alpha)
    with _explained(path), _complete(path, image) as temporary:
        temporary.replace(path)


def write_new(path: Path, pixels: NDArray[np.float32], alpha: Pixels | None = None) -> Path:
    """Like `write`, but never over anything: returns the name used, chosen as by `free_name`."""
    check_writable(free_name(path))
    check_format(path)
    image = _image(pixels, alpha)
    with _explained(path), _complete(path, image) as temporary:
        while True:
            free = free_name(path)
            try:
                free.open("xb").close()  # claims the name; hard links would, but not on memory cards
            except FileExistsError:
                continue
            try:
                temporary.replace(free)
            except BaseException:
                free.unlink(missing_ok=True)
                raise
            return free


def check_format(path: Path) -> None:
    """Raise `OutputError` unless the name ends as those of a format that is written do."""
    if path.suffix.lower() not in writable():
        labels, endings = in_words([one.label for one in writable().values()]), in_words(list(writable()))
        raise OutputError(f"{path} is no {labels} name.", hint=f"Give a name that ends in {endings}.")


def check_writable(path: Path) -> None:
    """Raise `OutputError` if a picture `path` could not be written. Leaves nothing behind."""
    folder = path.parent
    with _explained(path):
        if path.is_dir():
            raise OutputError(f"{path.name or path} is a folder.", hint="Give the name of a file.")
        if not folder.exists():
            raise OutputError(f"The folder {folder} does not exist.", hint="Make it, or choose another.")
        if not folder.is_dir():
            raise OutputError(f"{folder} is not a folder.", hint="Choose another place for the file.")
        if path.exists() and not path.is_file():
            raise OutputError(f"{path.name} is not an ordinary file.", hint="Give another name.")
        if path.exists() and not os.access(path, os.W_OK):
            raise OutputError(f"{path.name} is protected.", hint="Give another name, or allow changing it.")
        _try_name(path)
        _try_folder(folder)


def _try_name(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.lstat()  # a name that is too long fails already here


def _try_folder(folder: Path) -> None:
    temporary = _temporary_in(folder)
    try:
        temporary.open("xb").close()
    finally:
        temporary.unlink(missing_ok=True)


def free_name(path: Path) -> Path:
    """`path`, or where that is taken the first free of "stem 2.png", "stem 3.png" and so on."""
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem} {number}{path.suffix}")
    return candidate


def proposed_name(content_name: str, style_name: str) -> str:
    """A file name such as "harbour in the style of wave.png": allowed on every system, 120 bytes at most."""
    content, style = _allowed(content_name) or "picture", _allowed(style_name) or "style"
    room = _NAME_BYTES - len((_JOIN + _SUFFIX).encode()) - 1
    content = _shortened(content, max(room // 2, room - len(style.encode())))
    style = _shortened(style, room - len(content.encode()))
    name = content + _JOIN + style + _SUFFIX
    # Windows takes "con.anything" for the device.
    return f"_{name}" if name.split(".")[0].strip().upper() in _DEVICES else name


def _allowed(name: str) -> str:
    kept = (
        " " if char in '<>:"/\\|?*' or unicodedata.category(char)[0] in "CZ" else char
        for char in unicodedata.normalize("NFC", name)
    )
    return " ".join("".join(kept).split()).strip(". -")


def _shortened(name: str, size: int) -> str:
    return name.encode()[:size].decode(errors="ignore").strip(". -")


def _temporary_in(folder: Path) -> Path:
    return folder / f".stylestudio-{secrets.token_hex(6)}.part"


@contextmanager
def _complete(path: Path, image: Image.Image) -> Iterator[Path]:
    """A finished temporary file beside `path`, with an ordinary file's permissions, to be moved to its name."""
    temporary, save = _temporary_in(path.parent), writable()[path.suffix.lower()].save
    assert save is not None
    try:
        with temporary.open("xb") as stream:
            save(image, stream)
            stream.flush()
            os.fsync(stream.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _image(pixels: NDArray[np.float32], alpha: Pixels | None) -> Image.Image:
    height, width, channels = pixels.shape
    if channels != 3 or (alpha is not None and alpha.shape != (height, width)):
        raise ValueError(f"pixels of shape {pixels.shape} and this alpha make no picture")
    if alpha is None:
        return Image.fromarray(to_8bit(pixels))
    return Image.fromarray(np.dstack((to_8bit(pixels), to_8bit(alpha))))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise OutputError(
            f"{path.name} could not be written because its folder or the file is protected.",
            hint="Choose another folder, or close the program that has the file open.",
        ) from error
    except (OSError, ValueError) as error:
        raise _output_error(path, error) from error


def _output_error(path: Path, error: OSError | ValueError) -> OutputError:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(f"The disk is full; {path.name} was not written.", hint="Make room on it first.")
    if number == errno.ENAMETOOLONG:
        return OutputError("The file's name is too long.", hint="Give it a shorter name.")
    if number == errno.EROFS:
        return OutputError(f"{path.parent} can only be read.", hint="Choose another folder.")
    return OutputError(f"{path.name} could not be written.", hint="Choose another folder or another name.")
