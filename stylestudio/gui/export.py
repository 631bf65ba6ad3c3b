"""Out of the program: export, copy, drag. Always the real picture, never a draft, and never the screen's pixels."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from stylestudio.errors import SettingError
from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.document import Document
from stylestudio.gui.drag_folder import DragFolder
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.overfit import Overfit, key_for
from stylestudio.gui.preferences import Memory
from stylestudio.gui.runs import Runs
from stylestudio.images.export import free_name, proposed_name, write, write_new
from stylestudio.images.formats import writable
from stylestudio.images.resize import to_8bit
from stylestudio.studio.recipe import Shares
from stylestudio.studio.render import target
from stylestudio.studio.session import Session

PURPOSE = "export"
PixelsOf = Callable[[Overfit, Shares], NDArray[np.float32]]


class Exporter(QObject):
    """Writes the target and the overfit picture, as soon as the real one is there."""

    said = Signal(str)
    failed = Signal(object)
    exported = Signal(object)
    """The path of the file written last."""
    waiting_ended = Signal()

    def __init__(self, window: QWidget, document: Document, runs: Runs, file_queue: FileQueue, memory: Memory) -> None:
        super().__init__(window)
        self._window, self._document, self._runs = window, document, runs
        self._file_queue, self._memory = file_queue, memory
        self._folder = DragFolder()
        self._dragged: tuple[object, Path] | None = None
        self._waiting: set[object] = set()
        self.last: Path | None = None
        document.changed.connect(self._session_changed)

    @property
    def is_waiting(self) -> bool:
        """Whether something that was asked for waits for the real picture."""
        return bool(self._waiting)

    def export_target(self) -> None:
        """Ask for a name, then write the target there."""
        self._ask(self.tr("Export the target"), self._name(), self._save_target)

    def save_overfit(self) -> None:
        """Ask for a name, then write the unmixed overfit picture there."""
        name = self.tr("{name}, overfit.png").format(name=Path(self._name()).stem)
        self._ask(self.tr("Save the overfit picture"), name, self._save_overfit)

    def copy_target(self) -> None:
        """Put the target on the clipboard, at its full size."""

        def copy(overfit: Overfit) -> None:
            shares = self._document.session.shares
            self._file_queue.run(partial(target_image, overfit, shares), self._copied, self.failed.emit)

        self._with_real(copy)

    def prepare_file(self, ready: Callable[[Path], object]) -> None:
        """Call `ready` with a finished PNG that may be dragged away, made for this where there is none."""
        overfit, shares = self._runs.overfit, self._document.session.shares
        if overfit is None or not self._runs.is_settled:
            self.said.emit(self.tr("The picture can be dragged as soon as it is finished."))
            return
        key = (ref(overfit), self._name(), shares)  # each step of refining is another picture
        if self._dragged and self._dragged[0] == key:
            ready(self._dragged[1])
            return

        def done(path: Path) -> None:
            self._dragged = (key, path)
            ready(path)

        # Each in a folder of its own: whoever received an earlier one may still need it, and none needs a number.
        path = Path(mkdtemp(dir=self._folder.path())) / self._name()
        work = partial(written, path, target_of, overfit, shares, False)
        self._file_queue.run(work, done, self.failed.emit)

    def show_in_folder(self) -> None:
        if self.last:
            show_in_folder(self.last)

    def give_up(self) -> None:
        """Forget what waits for the real picture."""
        if self._waiting:
            self._waiting.clear()
            self.said.emit(self.tr("Nothing was exported."))
            self.waiting_ended.emit()

    def ask_to_close(self, leave: Callable[[], object]) -> None:
        """Ask whether to wait for the export, and return at once; the question goes when nothing waits any more."""
        if not self._window.findChildren(Question):
            question = Question(self._window, leave)
            self.waiting_ended.connect(question.reject)
            question.open()

    def close(self) -> None:
        """Remove the files that were made to be dragged."""
        self._folder.remove()

    def _name(self) -> str:
        session = self._document.session
        if session.content is None or session.style is None:
            return proposed_name("", "")
        return proposed_name(session.content.name, session.style.name)

    def _ask(self, title: str, name: str, chosen: Callable[[Path], object]) -> None:
        if not self._has_pictures():
            return
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        kinds = writable()
        picture = self.tr("{label} picture ({pattern})")
        dialog.setNameFilters([picture.format(label=one.label, pattern=f"*{suffix}") for suffix, one in kinds.items()])
        dialog.setDefaultSuffix(next(iter(kinds)))
        folder = self._memory.folder(PURPOSE)
        dialog.setDirectory(str(folder))
        dialog.selectFile(free_name(folder / name).name)
        dialog.fileSelected.connect(lambda path: chosen(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.activateWindow)
        dialog.open()

    def _has_pictures(self) -> bool:
        session = self._document.session
        if session.content is not None and session.style is not None:
            return True
        error = SettingError("There is nothing to export yet.", hint="Drop a photo and a style first.")
        self.failed.emit(error)
        return False

    def _save_target(self, path: Path) -> None:
        self._save(path, target_of)

    def _save_overfit(self, path: Path) -> None:
        self._save(path, overfit_of)

    def _save(self, path: Path, pixels_of: PixelsOf) -> None:
        self._memory.set_folder(PURPOSE, path.parent)
        replace = path.exists()  # the dialog has asked
        if path.suffix.lower() not in writable():
            path, replace = path.with_name(f"{path.name}.png"), False

        def save(overfit: Overfit) -> None:
            work = partial(written, path, pixels_of, overfit, self._document.session.shares, replace)
            self._file_queue.run(work, self._written, self.failed.emit)

        self._with_real(save)

    def _with_real(self, use: Callable[[Overfit], object]) -> None:
        """Call `use` with the real overfit picture, at once or when it arrives; say so if it has to wait."""
        if not self._has_pictures():
            return
        asked = hashes(self._document.session)
        token = object()
        self._waiting.add(token)

        def arrived(overfit: Overfit) -> None:
            if token not in self._waiting:
                return
            self._waiting.remove(token)
            if not self._waiting:
                self.waiting_ended.emit()
            if hashes(self._document.session) == asked:
                use(overfit)
            else:
                self.said.emit(self.tr("Nothing was exported, because the pictures were changed."))

        if self._runs.when_real(arrived):
            self.said.emit(self.tr("Waits for the finished picture…"))

    def _session_changed(self, _old: Session, new: Session) -> None:
        if key_for(new) is None:  # nothing will arrive
            self.give_up()

    def _written(self, path: Path) -> None:
        self.last = path
        self.said.emit(self.tr("Saved {name}").format(name=path.name))
        self.exported.emit(path)

    def _copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self.said.emit(self.tr("The target is on the clipboard."))


class Question(QMessageBox):
    """Stays with the window unless the artist decides to `leave` it."""

    def __init__(self, window: QWidget, leave: Callable[[], object]) -> None:
        super().__init__(window)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(QCoreApplication.applicationName())
        self.setText(self.tr("An export waits for the finished picture."))
        self.setInformativeText(self.tr("If you close the window now, nothing is written."))
        wait = self.addButton(self.tr("&Wait for it"), QMessageBox.ButtonRole.RejectRole)
        close = self.addButton(self.tr("&Close without it"), QMessageBox.ButtonRole.DestructiveRole)
        self.setDefaultButton(wait)
        self.setEscapeButton(wait)
        close.clicked.connect(leave)
        self.finished.connect(self.deleteLater)


def hashes(session: Session) -> tuple[str | None, ...]:
    """Which two pictures these are."""
    return tuple(picture and picture.sha256 for picture in (session.content, session.style))


def target_of(overfit: Overfit, shares: Shares) -> NDArray[np.float32]:
    """The target's pixels (H, W, 3), sRGB 0..1."""
    return target(overfit.content, overfit.pixels, shares)


def overfit_of(overfit: Overfit, shares: Shares) -> NDArray[np.float32]:
    """The unmixed overfit picture's pixels, whatever the shares."""
    return overfit.pixels


def target_image(overfit: Overfit, shares: Shares) -> QImage:
    """The target as an image of its own, with the photo's transparency."""
    levels, alpha = to_8bit(target_of(overfit, shares)), overfit.content.alpha
    if alpha is None:
        return ArrayImage(levels).copy()
    return ArrayImage(np.dstack((levels, to_8bit(alpha))), QImage.Format.Format_RGBA8888).copy()


def written(path: Path, pixels_of: PixelsOf, overfit: Overfit, shares: Shares, replace: bool) -> Path:
    """Write a picture, over an existing file only if `replace`. Returns the path used. Raises `OutputError`."""
    pixels, alpha = pixels_of(overfit, shares), overfit.content.alpha
    if not replace:
        return write_new(path, pixels, alpha)
    write(path, pixels, alpha)
    return path


def show_in_folder(path: Path) -> None:
    """Open the system's file manager where the file is, the file itself chosen where the system can."""
    if sys.platform == "win32":
        subprocess.Popen(["explorer", "/select,", os.fspath(path)])
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", os.fspath(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(path.parent)))
