"""Where files lie that are dragged into other programs: gone with this program, or with the next after a kill."""

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio.errors import OutputError
from stylestudio.gui.words import tr

if TYPE_CHECKING:
    from filelock import FileLock

PREFIX, LOCK = "stylestudio-drag-", "program.lock"
YOUNG = 60.0
"""Seconds: another program may only just be locking a new folder."""


class DragFolder:
    """A temporary folder, made when it is first asked for, and locked as long as the program lives."""

    def __init__(self) -> None:
        self._made: tuple[Path, FileLock] | None = None

    def new_subfolder(self) -> Path:
        """A folder in it for one file: whoever received an earlier one may still need it, and none needs a number.

        Raises `OutputError` where none can be made.
        """
        from filelock import Timeout  # not before the window is shown

        try:
            return Path(tempfile.mkdtemp(dir=self._path()))
        except (OSError, Timeout, NotImplementedError) as error:
            raise OutputError(
                tr("There is no place for temporary files."), hint=tr("Make room on the disk, or use Export.")
            ) from error

    def _path(self) -> Path:
        from filelock import FileLock

        if self._made is not None and not self._made[0].exists():  # who cleans up temporary files took it
            self.remove()
        if self._made is None:
            folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
            lock.acquire()
            self._made = folder, lock
        return self._made[0]

    def remove(self) -> None:
        if self._made is not None:
            folder, lock = self._made
            self._made = None
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)


def remove_left_behind() -> None:
    """Remove the folders of programs that were killed. Those of others, and of the living, stay."""
    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            if _is_own(folder) and _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    """Whether it is a folder, not a link, of this person's; in a shared place anyone may give one such a name."""
    with suppress(OSError):
        facts = folder.lstat()
        is_mine = not hasattr(os, "getuid") or facts.st_uid == os.getuid()
        return folder.is_dir() and not folder.is_symlink() and is_mine and time.time() - facts.st_mtime > YOUNG
    return False


def _is_left(folder: Path) -> bool:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
    try:
        with lock:
            return True
    except (Timeout, OSError, NotImplementedError):
        return False
