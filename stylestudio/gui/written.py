"""A file that was exported, and the way back: into the trash, as long as it is the very file that was written."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFile

from stylestudio.errors import OutputError
from stylestudio.gui.words import tr


@dataclass(frozen=True)
class WrittenFile:
    """Where it is, whether there was none of that name before, and what the disk says of it; None if it says nothing.

    Such a file is known by its number, size and time of change.
    """

    path: Path
    is_new: bool
    stamp: tuple[int, ...] | None

    @property
    def can_be_trashed(self) -> bool:
        """Whether nothing but what was written would go with it."""
        return self.is_new and self.stamp is not None


def write_and_stamp(write: Callable[[], Path], is_new: bool) -> WrittenFile:
    """What `write` has written. Raises what that raises."""
    path = write()
    return WrittenFile(path, is_new, file_stamp(path))


def file_stamp(path: Path) -> tuple[int, ...] | None:
    """What tells this very file from another one of its name, and from itself after a change."""
    with suppress(OSError):
        facts = os.lstat(path)
        return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns
    return None


def move_to_trash(file: WrittenFile) -> Path:
    """Move it to the system's trash; asks the disk, so not on the window's thread. Raises `OutputError`."""
    if not file.can_be_trashed or file_stamp(file.path) != file.stamp:
        raise OutputError(
            tr("{name} is not the file any more that was saved.").format(name=file.path.name),
            hint=tr("It was left where it is. Look at it, and remove it by hand."),
        )
    if not QFile.moveToTrash(os.fspath(file.path)):
        raise OutputError(
            tr("{name} could not be moved to the trash.").format(name=file.path.name),
            hint=tr("It was left where it is. Remove it by hand."),
        )
    return file.path
