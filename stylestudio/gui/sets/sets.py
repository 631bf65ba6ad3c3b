"""The set and its exports as a part of the window: their commands, and what they are joined to."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from stylestudio.gui.document import Document
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.library_queue import LibraryQueue
from stylestudio.gui.loading import Loader
from stylestudio.gui.menus import Menus
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.runs import RunController
from stylestudio.gui.sets.exports import SetExports
from stylestudio.gui.sets.photo_sets import PhotoSets
from stylestudio.gui.workspace import Workspace
from stylestudio.studio.export_queue import Export
from stylestudio.studio.exporting import ExportResult, record_export
from stylestudio.studio.photo_set import neighbour


class SetController(QObject):
    """`said` is a short line, `failed` carries a `StudioError`."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        runs: RunController,
        loader: Loader,
        space: Workspace,
        reading: FileQueue,
        memory: Preferences,
        library: LibraryQueue,
    ) -> None:
        super().__init__(window)
        self._loader = loader
        self.photos = PhotoSets(window, document, loader, space, reading, memory)
        self.exports = SetExports(window, document, runs, space, reading, memory)
        loader.opened.connect(self.exports.know)
        self.exports.runner.made.connect(partial(record, library))
        for part in (self.photos, self.photos.opening, self.exports):
            part.failed.connect(self.failed)
        self.exports.said.connect(self.said)

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {
            "open_folder": self.photos.opening.ask_for_folder,
            "export_all": lambda: self._loader.when_pictures_read(self.exports.export_all),
            "queue": self.exports.show_queue,
            "next_photo": lambda: self.photos.step(1),
            "previous_photo": lambda: self.photos.step(-1),
            "only_this": lambda: self.photos.set_own(self._menu["only_this"].isChecked()),
            "same_look": lambda: self.photos.set_same_look(self._menu["same_look"].isChecked()),
            "close_set": self.photos.close_set,
        }

    def set_up_menus(self, menu: Menus) -> None:
        """Take the menus, which these handlers are in."""
        self._menu = menu
        self.photos.strip.fill([menu["only_this"], menu["same_look"], menu["export_all"]], menu["close_set"])
        self.photos.changed.connect(self._enable)
        self._enable()

    def begin(self) -> None:
        """Go on with the exports that an earlier window has left."""
        self.exports.runner.begin()

    def holds_open(self, leave: Callable[[], object]) -> bool:
        """Whether the window is to stay for what is queued; then the artist is asked."""
        return self.exports.holds_open(leave)

    def stop_for_closing(self) -> None:
        """The window closes, whatever is queued."""
        self.exports.stop_for_closing()

    def close(self) -> bool:
        """Let go of the threads; false if one still runs."""
        return all([self.photos.close(), self.exports.runner.close()])

    def _enable(self) -> None:
        photos, menu = self.photos.photos, self._menu
        for name in ("only_this", "same_look", "close_set", "export_all"):
            menu[name].setEnabled(photos is not None)
        menu["next_photo"].setEnabled(photos is not None and neighbour(photos, photos.index, 1) is not None)
        menu["previous_photo"].setEnabled(photos is not None and neighbour(photos, photos.index, -1) is not None)
        menu["only_this"].setChecked(photos is not None and photos.shown.own is not None)
        menu["same_look"].setChecked(photos is not None and photos.same_look)


def record(library: LibraryQueue, one: Export, made: ExportResult) -> None:
    """Put an export down in the library."""
    library.write(lambda opened: record_export(opened, one.target, made.entry))
