"""Files that are there whole or not at all, whatever ends the program while it writes them."""

import errno
import os
import secrets
import stat
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from stylestudio.unfinished import being_written

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed anyway
    fcntl = None

PATTERN = ".stylestudio-*.part"
_SURELY_DEAD = 60
"""Seconds after which an unfinished file was left behind, on a system without locks."""
_NO_SYNC = {errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOTSUP, errno.EBADF, errno.EISDIR, errno.ENOSYS}
"""What file systems answer that do not write folders down on request, and folders that may not be read."""


@contextmanager
def open_replacing(path: Path) -> Generator[IO[bytes]]:
    """A stream for the new content of `path`, which takes the old one's place when the block ends without an error.

    A symbolic link stays, and what it points to is replaced; the new file has the old one's permissions.
    """
    path = Path(os.path.realpath(path))
    with unfinished(path.parent) as (stream, temporary):
        with suppress(OSError):  # there is none, or memory cards know no permissions
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        yield stream
        _move(stream, lambda: temporary.replace(path))
    _sync(path.parent)


@contextmanager
def path_replacing(path: Path) -> Generator[Path]:
    """As `open_replacing`, for libraries that make a file under a name themselves: the name to write under.

    Nothing is locked, so that this is for folders in which one program alone writes.
    """
    with being_written(path.with_name(f"{path.name}-{secrets.token_hex(6)}.part")) as temporary:
        yield temporary
        with temporary.open("r+b") as stream:  # Windows syncs only what is open for writing
            os.fsync(stream.fileno())
        temporary.replace(path)
    _sync(path.parent)


@contextmanager
def create_new(folder: Path, names: Callable[[], Path]) -> Generator[tuple[IO[bytes], list[Path]]]:
    """A stream for a new file in `folder`, and a list that holds its path after the block: the first of `names` free.

    Nothing is ever replaced: a name that somebody else takes meanwhile is passed over.
    """
    found: list[Path] = []
    with unfinished(folder) as (stream, temporary):
        yield stream, found
        _move(stream, lambda: found.append(_under_free_name(temporary, names)))
    _sync(folder)


def _under_free_name(temporary: Path, names: Callable[[], Path]) -> Path:
    while True:
        name = names()
        with suppress(FileExistsError):
            try:
                name.hardlink_to(temporary)
            except FileExistsError:
                raise
            except OSError:  # memory cards know no links
                _claim(temporary, name)
            return name


def _claim(temporary: Path, name: Path) -> None:
    name.open("xb").close()
    try:
        temporary.replace(name)
    except BaseException:
        name.unlink(missing_ok=True)
        raise


def _move(stream: IO[bytes], move: Callable[[], object]) -> None:
    stream.flush()
    os.fsync(stream.fileno())
    if fcntl is None:
        stream.close()  # Windows moves no open files; elsewhere the lock has to last until the file is in its place
    move()


@contextmanager
def unfinished(folder: Path) -> Generator[tuple[IO[bytes], Path]]:
    """A new file in `folder` under a passing name, and its path, where it is gone after the block."""
    remove_abandoned(folder)
    while True:
        with (
            being_written(folder / f".stylestudio-{secrets.token_hex(6)}.part") as temporary,
            temporary.open("x+b") as stream,
        ):
            if _locked(stream):
                yield stream, temporary
                return


def _locked(stream: IO[bytes]) -> bool:
    """Lock the file for as long as it is open, so that nobody takes it for abandoned; whether nobody has before."""
    with suppress(OSError):  # no locks there: then nobody can ask for one either
        if fcntl is not None:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX)
    return os.fstat(stream.fileno()).st_nlink > 0


def remove_abandoned(folder: Path) -> None:
    """Remove unfinished files in `folder` whose writers are dead; those of living ones stay, whoever they are.

    A writer holds a lock, which the system lets go whatever ends it. Unlike a process number, this also holds between
    computers that share the folder, and for programs in boxes of their own.
    """
    with suppress(OSError):
        for path in folder.glob(PATTERN):
            with suppress(OSError):
                _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    if fcntl is None:
        if time.time() - path.stat().st_mtime > _SURELY_DEAD:
            path.unlink()
        return
    with path.open("rb") as stream:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


def _sync(folder: Path) -> None:
    """Have the folder written down, so that a power cut cannot bring back the old file or none."""
    if os.name == "nt":
        return  # opens no folders
    try:
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
