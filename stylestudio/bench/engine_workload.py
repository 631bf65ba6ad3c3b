"""The engine at work beside the window, as in a real run: the window's own worker thread and its line at the bottom."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtCore import QEventLoop

from stylestudio.errors import StudioError
from stylestudio.gui.jobs import TaskRunner
from stylestudio.gui.overfit import OverfitRenderer, OverfitRun
from stylestudio.gui.widgets.status import StatusLine
from stylestudio.progress import TimeEstimator

PATIENCE = 60.0
"""Seconds for the step that runs to end; the longest ones take half a second on one slow core."""


@contextmanager
def keep_engine_busy(run: OverfitRun, make_renderer: Callable[[], OverfitRenderer]) -> Iterator[None]:
    """Within, the engine makes this run's picture, again and again, each time by a renderer of its own.

    It begins once the networks are loaded. Raises the `StudioError` that the engine met.
    """
    load = EngineWorkload(run, make_renderer)
    try:
        load.start()
        load.wait_until_working()
        yield
    finally:
        load.close()
    load.check()


class EngineWorkload:
    """One run of the engine after the other. `close` it before it goes."""

    def __init__(self, run: OverfitRun, make_renderer: Callable[[], OverfitRenderer]) -> None:
        self._run, self._make_renderer = run, make_renderer
        self._tasks, self._status, self._pace = TaskRunner(), StatusLine(), TimeEstimator()
        self._error: StudioError | None = None
        self._is_working = False
        self._waiting = QEventLoop()
        self._tasks.progressed.connect(self._progress)
        self._status.show()
        self._status.show_busy(True)

    def start(self) -> None:
        """Begin, from nothing: what a renderer keeps would make the next run another kind of work."""
        self._pace = TimeEstimator()
        self._tasks.start(partial(self._run.work, self._make_renderer()), self._begin_anew, self._fail)

    def wait_until_working(self) -> None:
        """Return when the networks are loaded. Raises the `StudioError` that came instead."""
        if self._error is None and not self._is_working:
            self._waiting.exec()
        self.check()

    def check(self) -> None:
        """Raise the `StudioError` that the engine met, if it met one."""
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Cancel, and wait for the step that still runs."""
        self._tasks.close(PATIENCE)
        self._status.close()
        self._status.deleteLater()

    def _progress(self, stage: str, fraction: float) -> None:
        self._status.show_progress(stage, fraction, self._pace.update(fraction, time.monotonic()))
        if fraction > 0:
            self._note_work()

    def _begin_anew(self, pixels: object) -> None:
        self._note_work()  # of a short run no progress may have been told
        self.start()

    def _note_work(self) -> None:
        self._is_working = True
        self._waiting.quit()

    def _fail(self, error: StudioError) -> None:
        self._error = error
        self._waiting.quit()
