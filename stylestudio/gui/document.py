"""The one object that holds the current session; every edit goes through it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from stylestudio.studio import history as histories
from stylestudio.studio.session import Session


class Document(QObject):
    """The session and its history. `changed` carries the old and the new session and comes before `history_changed`."""

    changed = Signal(object, object)
    history_changed = Signal()

    def __init__(self, session: Session | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = histories.begun(session or Session())

    @property
    def session(self) -> Session:
        """The current one."""
        return self._history.present

    @property
    def undo_label(self) -> str | None:
        """What `undo` takes back, None if nothing."""
        return histories.undo_label(self._history)

    @property
    def redo_label(self) -> str | None:
        """What `redo` brings back, None if nothing."""
        return histories.redo_label(self._history)

    def apply(
        self, label: str, edit: Callable[..., Session], *args: object, step: object = None, **kwargs: object
    ) -> None:
        """Make the session `edit(session, *args, **kwargs)`, to be undone under `label`; no step if nothing changes.

        Edits in a row with the same `step` that is not None are undone together. Raises what `edit` raises.
        """
        session = edit(self.session, *args, **kwargs)
        if session != self.session:
            self._become(histories.apply(self._history, label, session, step))

    def undo(self) -> None:
        """Take the last edit back, if there is one."""
        self._become(histories.undo(self._history))

    def redo(self) -> None:
        """Bring back the edit that was undone last, if there is one."""
        self._become(histories.redo(self._history))

    def _become(self, history: histories.History) -> None:
        if history is self._history:
            return
        old, self._history = self.session, history
        self.changed.emit(old, history.present)
        self.history_changed.emit()
