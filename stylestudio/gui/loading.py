"""Pictures on their way into the session: read beside the window, then put where they belong."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio.errors import PictureError, StudioError
from stylestudio.gui.canvas.frames import picture_of
from stylestudio.gui.canvas.pyramid import Common, Pyramids, prepared
from stylestudio.gui.document import Document
from stylestudio.gui.drops import Dropped, dropped
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.preferences import Memory
from stylestudio.gui.words import remark_in_words
from stylestudio.images.decode import Picture, from_bytes, read
from stylestudio.images.formats import patterns
from stylestudio.studio.session import Session, with_content, with_pictures, with_style

KINDS = ("content", "style")
Found = TypeVar("Found", Picture, list[Picture | StudioError])


def first_empty(session: Session) -> str:
    """The kind that a picture dropped beside the panes becomes: the first that is missing, else the content."""
    return "style" if session.content is not None and session.style is None else "content"


def read_each(paths: Sequence[Path]) -> list[Picture | StudioError]:
    """Every picture, or why it could not be read."""

    def attempt(path: Path) -> Picture | StudioError:
        try:
            return read(path)
        except StudioError as error:
            return error

    return [attempt(path) for path in paths]


def ready(work: Callable[[], Found]) -> tuple[Found, list[Common]]:
    """What `work` finds, and its pictures as canvases want them: here the window does not wait for that."""
    found = work()
    pictures = [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Picture)]
    planes = [plane for picture in pictures for plane in (picture.stored, picture.alpha) if plane is not None]
    return found, [prepared(plane) for plane in planes]


class Loader(QObject):
    """Takes files and pixels from wherever they come. A pane's `kind` is "content" or "style", None beside them."""

    said = Signal(str)
    failed = Signal(object)
    arriving_changed = Signal()
    opened = Signal(object, Path)
    """A picture, and the file that it came from."""

    def __init__(self, document: Document, file_queue: FileQueue, memory: Memory, pyramids: Pyramids) -> None:
        super().__init__(document)
        self._document, self._file_queue, self._memory, self._pyramids = document, file_queue, memory, pyramids
        self._arriving = 0
        self._waiting: list[Callable[[], object]] = []

    @property
    def arriving(self) -> int:
        """How many pictures are being read."""
        return self._arriving

    def when_arrived(self, callback: Callable[[], object]) -> None:
        """Call it now, or as soon as no picture is being read any more."""
        if self._arriving:
            self._waiting.append(callback)
            self.said.emit(self.tr("Waits for the pictures…"))
        else:
            callback()

    def ask_for_file(self, kind: str, parent: QWidget) -> None:
        """Ask for a picture file of a kind."""
        title = self.tr("Open a photo") if kind == "content" else self.tr("Open a style")
        dialog = QFileDialog(parent, title, str(self._memory.folder(kind)))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        pictures = self.tr("Pictures ({patterns})").format(patterns=" ".join(patterns()))
        dialog.setNameFilters([pictures, self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.open_files([Path(path)], kind))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(parent.activateWindow)
        dialog.open()

    def paste(self, kind: str | None) -> None:
        """Take the picture or the files on the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        usual = self.tr("Copy a picture in another program first.")
        found = dropped(mime) if mime and mime.formats() else Dropped(reason=usual)
        if not self.take(found, kind):
            self.failed.emit(PictureError(self.tr("There is no picture to paste."), hint=found.reason or usual))

    def take(self, found: Dropped, kind: str | None = None) -> bool:
        """Open what was dropped or pasted; false if there is nothing to open."""
        if found.files:
            self.open_files(found.files, kind, found.refused)
        elif found.image is not None:
            self.open_pixels(found.image, kind)
        return bool(found.files) or found.image is not None

    def open_files(self, paths: Sequence[Path], kind: str | None = None, refused: Sequence[Path] = ()) -> None:
        """One file goes to its pane or the first empty one; two fill both, content first; more are not taken.

        `refused` are files that came along but are no pictures; they are named too.
        """
        taken, left = list(paths[:2]), [*paths[2:], *refused]
        if not taken:
            return
        names = ", ".join(path.name for path in left)
        self.said.emit(self.tr("Not taken: {names}").format(names=names) if left else "")
        done = partial(self._take_both, taken) if len(taken) == 2 else partial(self._take_one, taken[0], kind)
        self._run(partial(read_each, taken), done, len(taken))

    def open_pixels(self, source: QImage | bytes, kind: str | None = None) -> None:
        """Pixels without a file: pasted, or dropped by a browser."""
        name = self.tr("pasted picture")
        work: Callable[[], Picture] = partial(from_bytes if isinstance(source, bytes) else picture_of, source, name)
        self._run(work, lambda found: self._put(found, kind or self._empty()), 1)

    def put(self, picture: Picture, kind: str, path: Path) -> None:
        """Take a picture that was read from a file already."""
        self._take_one(path, kind, [picture])

    def _run(self, work: Callable[[], Found], done: Callable[..., object], pictures: int) -> None:
        def then(tell: Callable[..., object], outcome: object) -> None:
            self._arriving -= pictures
            tell(outcome)
            self._count_changed()

        def show(outcome: tuple[Found, list[Common]]) -> None:
            found, pyramids = outcome
            with self._pyramids.offering(pyramids):
                done(found)

        self._arriving += pictures
        self._file_queue.run(partial(ready, work), partial(then, show), partial(then, self.failed.emit))
        self._count_changed()

    def _count_changed(self) -> None:
        self.arriving_changed.emit()
        if not self._arriving:
            waiting, self._waiting = self._waiting, []
            for callback in waiting:
                callback()

    def _empty(self) -> str:
        return first_empty(self._document.session)

    def _take_both(self, paths: list[Path], found: list[Picture | StudioError]) -> None:
        content, style = found
        if isinstance(content, Picture) and isinstance(style, Picture):
            self._document.apply(self.tr("Open photo and style"), with_pictures, content, style)
            self._remember(paths[0], "content", content)
            self._remember(paths[1], "style", style)
            return
        for path, kind, one in zip(paths, KINDS, found, strict=True):
            self._take_one(path, kind, [one])

    def _take_one(self, path: Path, kind: str | None, found: list[Picture | StudioError]) -> None:
        [one] = found
        if isinstance(one, StudioError):
            self.failed.emit(one)
            return
        kind = kind or self._empty()
        self._put(one, kind)
        self._remember(path, kind, one)

    def _put(self, one: Picture, kind: str) -> None:
        if one.remark:
            self.said.emit(f"{one.name}: {remark_in_words(one.remark)}")
        if kind == "content":
            self._document.apply(self.tr("Open photo"), with_content, one)
        else:
            self._document.apply(self.tr("Open style"), with_style, one)

    def _remember(self, path: Path, kind: str, picture: Picture) -> None:
        self.opened.emit(picture, path)
        self._memory.add_recent(kind, path)
        self._memory.set_folder(kind, path.parent)
