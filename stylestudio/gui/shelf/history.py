"""The panel's page of finished runs and exports: searched, grouped, starred, brought back, deleted."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QMenu, QMessageBox, QToolButton

from stylestudio.errors import SettingError
from stylestudio.gui.exporter import show_in_folder
from stylestudio.gui.gathering import RecalledSession, find_pictures
from stylestudio.gui.icons import icon
from stylestudio.gui.library_queue import LibraryQueue
from stylestudio.gui.shelf.images import load_images
from stylestudio.gui.shelf.panel import Page
from stylestudio.gui.shelf.tile_view import TileView
from stylestudio.gui.shelf.tiles import Tile
from stylestudio.gui.widgets.boxes import name_control
from stylestudio.gui.words import tr
from stylestudio.images.decode import Picture
from stylestudio.studio.library import Library
from stylestudio.studio.library_records import RunEntry
from stylestudio.studio.result_names import styles_name
from stylestudio.studio.run_record import recipe_of_record

Exports = dict[int, list[Path]]
"""The files that were written of each run."""
Section = tuple[str, list[RunEntry]]


def find_run_pictures(record: str, present: Sequence[Picture], library: Library) -> RecalledSession:
    """Look for the pictures of a run: among those `present`, then in their files. Raises `SettingError`."""
    recipe = recipe_of_record(record)
    hashes = {name.sha256 for name in (recipe.content, recipe.style, recipe.second) if name}
    paths = [entry.path for entry in library.pictures() if entry.sha256 in hashes and entry.path]
    return find_pictures(recipe, present, paths)


class HistoryPage(QObject):
    """`brought` carries the `RecalledSession` of a run to have again."""

    brought = Signal(object)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, library: LibraryQueue, present: Callable[[], Sequence[Picture]], parent: QObject) -> None:
        super().__init__(parent)
        self._library, self._present = library, present
        self.entries: list[RunEntry] = []
        self._exports: Exports = {}
        self._filter: tuple[str, bool] = "", False
        self.view, self.grouped, self.more = TileView(self.tr("History"), fills=False), QComboBox(), QToolButton()
        tools = (self.grouped, self.more)
        self.page = Page(self.tr("History"), self.tr("Search the history"), self.view, tools)
        self._join()

    def refresh(self, words: str, only_stars: bool) -> None:
        """Show the runs whose photo or style has these words."""
        self._filter = words, only_stars

        def look(library: Library) -> tuple[list[RunEntry], Exports]:
            return library.runs(words), exports_by_run(library)

        self._library.ask(look, self._show)

    def choose(self, number: int) -> None:
        """Look for the run's pictures, to bring it back."""
        entry = self._entry(number)
        if entry is not None:
            work = partial(find_run_pictures, entry.recipe, self._present())
            self._library.ask(work, self.brought.emit, self.failed.emit)

    def star(self, number: int, star: bool) -> None:
        self._library.write(lambda library: library.star_run(number, star))

    def delete(self, number: int) -> None:
        """Delete the entry; no file of the artist's goes."""
        self._library.write(lambda library: library.delete_run(number))

    def ask_to_clear(self) -> None:
        """Ask whether all entries are to go."""
        ClearQuestion(self.view, self._library).open()

    def menu_for(self, number: int) -> QMenu:
        """What can be done with an entry."""
        menu, entry = QMenu(self.view), self._entry(number)
        if entry is None:
            return menu
        star, files = not entry.star, self._exports.get(number, [])
        menu.addAction(self.tr("&Bring it back")).triggered.connect(lambda: self.choose(number))
        words = self.tr("&Star\tS") if star else self.tr("No &star\tS")
        menu.addAction(words).triggered.connect(lambda: self.star(number, star))
        menu.addSeparator()
        for file in files:
            text = self.tr("Show {name} in its &folder").format(name=file.name.replace("&", "&&"))
            menu.addAction(text).triggered.connect(partial(show_in_folder, file))
        menu.addAction(self.tr("&Delete\tDel")).triggered.connect(lambda: self.delete(number))
        return menu

    def _join(self) -> None:
        view = self.view
        view.chosen.connect(self.choose)
        view.starred.connect(self.star)
        view.removal_asked.connect(self.delete)
        view.menu_asked.connect(self._pop_up)
        view.tiles.images_wanted.connect(
            lambda keys: load_images(self._library, Library.run_thumbnail, keys, view.tiles.set_images)
        )
        for text, way in (
            (self.tr("By day"), by_day),
            (self.tr("By photo"), by_photo),
            (self.tr("By style"), by_style),
        ):
            self.grouped.addItem(text, way)
        name_control(self.grouped, self.tr("Grouped"))
        self.grouped.activated.connect(lambda _: self._lay_out())
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.setIcon(icon("more"))
        self.more.setAutoRaise(True)
        self.more.setToolTip(self.tr("Clear the history"))
        self.more.setAccessibleName(self.tr("Clear the history"))
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none }")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.addAction(self.tr("&Clear the history…")).triggered.connect(self.ask_to_clear)
        self.more.setMenu(menu)

    def _pop_up(self, number: int, place: QPoint) -> None:
        menu = self.menu_for(number)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _show(self, found: tuple[list[RunEntry], Exports]) -> None:
        runs, self._exports = found
        words, only_stars = self._filter
        self.entries = [run for run in runs if run.star or not only_stars]
        nothing, first = (
            self.tr("Nothing found."),
            self.tr("Every finished picture will be here, with how it was made."),
        )
        self.view.empty_text = nothing if words or only_stars else first
        self._lay_out()

    def _lay_out(self) -> None:
        tiles: list[Tile] = []
        for title, entries in self.grouped.currentData()(self.entries):
            tiles.append(Tile(("heading", title, entries[0].id), title, heading=True))
            tiles += [self._tile(entry) for entry in entries]
        self.view.tiles.set_tiles(tiles)
        self.view.viewport().update()

    def _tile(self, entry: RunEntry) -> Tile:
        style = styles_name(entry.style_name, second_style_of(entry))
        name = self.tr("{photo} in {style}").format(photo=entry.content_name, style=style)
        files = self._exports.get(entry.id, [])
        finished = QDateTime.fromSecsSinceEpoch(int(entry.finished.timestamp()))
        when = QLocale().toString(finished, QLocale.FormatType.ShortFormat)
        about = [when, *(self.tr("Exported as {path}").format(path=file) for file in files)]
        return Tile(entry.id, name, "\n".join(about), entry.star, mark=bool(files))

    def _entry(self, number: int) -> RunEntry | None:
        return next((entry for entry in self.entries if entry.id == number), None)


class ClearQuestion(QMessageBox):
    """Asks whether all entries go, or only those without a star."""

    def __init__(self, view: TileView, library: LibraryQueue) -> None:
        super().__init__(view.window())
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(self.tr("Clear the history"))
        self.setText(self.tr("Clear the history?"))
        self.setInformativeText(self.tr("Your photos, styles and exported pictures stay as they are."))
        unstarred = self.addButton(self.tr("&Keep those with a star"), QMessageBox.ButtonRole.AcceptRole)
        everything = self.addButton(self.tr("Clear &all"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)
        unstarred.clicked.connect(lambda: library.write(delete_unstarred))
        everything.clicked.connect(lambda: library.write(lambda opened: opened.clear("runs", "exports")))
        self.finished.connect(self.deleteLater)
        self.finished.connect(view.setFocus)


def delete_unstarred(library: Library) -> None:
    """Delete all runs without a star. Raises `LibraryError`."""
    for run in library.runs():
        if not run.star:
            library.delete_run(run.id)


def second_style_of(entry: RunEntry) -> str | None:
    """The name of its second style, if it has one."""
    if '"second":{' not in entry.recipe:  # most have none, and a recipe may be long
        return None
    with suppress(SettingError):
        second = recipe_of_record(entry.recipe).second
        return second and second.name
    return None


def exports_by_run(library: Library) -> Exports:
    """The files written of each run, the last first."""
    found: Exports = {}
    for export in library.exports():
        if export.run is not None:
            found.setdefault(export.run, []).append(export.path)
    return found


def by_day(entries: Sequence[RunEntry], today: date | None = None) -> list[Section]:
    """Today's, yesterday's and older ones, the last first."""
    now = today or datetime.now().astimezone().date()
    titles = {now: tr("Today"), now - timedelta(days=1): tr("Yesterday")}
    return group_by_title(entries, lambda entry: titles.get(entry.finished.astimezone().date(), tr("Older")))


def by_photo(entries: Sequence[RunEntry]) -> list[Section]:
    return group_by_title(entries, lambda entry: entry.content_name)


def by_style(entries: Sequence[RunEntry]) -> list[Section]:
    return group_by_title(entries, lambda entry: entry.style_name)


def group_by_title(entries: Sequence[RunEntry], title: Callable[[RunEntry], str]) -> list[Section]:
    """Entries of one title together, in the order of the first of each."""
    found: dict[str, list[RunEntry]] = {}
    for entry in entries:
        found.setdefault(title(entry), []).append(entry)
    return list(found.items())
