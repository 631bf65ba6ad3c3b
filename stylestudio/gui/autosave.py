"""Keeps the artist's work for the next start: at each step, beside the window, whatever may end the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from stylestudio.errors import StudioError
from stylestudio.gui.canvas.view import View
from stylestudio.gui.document import Document
from stylestudio.gui.forgetting import ForgetQuestion
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.overfit import Overfit
from stylestudio.gui.runs import RunController
from stylestudio.images.decode import Picture
from stylestudio.studio.autosave.keeping import FinishedOverfit, Origin, WorkKeeper, WorkState
from stylestudio.studio.autosave.record import SavedOverfit, saved_view
from stylestudio.studio.recipe_record import PictureReference, picture_reference
from stylestudio.studio.session import Session

PAUSE_MS = 500
"""Between two times that something is written: the newest counts."""


class Autosaver(QObject):
    """Saves the session, the finished overfit picture and the view whenever one of them changes.

    `failed` carries a `StudioError`, once until it works again. `lost` are pictures, by their kind, that could not be
    brought back: as long as nothing takes their place, they are looked for at the next start too.
    """

    failed = Signal(object)

    def __init__(
        self, document: Document, runs: RunController, view: View, file_queue: FileQueue, keeper: WorkKeeper
    ) -> None:
        super().__init__(document)
        self._document, self._runs, self._view = document, runs, view
        self._file_queue, self._keeper = file_queue, keeper
        self._paths: dict[PictureReference, Path] = {}
        self._finished: Overfit | None = None
        self._starts = 0
        self._changed = self._writing = self._has_failed = False
        self.is_stopped = self._forgotten = self._held = False
        self.lost: dict[str, Origin] = {}
        self.saved_overfit: SavedOverfit | None = None
        """That of a session whose pictures are not all found."""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._save)
        self._since = QElapsedTimer()
        document.changed.connect(self._follow)
        document.snapshots_changed.connect(self._touch)
        runs.changed.connect(self._take_overfit)
        view.changed.connect(self._touch)

    @property
    def is_settled(self) -> bool:
        """Whether all that is to be saved was written, or failed to be."""
        return not self._changed and not self._writing

    def remember_file(self, picture: Picture, path: Path) -> None:
        """Which file a picture came from."""
        name = picture_reference(picture)
        assert name is not None
        self._paths[name] = path.absolute()
        self._touch()

    def forget_lost(self, kind: str) -> None:
        """Look for the picture of this kind no more."""
        self.lost.pop(kind, None)
        self._touch()

    @contextmanager
    def suspended_for_restore(self, starts: int) -> Iterator[None]:
        """Meanwhile the session becomes what was saved; `starts` as in `SavedSession` holds until it proves sound."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._starts = 0 if self._runs.is_settled else starts
            self._touch()

    def ask_to_forget(self, window: QWidget) -> None:
        """Say how much is kept, and ask whether to forget it."""

        def ask(size: int) -> None:
            ForgetQuestion(window, size, self.delete_saved_work).open()

        self._file_queue.run(self._keeper.bytes_kept, ask, self.failed.emit)

    def delete_saved_work(self) -> None:
        """Remove all that is kept; what is open is kept again from the next edit on."""
        self._changed, self._forgotten = False, True
        self._file_queue.run(self._keeper.forget, lambda _: None, self.failed.emit)

    def stop(self) -> None:
        """The last save, of a window that is being closed; `close` waits for it."""
        if not self.is_stopped:
            self.is_stopped = True
            self._timer.stop()
            if not self._forgotten:
                self._file_queue.run(partial(self._keeper.save, self._work(closed=True)), lambda _: None, self._fail)

    def close(self, patience: float) -> None:
        """Wait for what is being saved, for at most `patience` seconds, and leave it to later windows."""
        self._file_queue.finish(patience)
        self._keeper.close()

    def _follow(self, old: Session, new: Session) -> None:
        self._starts, self._forgotten = 0, False
        self.lost = {kind: origin for kind, origin in self.lost.items() if getattr(new, kind) is None}
        if (old.content, old.style, old.second) != (new.content, new.style, new.second):
            self._finished = None
            self._take_overfit(self._runs.overfit)
        self._touch()

    def _take_overfit(self, overfit: Overfit | None) -> None:
        session = self._document.session
        if overfit is not None and is_overfit_of(overfit, session) and not overfit.draft and not overfit.refining:
            self._finished, self.saved_overfit = overfit, None
            self._starts = 0
            self._touch()

    def _touch(self, *_: object) -> None:
        self._changed = not self._forgotten
        self._wait()

    def _wait(self) -> None:
        """At once, but for the rest of this event: of a picture's place the loader tells after the picture."""
        if self._changed and not (self._writing or self.is_stopped or self._held or self._timer.isActive()):
            since = self._since.elapsed() if self._since.isValid() else PAUSE_MS
            self._timer.start(max(0, PAUSE_MS - since))

    def _save(self) -> None:
        if self._changed and not self.is_stopped and not self._held:
            self._changed, self._writing = False, True
            self._since.start()
            self._file_queue.run(partial(self._keeper.save, self._work()), self._done, self._fail)

    def _done(self, _: object) -> None:
        self._has_failed = self._writing = False
        self._wait()

    def _fail(self, error: StudioError) -> None:
        self._writing = False
        self._wait()
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(error)

    def _work(self, closed: bool = False) -> WorkState:
        session, view = self._document.session, self._view
        starts = 0 if closed else self._starts
        shown = saved_view(view.is_fit, view.zoom, view.centre)
        facts = session, dict(self._paths), dict(self.lost), self._overfit(session), shown, closed, starts
        return WorkState(*facts, snapshots=self._document.snapshots)

    def _overfit(self, session: Session) -> FinishedOverfit | SavedOverfit | None:
        """The last finished one of these pictures."""
        found = self._finished
        if found is None or not is_overfit_of(found, session):
            return self.saved_overfit if self.lost else None
        second = found.second and found.second.pixels
        return FinishedOverfit(found.pixels, found.settings, found.cut_short, second, found.look)


def is_overfit_of(overfit: Overfit, session: Session) -> bool:
    """Whether it was made of what the session's pictures show; that of a second style may still be missing."""
    pairs = [(overfit.content, session.content), (overfit.style, session.style)]
    pairs += [(overfit.second.style, session.second)] if overfit.second else []
    return all(other is not None and one.sha256 == other.sha256 for one, other in pairs)
