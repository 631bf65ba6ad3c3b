"""Pictures on their way into the session: read beside the window, then put where they belong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from weakref import WeakValueDictionary

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio.errors import PictureError, StudioError
from stylestudio.gui.canvas.frames import picture_from_image
from stylestudio.gui.canvas.pyramid import Pyramids, SharedPyramid, prepare_pyramid
from stylestudio.gui.document import Document
from stylestudio.gui.drops import MANY, DropContents, Pixels, read_drop
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.places import ask_with_timeout
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.words import remark_in_words
from stylestudio.images.decode import Picture, from_bytes, read
from stylestudio.images.formats import patterns
from stylestudio.studio.session import Session, with_content, with_pictures, with_second, with_style

KINDS = ("content", "style")
SECOND = "second"
"""A second style: what is remembered of styles counts for it too."""


@dataclass(frozen=True)
class ReadResult:
    """A picture, or why there is none; `path` is its file, None for pixels without one."""

    outcome: Picture | StudioError
    path: Path | None = None


def first_empty_kind(session: Session) -> str:
    """The kind that a picture dropped beside the panes becomes: the first that is missing, else the content."""
    return "style" if session.content is not None and session.style is None else "content"


def kind_for_pictures(session: Session, pictures: int) -> str:
    """The kind whose pane lights where so many pictures hover beside the panes; "" for both."""
    if pictures == len(KINDS):
        return ""
    return "content" if pictures >= MANY else first_empty_kind(session)


def is_photo_set(paths: Sequence[Path], kind: str | None) -> bool:
    """Whether these are more than a photo and a style: a folder, three or more, or two for the photo's pane."""
    if len(paths) >= MANY or (len(paths) == len(KINDS) and kind == "content"):
        return True
    return ask_with_timeout(lambda: any(path.is_dir() for path in paths), False)


def read_files(paths: Sequence[Path], instead: Pixels | None = None) -> list[ReadResult]:
    """Every picture, or why it could not be read; `instead` are pixels that came with the only file, for that case."""
    found = [ReadResult(read_or_error(partial(read, path)), path) for path in paths]
    if instead is not None and isinstance(found[0].outcome, StudioError):
        pixels = read_or_error(partial(read_pixels, instead, paths[0].stem))
        return found if isinstance(pixels, StudioError) else [ReadResult(pixels)]
    return found


def read_pixels(source: Pixels, name: str) -> Picture:
    """The picture in bytes of a file or in Qt's image. Raises `PictureError`."""
    return from_bytes(source, name) if isinstance(source, bytes) else picture_from_image(source, name)


def read_or_error(reading: Callable[[], Picture]) -> Picture | StudioError:
    """What is read, or the error that it raises."""
    try:
        return reading()
    except StudioError as error:
        return error


class Loader(QObject):
    """Takes files and pixels from wherever they come. A pane's `kind` is of `KINDS` or `SECOND`, None beside them."""

    said = Signal(str)
    failed = Signal(object)
    refused = Signal(str, object)
    """The kind that a picture was to become, and the error for which it did not."""
    arriving_changed = Signal()
    opened = Signal(object, Path)
    """A picture, and the file that it came from."""
    many_came = Signal(list, object, list)
    """Paths that are more than a photo and a style, the kind of their pane or None, and what was refused."""
    look_dropped = Signal(object, object)
    """What was dropped with Shift, as `DropContents`, because how it was made is wanted; and a pane's kind, or None."""

    def __init__(self, document: Document, file_queue: FileQueue, memory: Preferences, pyramids: Pyramids) -> None:
        super().__init__(document)
        self._document, self.file_queue, self._memory, self._pyramids = document, file_queue, memory, pyramids
        self._arriving = 0
        self._alive: WeakValueDictionary[tuple[str, str], Picture] = WeakValueDictionary()
        self._waiting: list[Callable[[], object]] = []

    @property
    def pending_count(self) -> int:
        """How many pictures are being read."""
        return self._arriving

    def when_pictures_read(self, callback: Callable[[], object]) -> None:
        """Call it now, or as soon as no picture is being read any more."""
        if self._arriving:
            self._waiting.append(callback)
            self.said.emit(self.tr("Waits for the pictures…"))
        else:
            callback()

    def folder(self, kind: str) -> Path:
        """Where a picture of a kind was opened last."""
        return self._memory.folder("style" if kind == SECOND else kind)

    def ask_for_file(self, kind: str, parent: QWidget) -> None:
        """Ask for a picture file of a kind."""
        titles = {"content": self.tr("Open a photo"), SECOND: self.tr("Open a second style")}
        title = titles.get(kind) or self.tr("Open a style")
        dialog = QFileDialog(parent, title, str(self.folder(kind)))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        if kind == "content":
            dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
            dialog.filesSelected.connect(lambda paths: len(paths) > 1 and self.open_files([*map(Path, paths)], kind))
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
        found = read_drop(mime) if mime and mime.formats() else DropContents(reason=usual)
        if not self.open_dropped(found, kind):
            self.failed.emit(PictureError(self.tr("There is no picture to paste."), hint=found.reason or usual))

    def open_dropped(self, found: DropContents, kind: str | None = None) -> bool:
        """Open what was dropped or pasted; false if there is nothing to open."""
        if found.is_second and kind in ("style", None) and self._document.session.style is not None:
            kind = SECOND
        if found.files and found.is_look:
            self.look_dropped.emit(found, kind)
        elif found.files or found.folders:
            self.open_files([*found.files, *found.folders], kind, found.refused, found.image)
        elif found.image is not None:
            self.open_pixels(found.image, kind)
        return bool(found.files or found.folders) or found.image is not None

    def open_files(
        self,
        paths: Sequence[Path],
        kind: str | None = None,
        refused: Sequence[Path] = (),
        instead: Pixels | None = None,
    ) -> None:
        """One file goes to its pane or the first empty one; two fill both, content first; more are `many_came`.

        `refused` are files that came along but are no pictures; they are named too. `instead` are pixels that came
        with a single file, to be taken if it cannot be read.
        """
        if not paths:
            return
        if is_photo_set(paths, kind):
            self.many_came.emit(list(paths), kind, list(refused))
            return
        self.say_not_taken(refused)
        done = self._take_both if len(paths) == 2 else partial(self._take_one, kind)
        self.read_in_background(partial(read_files, list(paths), instead), done, len(paths))

    def open_pixels(self, source: Pixels, kind: str | None = None) -> None:
        """Pixels without a file: pasted, or dropped by a browser."""
        reading = partial(read_or_error, partial(read_pixels, source, self.tr("pasted picture")))
        self.read_in_background(lambda: [ReadResult(reading())], partial(self._take_one, kind), 1)

    def use_picture(self, picture: Picture, kind: str, path: Path, edit: Callable[..., Session] | None = None) -> None:
        """Take a picture that was read from a file already, by this edit if it is not to be as usual."""
        self._put(picture, kind, edit)
        self.remember_file(picture, path, kind)

    def remember_file(self, picture: Picture, path: Path, kind: str) -> None:
        """That a picture was opened from this file."""
        self._remember(ReadResult(picture, path), kind)

    def say_not_taken(self, paths: Sequence[Path]) -> None:
        """Name what came along and is not taken; nothing where that is nothing."""
        names = ", ".join(path.name for path in paths)
        self.said.emit(self.tr("Not taken: {names}").format(names=names) if paths else "")

    def read_in_background(
        self, work: Callable[[], list[ReadResult]], done: Callable[[list[ReadResult]], object], pictures: int
    ) -> None:
        """Find so many pictures beside the window by `work`, counted as arriving, and call `done` with them."""

        def then(tell: Callable[..., object], outcome: object) -> None:
            self._arriving -= pictures
            tell(outcome)
            self._count_changed()

        def show(outcome: tuple[list[ReadResult], list[SharedPyramid]]) -> None:
            found, pyramids = outcome
            with self._pyramids.offer_prepared(pyramids):
                done(found)

        self._arriving += pictures
        self.file_queue.run(partial(self._ready, work), partial(then, show), partial(then, self.failed.emit))
        self._count_changed()

    def _ready(self, work: Callable[[], list[ReadResult]]) -> tuple[list[ReadResult], list[SharedPyramid]]:
        """What `work` finds, and its pictures as canvases want them: on the worker, the window does not wait for it."""
        found = [replace(one, outcome=self._known(one.outcome)) for one in work()]
        pictures = [one.outcome for one in found if isinstance(one.outcome, Picture)]
        planes = [plane for picture in pictures for plane in (picture.stored, picture.alpha) if plane is not None]
        return found, [prepare_pyramid(plane) for plane in planes]

    def _known(self, outcome: Picture | StudioError) -> Picture | StudioError:
        """One that is alive and all the same, if any: undo would keep a copy for each time that it is opened."""
        if isinstance(outcome, StudioError):
            return outcome
        known = self._alive.setdefault((outcome.sha256, outcome.name), outcome)
        same = (known.metadata, known.icc_profile) == (outcome.metadata, outcome.icc_profile)
        return known if same else outcome

    def _count_changed(self) -> None:
        self.arriving_changed.emit()
        if not self._arriving:
            waiting, self._waiting = self._waiting, []
            for callback in waiting:
                callback()

    def _empty(self) -> str:
        return first_empty_kind(self._document.session)

    def _take_both(self, found: list[ReadResult]) -> None:
        content, style = (one.outcome for one in found)
        if isinstance(content, Picture) and isinstance(style, Picture):
            self._document.apply(self.tr("Open photo and style"), with_pictures, content, style)
            for one, kind in zip(found, KINDS, strict=True):
                self._remember(one, kind)
            return
        for one, kind in zip(found, KINDS, strict=True):
            self._take_one(kind, [one])

    def _take_one(self, kind: str | None, found: list[ReadResult]) -> None:
        [one] = found
        if isinstance(one.outcome, StudioError):
            self.refused.emit(kind or self._empty(), one.outcome)
            return
        kind = kind or self._empty()
        self._put(one.outcome, kind)
        self._remember(one, kind)

    def _put(self, one: Picture, kind: str, edit: Callable[..., Session] | None = None) -> None:
        if one.remark:
            self.said.emit(f"{one.name}: {remark_in_words(one.remark)}")
        if kind == "content":
            self._document.apply(self.tr("Open photo"), edit or with_content, one)
        elif kind == SECOND and (edit or self._document.session.style is not None):
            self._document.apply(self.tr("Open second style"), edit or with_second, one)
        else:
            self._document.apply(self.tr("Open style"), edit or with_style, one)

    def _remember(self, found: ReadResult, kind: str) -> None:
        path = found.path
        if path is None:
            return
        if isinstance(found.outcome, Picture):
            self.opened.emit(found.outcome, path)
        remembered = "style" if kind == SECOND else kind
        self._memory.add_recent(remembered, path)
        self._memory.set_folder(remembered, path.parent)
