"""Joins the sliders and presets to the session and the target: what is mixed, and what is only being looked at."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from stylestudio.gui.document import Document, Edits
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.menus import Menus
from stylestudio.gui.own_presets import OwnPresets
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.preset_pictures import PresetPreviews
from stylestudio.gui.solo import SoloMute
from stylestudio.gui.words import channel_names, preset_label
from stylestudio.gui.workspace import Workspace
from stylestudio.images.blend import Axes
from stylestudio.studio.mix import KEEP_COLOURS, ONLY_COLOURS, Mix
from stylestudio.studio.presets import Preset
from stylestudio.studio.session import Session

KEYS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)
SEASON_DRIFT = 0.06
"""How far a season's shares go while the picture is refined under an artist who has taken it."""


class MixController(QObject):
    """The mix of the session in `space`: its target, and the pane with sliders and presets."""

    failed = Signal(object)
    said = Signal(str)

    def __init__(
        self,
        window: QWidget,
        document: Document,
        edits: Edits,
        space: Workspace,
        file_queue: FileQueue,
        memory: Preferences,
    ) -> None:
        super().__init__(window)
        self._document, self._edits, self._space = document, edits, space
        self._pane, self._target = space.side.mix, space.target
        self._desk = SoloMute()
        self._tried: tuple[str, Mix] | None = None
        self._axes: Axes = document.session.axes
        self.menu: Menus | None = None
        """Where it is checked what is chosen."""
        self.presets, self.pictures = OwnPresets(window, file_queue, memory), PresetPreviews(space.target)
        self._join()
        HeldKeyWatcher(window).changed.connect(self._hold)
        self._show_presets()
        QTimer.singleShot(0, self, self._tell_faults)

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {
            "axes": lambda: self._edits.set_axes("rgb" if self._document.session.axes == "ycc" else "ycc"),
            "keep_colours": partial(self._take, self.tr("Keep the photo's colours"), KEEP_COLOURS),
            "only_colours": partial(self._take, self.tr("Only the colours"), ONLY_COLOURS),
            "keep_preset": self._keep,
            "import_preset": self.presets.ask_to_import,
        }

    def show_mix(self, session: Session) -> None:
        """Show the session's mix, and nothing that was only tried."""
        self._tried = None
        if session.axes != self._axes:
            self._axes, self._desk = session.axes, SoloMute()
        self._pane.show_session(session)
        self._pane.show_solo_mute(self._desk)
        self.pictures.show_mask(session.mask, session.balance)
        self._space.overfit_pane.set_balance(session.balance)
        self._frame()
        if self.menu:
            self.menu["axes"].setChecked(session.axes == "ycc")
        self._show_target()

    def _join(self) -> None:
        pane, gallery, edits = self._pane, self._pane.gallery, self._edits
        pane.shares_edited.connect(edits.set_share)
        pane.balance.edited.connect(edits.set_balance)
        pane.linked_toggled.connect(edits.link)
        pane.axes_chosen.connect(edits.set_axes)
        pane.mix_chosen.connect(self._take)
        pane.mix_hovered.connect(self._try)
        pane.solo_mute_toggled.connect(self._turn)
        pane.preset_chosen.connect(self._take_preset)
        gallery.hovered.connect(self._try_preset)
        gallery.keep_requested.connect(self._keep)
        gallery.menu_wanted.connect(self._show_menu)
        self.presets.changed.connect(self._presets_changed)
        self.presets.deleted.connect(self._offer_back)
        self.presets.failed.connect(self.failed)
        self.pictures.changed.connect(self._show_pictures)

    def _take(self, label: str, mix: Mix) -> None:
        self._edits.use_mix(label, mix)
        self.show_mix(self._document.session)  # also where that changed nothing: a switch was clicked

    def _take_preset(self, preset: Preset) -> None:
        label = self.tr("Preset {name}").format(name=preset_label(preset))
        self._take(label, self.pictures.get(preset.name).mix)

    def _try(self, label: str, mix: Mix | None) -> None:
        """Show this mix until None, without the session knowing."""
        self._tried = (label, mix) if mix else None
        self._show_target()

    def _try_preset(self, preset: Preset | None) -> None:
        if preset is None:
            self._try("", None)
        else:
            self._try(preset_label(preset), self.pictures.get(preset.name).mix)

    def _turn(self, button: str, channel: int) -> None:
        self._look(self._desk.toggled(button, channel))

    def _hold(self, channel: int | None) -> None:
        self._look(SoloMute(self._desk.solo, self._desk.muted, channel))

    def _look(self, desk: SoloMute) -> None:
        self._desk = desk
        self._pane.show_solo_mute(desk)
        self._show_target()

    def _show_target(self) -> None:
        session = self._document.session
        if self._tried:
            label, mix = self._tried
            self._target.set_mix(Mix(mix.shares, mix.axes, session.mask, session.balance), label)
        else:
            names = channel_names(session.axes)
            self._target.set_mix(self._desk.apply_to(session.mix), self._desk.describe(names))

    def _keep(self) -> None:
        self.presets.ask_to_keep(self._document.session.mix)

    def _show_menu(self, preset: Preset | None, place: QPoint) -> None:
        if preset is None:
            menu = QMenu(self._pane)
            menu.addAction(self.tr("&Keep this mix as a preset…"), self._keep)
            menu.addAction(self.tr("&Import a preset…"), self.presets.ask_to_import)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(place)
        else:
            self.presets.show_menu(preset, self.pictures.get(preset.name).mix, place)

    def _offer_back(self, preset: Preset) -> None:
        """Say that a preset was deleted, with a way back."""
        back = partial(self.presets.keep, preset.label, Mix(preset.shares, preset.axes))
        text = self.tr("Deleted the preset {name}").format(name=preset.label)
        self._space.notice.show_text(text, [(self.tr("Undo"), back)])

    def _presets_changed(self, name: str) -> None:
        self._show_presets()
        if name:
            self._pane.gallery.show_tile(name)

    def _show_presets(self) -> None:
        found = self.presets.read()
        self._tried = None
        self._pane.gallery.show_presets(found)
        self._show_pictures()  # those that are known already, until all are made anew
        self.pictures.show_presets(found)

    def _tell_faults(self) -> None:
        """Say which files in the artist's folder are no presets."""
        if faults := self.presets.faults():
            self.said.emit(" ".join(fault.message for fault in faults))

    def _show_pictures(self) -> None:
        for name, shown in self.pictures.found.items():
            if name in self._pane.gallery.tiles:
                tile = self._pane.gallery.tiles[name]
                tile.show_picture(shown.picture)
                tile.setToolTip(f"{tile.text()}: {in_words(shown.mix)}")
        self._frame()

    def _frame(self) -> None:
        """Frame the preset that the session's mix is."""
        mix = self._document.session.mix
        framed = (one for one in self.presets.known if is_same(mix, self._known_mix(one), share_tolerance(one)))
        self._pane.gallery.mark_active(next((one.name for one in framed), None))

    def _known_mix(self, preset: Preset) -> Mix:
        """What is known of it at this moment."""
        shown = self.pictures.found.get(preset.name)
        return shown.mix if shown else Mix(preset.shares, preset.axes)


def share_tolerance(preset: Preset) -> float:
    """How far the shares may be from the preset's that it still counts as the one that was taken."""
    return SEASON_DRIFT if preset.grade else 1e-6


def is_same(one: Mix, other: Mix, drift: float) -> bool:
    """Whether two mixes mean the same but for their masks; `drift` is what shares may differ by."""
    equal = len(set(one.shares)) == len(set(other.shares)) == 1
    near = all(abs(mine - theirs) <= drift for mine, theirs in zip(one.shares, other.shares, strict=True))
    return near and (equal or one.axes == other.axes)


def in_words(mix: Mix) -> str:
    """Its shares by name."""
    names = channel_names(mix.axes)
    return ", ".join(f"{name.lower()} {round(100 * share)} %" for name, share in zip(names, mix.shares, strict=True))


class HeldKeyWatcher(QObject):
    """Which of `KEYS` is held in `window`, wherever the focus is but in a box that takes figures itself."""

    changed = Signal(object)
    """Its channel, or None."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._held: int | None = None
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(lambda *_: self._become(None))  # the release will be heard elsewhere

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() in KEYS and not event.isAutoRepeat():
            channel = KEYS.index(Qt.Key(event.key()))
            if event.type() == QEvent.Type.KeyPress and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self._become(channel)
                return True
            if event.type() == QEvent.Type.KeyRelease and channel == self._held:
                self._become(None)
                return True
        return super().eventFilter(watched, event)

    def _become(self, channel: int | None) -> None:
        if channel != self._held:
            self._held = channel
            self.changed.emit(channel)
