"""The one object that holds the current session; every edit goes through it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from stylestudio.gui.words import channel_names, tr
from stylestudio.images.blend import Axes
from stylestudio.studio import undo as histories
from stylestudio.studio.mix import Mix
from stylestudio.studio.session import (
    Session,
    swapped,
    with_axes,
    with_balance,
    with_link,
    with_mix,
    with_second,
    with_settings,
    with_share,
    with_styles_swapped,
)
from stylestudio.studio.settings import SETTINGS
from stylestudio.studio.snapshots import Snapshot


class Document(QObject):
    """The session and its history. `changed` carries the old and the new session and comes before `history_changed`.

    The snapshots stand beside them: an undo that went back to before one was kept must not take it away.
    """

    changed = Signal(object, object)
    history_changed = Signal()
    snapshots_changed = Signal()

    def __init__(self, session: Session | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = histories.new_history(session or Session())
        self._snapshots: tuple[Snapshot, ...] = ()

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The mixes that the artist has kept, oldest first."""
        return self._snapshots

    def set_snapshots(self, snapshots: tuple[Snapshot, ...]) -> None:
        if snapshots != self._snapshots:
            self._snapshots = snapshots
            self.snapshots_changed.emit()

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

    def reset(self, session: Session) -> None:
        """Have this session, as at a start: there is nothing to undo."""
        self._become(histories.new_history(session))

    def _become(self, history: histories.History) -> None:
        if history is self._history:
            return
        old, self._history = self.session, history
        self.changed.emit(old, history.present)
        self.history_changed.emit()


class Edits(QObject):
    """All edits but those that open pictures."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document

    def set_share(self, channel: int, share: float, step: object) -> None:
        """Style share 0..1 of a channel 0..2; all changes with one `step` are undone together."""
        session = self._document.session
        name = self.tr("All") if session.linked else channel_names(session.axes)[channel]
        label = self.tr("{channel} style share").format(channel=name)
        self._document.apply(label, with_share, channel, share, step=step)

    def set_axes(self, axes: Axes) -> None:
        label = self.tr("Sliders of red, green and blue") if axes == "rgb" else self.tr("Sliders of light and colours")
        self._document.apply(label, with_axes, axes)

    def use_mix(self, label: str, mix: Mix) -> None:
        """The shares and axes of a mix; mask and balance stay, and the axes where equal shares mean the same on any."""
        session = self._document.session
        axes = session.axes if len(set(mix.shares)) == 1 else mix.axes
        taken = replace(mix, axes=axes, mask=session.mask, balance=session.balance)
        self._document.apply(label, with_mix, taken)

    def set_balance(self, balance: float, step: object) -> None:
        """Balance 0..1 of the two styles; all changes with one `step` are undone together."""
        self._document.apply(self.tr("Balance"), with_balance, balance, step=step)

    def swap_styles(self) -> None:
        self._document.apply(self.tr("Swap the two styles"), with_styles_swapped)

    def remove_second(self) -> None:
        self._document.apply(self.tr("Remove the second style"), with_second, None)

    def link(self, linked: bool) -> None:
        label = self.tr("Link the sliders") if linked else self.tr("Unlink the sliders")
        self._document.apply(label, with_link, linked)

    def swap(self) -> None:
        self._document.apply(self.tr("Swap photo and style"), swapped)

    def set_settings(self, changes: dict[str, object], step: object = None) -> None:
        """Fields of the settings by name; all changes with one `step` that is not None are undone together."""
        names = ", ".join(tr(SETTINGS[field].label) for field in changes)
        label = self.tr("Change {settings}").format(settings=names)
        self._document.apply(label, with_settings, step=step, **changes)
