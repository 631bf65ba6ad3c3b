"""The library beside the window: every question and every entry waits for its turn on a thread of its own."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio.errors import LibraryError, StudioError
from stylestudio.gui.document import Document
from stylestudio.gui.exporter import Exporter
from stylestudio.gui.jobs import FileQueue, TaskRunner
from stylestudio.gui.loading import Loader
from stylestudio.gui.overfit import Overfit, key_for
from stylestudio.gui.runs import RunController
from stylestudio.images.balance import balance_overfits
from stylestudio.images.decode import Picture
from stylestudio.images.resize import Pixels
from stylestudio.images.thumbnail import LONG_SIDE
from stylestudio.studio.library_records import describe_picture
from stylestudio.studio.presets import Preset
from stylestudio.studio.run_entries import RunEntries
from stylestudio.studio.run_record import shrink
from stylestudio.studio.session import Session

if TYPE_CHECKING:
    from stylestudio.studio.library import Library

T = TypeVar("T")
PATIENCE = 2.0
"""Seconds that closing waits for what is still to be put down."""
PAUSE_MS = 700
"""A mix that was not changed for so long is put down."""


def _nothing(_answer: object) -> None: ...


class LibraryQueue(QObject):
    """Asks the library in `folder` and writes to it; opened by the first that is asked.

    Nothing of it disturbs the window: `said` carries a line where the library fails, once until it works again, and
    what its opening has to tell. `changed` comes after something was written.
    """

    said = Signal(str)
    changed = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._tasks = TaskRunner(self)
        self._queue = FileQueue(self._tasks)
        self._library: Library | None = None
        self._has_failed = self._is_closing = False

    @property
    def is_busy(self) -> bool:
        """Whether anything waits for an answer."""
        return self._queue.is_busy

    def ask(
        self,
        question: "Callable[[Library], T]",
        then: Callable[[T], object] = _nothing,
        failed: Callable[[StudioError], object] = _nothing,
    ) -> None:
        """Call `then(question(library))`, the question on the library's thread. `failed` besides the line said."""
        self._queue.run(partial(self._answer, question), partial(self._answered, then), partial(self._fail, failed))

    def write(
        self,
        entry: "Callable[[Library], T]",
        then: Callable[[T], object] = _nothing,
        failed: Callable[[StudioError], object] = _nothing,
    ) -> None:
        """As `ask`, for what changes the library."""

        def written(answer: T) -> None:
            then(answer)
            self.changed.emit()

        self.ask(entry, written, failed)

    def close(self) -> bool:
        """Wait for what is to be written, for a while; false if the thread still runs. No answer is told any more."""
        self._is_closing = True
        if self._library is not None or self.is_busy:
            self._queue.run(self._let_go, _nothing, _nothing)
            self._queue.finish(PATIENCE)
        return self._tasks.close()

    def _answer(self, question: "Callable[[Library], T]") -> tuple[T, str]:
        """On the library's thread: the answer, and what is to be said of the opening."""
        from stylestudio.studio.library import Library

        remark = ""
        if self._library is None:
            self._library = Library(self._folder)
            remark = self._library.opening_remark()
        try:
            return question(self._library), remark
        except LibraryError:
            self._let_go()  # whatever is wrong with it, the next one tries again from the beginning
            raise

    def _let_go(self) -> None:
        library, self._library = self._library, None
        if library is not None:
            library.close()

    def _answered(self, then: Callable[[Any], object], outcome: tuple[Any, str]) -> None:
        if self._is_closing:
            return
        answer, remark = outcome
        self._has_failed = False
        if remark:
            self.said.emit(remark)
        then(answer)

    def _fail(self, failed: Callable[[StudioError], object], error: StudioError) -> None:
        if self._is_closing:
            return
        if not self._has_failed:
            self._has_failed = isinstance(error, LibraryError)
            self.said.emit(error.message)
        failed(error)


class Recorder(QObject):
    """Puts down in the library what the artist works with: pictures, finished runs with their mix, and exports."""

    def __init__(
        self, library: LibraryQueue, document: Document, runs: RunController, loader: Loader, exporter: Exporter
    ) -> None:
        super().__init__(library)
        self._library, self._document, self._runs = library, document, runs
        self._entries = RunEntries()
        self._finished: Overfit | None = None
        self._recorded: object = None
        self.pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self.pause.timeout.connect(self.record)
        loader.opened.connect(self._opened)
        runs.changed.connect(self._take)
        document.changed.connect(self._follow)
        exporter.exported.connect(self._exported)

    def record(self) -> None:
        """Put down the mix of now, if it is that of a finished picture and was not put down."""
        self._record(self._document.session)

    def count_preset_use(self, preset: Preset) -> None:
        """Count one more use."""
        self._library.write(lambda library: library.count_preset_use(preset.name))

    def _opened(self, picture: Picture, path: Path) -> None:
        self._library.write(lambda library: library.record_pictures(describe_picture(picture, path)))

    def _take(self, overfit: Overfit | None) -> None:
        """A finished picture is put down at once, and another one of the pictures that are shown followed."""
        is_finished = overfit is not None and self._runs.is_settled and not overfit.refining
        self._finished = overfit if is_finished else None
        self.record()

    def _follow(self, old: Session, new: Session) -> None:
        if self.pause.isActive() and key_for(old) != key_for(new):
            self._record(old)
        self.pause.start()

    def _record(self, session: Session) -> None:
        self.pause.stop()
        overfit = self._finished
        if overfit is None or overfit.key != key_for(session) or self._recorded == (overfit, session):
            return
        self._recorded = overfit, session
        self._library.write(
            lambda library: self._entries.record_run(library, session, small_overfit(overfit, session.balance))
        )

    def _exported(self, path: Path) -> None:
        self.record()
        session, overfit = self._document.session, self._runs.overfit
        is_shown = overfit is not None and not overfit.draft and overfit.key == key_for(session)

        def entry(library: "Library") -> None:
            pixels = small_overfit(overfit, session.balance) if overfit is not None and is_shown else None
            self._entries.record_export(library, path, session, pixels)

        self._library.write(entry)


def small_overfit(overfit: Overfit, balance: float) -> Pixels:
    """The overfit picture; that of two styles small, for their balance in full takes long."""
    if overfit.second is None:
        return overfit.pixels
    first, second = (shrink(layer, LONG_SIDE) for layer in overfit.layers)
    return balance_overfits(first, second, balance)
