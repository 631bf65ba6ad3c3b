"""Short work on the GUI thread, in slices between which the window stays alive."""

from collections.abc import Callable, Generator
from time import perf_counter
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

T = TypeVar("T")

_SLICE = 0.006
"""Seconds at a time: several of them, and what the last step takes longer, still pass unseen."""


class Sliced(QObject):
    """Runs one generator at a time; the newest wins."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Generator[None, None, object] | None = None
        self._done: Callable[[object], None] = _nothing
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._run_slice)

    @property
    def is_running(self) -> bool:
        return self._work is not None

    def start(self, work: Generator[None, None, object], done: Callable[..., None]) -> None:
        """Drop what is under way and run `work`; `done` gets its result."""
        self.stop()
        self._work, self._done = work, done
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        if self._work is not None:
            self._work.close()
        self._work = None

    def _run_slice(self) -> None:
        end = perf_counter() + _SLICE
        try:
            while self._work is not None and perf_counter() < end:
                next(self._work)
        except StopIteration as stop:
            self.stop()
            self._done(stop.value)


def _nothing(_result: object) -> None: ...
