"""The queue of exports on the disk: one file for each window, taken over by a later one when its window is gone."""

import secrets
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio.errors import OutputError, StudioError
from stylestudio.images.atomic import open_replacing
from stylestudio.studio.autosave.record import as_path, as_text
from stylestudio.studio.export_queue import NOTHING, ExportQueue, clear_finished, recover_queue, with_exports
from stylestudio.studio.recipe_record import from_json, to_json

if TYPE_CHECKING:
    from filelock import FileLock

MOST_BYTES = 64 << 20
"""Of the file: an export takes about one thousand, a photo of a look one hundred, and large masks some millions."""


class QueueFile:
    """The queue of one window, in a folder that all windows share. For one thread; it holds a lock until `close`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: tuple[Path, FileLock] | None = None
        self._written: bytes | None = None

    def take_over(self) -> tuple[ExportQueue, list[StudioError]]:
        """What windows that are gone have left to be made, which is this window's from now on; and what was damaged.

        A damaged file is set aside under another name.
        """
        queue, faults = NOTHING, list[StudioError]()
        taken: list[tuple[Path, FileLock]] = []
        with suppress(OSError):
            for path in sorted(self._folder.glob("*.json")):
                lock = None if path.name.endswith(DAMAGED) else _locked(path)
                if lock is None:
                    continue
                taken.append((path, lock))
                try:
                    found = recover_queue(decoded(path.read_bytes()))
                    more = with_exports(queue, found.exports, found.looks)
                    queue = replace(more, paused=queue.paused or found.paused)
                except StudioError as error:
                    path.replace(path.with_suffix(DAMAGED))
                    faults.append(error)
        try:
            self.write(queue)
        except OutputError as error:  # what was there stays, and stays locked as long as this window lives
            return queue, [*faults, error]
        for one in taken:
            _remove(*one)
        return queue, faults

    def write(self, queue: ExportQueue) -> None:
        """Keep what is still to be made or has failed; the same again is not written. Raises `OutputError`."""
        left = clear_finished(queue)
        try:
            if not left.exports:
                self._remove_own()
            elif (data := encoded(left)) != self._written:
                with open_replacing(self._path()) as stream:
                    stream.write(data)
                self._written = data
        except OSError as error:
            raise OutputError(
                f"The queue cannot be kept for the next start: {error.strerror or error}.",
                hint="Make room on the disk.",
            ) from error

    def close(self) -> None:
        """Leave it to later windows."""
        if self._own is not None:
            self._own[1].release()
            self._own = None

    def _path(self) -> Path:
        if self._own is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{time.time_ns():020}-{secrets.token_hex(4)}.json"
            lock = _locked(path)
            if lock is None:
                raise OSError("it cannot be locked")
            self._own = path, lock
        return self._own[0]

    def _remove_own(self) -> None:
        if self._own is not None:
            _remove(*self._own)
            self._own = self._written = None


DAMAGED = ".damaged.json"


def encoded(queue: ExportQueue) -> bytes:
    return to_json(queue, enc_hook=as_text)


def decoded(data: bytes) -> ExportQueue:
    """Raises `SettingError` for what is no queue. Opens no file."""
    return from_json(data, ExportQueue, dec_hook=as_path, most=MOST_BYTES)


def _locked(path: Path) -> "FileLock | None":
    """The lock of this file; None where a window that lives has it."""
    from filelock import FileLock, Timeout  # not before the window is shown

    lock = FileLock(path.with_suffix(".lock"), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except (Timeout, OSError, NotImplementedError):
        return None
    return lock


def _remove(path: Path, lock: "FileLock") -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
    lock.release()
    with suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)
