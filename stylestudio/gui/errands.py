"""Reading and writing files beside the window: one after the other, none lost."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from stylestudio.errors import StudioError
from stylestudio.gui.tasks import Tasks
from stylestudio.progress import Progress, Work


@dataclass(frozen=True)
class Errand:
    """What to do on the worker, and whom to tell on the GUI thread."""

    work: Callable[[], Any]
    done: Callable[[Any], object]
    failed: Callable[[StudioError], object]


class Errands(QObject):
    """`Tasks` lets the newest job win; files are all wanted, so here each waits for its turn."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._waiting: deque[Errand] = deque()
        self._busy = False

    def run(self, work: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[StudioError], object]):
        """Call `work()` on the worker, then `done(its result)` or `failed(StudioError)` on the GUI thread."""
        self._waiting.append(Errand(work, done, failed))
        self._next()

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way or waits."""
        return self._busy or bool(self._waiting)

    def finish(self, patience: float) -> None:
        """Do what waits, for at most `patience` seconds; for when the window's event loop has ended."""
        end = time.monotonic() + patience
        while self.is_busy and time.monotonic() < end:
            QCoreApplication.processEvents()
            time.sleep(0.01)

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        errand = self._waiting.popleft()
        self._tasks.start(partial(as_work, errand.work), self._then(errand.done), self._then(errand.failed))

    def _then(self, tell: Callable[[Any], object]) -> Callable[[Any], None]:
        def finished(outcome: Any) -> None:
            self._busy = False
            QTimer.singleShot(0, self._next)
            tell(outcome)

        return finished


def as_work(work: Callable[[], Any]) -> Work[Any]:
    """One call as work that yields once, before it."""
    yield Progress("", 0.0)
    return work()
