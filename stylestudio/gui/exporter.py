"""Out of the program: export, copy, drag. Always the real picture, never a draft, and never the screen's pixels."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from weakref import ref

import numpy as np
from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from stylestudio.errors import SettingError, StudioError
from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.document import Document
from stylestudio.gui.drag_folder import DragFolder
from stylestudio.gui.export_dialogs import ExportDialog, ExportWaitQuestion, SaveDialog
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.overfit import Overfit, key_for
from stylestudio.gui.places import ask_with_timeout
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.runs import RunController
from stylestudio.gui.written import WrittenFile, move_to_trash, write_and_stamp
from stylestudio.images.export import check_format, check_options, free_name, proposed_name
from stylestudio.images.output import ExportOptions
from stylestudio.images.resize import to_8bit
from stylestudio.studio.mix import UNMIXED, Mix
from stylestudio.studio.recipe_record import recipe_of
from stylestudio.studio.render import target
from stylestudio.studio.result_names import styles_name
from stylestudio.studio.results import write_target
from stylestudio.studio.session import Session

PURPOSE = "export"


class Exporter(QObject):
    """Writes the target and the overfit picture, as soon as the real one is there."""

    said = Signal(str)
    failed = Signal(object)
    exported = Signal(object)
    """The path of the file written last."""
    taken_back = Signal(object)
    """The path that a file had which is in the trash now."""
    waiting_ended = Signal()

    def __init__(
        self, window: QWidget, document: Document, runs: RunController, file_queue: FileQueue, memory: Preferences
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._runs = window, document, runs
        self._file_queue, self._memory = file_queue, memory
        self._folder = DragFolder()
        self._dragged: tuple[object, Path] | None = None
        self._waiting: set[object] = set()
        self.last_written: WrittenFile | None = None
        document.changed.connect(self._session_changed)

    @property
    def last(self) -> Path | None:
        """The file written last."""
        return None if self.last_written is None else self.last_written.path

    def move_to_trash(self, file: WrittenFile) -> None:
        """Move a file that was written to the trash, unless it has become another one since."""
        self._file_queue.run(partial(move_to_trash, file), self._took_back, self.failed.emit)

    @property
    def is_waiting(self) -> bool:
        """Whether something that was asked for waits for the real picture."""
        return bool(self._waiting)

    def export_target(self) -> None:
        """Ask for a name and how to write, then write the target there."""
        self._ask(self.tr("Export the target"), self._name(), lambda: self._document.session.mix)

    def save_overfit(self) -> None:
        """Ask for a name and how to write, then write the unmixed overfit picture there."""
        name = self.tr("{name}, overfit").format(name=Path(self._name()).stem)
        self._ask(self.tr("Save the overfit picture"), f"{name}.png", self._unmixed)

    def _unmixed(self) -> Mix:
        return dataclasses.replace(UNMIXED, balance=self._document.session.balance)

    def copy_target(self) -> None:
        """Put the target on the clipboard, at its full size."""

        def copy(overfit: Overfit) -> None:
            mix = self._document.session.mix
            self._file_queue.run(partial(target_image, overfit, mix), self._copied, self.failed.emit)

        self._with_real(copy)

    def prepare_file(self, ready: Callable[[Path], object]) -> None:
        """Call `ready` with a finished PNG that may be dragged away, made for this where there is none."""
        overfit, mix = self._runs.overfit, self._document.session.mix
        if overfit is None or not self._runs.is_settled:
            self.said.emit(self.tr("The picture can be dragged as soon as it is finished."))
            return
        # each step of refining is another picture
        key = (ref(overfit), self._name(), mix, self._memory.export_options())
        if self._dragged and self._dragged[0] == key and ask_with_timeout(self._dragged[1].exists, True):
            ready(self._dragged[1])
            return

        def done(path: Path) -> None:
            self._dragged = (key, path)
            ready(path)

        name, write = self._name(), self._work(overfit, mix, self._memory.export_options(), replace=False)
        self._file_queue.run(lambda: write(self._folder.new_subfolder() / name), done, self.failed.emit)

    def show_in_folder(self) -> None:
        if self.last:
            show_in_folder(self.last)

    def cancel_waiting(self) -> None:
        """Forget what waits for the real picture."""
        if self._waiting:
            self._waiting.clear()
            self.said.emit(self.tr("Nothing was exported."))
            self.waiting_ended.emit()

    def holds_open(self, leave: Callable[[], object]) -> bool:
        """Whether the window is to stay for an export: then that is asked, until nothing waits any more."""
        if self.is_waiting and not self._window.findChildren(ExportWaitQuestion):
            question = ExportWaitQuestion(self._window, leave)
            self.waiting_ended.connect(question.reject)
            question.open()
        return self.is_waiting

    def close(self) -> None:
        """Remove the files that were made to be dragged."""
        self._folder.remove()

    def _name(self) -> str:
        session = self._document.session
        if session.content is None or session.style is None:
            return proposed_name("", "")
        style = styles_name(session.style.name, session.second and session.second.name)
        return proposed_name(session.content.name, style)

    def _ask(self, title: str, name: str, mix: Callable[[], Mix]) -> None:
        if not self._has_pictures():
            return
        folder, suffix = self._memory.folder(PURPOSE), self._memory.export_suffix()
        dialog = SaveDialog(self._window, title, suffix, folder)
        path = (folder / name).with_suffix(suffix)
        dialog.selectFile(ask_with_timeout(partial(free_name, path), path).name)
        dialog.fileSelected.connect(lambda name: self._chosen(dialog.with_ending(Path(name)), mix))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.activateWindow)
        dialog.open()

    def _chosen(self, path: Path, mix: Callable[[], Mix]) -> None:
        # Not before the dialog has gone and given the window its focus back.
        QTimer.singleShot(0, self, partial(self.ask_how, path, mix))

    def ask_how(self, path: Path, mix: Callable[[], Mix]) -> None:
        """Ask how to write, where the format leaves anything open."""
        content, one = self._document.session.content, check_format(path)
        if content is None:
            return
        replace = ask_with_timeout(lambda: free_name(path) != path, True)  # then the dialog has asked
        self._memory.set_folder(PURPOSE, path.parent)
        self._memory.set_export_suffix(one.suffixes[0])
        save = partial(self.save, path, mix, replace)
        if not one.knows:
            save(self._memory.export_options())
            return
        dialog = ExportDialog(self._window, one, content, self._memory.export_options())
        dialog.chosen.connect(self._memory.set_export_options)
        dialog.chosen.connect(save)
        dialog.finished.connect(self._window.activateWindow)
        dialog.open()

    def _has_pictures(self) -> bool:
        session = self._document.session
        if session.content is not None and session.style is not None:
            return True
        error = SettingError("There is nothing to export yet.", hint="Drop a photo and a style first.")
        self.failed.emit(error)
        return False

    def save(self, path: Path, mix: Callable[[], Mix], replace: bool, options: ExportOptions) -> None:
        """Write the target of the real picture, as soon as it is there, mixed as it is then."""
        content = self._document.session.content
        try:
            if content is not None:  # at once, not when a long run has ended
                check_options(path, options, content.size, content.icc_profile)
        except StudioError as error:
            self.failed.emit(error)
            return

        def save(overfit: Overfit) -> None:
            work = partial(self._work(overfit, mix(), options, replace), path)
            self._file_queue.run(partial(write_and_stamp, work, is_new=not replace), self._written, self.failed.emit)

        self._with_real(save)

    def _work(self, overfit: Overfit, mix: Mix, options: ExportOptions, replace: bool) -> Callable[[Path], Path]:
        """Writes a target, with the recipe of the session as it is now."""
        recipe = dataclasses.replace(recipe_of(self._document.session), settings=overfit.settings)
        return lambda path: write_target(
            path, overfit.content, overfit.balanced(mix.balance), mix, options, replace=replace, recipe=recipe
        )

    def _with_real(self, use: Callable[[Overfit], object]) -> None:
        """Call `use` with the real overfit picture, at once or when it arrives; say so if it has to wait."""
        if not self._has_pictures():
            return
        asked = picture_hashes(self._document.session)
        token = object()
        self._waiting.add(token)

        def arrived(overfit: Overfit) -> None:
            if token not in self._waiting:
                return
            self._waiting.remove(token)
            if not self._waiting:
                self.waiting_ended.emit()
            if picture_hashes(self._document.session) == asked:
                use(overfit)
            else:
                self.said.emit(self.tr("Nothing was exported, because the pictures were changed."))

        if self._runs.when_final(arrived):
            self.said.emit(self.tr("Waits for the finished picture…"))

    def _session_changed(self, _old: Session, new: Session) -> None:
        if key_for(new) is None:  # nothing will arrive
            self.cancel_waiting()

    def _written(self, file: WrittenFile) -> None:
        self.last_written = file
        self.said.emit(self.tr("Saved {name}").format(name=file.path.name))
        self.exported.emit(file.path)

    def _took_back(self, path: Path) -> None:
        if self.last == path:
            self.last_written = None
        self.said.emit(self.tr("Moved {name} to the trash").format(name=path.name))
        self.taken_back.emit(path)

    def _copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self.said.emit(self.tr("The target is on the clipboard."))


def picture_hashes(session: Session) -> tuple[str | None, ...]:
    """Which pictures these are, whichever of two styles is the first."""
    styles = sorted(style.sha256 for style in (session.style, session.second) if style)
    return session.content and session.content.sha256, *styles


def target_image(overfit: Overfit, mix: Mix) -> QImage:
    """The target as an image of its own, with the photo's transparency."""
    levels, alpha = to_8bit(target(overfit.content, overfit.balanced(mix.balance), mix)), overfit.content.alpha
    if alpha is None:
        return ArrayImage(levels).copy()
    return ArrayImage(np.dstack((levels, to_8bit(alpha))), QImage.Format.Format_RGBA8888).copy()


def show_in_folder(path: Path) -> None:
    """Open the system's file manager where the file is, the file itself chosen where the system can."""
    if sys.platform == "win32":
        subprocess.Popen(["explorer", "/select,", os.fspath(path)])
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", os.fspath(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(path.parent)))
