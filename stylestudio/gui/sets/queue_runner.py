"""Makes what is queued, one export after the other, beside the pictures of the window, and keeps the rest."""

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio.errors import StudioError
from stylestudio.gui.jobs import FileQueue, TaskRunner
from stylestudio.gui.overfit import OverfitRenderer
from stylestudio.gui.runs import RunController
from stylestudio.progress import Work
from stylestudio.studio import export_queue as queues
from stylestudio.studio.export_queue import NOTHING, Export, ExportQueue, State
from stylestudio.studio.exporting import ExportResult, LastStyle, input_identities, make_export
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.queue_file import QueueFile

PATIENCE = 5.0
"""Seconds that closing waits for the queue to be written down."""


class QueueRunner(QObject):
    """`changed` comes with every other queue, `progressed` while one is made, `finished` when nothing waits any more.

    What is made gives way to the pictures that the artist looks at, and is begun again after them. `went_on` carries
    the queue that an earlier window has left.
    """

    changed = Signal()
    progressed = Signal()
    finished = Signal()
    went_on = Signal(object)
    made = Signal(object, object)
    """An `Export` that was made, and what was `ExportResult` of it."""
    failed = Signal(object)

    def __init__(self, runs: RunController, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._runs, self._file, self._styles = runs, QueueFile(folder), LastStyle()
        self._tasks = TaskRunner(self)
        self._keeping = FileQueue(self._tasks)
        self.queue = NOTHING
        self.fraction = 0.0
        """How much of the one that is made is done."""
        self._running: int | None = None
        self._began = 0.0
        self._is_stopped = self._has_failed = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._go_on)
        runs.free.connect(self._soon.start)
        runs.busy_changed.connect(lambda _: self._soon.start())
        runs.beside_progressed.connect(self._progress)

    @property
    def running(self) -> int | None:
        """The number of the export that is made, None while none is."""
        return self._running if self._runs.is_side_work_of(self) else None

    @property
    def seconds_left(self) -> float | None:
        """None while nobody knows, and while nothing is made."""
        if self.running is None:
            return None
        return queues.seconds_left(self.queue, self.fraction, time.monotonic() - self._began)

    def begin(self) -> None:
        """Go on with what earlier windows have left."""
        self._keeping.run(self._file.take_over, self._taken, self.failed.emit)

    def add(self, exports: list[Export], look: LookFiles | None = None) -> None:
        """Queue these, with the look that they have; where nothing waits any more, they begin a list of their own."""
        before = self.queue if self.queue.waiting_count else queues.with_only(self.queue, [])
        self._become(queues.with_exports(before, exports, [look] if look else []))

    def pause(self, paused: bool) -> None:
        """Make nothing more for the time being; what is made is begun again later."""
        self._become(queues.set_paused(self.queue, paused))
        if paused:
            self._give_way()

    def cancel(self, numbers: list[int]) -> None:
        """Do not make these; what is there already stays."""
        had_any = self.queue.waiting_count > 0
        self._become(queues.cancel_exports(self.queue, numbers))
        if self._running in numbers:
            self._running = None
            self._runs.stop_side_work(self)
        if had_any and not self.queue.waiting_count:
            self.finished.emit()

    def retry(self, numbers: list[int]) -> None:
        """Make those again that failed or were cancelled."""
        self._become(queues.retry_exports(self.queue, numbers))

    def bring_forward(self, number: int) -> None:
        self._become(queues.move_to_front(self.queue, number))

    def clear(self) -> None:
        """Forget those that are over, those that failed too."""
        waiting = [one for one in self.queue.exports if one.state == "waiting"]
        self._become(queues.with_only(self.queue, waiting))

    def stop(self) -> None:
        """Make nothing any more, for the window goes; what is left waits for the next one."""
        if not self._is_stopped:
            self._give_way()
            self._is_stopped = True

    def close(self) -> bool:
        """Write down what is left; false if the thread still runs."""
        self.stop()
        if self._keeping.is_busy:
            self._keeping.finish(PATIENCE)
        ended = self._tasks.close()
        if ended:
            self._file.close()
        return ended

    def _taken(self, found: tuple[ExportQueue, list[StudioError]]) -> None:
        queue, faults = found
        for fault in faults:
            self.failed.emit(fault)
        if queue.exports:
            meanwhile = self.queue  # comes after it
            self._become(queues.with_exports(queue, meanwhile.exports, meanwhile.looks))
            self.went_on.emit(queue)

    def _go_on(self) -> None:
        """Make the next one, if nothing else is made."""
        self._notice_interruption()
        one = self.queue.next
        if self._is_stopped or self.queue.paused or one is None or self._runs.busy or self._runs.has_side_work:
            return
        waiting = [other for other in self.queue.exports if other.state == "waiting"]
        look = self.queue.look_of(one)

        def work(renderer: OverfitRenderer) -> Work[ExportResult]:
            return (yield from make_export(one, input_identities(waiting), self._styles, renderer, look))  # pyright: ignore[reportArgumentType]

        if self._runs.start_side_work(work, partial(self._done, one), partial(self._fail, one.number), self):
            self._running, self.fraction, self._began = one.number, 0.0, time.monotonic()
            self._become(queues.mark_begun(self.queue, one.number))

    def _notice_interruption(self) -> None:
        if self._running is not None and not self._runs.is_side_work_of(self):
            number, self._running = self._running, None
            self._become(queues.mark_interrupted(self.queue, number))

    def _give_way(self) -> None:
        if self._running is not None:
            self._runs.stop_side_work(self)
            self._notice_interruption()

    def _done(self, one: Export, made: ExportResult) -> None:
        if made.state == "done":
            self.made.emit(one, made)
        self._ended(one.number, made.state)

    def _ended(self, number: int, state: State, reason: str = "") -> None:
        self._running = None
        took = time.monotonic() - self._began
        self._become(queues.mark_ended(self.queue, number, state, reason, took))
        if not self.queue.waiting_count:
            self.finished.emit()

    def _fail(self, number: int, error: StudioError) -> None:
        self._ended(number, "failed", str(error))

    def _progress(self, _stage: str, fraction: float) -> None:
        if self.running is not None:
            self.fraction = max(self.fraction, fraction)
            self.progressed.emit()

    def _become(self, queue: ExportQueue) -> None:
        if queue is self.queue:
            return
        self.queue = queue
        self._keeping.run(partial(self._file.write, queue), self._kept, self._not_kept)
        self.changed.emit()
        self._soon.start()

    def _kept(self, _: object) -> None:
        self._has_failed = False

    def _not_kept(self, error: StudioError) -> None:
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(error)
