"""The photo prepared before the run, joined to the session: asked for in a dialog, made beside the window, one step."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from stylestudio.gui.document import Document
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.menus import Menus
from stylestudio.gui.prepare_dialog import PrepareDialog
from stylestudio.images.decode import Picture
from stylestudio.images.prepared import Preparation, prepare_photo
from stylestudio.images.resize import Pixels, resample, size_for, to_8bit
from stylestudio.studio.session import unprepared, with_preparation

SIDE = 1100
"""Of the copy that is looked at: turning it takes some milliseconds."""


class PrepareCommands(QObject):
    """`failed` carries a `StudioError`."""

    failed = Signal(object)
    said = Signal(str)

    def __init__(self, window: QWidget, document: Document, file_queue: FileQueue) -> None:
        super().__init__(window)
        self._window, self._document, self._file_queue = window, document, file_queue
        self._menu: Menus | None = None
        document.changed.connect(self._enable)

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What its command does, by name."""
        return {"prepare": self.open_dialog}

    def set_up_menus(self, menu: Menus) -> None:
        """Take the menus, which the command is in."""
        self._menu = menu
        self._enable()

    def open_dialog(self) -> None:
        """Ask how the photo is to be prepared."""
        session = self._document.session
        photo = unprepared(session)
        if photo is None:
            return
        small, has_mask = preview_copy(photo), not session.mask.is_empty
        dialog = PrepareDialog(self._window, small, photo.size, session.preparation, has_mask)
        dialog.chosen.connect(partial(self._prepare, photo))
        dialog.finished.connect(self._window.activateWindow)
        dialog.open()

    def _prepare(self, photo: Picture, how: Preparation) -> None:
        self.said.emit(self.tr("Preparing the photo…"))
        done = partial(self._prepared, photo, how)
        self._file_queue.run(partial(prepare_photo, photo, how), done, self.failed.emit)

    def _prepared(self, photo: Picture, how: Preparation, picture: Picture) -> None:
        self.said.emit("")
        if unprepared(self._document.session) is photo:  # else another was opened meanwhile
            self._document.apply(self.tr("Prepare the photo"), with_preparation, how, picture)

    def _enable(self, *_: object) -> None:
        if self._menu is not None:
            self._menu["prepare"].setEnabled(self._document.session.content is not None)


def preview_copy(photo: Picture) -> Picture:
    """The photo at `SIDE`, in levels and without transparency, to be looked at."""
    if max(photo.size) <= SIDE:
        return replace(photo, stored=to_8bit(photo.stored), alpha=None)
    size = size_for(photo.size, SIDE)
    step = max(1, max(photo.size) // (3 * SIDE))
    sampled: Pixels = photo.stored[::step, ::step]
    return replace(photo, stored=to_8bit(resample(sampled, size)), alpha=None)
