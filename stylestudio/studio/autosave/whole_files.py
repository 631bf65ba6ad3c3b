"""Files that are there whole or not at all, whatever happens while they are written."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A name beside `path`, to write a file under; at the end that file takes the place of `path`, for good.

    After an error the older file is still there, if there was one. Raises `OSError`.
    """
    temporary = path.with_name(f"{path.name}-{secrets.token_hex(6)}.part")
    try:
        yield temporary
        with temporary.open("r+b") as stream:  # Windows syncs only what is open for writing
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Raises `OSError`."""
    with replacing(path) as temporary, temporary.open("xb") as stream:
        stream.write(data)
        stream.flush()


def sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk too, where the system can: without it a power cut may take the new one."""
    if os.name == "nt":
        return  # it opens no folders, and writes names down by itself
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
