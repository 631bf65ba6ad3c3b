"""What has happened is told where it happened: in a pane, or over the target, one thing after the other."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from stylestudio.errors import StudioError
from stylestudio.gui.exporter import Exporter
from stylestudio.gui.messages import show_error
from stylestudio.gui.workspace import Workspace


class Notifications(QObject):
    """Errors stay until they are closed, and none pushes another aside; what went well goes by itself."""

    def __init__(self, window: QWidget, space: Workspace, exporter: Exporter) -> None:
        super().__init__(window)
        self._window, self._space, self._notice, self._exporter = window, space, space.notice, exporter
        self._open: list[StudioError] = []
        self._notice.gone.connect(self._show_next)
        exporter.exported.connect(self.show_exported)
        exporter.taken_back.connect(self._taken_back)
        for pane in space.panes.values():
            pane.details_wanted.connect(partial(show_error, window))

    @property
    def errors(self) -> list[StudioError]:
        """Those over the target that were not closed yet, the one that is shown first."""
        return list(self._open)

    def show_error(self, error: StudioError) -> None:
        """Tell it over the target; the same words only once at a time."""
        if str(error) not in map(str, self._open):
            self._open.append(error)
        self._show_next()

    def show_refusal(self, kind: str, error: StudioError) -> None:
        """Tell it in the pane that the picture was to come to, if that can be seen."""
        pane = self._space.panes[kind]
        if pane.isVisible():
            pane.show_failure(error)
        else:
            self.show_error(error)

    def show_exported(self, path: Path) -> None:
        """Say that a file was saved, and offer what may be done about it."""
        actions = [(self.tr("Show in folder"), self._exporter.show_in_folder)]
        file = self._exporter.last_written
        if file is not None and file.path == path and file.can_be_trashed:
            actions.append((self.tr("Undo"), partial(self._exporter.move_to_trash, file)))
        self._notice.show_text(self.tr("Saved {name}").format(name=path.name), actions)

    def _taken_back(self, path: Path) -> None:
        self._notice.show_text(self.tr("Moved {name} to the trash").format(name=path.name))

    def _show_next(self) -> None:
        if self._open:
            error = self._open[0]
            actions = [
                (self.tr("Details…"), partial(self._close, error, details=True)),
                (self.tr("Close"), partial(self._close, error)),
            ]
            self._notice.show_text(str(error), actions, stays=True)

    def _close(self, error: StudioError, details: bool = False) -> None:
        self._open.remove(error)
        if details:
            show_error(self._window, error)
        self._show_next()
