"""Long work on one worker thread; all it tells arrives on the window's thread. Files wait for their turn.

Not superqt's GeneratorWorker: it takes a RuntimeError, such as torch raises, for its own deletion and tells nobody.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QObject, QThread, QTimer, Signal, Slot

from stylestudio.engine.runtime.heap import find_malloc_trim
from stylestudio.errors import StudioError
from stylestudio.gui.messages import UnexpectedError, as_studio_error
from stylestudio.progress import Cancelled, Preview, Progress, Work, cancellable

TELL_EVERY = 0.05
"""Seconds between two reports of one stage: work may yield far more often than a person can read."""
SHOW_EVERY = 1 / 3
"""Seconds between two previews."""


class Job:
    """Work to be made and run on the worker thread, until it is cancelled."""

    def __init__(self, factory: Callable[[], Work[Any]]) -> None:
        self.factory = factory
        self.cancelled = False
        self.preview: Preview | None = None
        """Its newest preview."""
        self.shown: Preview | None = None
        """The one that was told last."""


class Worker(QThread):
    """Runs the jobs that it is given, one after the other, until None comes."""

    progressed = Signal(object, str, float)
    previewed = Signal(object)
    succeeded = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._stage, self._told = "", 0.0

    def run(self) -> None:
        """On the worker thread."""
        for job in iter(self.jobs.get, None):
            self._work_on(job)
            del job  # it holds pictures, and the next one may be long in coming
            if self.jobs.empty():
                find_malloc_trim()(
                    0
                )  # in the heap free memory lies between what is in use, and what comes next adds to it

    def _work_on(self, job: Job) -> None:
        self._stage = ""
        try:
            if not job.cancelled:
                with cancellable(lambda: not job.cancelled):
                    self._run_steps(job)
        except BaseException as error:  # whatever it is, the artist has to hear of it, and the next job to be done
            if not (job.cancelled and isinstance(error, Cancelled)):
                self.failed.emit(job, as_studio_error(error))

    def _run_steps(self, job: Job) -> None:
        with closing(job.factory()) as work:
            while not job.cancelled:
                try:
                    progress = next(work)
                except StopIteration as stop:
                    self.succeeded.emit(job, stop.value)
                    return
                self._tell(job, progress)

    def _tell(self, job: Job, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage or now - self._told >= TELL_EVERY:
            self._stage, self._told = progress.stage, now
            self.progressed.emit(job, progress.stage, progress.fraction)
        if isinstance(progress, Preview):
            job.preview = progress
            self.previewed.emit(job)


class RunningJob(NamedTuple):
    """The job that runs, and whom to tell of it."""

    job: Job
    done: Callable[[Any], object]
    failed: Callable[[StudioError], object]
    previewed: Callable[[Preview], object] | None


class TaskRunner(QObject):
    """Work off the window's thread, the newest only. `close` it before it goes.

    `ended` comes when it has nothing more to do, not for a job whose place another one takes.
    """

    progressed = Signal(str, float)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker = Worker()
        self.worker.progressed.connect(self._on_progress)
        self.worker.previewed.connect(self._on_preview)
        self.worker.succeeded.connect(self._on_success)
        self.worker.failed.connect(self._on_failure)
        self.worker.finished.connect(self._on_death)
        # The callbacks stay on this side: their last reference must not go on the worker thread.
        self._current: RunningJob | None = None
        self._pause = QTimer(self, interval=round(1000 * SHOW_EVERY), singleShot=True)
        self._pause.timeout.connect(self._show_newest)
        self._closed = False

    @property
    def is_running(self) -> bool:
        """Whether a job that was not cancelled has still to end."""
        return self._current is not None

    @property
    def preview(self) -> Preview | None:
        """The newest preview of the running job, None if there is none; it may be newer than the last one told."""
        return self._current.job.preview if self._current and self._current.previewed else None

    def start(
        self,
        work_factory: Callable[[], Work[Any]],
        done: Callable[[Any], object],
        failed: Callable[[StudioError], object],
        previewed: Callable[[Preview], object] | None = None,
    ) -> None:
        """Run `work_factory()` on the worker thread in place of what runs now; after `close`, do nothing.

        Then `done(result)` or `failed(error)` is called on this thread, where the error is in the artist's words. Of
        work that was cancelled or replaced, neither is. Before that, `previewed(preview)` gets the first preview at
        once, and then the newest a few times a second.
        """
        if self._closed:
            return
        self._stop_current()
        self._pause.stop()
        job = Job(work_factory)
        self._current = RunningJob(job, done, failed, previewed)
        if not self.worker.isRunning():
            self.worker.start()
        self.worker.jobs.put(job)

    def cancel(self) -> None:
        """Nothing more is heard of the job from now on; it ends at its next yield or checkpoint."""
        if self.is_running:
            self._stop_current()
            self.ended.emit()

    def close(self, timeout: float = 1.0) -> bool:
        """Cancel, take no more work, and wait up to `timeout` seconds for the thread to end.

        False means that a step still runs: the process must not end in the ordinary way before `close` gives True.
        """
        self._closed = True
        self.cancel()
        self.worker.jobs.put(None)
        return self.worker.wait(QDeadlineTimer(round(timeout * 1000)))

    def _stop_current(self) -> None:
        if self._current is not None:
            self._current.job.cancelled = True
            self._current = None

    def _is_current(self, job: Job) -> bool:
        return self._current is not None and self._current.job is job

    @Slot(object, str, float)
    def _on_progress(self, job: Job, stage: str, fraction: float) -> None:
        if self._is_current(job):
            self.progressed.emit(stage, fraction)

    @Slot(object)
    def _on_preview(self, job: Job) -> None:
        if self._is_current(job) and not self._pause.isActive():
            self._show_newest()

    @Slot()
    def _show_newest(self) -> None:
        if self._current is None or self._current.previewed is None:
            return
        job = self._current.job
        newest = job.preview  # the worker may replace it at any moment
        if newest is not None and newest is not job.shown:
            job.shown = newest
            self._pause.start()
            self._current.previewed(newest)

    @Slot(object, object)
    def _on_success(self, job: Job, result: object) -> None:
        if self._current is not None and self._is_current(job):
            self._finish(job, self._current.done, result)

    @Slot(object, object)
    def _on_failure(self, job: Job, error: StudioError) -> None:
        if self._current is not None and self._is_current(job):
            self._finish(job, self._current.failed, error)

    @Slot()
    def _on_death(self) -> None:
        """Where the thread has ended before its work: whoever waits would do so for ever. The next start begins one."""
        if self._current is not None and not self.worker.isRunning():
            job = self._current.job
            job.cancelled = True
            self._finish(job, self._current.failed, UnexpectedError("The thread of the work has ended."))

    def _finish(self, job: Job, callback: Callable[[Any], object], outcome: object) -> None:
        try:
            callback(outcome)
        finally:
            if self._is_current(job):  # else the callback has started another
                self._current = None
                self.ended.emit()


@dataclass(frozen=True)
class FileTask:
    """What to do on the worker, and whom to tell on the GUI thread."""

    work: Callable[[], Any]
    done: Callable[[Any], object]
    failed: Callable[[StudioError], object]


class FileQueue(QObject):
    """`TaskRunner` lets the newest job win; files are all wanted, so here each waits for its turn."""

    def __init__(self, tasks: TaskRunner) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._waiting: deque[FileTask] = deque()
        self._busy = False
        self._until = math.inf

    def run(self, work: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[StudioError], object]):
        """Call `work()` on the worker, then `done(its result)` or `failed(StudioError)` on the GUI thread."""
        self._waiting.append(FileTask(work, done, failed))
        self._next()

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way or waits."""
        return self._busy or bool(self._waiting)

    def finish(self, patience: float) -> None:
        """Do what waits, for at most `patience` seconds; for when the window's event loop has ended."""
        self.set_deadline(patience)
        while self.is_busy and time.monotonic() < self._until:
            QCoreApplication.processEvents()
            time.sleep(0.01)

    def set_deadline(self, patience: float) -> None:
        """Let `finish` take no longer than so many seconds from now, whether it has begun or not."""
        self._until = min(self._until, time.monotonic() + patience)

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        file_task = self._waiting.popleft()
        self._tasks.start(partial(as_work, file_task.work), self._then(file_task.done), self._then(file_task.failed))

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
