"""Arrays to picture files: a whole file under its name, or nothing; and what such a file is called."""

import errno
import os
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from stylestudio.errors import OutputError
from stylestudio.images.atomic import create_new, open_replacing, unfinished
from stylestudio.images.formats import Format, format_of, join_labels, writable_formats
from stylestudio.images.output import USUAL, ExportOptions, Ingredients, Output, colour_converter, prepare_output
from stylestudio.images.resize import Pixels

ALWAYS = replace(USUAL, metadata=False, recipe=False)
"""How a format writes that knows no options."""
_NAME_BYTES = 120
_JOIN = " in the style of "
_DEVICES = {"CON", "PRN", "AUX", "NUL"} | {f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³"}


def write(
    path: Path,
    pixels: Pixels,
    alpha: Pixels | None = None,
    origin: str = "",
    made_of: Ingredients | None = None,
    options: ExportOptions = USUAL,
) -> None:
    """Write `pixels` (H, W, 3) and `alpha` (H, W), in sRGB, in the format of the name's ending. Raises `OutputError`.

    Metadata, the photo's profile and layers come from what the pixels are `made_of`; `marks.origin_of` finds `origin`
    in the file again. Options that the format does not know do not count. An older file gives way to the complete new
    one only, which gets its permissions, and through a symbolic link; after an error all is as it was.
    """
    check_writable(path)
    one = check_options(path, options, (pixels.shape[1], pixels.shape[0]))
    output = prepare_output(pixels, alpha, made_of, drop_unsupported_options(one, options), origin)
    with _explained(path), open_replacing(path) as stream:
        encode(one, output, stream)


def write_new(
    path: Path,
    pixels: NDArray[np.float32],
    alpha: Pixels | None = None,
    origin: str = "",
    made_of: Ingredients | None = None,
    options: ExportOptions = USUAL,
) -> Path:
    """Like `write`, but never over anything: returns the name used, chosen as by `free_name`."""
    check_writable(free_name(path))
    one = check_options(path, options, (pixels.shape[1], pixels.shape[0]))
    output = prepare_output(pixels, alpha, made_of, drop_unsupported_options(one, options), origin)
    with _explained(path), create_new(path.parent, lambda: free_name(path)) as (stream, found):
        encode(one, output, stream)
    return found[0]


def drop_unsupported_options(one: Format, options: ExportOptions) -> ExportOptions:
    """The options that this format heeds; what it does not know stays as it is always there."""
    return replace(ALWAYS, **{name: getattr(options, name) for name in one.knows})


def check_format(path: Path) -> Format:
    """The format that `path` is written in. Raises `OutputError` unless the name ends as those of one do."""
    one = format_of(path)
    if one is None:
        labels, endings = (
            join_labels([one.label for one in writable_formats().values()]),
            join_labels(list(writable_formats())),
        )
        raise OutputError(f"{path} is no {labels} name.", hint=f"Give a name that ends in {endings}.")
    return one


def check_options(path: Path, options: ExportOptions, size: tuple[int, int], profile: bytes | None = None) -> Format:
    """The format of `path`, where a picture of `size` (width, height) whose photo had `profile` can be written so.

    Raises `OutputError` where it cannot.
    """
    one = check_format(path)
    if one.longest and max(size) > one.longest:
        raise OutputError(
            f"{one.label} holds at most {one.longest:,} pixels a side, and the picture has {max(size):,}.",
            hint=f"Choose another format, such as {next(iter(writable_formats().values())).label}.",
        )
    if profile and "profile" in one.knows and options.profile == "photo":
        colour_converter(profile)
    return one


def depends_on_photo(path: Path, options: ExportOptions) -> bool:
    """Whether `check_options` depends on the photo's size or profile."""
    one = check_format(path)
    return one.longest is not None or ("profile" in one.knows and options.profile == "photo")


def encode(one: Format, output: Output, stream: IO[bytes]) -> None:
    """Write `output` to the stream as a file of this format, which must be one that can be written."""
    assert one.save is not None
    one.save(output, stream)


def check_writable(path: Path) -> None:
    """Raise `OutputError` if a picture `path` could not be written. Leaves nothing behind."""
    with _explained(path):
        path = Path(os.path.realpath(path)) if path.is_symlink() else path
        folder = path.parent
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
    with unfinished(folder):
        pass


def free_name(path: Path) -> Path:
    """`path`, or where that is taken the first free of "stem 2.png", "stem 3.png" and so on."""
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem} {number}{path.suffix}")
    return candidate


def proposed_name(content_name: str, style_name: str, suffix: str = ".png") -> str:
    """A file name such as "harbour in the style of wave.png": allowed on every system, 120 bytes at most."""
    content, style = _allowed(content_name) or "picture", _allowed(style_name) or "style"
    room = _NAME_BYTES - len((_JOIN + suffix).encode()) - 1
    content = _shortened(content, max(room // 2, room - len(style.encode())))
    style = _shortened(style, room - len(content.encode()))
    name = content + _JOIN + style + suffix
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


@contextmanager
def _explained(path: Path) -> Generator[None]:
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
