"""Exporting a set, joined to the window: what is asked, what is queued, and what is told of it."""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QPushButton

from stylestudio.errors import SettingError
from stylestudio.gui.document import Document
from stylestudio.gui.exporter import show_in_folder
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.runs import RunController
from stylestudio.gui.sets.export_all import LeaveQuestion, OverwriteQuestion, ask_export_options
from stylestudio.gui.sets.queue_runner import QueueRunner
from stylestudio.gui.sets.queue_window import QueueWindow
from stylestudio.gui.sets.queue_words import summary, time_in_words
from stylestudio.gui.workspace import Workspace
from stylestudio.images.decode import Picture
from stylestudio.images.output import ExportOptions
from stylestudio.paths import data_folder
from stylestudio.studio import set_edits
from stylestudio.studio.export_queue import ExportQueue
from stylestudio.studio.exporting import ExportPlan, plan_exports, replace_existing
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.recipe_record import PictureReference, Recipe, picture_reference

KEPT = "queue"
"""The folder for it, in the user's data folder."""


class SetExports(QObject):
    """`said` is a short line, `failed` carries a `StudioError`. `knows` tells where pictures came from."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        runs: RunController,
        space: Workspace,
        reading: FileQueue,
        memory: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._space = window, document, space
        self._reading, self._memory = reading, memory
        self._paths: dict[PictureReference, Path] = {}
        self.runner = QueueRunner(runs, data_folder() / KEPT, self)
        self.button = QPushButton(window)
        self._is_leaving = False
        self._join()

    @cached_property
    def queue_window(self) -> QueueWindow:
        """Made when it is asked for first."""
        return QueueWindow(self._window, self.runner)

    def know(self, picture: Picture, path: Path) -> None:
        """Which file a picture came from."""
        name = picture_reference(picture)
        assert name is not None
        self._paths[name] = path.absolute()

    def show_queue(self) -> None:
        """Show the queue beside the window."""
        self.queue_window.show()
        self.queue_window.activateWindow()

    def export_all(self) -> None:
        """Ask once where the whole set goes, and queue it as it is at this moment."""
        session = self._document.session
        style, second = (self._path(picture) for picture in (session.style, session.second))
        if session.photos is None:
            reason = SettingError(
                self.tr("There is no set to export yet."), hint=self.tr("Drop several photos or a folder.")
            )
            self.failed.emit(reason)
        elif session.style is None:
            self.failed.emit(
                SettingError(self.tr("The set has no style yet."), hint=self.tr("Drop a painting, a print, a texture."))
            )
        elif style is None or (session.second is not None and second is None):
            lost = session.style if style is None or session.second is None else session.second
            text = self.tr("The style {name} came without a file.").format(name=lost.name)
            self.failed.emit(SettingError(text, hint=self.tr("Save it as a file, and drop that.")))
        else:
            work = set_edits.photo_recipes(session)
            plan = partial(self._plan, work, style, second, session.look)
            ask_export_options(self._window, self._memory, len(work), plan)

    def holds_open(self, leave: Callable[[], object]) -> bool:
        """Whether the window is to stay for exports that wait: then the artist is asked. Else they stop now."""
        left = self.runner.queue.waiting_count
        if not left or self._is_leaving:
            self.stop_for_closing()
            return False
        if not any(one.isVisible() for one in self._window.findChildren(LeaveQuestion)):
            numbers = [one.number for one in self.runner.queue.exports]
            LeaveQuestion(self._window, left, leave, lambda: self.runner.cancel(numbers)).open()
        return True

    def stop_for_closing(self) -> None:
        """Make nothing any more: the window closes, and what is left waits for the next one."""
        self._is_leaving = True
        self.runner.stop()
        for window in self._window.findChildren(QueueWindow):
            window.close()

    def _join(self) -> None:
        runner, button = self.runner, self.button
        button.setFlat(True)
        button.setAutoDefault(False)
        button.setToolTip(self.tr("Show the queue of exports"))
        button.setAccessibleName(self.tr("Queue of exports"))
        button.clicked.connect(self.show_queue)
        button.hide()
        self._window.statusBar().addPermanentWidget(button)
        for signal in (runner.changed, runner.progressed):
            signal.connect(self._tell)
        runner.finished.connect(self._finished)
        runner.went_on.connect(self._went_on)
        runner.failed.connect(self.failed)

    def _plan(
        self,
        work: list[tuple[Path, Recipe]],
        style: Path,
        second: Path | None,
        look: LookFiles | None,
        folder: Path,
        suffix: str,
        options: ExportOptions,
    ) -> None:
        waiting = [one for one in self.runner.queue.exports if one.state == "waiting"]
        plan = partial(plan_exports, work, style, folder, suffix, options, waiting, second, look)
        self._reading.run(plan, self._planned, self.failed.emit)

    def _path(self, picture: Picture | None) -> Path | None:
        """The file that a picture came from."""
        name = picture_reference(picture)
        return self._paths.get(name) if name else None

    def _planned(self, plan: ExportPlan) -> None:
        if not plan.there:
            self.runner.add(plan.exports, plan.look)
            return
        question = OverwriteQuestion(self._window, len(plan.there), len(plan.exports))
        question.replacing.clicked.connect(lambda: self.runner.add(replace_existing(plan), plan.look))
        question.keeping.clicked.connect(lambda: self.runner.add(plan.exports, plan.look))
        question.open()

    def _tell(self) -> None:
        runner = self.runner
        self.button.setText(time_in_words(runner.queue, runner.running is not None, runner.seconds_left))
        self.button.setVisible(runner.queue.waiting_count > 0 or runner.queue.count("failed") > 0)

    def _finished(self) -> None:
        """The summary: it stays where something failed."""
        queue = self.runner.queue
        made = [one for one in queue.exports if one.state in ("done", "skipped")]
        actions: list[tuple[str, Callable[[], object]]] = []
        if made:
            actions.append((self.tr("Show in folder"), partial(show_in_folder, made[-1].target)))
        failed = [one.number for one in queue.exports if one.state == "failed"]
        if failed:
            actions.append((self.tr("Try again"), partial(self.runner.retry, failed)))
            actions.append((self.tr("Show the queue"), self.show_queue))
        text = summary(queue)
        if text:
            self.said.emit(text)
            self._space.notice.show_text(text, actions, stays=bool(failed))

    def _went_on(self, queue: ExportQueue) -> None:
        if queue.waiting_count:
            text = self.tr("Exports that were queued before go on: {number}.").format(number=queue.waiting_count)
            self._space.notice.show_text(text, [(self.tr("Show the queue"), self.show_queue)])
