"""The shelf brought up to date beside the window: at its first opening, and when a watched folder changes."""

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from stylestudio.errors import PictureError, StudioError
from stylestudio.gui.library_queue import LibraryQueue
from stylestudio.gui.places import ask_with_timeout
from stylestudio.progress import Work
from stylestudio.studio.library import Library
from stylestudio.studio.shelf import update_shelf

SLICE = 0.2
"""Seconds of one step; between two, the library answers what was asked meanwhile."""
GATHER_MS = 400
"""A picture that is being copied into a folder changes it many times."""


class ScanSteps:
    """An update in steps, for the library's thread."""

    def __init__(self) -> None:
        self._work: Work[list[PictureError]] | None = None

    def next_step(self, library: Library) -> tuple[list[PictureError], list[Path]] | None:
        """One step; at the end what could not be read, and the folders that can be watched. Raises `LibraryError`."""
        self._work = self._work or update_shelf(library)
        end = time.monotonic() + SLICE
        try:
            while time.monotonic() < end:
                next(self._work)
        except StopIteration as stop:
            return stop.value, [folder for folder in library.folders() if folder.is_dir()]
        return None


class ShelfScanner(QObject):
    """Puts on the shelf what comes with the program and what lies in the watched folders. `said` is a short line."""

    said = Signal(str)

    def __init__(self, library: LibraryQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._is_running = self._is_wanted = False
        self._told = ""
        self._watcher = QFileSystemWatcher(self)
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self.request_scan)
        self._watcher.directoryChanged.connect(lambda _: self._gather.start())

    @property
    def watched(self) -> list[Path]:
        """The folders that are watched."""
        return [Path(folder) for folder in self._watcher.directories()]

    def request_scan(self) -> None:
        """Look through all; once more afterwards if it is under way."""
        self._is_wanted = self._is_running
        if not self._is_running:
            self._is_running = True
            self._go_on(ScanSteps())

    def _go_on(self, steps: ScanSteps) -> None:
        def stepped(outcome: tuple[list[PictureError], list[Path]] | None) -> None:
            if outcome is None:
                self._go_on(steps)
            else:
                self._end(*outcome)

        self._library.write(steps.next_step, stepped, self._stop)

    def _end(self, faults: list[PictureError], folders: list[Path]) -> None:
        self.watch(folders)
        told = "\n".join(fault.message for fault in faults)
        if faults and told != self._told:
            more = self.tr(" and {count} more").format(count=len(faults) - 1) if len(faults) > 1 else ""
            self.said.emit(self.tr("Not on the shelf: {fault}{more}").format(fault=faults[0].message, more=more))
        self._told = told
        self._is_running = False
        if self._is_wanted:
            self.request_scan()

    def _stop(self, _error: StudioError) -> None:
        self._is_running = False

    def watch(self, folders: list[Path]) -> None:
        wanted, now = {str(folder) for folder in folders}, set(self._watcher.directories())
        if now - wanted:
            self._watcher.removePaths(sorted(now - wanted))
        if new := ask_with_timeout(partial(_answering, sorted(wanted - now)), list[str]()):
            self._watcher.addPaths(new)


def _answering(folders: list[str]) -> list[str]:
    """Those that are still there: Qt asks the disk itself, on the window's thread."""
    return [folder for folder in folders if Path(folder).is_dir()]
