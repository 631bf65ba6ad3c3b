"""The menus: every command with its words, its key and its place, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from stylestudio.gui.icons import icon
from stylestudio.gui.loading import KINDS
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.widgets.boxes import commit_typed
from stylestudio.gui.words import tr
from stylestudio.studio.samples import sample_pair, samples


@dataclass(frozen=True)
class Command:
    """One menu entry: its name in the program, its words, its keys and its icon ("" for none).

    `tip` says more than the words where they cannot say all.
    """

    name: str
    text: str
    keys: str = ""
    checkable: bool = False
    icon: str = ""
    tip: str = ""


@dataclass(frozen=True)
class Submenu:
    """A menu in a menu; the window fills an empty one when it opens."""

    name: str
    text: str
    commands: tuple[Command, ...] = ()


SEPARATOR = None
Entry = Command | Submenu | None
BAR = (
    *("fit", "one_to_one", SEPARATOR, "split", "target_alone", SEPARATOR),
    *("brush", "dropper", "strip", SEPARATOR, "snapshot", "prepare"),
)
"""Commands that have a button below the target."""


def menus() -> dict[str, list[Entry]]:
    """The menu bar, in the language of now."""
    return {
        tr("&File"): _file(),
        tr("&Edit"): _edit(),
        tr("&View"): _view(),
        tr("&Tools"): _tools(),
        tr("&Set"): _set(),
        tr("&Help"): _help(),
    }


def _file() -> list[Entry]:
    return [
        Command("open_content", tr("Open &photo…"), "Ctrl+O", icon="photo"),
        Command("open_style", tr("Open &style…"), "Ctrl+Shift+O", icon="style"),
        Command("open_second", tr("Open a se&cond style…"), "Ctrl+Alt+P", icon="plus"),
        Command("open_folder", tr("Open a fo&lder of photos…"), "Ctrl+Alt+Shift+O", icon="frames"),
        Submenu("recent", tr("Open &recent")),
        Submenu("samples", tr("Sa&mples")),
        Command("bring_back", tr("&Bring a picture's session back…"), "Ctrl+Alt+O"),
        SEPARATOR,
        Command("export", tr("&Export…"), "Ctrl+E", icon="export"),
        Command("export_all", tr("Export &all…"), "Ctrl+Alt+E", icon="export"),
        Command("queue", tr("&Queue of exports"), "Ctrl+Alt+Q"),
        Command("save_overfit", tr("Save &overfit picture…"), "Ctrl+Shift+E", icon="overfit"),
        Command("show_in_folder", tr("Show in &folder"), "Ctrl+Shift+F", icon="folder"),
        SEPARATOR,
        Command("forget_work", tr("Forget &kept work…"), "Ctrl+Alt+F"),
        SEPARATOR,
        Command("quit", tr("&Quit"), "Ctrl+Q"),
    ]


def _edit() -> list[Entry]:
    return [
        Command("undo", tr("&Undo"), "Ctrl+Z", icon="undo"),
        Command("redo", tr("&Redo"), "Ctrl+Shift+Z; Ctrl+Y", icon="redo"),
        SEPARATOR,
        Command("paste", tr("&Paste picture"), "Ctrl+V"),
        Command("copy_target", tr("&Copy target"), "Ctrl+Shift+C"),
        SEPARATOR,
        Command("swap", tr("&Swap photo and style"), "Ctrl+Shift+X", icon="swap"),
        Command("swap_styles", tr("Swap the t&wo styles"), "Ctrl+Alt+X", icon="swap"),
        Command("remove_second", tr("Remo&ve the second style"), "Ctrl+Alt+Backspace", icon="cancel"),
        Command("link", tr("&Link the sliders"), "Ctrl+L", checkable=True, icon="link"),
        Command("axes", tr("Sliders of light and co&lours"), "Ctrl+Shift+L", checkable=True),
        Command("keep_colours", tr("&Keep the photo's colours"), "Ctrl+Alt+K"),
        Command("only_colours", tr("O&nly the colours"), "Ctrl+Alt+C"),
        Command("keep_preset", tr("Keep the mix as a p&reset…"), "Ctrl+K", icon="plus"),
        Command("import_preset", tr("&Import a preset…"), "Ctrl+Shift+I"),
        SEPARATOR,
        Command("prepare", tr("Pre&pare the photo…"), "Ctrl+Alt+T", icon="crop"),
        Command("snapshot", tr("Keep a snaps&hot"), "Ctrl+Shift+K", icon="snapshot"),
        Command("variation", tr("Another &one: the overfit picture of other pieces"), "Ctrl+Shift+R", icon="again"),
        SEPARATOR,
        Command("apply_look", tr("Apply a picture's loo&k…"), "Ctrl+Alt+A"),
        Command("copy_command", tr("Copy as co&mmand line"), "Ctrl+Alt+M"),
        SEPARATOR,
        Command("restart", tr("Make the overfit picture a&gain"), "Ctrl+R", icon="again"),
        Command("cancel", tr("C&ancel"), "Esc", icon="cancel"),
    ]


def _view() -> list[Entry]:
    return [
        Command("zoom_in", tr("Zoom &in"), "Ctrl++; Ctrl+=", icon="plus"),
        Command("zoom_out", tr("Zoom &out"), "Ctrl+-", icon="minus"),
        Command("fit", tr("&Fit"), "Ctrl+0", icon="fit"),
        Command("one_to_one", tr("&One to one"), "Ctrl+1", icon="one_to_one"),
        SEPARATOR,
        Command("split", tr("&Split: photo and target"), "Ctrl+D", checkable=True, icon="split"),
        Command("hold_content", tr("&Photo alone (hold Space)"), "Ctrl+2", checkable=True),
        Command("hold_overfit", tr("O&verfit picture alone (hold O)"), "Ctrl+3", checkable=True),
        Command("target_alone", tr("Full &screen"), "F11", checkable=True, icon="full_screen"),
        SEPARATOR,
        Command("shelf", tr("St&yles"), "F9", checkable=True, icon="shelf"),
        Command("history", tr("Hi&story"), "Ctrl+H", icon="history"),
        Command("try_styles", tr("T&ry styles on my photo"), "Ctrl+T", icon="sheet"),
        SEPARATOR,
        Submenu("theme", tr("T&heme"), _themes()),
        Submenu("surround", tr("Su&rround"), _surrounds()),
    ]


def _tools() -> list[Entry]:
    return [
        Command("brush", tr("&Brush: more or less here"), "B", checkable=True, icon="brush"),
        Command("dropper", tr("&Hold a colour"), "I", checkable=True, icon="dropper"),
        Command("strip", tr("&Test strip"), "T", checkable=True, icon="strip"),
        SEPARATOR,
        Command("brush_smaller", tr("&Smaller brush"), "["),
        Command("brush_larger", tr("&Larger brush"), "]"),
        Command("brush_softer", tr("S&ofter brush"), "Shift+[; {"),
        Command("brush_harder", tr("Har&der brush"), "Shift+]; }"),
        Command("brush_swap", tr("Brush: &more or less"), "X", icon="swap"),
        SEPARATOR,
        Command("mask_show", tr("Sho&w the mask"), "Shift+B", checkable=True, icon="eye"),
        Command("mask_invert", tr("&Invert the mask"), "Ctrl+I", icon="invert"),
        Command("mask_clear", tr("&Clear the mask"), "Ctrl+Backspace", icon="clear"),
    ]


def _set() -> list[Entry]:
    return [
        Command("next_photo", tr("&Next photo"), "Ctrl+Right; Ctrl+PgDown"),
        Command("previous_photo", tr("&Previous photo"), "Ctrl+Left; Ctrl+PgUp"),
        SEPARATOR,
        Command("only_this", tr("&Only this photo"), "Ctrl+Shift+T", checkable=True, icon="own_mix"),
        Command("same_look", tr("&Same look"), "Ctrl+Alt+U", True, "same_look", _about_same_look()),
        SEPARATOR,
        Command("close_set", tr("&Close the set"), "Ctrl+Alt+W", icon="cancel"),
    ]


def _about_same_look() -> str:
    return tr("Paint all photos of the set in one palette and with one hand, as for pictures of one scene")


def _help() -> list[Entry]:
    return [
        Command("find", tr("&Find a command…"), "Ctrl+Shift+P"),
        Command("keys", tr("&Keys…"), "F1"),
        SEPARATOR,
        Command("about", tr("&About Style Studio")),
        Command("licences", tr("&Licences"), "Shift+F1"),
    ]


def _themes() -> tuple[Command, ...]:
    return (
        Command("theme_system", tr("As the &system"), "Ctrl+Alt+S", checkable=True),
        Command("theme_light", tr("&Light"), "Ctrl+Alt+L", checkable=True),
        Command("theme_dark", tr("&Dark"), "Ctrl+Alt+D", checkable=True),
    )


def _surrounds() -> tuple[Command, ...]:
    return (
        Command("surround_theme", tr("As the &theme"), checkable=True),
        Command("surround_dark", tr("&Dark"), checkable=True),
        Command("surround_mid", tr("&Mid-grey"), checkable=True),
        Command("surround_light", tr("&Light"), checkable=True),
    )


class Menus(QObject):
    """The window's actions by name, its submenus by name; `files_chosen` from a submenu: paths, and their kind or None.

    Every action calls the handler of its name.
    """

    files_chosen = Signal(list, object)

    def __init__(self, window: QMainWindow, handlers: Mapping[str, Callable[[], object]], memory: Preferences) -> None:
        super().__init__(window)
        self.by_name: dict[str, QAction] = {}
        self.submenus: dict[str, QMenu] = {}
        self._window, self._handlers, self._memory = window, handlers, memory
        for title, entries in menus().items():
            menu = window.menuBar().addMenu(title)
            for entry in entries:
                self._add(menu, entry)
        self.submenus["recent"].aboutToShow.connect(lambda: self._fill_recent(memory))
        self.submenus["samples"].aboutToShow.connect(self._fill_samples)

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def make_exclusive(self, names: list[str]) -> None:
        """Only one of these is checked at a time."""
        group = QActionGroup(self._window)
        for name in names:
            group.addAction(self[name])

    def label_step(self, name: str, verb: str, label: str | None) -> None:
        """What Undo or Redo would do, None for nothing."""
        self[name].setEnabled(label is not None)
        self[name].setText(f"{verb}: {label}" if label else verb)

    def set_keys(self, name: str, keys: str) -> None:
        """Other keys for this action, "; " between several, from now on."""
        self._memory.set_keys(name, keys)
        self._set_keys(self[name], keys)

    def _set_keys(self, action: QAction, keys: str) -> None:
        action.setShortcuts([QKeySequence(key) for key in keys.split("; ") if key])
        words, key = action.whatsThis() or action.text().replace("&", ""), action.shortcut().toString()
        action.setToolTip(f"{words} ({key})" if key else words)

    def _fill_recent(self, memory: Preferences) -> None:
        """The files opened last, photos before styles."""
        menu = self.submenus["recent"]
        menu.clear()
        for kind, title in zip(KINDS, (tr("Photos"), tr("Styles")), strict=True):
            self._list(menu, title, kind, memory.recent(kind))
        if menu.isEmpty():
            menu.addAction(tr("Nothing opened yet")).setEnabled(False)

    def _fill_samples(self) -> None:
        """The pair to begin with, and every sample alone."""
        menu = self.submenus["samples"]
        menu.clear()
        pair = menu.addAction(tr("&Photo and style to begin with"))
        pair.triggered.connect(lambda: self.files_chosen.emit(list(sample_pair()), None))
        for kind, title in zip(KINDS, (tr("Photos"), tr("Styles")), strict=True):
            self._list(menu, title, kind, samples(kind))

    def _list(self, menu: QMenu, title: str, kind: str, paths: list[Path]) -> None:
        if paths:
            menu.addSeparator()
            menu.addAction(title).setEnabled(False)
        for path in paths:
            entry = menu.addAction(path.stem.replace("&", "&&"))
            entry.setToolTip(str(path))
            entry.triggered.connect(lambda _=False, path=path: self.files_chosen.emit([path], kind))

    def _add(self, menu: QMenu, entry: Entry) -> None:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, Submenu):
            self.submenus[entry.name] = menu.addMenu(entry.text)
            for command in entry.commands:
                self._add(self.submenus[entry.name], command)
        else:
            menu.addAction(self._action(entry))

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self._window)
        action.setWhatsThis(command.tip)
        self._set_keys(action, self._memory.keys(command.name, command.keys))
        action.setCheckable(command.checkable)
        if command.icon:
            action.setIcon(icon(command.icon))
        handler = self._handlers[command.name]
        action.triggered.connect(lambda _=False: (commit_typed(), handler()))
        # Of the window too, so that the keys work while the menu bar is hidden.
        self._window.addAction(action)
        self.by_name[command.name] = action
        return action
