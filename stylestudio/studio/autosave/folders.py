"""A folder for each window's work: locked while the window lives, taken over by a later one when it is gone."""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio.errors import StudioError
from stylestudio.images.atomic import open_replacing
from stylestudio.studio.autosave.pixels import SUFFIX, PixelFiles
from stylestudio.studio.autosave.record import MOST_STARTS, SavedSession, decoded, encoded

if TYPE_CHECKING:
    from filelock import FileLock

BUDGET = 2 << 30
"""Bytes of all that is kept, of all windows together."""
MOST_FOLDERS = 40
SESSION, DAMAGED, LOCK, PIXELS = "session.json", "session.damaged.json", "window.lock", "pixels"
PATIENCE = 2.0
YOUNG = 60.0
"""Seconds: an empty folder may be that of a window that is only just locking it."""


class WorkFolder:
    """The folder of one living window. Whatever writes raises `OSError`."""

    def __init__(self, path: Path, lock: "FileLock") -> None:
        self.path, self._lock = path, lock
        self.pixels = PixelFiles(path / PIXELS)
        self._written: bytes | None = None

    def read(self) -> SavedSession | None:
        """What was saved here, None for nothing. Raises `StudioError` if it is damaged; then it is set aside."""
        try:
            data = (self.path / SESSION).read_bytes()
            return decoded(data)
        except FileNotFoundError:
            return None
        except StudioError:
            (self.path / SESSION).replace(self.path / DAMAGED)
            raise

    def write(self, saved: SavedSession) -> None:
        """Take the place of what was saved before; the same again is not written. Its pixels must be there already."""
        data = encoded(saved)
        if data != self._written:
            _check_readable(data)
            with open_replacing(self.path / SESSION) as stream:
                stream.write(data)
            self._written = data

    def clear(self) -> None:
        """Forget what was saved here, the pixels too."""
        self._written = None
        (self.path / SESSION).unlink(missing_ok=True)
        shutil.rmtree(self.path / PIXELS, ignore_errors=True)

    def remove_unneeded(self, saved: SavedSession | None) -> None:
        """Remove what this session does not need, and what was not written to its end."""
        needed: set[str] = {f"{file}{SUFFIX}" for file in saved.files} if saved else set()
        for path in _files(self.path):
            if path.suffix == ".part" or (path.suffix == SUFFIX and path.name not in needed):
                with suppress(OSError):
                    path.unlink()

    def close(self) -> None:
        """Leave it to later windows; it goes if nothing is saved in it."""
        _leave(self.path, self._lock, remove=_is_empty(self.path))


def create_folder(root: Path) -> WorkFolder:
    """A new folder for this window. Raises `OSError` where none can be made."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = root / f"{time.time_ns():020}-{secrets.token_hex(4)}"
    path.mkdir(mode=0o700)
    lock = _locked(path, PATIENCE)  # another window may be looking whether it is in use
    if lock is None:
        raise OSError(f"{path} cannot be locked")
    return WorkFolder(path, lock)


def claim_abandoned(root: Path) -> WorkFolder | None:
    """The folder of the window that is gone last, now this window's; None if there is none to be taken.

    While another window lives, only one that was ended from outside: what was closed is not missed there. A folder
    whose window lives is never taken.
    """
    others_live = False
    found: WorkFolder | None = None
    for path in _by_age(root):
        lock = _locked(path)
        if lock is None:
            others_live = True
        elif found is None and (path / SESSION).exists():
            found = WorkFolder(path, lock)
        else:
            lock.release()
    if found and others_live and _was_closed(found):
        found.close()
        return None
    return found


def trim_to_budget(root: Path, own: WorkFolder | None, saved: SavedSession | None, budget: int = BUDGET) -> None:
    """Keep all windows' work together within `budget` bytes.

    First goes what the session as it is `saved` in one's `own` folder does not need, then the oldest; what lives stays.
    """
    if own and total_bytes(root) > budget:
        own.remove_unneeded(saved)
    left, folders = total_bytes(root), _by_age(root)
    for number, path in reversed(list(enumerate(folders))):
        if left > budget or number >= MOST_FOLDERS or _is_empty(path):
            left -= _remove(path)


def remove_abandoned(root: Path) -> None:
    """Remove the work of all windows that are gone."""
    for path in _by_age(root):
        _remove(path)


def total_bytes(root: Path) -> int:
    """Bytes of all that is kept."""
    return sum(_bytes_of(path) for path in _files(root))


def count_restore(folder: WorkFolder, saved: SavedSession) -> SavedSession:
    """The same, once it is written down that it is being brought back once more."""
    starts = min(saved.starts + 1, MOST_STARTS)
    folder.write(replace(saved, closed=False, starts=starts))
    return replace(saved, starts=starts)


def _check_readable(data: bytes) -> None:
    """What the next start would refuse must not take the place of what it would not."""
    try:
        decoded(data)
    except StudioError as error:
        raise OSError(error.message) from error


def _was_closed(folder: WorkFolder) -> bool:
    try:
        saved = decoded((folder.path / SESSION).read_bytes())
    except (OSError, StudioError):
        return False
    return saved.closed


def _by_age(root: Path) -> list[Path]:
    """The windows' folders, the one written last first; nothing that only looks like one."""
    found: list[tuple[float, str, Path]] = []
    with suppress(OSError):
        for path in root.iterdir():
            if path.is_dir() and not path.is_symlink():
                found.append((_changed(path), path.name, path))
    return [path for *_, path in sorted(found, reverse=True)]


def _changed(path: Path) -> float:
    for name in (path / SESSION, path):
        with suppress(OSError):
            return name.stat().st_mtime
    return 0.0


def _is_empty(path: Path) -> bool:
    return not (path / SESSION).exists() and not (path / DAMAGED).exists()


def _remove(path: Path) -> int:
    """Remove a folder unless its window lives. Returns the bytes that were freed."""
    is_new = _is_empty(path) and time.time() - _changed(path) < YOUNG
    lock = None if is_new else _locked(path)
    if lock is None:
        return 0
    size = total_bytes(path)
    _leave(path, lock, remove=True)
    return size


def _leave(path: Path, lock: "FileLock", remove: bool) -> None:
    if remove:  # the lock last: until then the folder is nobody else's
        for one in _files(path):
            if one.name != LOCK:
                with suppress(OSError):
                    one.unlink()
    lock.release()
    if remove:
        shutil.rmtree(path, ignore_errors=True)


def _locked(path: Path, patience: float = 0) -> "FileLock | None":
    """The folder's lock, if no living window holds it; the system lets go of it when a process ends in any way."""
    from filelock import FileLock, Timeout  # not before the window is shown

    lock = FileLock(path / LOCK, timeout=patience, thread_local=False)
    try:
        lock.acquire()
    except (Timeout, OSError, NotImplementedError):
        return None
    return lock


def _files(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder):
        yield from (Path(where) / name for name in names)


def _bytes_of(path: Path) -> int:
    with suppress(OSError):
        return path.lstat().st_size
    return 0
