"""Snapshots and variations, joined to the session, the strip below the target, and what is left of the split line."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from stylestudio.errors import SettingError
from stylestudio.gui.canvas.balanced_pyramid import build_layers
from stylestudio.gui.canvas.pyramid import Pyramid, StepRunner
from stylestudio.gui.canvas.split_comparison import SplitComparison
from stylestudio.gui.document import Document
from stylestudio.gui.menus import Menus
from stylestudio.gui.overfit import Overfit, key_for
from stylestudio.gui.runs import RunController
from stylestudio.gui.snapshot_pictures import SnapshotPreviews
from stylestudio.gui.workspace import Workspace
from stylestudio.studio.recipe import RunKey, run_key
from stylestudio.studio.session import Session, with_mix, with_settings
from stylestudio.studio.snapshots import (
    MOST_SNAPSHOTS,
    Snapshot,
    crossfade,
    is_at,
    mix_for,
    next_seed,
    recall_snapshot,
    rename_snapshot,
    with_session_mix,
    without_snapshot,
)


class Snapshots(QObject):
    """Keeps them in the document, and compares at most two."""

    def __init__(self, document: Document, runs: RunController, space: Workspace) -> None:
        super().__init__(space)
        self._document, self._runs, self._space = document, runs, space
        self._target, self._strip, self._row = space.target, space.strip, space.strip.row
        self._pictures = SnapshotPreviews(document, runs)
        self._sliced = StepRunner(self)
        self._compared: list[Snapshot] = []
        self._was_split = False
        self._menu: Menus | None = None
        self._join()
        self._show_snapshots()

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {"snapshot": self._keep, "variation": self._make_another}

    def set_up_menus(self, menu: Menus) -> None:
        """Take the menus, which these handlers are in."""
        self._menu = menu
        menu["split"].toggled.connect(self._split_toggled)
        self._enable()

    @property
    def compared(self) -> list[Snapshot]:
        """One that is compared with the target, or two; none while nothing is compared."""
        return list(self._compared)

    def _join(self) -> None:
        row = self._row
        self._document.changed.connect(self._follow)
        self._document.snapshots_changed.connect(self._show_snapshots)
        self._pictures.changed.connect(self._show_pictures)
        self._runs.changed.connect(self._overfit_arrived)
        self._strip.faded.connect(self._fade)
        row.recalled.connect(self._recall)
        row.compared.connect(lambda: self._compare(row.chosen))
        # the row is filled anew, which it must not be while it is being edited
        row.renamed.connect(self._rename, Qt.ConnectionType.QueuedConnection)
        row.removal_wanted.connect(self._remove, Qt.ConnectionType.QueuedConnection)
        row.customContextMenuRequested.connect(self._show_menu)

    def _keep(self, name: str = "") -> Snapshot | None:
        """Keep the present mix, unless it is kept already; None where there are too many."""
        session, snapshots = self._document.session, self._document.snapshots
        present = next((one for one in snapshots if is_at(session, one)), None)
        if present is not None:
            self._space.notice.show_text(self.tr("This is the snapshot {name} already").format(name=present.name))
            return present
        if len(snapshots) >= MOST_SNAPSHOTS:
            text = self.tr("There are {number} snapshots, as many as are kept. Remove one of them first.")
            self._space.notice.show_text(text.format(number=MOST_SNAPSHOTS))
            return None
        self._document.set_snapshots(with_session_mix(snapshots, session, name))
        found = self._document.snapshots[-1]
        if not self._compared:
            self._row.choose([found])
        return found

    def _make_another(self) -> None:
        """Ask for the overfit picture with another seed; keep it, and what was there before."""
        session = self._document.session
        if key_for(session) is None:
            return
        self._end_comparison()
        before = self._keep()
        seed = next_seed(self._document.snapshots, session)
        self._document.apply(self.tr("Another one"), with_settings, seed=seed)
        self._space.notice.show_text(self.tr("Making another one…"))
        self._runs.when_final(partial(self._made_another, before, seed))

    def _made_another(self, before: Snapshot | None, seed: int, overfit: Overfit) -> None:
        if self._document.session.settings.seed != seed:
            return  # the artist has gone on to something else
        made = self._keep(self.tr("Variation {number}").format(number=seed))
        if made is None:
            return
        text = self.tr("{name} is kept as a snapshot").format(name=made.name)
        offered = [] if before is None else [(self.tr("Compare"), partial(self._compare, [before, made]))]
        self._space.notice.show_text(text, offered)

    def _recall(self, snapshot: Snapshot) -> None:
        self._end_comparison()
        self._apply(snapshot)
        self._row.choose([snapshot])

    def _apply(self, snapshot: Snapshot) -> None:
        self._document.apply(self.tr("Snapshot {name}").format(name=snapshot.name), recall_snapshot, snapshot)

    def _compare(self, chosen: list[Snapshot]) -> None:
        """The first at the left of the split line; the second, which is recalled, or the target at its right."""
        self._end_comparison()
        if not chosen:
            return
        key = self._key(chosen[0])
        overfit = None if key is None else self._runs.stored_overfit(key)
        if overfit is None:
            text = self.tr("The picture of {name} has to be made again first")
            make = (self.tr("Make it"), partial(self._recall, chosen[0]))
            self._space.notice.show_text(text.format(name=chosen[0].name), [make])
            return
        if len(chosen) > 1:
            self._apply(chosen[1])
        self._compared = chosen
        self._row.choose(chosen)
        self._show_fader()
        self._build(overfit)

    def _build(self, overfit: Overfit) -> None:
        """Make ready what is at the left."""
        building = build_layers(self._target.view.pyramids, overfit.layers, overfit.content.size)
        self._sliced.start(building, self._put_beside)

    def _overfit_arrived(self, overfit: Overfit | None) -> None:
        if self._compared and overfit is not None and overfit.key == self._key(self._compared[0]):
            self._build(overfit)

    def _put_beside(self, overfit: Pyramid) -> None:
        left, session = self._compared[0], self._document.session
        if self._target.split_comparison is None:
            self._was_split = self._target.is_split
        mix = mix_for(left, session)
        self._target.set_split_comparison(SplitComparison(left.name, mix, overfit.at(mix.balance)))
        self._split(True)
        self._name_right(session)

    def _show_fader(self) -> None:
        if len(self._compared) < 2:
            text = self.tr("{name} is left of the line, the target right. Ctrl+click another one to cross-fade.")
            self._strip.show_fader(None, text.format(name=self._compared[0].name))
        elif self._key(self._compared[0]) != self._key(self._compared[1]):
            self._strip.show_fader(None, self.tr("They have overfit pictures of their own: there is no cross-fade."))
        else:
            self._strip.show_fader((self._compared[0].name, self._compared[1].name))

    def _fade(self, share: float, step: object) -> None:
        one, other = self._compared
        session, label = self._document.session, self.tr("Cross-fade {0} and {1}").format(one.name, other.name)
        mix = crossfade(mix_for(one, session), mix_for(other, session), share)
        self._document.apply(label, with_mix, mix, step=step)

    def _end_comparison(self) -> None:
        if not self._compared:
            return
        self._compared = []
        self._sliced.stop()
        self._strip.show_fader(None)
        if self._target.split_comparison is not None:
            self._target.set_split_comparison(None)
            self._split(self._was_split)

    def _split(self, on: bool) -> None:
        if self._menu is not None and self._menu["split"].isChecked() != on:
            self._menu["split"].trigger()

    def _split_toggled(self, on: bool) -> None:
        """Without the line there is no comparison."""
        if not on and self._target.split_comparison is not None:
            self._was_split = False
            self._end_comparison()
            self._choose_present()

    def _rename(self, snapshot: Snapshot, name: str) -> None:
        snapshots = self._document.snapshots
        if snapshot not in snapshots:
            return
        try:
            found = rename_snapshot(snapshots, snapshot, name)
        except SettingError:  # an empty name: the one that it had comes back
            found = snapshots
        self._end_comparison()
        self._document.set_snapshots(found)
        self._show_snapshots()

    def _remove(self, snapshot: Snapshot) -> None:
        snapshots = self._document.snapshots
        if snapshot not in snapshots:
            return
        if snapshot in self._compared:
            self._end_comparison()
        self._document.set_snapshots(without_snapshot(snapshots, snapshot))
        back = partial(self._put_back, snapshot, snapshots.index(snapshot))
        text = self.tr("Removed the snapshot {name}").format(name=snapshot.name)
        self._space.notice.show_text(text, [(self.tr("Undo"), back)])

    def _put_back(self, snapshot: Snapshot, place: int) -> None:
        now = list(self._document.snapshots)
        if snapshot not in now:
            now.insert(place, snapshot)
            self._document.set_snapshots(tuple(now))

    def _show_menu(self, place: QPoint) -> None:
        snapshot = self._row.snapshot_at(place)
        if snapshot is None:
            return
        menu = QMenu(self._row)
        menu.addAction(self.tr("&Take it"), partial(self._recall, snapshot))
        menu.addAction(self.tr("&Compare with the target"), partial(self._compare, [snapshot]))
        menu.addAction(self.tr("Re&name"), partial(self._row.rename, snapshot))
        menu.addSeparator()
        menu.addAction(self.tr("Re&move"), partial(self._remove, snapshot))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._row.viewport().mapToGlobal(place))

    def _follow(self, old: Session, new: Session) -> None:
        self._enable()
        if old.content is not new.content:
            self._end_comparison()
        if self._compared:
            self._name_right(new)
        else:
            self._choose_present()

    def _name_right(self, session: Session) -> None:
        """What is at the right of the line, and where the cross-fader is."""
        left, right = self._compared[0], self._compared[-1]
        if self._target.split_comparison is not None and len(self._compared) > 1:
            self._target.split_comparison.right = right.name if is_at(session, right) else ""
        if self._strip.fader is not None:
            for share, one in enumerate((left, right)):
                if is_at(session, one):
                    self._strip.fader.show_value(share)

    def _choose_present(self) -> None:
        """Choose the snapshot that the session is at, if any."""
        session = self._document.session
        self._row.choose([one for one in self._document.snapshots if is_at(session, one)][:1])

    def _key(self, snapshot: Snapshot) -> RunKey | None:
        session = self._document.session
        if session.content is None or session.style is None:
            return None
        return run_key(session.content, session.style, snapshot.settings, session.second, session.look_key)

    def _show_snapshots(self) -> None:
        self._row.show_snapshots(self._document.snapshots)
        self._space.update_strip_visibility()
        self._show_pictures()
        if not self._compared:
            self._choose_present()

    def _show_pictures(self) -> None:
        for snapshot in self._document.snapshots:
            self._row.show_picture(snapshot, self._pictures.picture(snapshot))

    def _enable(self) -> None:
        if self._menu is not None:
            for name in ("snapshot", "variation"):
                self._menu[name].setEnabled(key_for(self._document.session) is not None)
