"""Many files at once, dropped or chosen: the photos among them, or the style where they came to its pane."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio.errors import SettingError, StudioError
from stylestudio.gui.document import Document
from stylestudio.gui.drops import MANY
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.loading import SECOND, Loader, ReadResult, read_files
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.sets.reading import PhotoListing, first_readable, list_photos
from stylestudio.gui.widgets.notice import Notice
from stylestudio.gui.workspace import Workspace
from stylestudio.images.decode import Picture


class SetOpener(QObject):
    """`opened` carries the paths of a set, those of its files that cannot be read with the reason, the first picture
    that can be read, and its path. `added` carries the paths of photos for the set that is there.
    """

    opened = Signal(list, dict, object, object)
    added = Signal(list)
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        document: Document,
        loader: Loader,
        space: Workspace,
        reading: FileQueue,
        memory: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._loader = window, document, loader
        self._notice, self._reading, self._memory = space.notice, reading, memory
        loader.many_came.connect(self._came)

    def open(self, paths: Sequence[Path], refused: Sequence[Path] = ()) -> None:
        """Have the photos among these files and folders as the set."""
        done = partial(self._listed, list(refused))
        self._reading.run(partial(list_photos, list(paths)), done, self._refuse)

    def add(self, paths: Sequence[Path]) -> None:
        """Have the photos among these at the end of the set."""

        def done(found: PhotoListing) -> None:
            self._loader.say_not_taken(found.others)
            self.added.emit(found.photos)

        self._reading.run(partial(list_photos, list(paths)), done, self.failed.emit)

    def ask_for_folder(self) -> None:
        """Ask for a folder whose photos become the set."""
        title = self.tr("Open a folder of photos")
        dialog = QFileDialog(self._window, title, str(self._memory.folder("content")))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self.open([Path(path)]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.activateWindow)
        dialog.open()

    def _came(self, paths: list[Path], kind: str | None, refused: list[Path]) -> None:
        if kind in ("style", SECOND):
            self._take_style(paths, kind)
        else:
            self.open(paths, refused)

    def _take_style(self, paths: list[Path], kind: str) -> None:
        """Of several on a style's pane the first is that style; a folder is none."""
        files = [path for path in paths if path.suffix]
        if len(files) < MANY:
            reason = SettingError(
                self.tr("A folder is no style."), hint=self.tr("Drop it on the shelf of styles (F9) to choose from it.")
            )
            self._loader.refused.emit(kind, reason)
            return
        self._loader.read_in_background(partial(read_files, files[:1]), partial(self._style_came, kind, files[1:]), 1)

    def _style_came(self, kind: str, others: list[Path], found: list[ReadResult]) -> None:
        [one] = found
        if isinstance(one.outcome, StudioError) or one.path is None:
            self._loader.refused.emit(kind, one.outcome)
            return
        self._loader.use_picture(one.outcome, kind, one.path)
        text = self.tr("{name} is the style; the other {number} were not taken.")
        if kind == SECOND:
            text = self.tr("{name} is the second style; the other {number} were not taken.")
        take = self.tr("Take them as photos"), partial(self.open, others)
        offer_undo(self._notice, self._document, text.format(name=one.path.name, number=len(others)), take)

    def _listed(self, refused: list[Path], found: PhotoListing) -> None:
        self._loader.say_not_taken([*refused, *found.others])
        if len(found.photos) == 1:
            self._loader.open_files(found.photos, "content")
        else:
            work = partial(first_readable, found.photos)
            self._loader.read_in_background(work, partial(self._read, found.photos), 1)

    def _read(self, paths: list[Path], found: list[ReadResult]) -> None:
        *broken, last = found
        if isinstance(last.outcome, Picture) and last.path is not None:
            faults = {one.path: one.outcome for one in broken}
            self.opened.emit(paths, faults, last.outcome, last.path)
            return
        text = self.tr("None of these {number} files can be read.").format(number=len(paths))
        self._refuse(SettingError(text, hint=self.tr("Drop photos, such as JPEG or PNG files.")))

    def _refuse(self, error: StudioError) -> None:
        self._loader.refused.emit("content", error)


def offer_undo(notice: Notice, document: Document, text: str, *actions: tuple[str, Callable[[], object]]) -> None:
    """Say it, with a way back as long as nothing else was done."""
    label = document.undo_label

    def undo() -> None:
        if document.undo_label == label:
            document.undo()

    notice.show_text(text, [*actions, (document.tr("Undo"), undo)])
