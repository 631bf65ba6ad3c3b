"""Has the window's file say what the caches hold, every few seconds in which that has changed."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from stylestudio.caches import CacheUsage, cache_usage
from stylestudio.gui.jobs import FileQueue
from stylestudio.studio import running

EVERY_MS = 5000


class CacheReport(QObject):
    """A file that cannot be written is done without: it is nothing that the artist waits for."""

    def __init__(self, queue: FileQueue, folder: Path) -> None:
        super().__init__(queue)
        self._queue, self._folder = queue, folder
        self._told: list[CacheUsage] | None = None
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.write)

    def begin(self) -> None:
        """From now on, and remove what windows that were killed have said."""
        self._queue.run(partial(running.remove_stale, self._folder), lambda _: None, lambda _: None)
        self._timer.start()

    def write(self) -> None:
        """Write it, unless the same is there already or something else is being written."""
        now = cache_usage()
        if now != self._told and not self._queue.is_busy:
            self._told = now
            self._queue.run(partial(running.write_usage, self._folder, now), lambda _: None, lambda _: None)

    def close(self) -> None:
        """Remove the file; when the queue's thread has ended."""
        self._timer.stop()
        running.remove_usage(self._folder)
