"""The menus: every command with its words, its key and its place, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from stylestudio.gui.loading import KINDS
from stylestudio.gui.preferences import Memory
from stylestudio.gui.widgets.boxes import take_typed
from stylestudio.gui.words import tr
from stylestudio.studio.samples import sample_pair, samples


@dataclass(frozen=True)
class Command:
    """One menu entry: its name in the program, its words, its keys ("" for none)."""

    name: str
    text: str
    keys: str = ""
    checkable: bool = False


@dataclass(frozen=True)
class Submenu:
    """A menu in a menu; the window fills an empty one when it opens."""

    name: str
    text: str
    commands: tuple[Command, ...] = ()


SEPARATOR = None
Entry = Command | Submenu | None


def menus() -> dict[str, list[Entry]]:
    """The menu bar, in the language of now."""
    return {tr("&File"): _file(), tr("&Edit"): _edit(), tr("&View"): _view(), tr("&Help"): _help()}


def _file() -> list[Entry]:
    return [
        Command("open_content", tr("Open &photo…"), "Ctrl+O"),
        Command("open_style", tr("Open &style…"), "Ctrl+Shift+O"),
        Submenu("recent", tr("Open &recent")),
        Submenu("samples", tr("Sa&mples")),
        SEPARATOR,
        Command("export", tr("&Export…"), "Ctrl+E"),
        Command("save_overfit", tr("Save &overfit picture…"), "Ctrl+Shift+E"),
        Command("show_in_folder", tr("Show in &folder"), "Ctrl+Shift+F"),
        SEPARATOR,
        Command("forget_work", tr("Forget &kept work…"), "Ctrl+Alt+F"),
        SEPARATOR,
        Command("quit", tr("&Quit"), "Ctrl+Q"),
    ]


def _edit() -> list[Entry]:
    return [
        Command("undo", tr("&Undo"), "Ctrl+Z"),
        Command("redo", tr("&Redo"), "Ctrl+Shift+Z; Ctrl+Y"),
        SEPARATOR,
        Command("paste", tr("&Paste picture"), "Ctrl+V"),
        Command("copy_target", tr("&Copy target"), "Ctrl+Shift+C"),
        SEPARATOR,
        Command("swap", tr("&Swap photo and style"), "Ctrl+Shift+X"),
        Command("link", tr("&Link the sliders"), "Ctrl+L", checkable=True),
        SEPARATOR,
        Command("restart", tr("Make the overfit picture a&gain"), "Ctrl+R"),
        Command("cancel", tr("C&ancel"), "Esc"),
    ]


def _view() -> list[Entry]:
    return [
        Command("zoom_in", tr("Zoom &in"), "Ctrl++; Ctrl+="),
        Command("zoom_out", tr("Zoom &out"), "Ctrl+-"),
        Command("fit", tr("&Fit"), "Ctrl+0"),
        Command("one_to_one", tr("&One to one"), "Ctrl+1"),
        SEPARATOR,
        Command("split", tr("&Split: photo and target"), "Ctrl+D", checkable=True),
        Command("hold_content", tr("&Photo alone (hold Space)"), "Ctrl+2", checkable=True),
        Command("hold_overfit", tr("O&verfit picture alone (hold O)"), "Ctrl+3", checkable=True),
        Command("target_alone", tr("&Target alone"), "F11", checkable=True),
        SEPARATOR,
        Submenu("theme", tr("T&heme"), _themes()),
    ]


def _help() -> list[Entry]:
    return [
        Command("about", tr("&About Style Studio"), "F1"),
        Command("licences", tr("&Licences"), "Shift+F1"),
    ]


def _themes() -> tuple[Command, ...]:
    return (
        Command("theme_system", tr("As the &system"), "Ctrl+Alt+S", checkable=True),
        Command("theme_light", tr("&Light"), "Ctrl+Alt+L", checkable=True),
        Command("theme_dark", tr("&Dark"), "Ctrl+Alt+D", checkable=True),
    )


class Menus(QObject):
    """The window's actions by name, its submenus by name; `files_chosen` from a submenu: paths, and their kind or None.

    Every action calls the handler of its name.
    """

    files_chosen = Signal(list, object)

    def __init__(self, window: QMainWindow, handlers: Mapping[str, Callable[[], object]], memory: Memory) -> None:
        super().__init__(window)
        self.by_name: dict[str, QAction] = {}
        self.submenus: dict[str, QMenu] = {}
        self._window, self._handlers = window, handlers
        for title, entries in menus().items():
            menu = window.menuBar().addMenu(title)
            for entry in entries:
                self._add(menu, entry)
        self.submenus["recent"].aboutToShow.connect(lambda: self._fill_recent(memory))
        self.submenus["samples"].aboutToShow.connect(self._fill_samples)

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def exclusive(self, names: list[str]) -> None:
        """Only one of these is checked at a time."""
        group = QActionGroup(self._window)
        for name in names:
            group.addAction(self[name])

    def name_step(self, name: str, verb: str, label: str | None) -> None:
        """What Undo or Redo would do, None for nothing."""
        self[name].setEnabled(label is not None)
        self[name].setText(f"{verb}: {label}" if label else verb)

    def _fill_recent(self, memory: Memory) -> None:
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
        action.setShortcuts([QKeySequence(key) for key in command.keys.split("; ") if key])
        action.setCheckable(command.checkable)
        action.setToolTip(f"{command.text.replace('&', '')} ({action.shortcut().toString()})")
        handler = self._handlers[command.name]
        action.triggered.connect(lambda _=False: (take_typed(), handler()))
        # Of the window too, so that the keys work while the menu bar is hidden.
        self._window.addAction(action)
        self.by_name[command.name] = action
        return action
