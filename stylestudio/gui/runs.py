"""Keeps the overfit picture up to date with the session: drafts first, then the real one; one for each style."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from stylestudio.errors import PictureError, StudioError
from stylestudio.gui.document import Document
from stylestudio.gui.finished_overfits import FinishedOverfits, RunQueue
from stylestudio.gui.jobs import TaskRunner, as_work
from stylestudio.gui.overfit import Overfit, OverfitRenderer, OverfitRun, key_for, runs_for
from stylestudio.gui.words import remark_in_words
from stylestudio.progress import Preview, Work
from stylestudio.studio.recipe import RunKey
from stylestudio.studio.session import Session

T = TypeVar("T")
GATHER_MS = 50
"""Edits of settings that follow each other this closely make one run; another picture is not waited with."""
IDLE_MS = 3 * 60_000
"""Without an edit for so long, what only makes the next run faster is given back."""


class RunController(QObject):
    """Runs by itself whenever the session asks for another overfit picture; the newest session wins.

    `changed` carries the `Overfit` to show or None, `progressed` a stage, a fraction 0..1 that never falls within a
    run and the seconds left (nan while unknown), `said` a remark on the runs, `failed` a `StudioError`. The tasks
    are for these runs alone. `free` comes when nothing is made any more, `beside_progressed` a stage and a fraction of
    what is made beside the shown picture.
    """

    changed = Signal(object)
    progressed = Signal(str, float, float)
    said = Signal(str)
    busy_changed = Signal(bool)
    failed = Signal(object)
    free = Signal()
    beside_progressed = Signal(str, float)

    def __init__(
        self, document: Document, tasks: TaskRunner, renderer: OverfitRenderer, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._tasks, self._renderer = document, tasks, renderer
        self._overfit: Overfit | None = None
        self._kept, self._queue = FinishedOverfits(), RunQueue([])
        self._waiting: list[Callable[[Overfit], object]] = []
        self._run: OverfitRun | None = None
        self._busy, self._remark = False, ""
        self._beside: tuple[object] | None = None
        self._timer = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._timer.timeout.connect(self._begin)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self.release_memory)
        document.changed.connect(self._follow)
        tasks.progressed.connect(self._progress)
        tasks.ended.connect(self._ended)
        self._update()

    @property
    def overfit(self) -> Overfit | None:
        """The one to show: for the session, a draft for it, or the last one of the same content."""
        return self._overfit

    @property
    def busy(self) -> bool:
        """Whether a picture is on its way."""
        return self._busy

    @property
    def has_side_work(self) -> bool:
        """Whether other work is under way, see `start_side_work`."""
        return self._beside is not None

    def is_side_work_of(self, owner: object) -> bool:
        """Whether that work is this one's."""
        return self._beside == (owner,)

    @property
    def is_settled(self) -> bool:
        """Whether what is shown is the session's real overfit picture, though it may still be refined."""
        overfit = self._overfit
        return overfit is not None and not overfit.draft and overfit.key == key_for(self._document.session)

    @property
    def can_restart(self) -> bool:
        """Whether `restart` would do anything."""
        if self._busy or key_for(self._document.session) is None:
            return False
        return not self.is_settled or (self._overfit is not None and self._overfit.cut_short)

    def cancel(self) -> None:
        """Stop, and start again only when the session asks for something else, or by `restart` or `when_final`.

        A picture that is being refined stays as it is. Of drafts nothing is kept: the picture of this content that
        was finished last is shown again, if there is one. What waits for the real picture is never called.
        """
        self._waiting.clear()
        run, last, shown = self._run, self._tasks.preview, self._overfit
        self._drop_run()
        self._set_busy(False)
        if run is not None and last is not None and not last.draft:
            self._kept.put(part := run.overfit(last.picture, cut_short=True))
            self._show_part(part)
        elif shown is not None and shown.draft:
            self._show(self._kept.last_of(shown.content, self._document.session.style) or shown)
        elif shown is not None and shown.refining:
            self._show(replace(shown, refining=False, cut_short=True))

    def stored_overfit(self, key: RunKey) -> Overfit | None:
        """The best overfit picture of this run that is at hand, which may be a draft."""
        shown = self._overfit
        return self._kept.get(key) or (shown if shown is not None and shown.key == key else None)

    def store_overfit(self, overfit: Overfit) -> None:
        """Have this one ready: where the session asks for it, no network runs."""
        self._kept.put(overfit)

    def restart(self) -> None:
        """Make what the session asks for, unless it is there and was not cut short."""
        if self.can_restart:
            self._make(again=True)

    @Slot()
    def release_memory(self) -> None:
        """Give memory back: of the pictures made, only what is shown stays. Does nothing while one is on its way."""
        if not self._busy and not self.has_side_work:
            self._kept.keep_only(self._overfit)
            self._tasks.start(partial(as_work, self._renderer.release_memory), lambda _: None, self.failed.emit)

    def start_side_work(
        self,
        work: Callable[[OverfitRenderer], Work[T]],
        done: Callable[[T], object],
        failed: Callable[[StudioError], object],
        owner: object = None,
    ) -> bool:
        """Do other work with the renderer as long as no picture is wanted; false while one is on its way.

        As soon as the session asks for a picture, the work gives way to it, and neither `done` nor `failed` is called.
        What another `owner` has under way must have ended.
        """
        if self._busy:
            return False

        def told(tell: Callable[[Any], object], outcome: object) -> None:
            self._beside = None
            tell(outcome)

        self._beside = (owner,)
        self._idle.start()
        self._tasks.start(partial(work, self._renderer), partial(told, done), partial(told, failed))
        return True

    def stop_side_work(self, owner: object = None) -> None:
        """Stop such work of this owner."""
        if self.is_side_work_of(owner):
            self._beside = None
            self._tasks.cancel()

    def _update(self) -> None:
        key = key_for(self._document.session)
        found = key and self._kept.get(key)
        if found is None and (going := self._kept.queue_after(self._run, runs_for(self._document.session))):
            self._queue = going
            return
        self._drop_run()
        if key is None:
            self._waiting.clear()
            self._show(None)
            self._set_busy(False)
        elif found is not None:
            self._arrived(found)
        else:
            if self._overfit is not None and self._overfit.content.sha256 != key.content:
                self._show(None)
            self._make()

    def _make(self, again: bool = False) -> None:
        """Make those that are not there, or `again` those too that were cut short."""
        self._queue = RunQueue(self._kept.missing(runs_for(self._document.session), again))
        self._timer.start()
        self._set_busy(True)

    def when_final(self, callback: Callable[[Overfit], object]) -> bool:
        """Call `callback(overfit)` with the session's real overfit picture: now, or when it arrives (True).

        It is not called if the run is cancelled or fails before. Raises `PictureError` while a picture is missing.
        """
        key = key_for(self._document.session)
        if key is None:
            raise PictureError(
                self.tr("There is nothing to make a picture of yet."), hint=self.tr("Open a photo and a style first.")
            )
        if self._overfit is not None and self.is_settled:
            callback(self._overfit)
            return False
        self._waiting.append(callback)
        if not self._busy:
            self._update()
        return True

    @Slot(object, object)
    def _follow(self, old: Session, new: Session) -> None:
        self._idle.start()
        if key_for(old) != key_for(new):
            same_pictures = (old.content, old.style, old.second) == (new.content, new.style, new.second)
            self._timer.setInterval(GATHER_MS if same_pictures else 0)
            self._update()

    @Slot()
    def _begin(self) -> None:
        run = self._run = self._queue.next
        if run is None:
            return self._update()
        self._beside = None
        told = partial(self._made, run), self._fail, partial(self._previewed, run)
        self._tasks.start(partial(run.work, self._renderer), *told)

    def _previewed(self, run: OverfitRun, preview: Preview) -> None:
        if not preview.draft:
            self._show_part(run.overfit(preview.picture, refining=True))
        elif not self.is_settled:  # else the run does again what is there already
            self._show(self._whole(run.overfit(preview.picture, draft=True)))

    def _made(self, run: OverfitRun, pixels: object) -> None:
        self._run = None
        self._kept.put(part := run.overfit(pixels))
        self._queue.count_made()
        if self._queue.next is None:
            self._arrived(self._whole(part))
        else:
            self._show_part(part)
            self._begin()

    def _arrived(self, overfit: Overfit) -> None:
        self._set_busy(False)
        self._hand_out(overfit)

    def _whole(self, part: Overfit) -> Overfit:
        """With that of the other style, where the session has two and it is there."""
        return self._kept.with_part(part, runs_for(self._document.session))

    def _show_part(self, part: Overfit) -> None:
        """Show what there is by now, and hand it out where that of no style is missing."""
        overfit = self._whole(part)
        self._hand_out(overfit) if overfit.key == key_for(self._document.session) else self._show(overfit)

    def _hand_out(self, overfit: Overfit) -> None:
        waiting, self._waiting = self._waiting, []
        self._show(overfit)
        for callback in waiting:
            callback(overfit)

    def _fail(self, error: StudioError) -> None:
        self.cancel()
        self.failed.emit(error)

    @Slot(str, float)
    def _progress(self, stage: str, fraction: float) -> None:
        if self._run is not None:
            self.progressed.emit(stage, *self._queue.estimate(fraction))
            self._say_remark()
        elif self._beside is not None:
            self.beside_progressed.emit(stage, fraction)

    def _say_remark(self) -> None:
        if self._renderer.remark != self._remark:
            self._remark = self._renderer.remark
            self.said.emit(remark_in_words(self._remark))

    @Slot()
    def _ended(self) -> None:
        self._beside = None
        if self._run is not None:  # somebody else has cancelled it
            self.cancel()
        self.free.emit()

    def _drop_run(self) -> None:
        self._timer.stop()
        if self._run is not None:
            self._run = None
            self._tasks.cancel()

    def _show(self, overfit: Overfit | None) -> None:
        if overfit is not self._overfit:
            self._overfit = overfit
            self.changed.emit(overfit)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self._idle.start()
            self.busy_changed.emit(busy)
