"""The shelf's page of styles: looked through, used, starred, tagged, added to and taken from."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QInputDialog, QMenu, QToolButton

from stylestudio.errors import SettingError
from stylestudio.gui.exporter import show_in_folder
from stylestudio.gui.icons import icon
from stylestudio.gui.library_queue import LibraryQueue
from stylestudio.gui.shelf.images import load_images
from stylestudio.gui.shelf.panel import Page
from stylestudio.gui.shelf.tile_view import TileView
from stylestudio.gui.shelf.tiles import Tile
from stylestudio.gui.shelf.update import ShelfScanner
from stylestudio.gui.widgets.boxes import name_control
from stylestudio.images.decode import read
from stylestudio.images.formats import patterns
from stylestudio.studio.library import Library
from stylestudio.studio.library_records import StyleEntry, describe_picture
from stylestudio.studio.session import Session

Found = tuple[list[StyleEntry], list[str], list[Path]]


class StylesPage(QObject):
    """`chosen` carries the file of a style that the artist wants to use, `second_chosen` as the second one.

    `listed` comes when others are shown.
    """

    chosen = Signal(Path)
    second_chosen = Signal(Path)
    listed = Signal()
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, library: LibraryQueue, folder: Callable[[], Path], parent: QObject) -> None:
        super().__init__(parent)
        self._library, self._folder = library, folder
        self.entries: list[StyleEntry] = []
        """Those that are shown, in their order."""
        self._folders: list[Path] = []
        self._filter: tuple[str, bool] = "", False
        self.update = ShelfScanner(library, self)
        self.update.said.connect(self.said)
        self.view, self.tag, self.more = TileView(self.tr("Styles"), fills=True), QComboBox(), QToolButton()
        self.page = Page(self.tr("Styles"), self.tr("Search the styles"), self.view, (self.tag, self.more))
        self._join()

    def refresh(self, words: str, only_stars: bool) -> None:
        """Show the styles with these words and the chosen tag."""
        self._filter = words, only_stars
        tag = self.tag.currentData()

        def look(library: Library) -> Found:
            return library.styles(words, tag), library.tags(), library.folders()

        self._library.ask(look, self._show)

    def add(self, paths: Sequence[Path]) -> None:
        """Put pictures on the shelf, and watch folders."""
        for path in paths:
            self._library.write(partial(put_on_shelf, path), self._added, self.failed.emit)

    def choose(self, sha256: str, second: bool = False) -> None:
        """Use the style, or have it as the second one."""
        entry = self._entry(sha256)
        if entry is None:
            return
        if entry.picture.path is None:
            text = self.tr("{name} came without a file, and only its small picture is kept.")
            hint = self.tr("Paste it again, or take it off the shelf.")
            self.failed.emit(SettingError(text.format(name=entry.picture.name), hint=hint))
            return
        (self.second_chosen if second else self.chosen).emit(entry.picture.path)

    def star(self, sha256: str, star: bool) -> None:
        self._library.write(lambda library: library.set_star(sha256, star))

    def remove(self, sha256: str) -> None:
        """Take a style off the shelf; its file stays."""
        entry = self._entry(sha256)
        if entry is not None:
            self._library.write(lambda library: library.remove_style(sha256))
            self.said.emit(self.tr("{name} is off the shelf; its file stays.").format(name=entry.picture.name))

    def ask_for_tags(self, sha256: str) -> None:
        """Ask which tags a style has."""
        entry = self._entry(sha256)
        if entry is None:
            return
        dialog = QInputDialog(self.view.window())
        dialog.setWindowTitle(self.tr("Tags"))
        dialog.setLabelText(self.tr("Tags of {name}, with commas between them:").format(name=entry.picture.name))
        dialog.setTextValue(", ".join(entry.tags))
        dialog.textValueSelected.connect(
            lambda text: self._library.write(lambda library: library.set_tags(sha256, text.split(",")))
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self.view.setFocus)
        dialog.open()

    def menu_for(self, sha256: str) -> QMenu:
        """What can be done with a style."""
        menu, entry = QMenu(self.view), self._entry(sha256)
        if entry is None:
            return menu
        path, star = entry.picture.path, not entry.star
        menu.addAction(self.tr("&Use")).triggered.connect(lambda: self.choose(sha256))
        menu.addAction(self.tr("Use as s&econd style")).triggered.connect(lambda: self.choose(sha256, second=True))
        words = self.tr("&Star\tS") if star else self.tr("No &star\tS")
        menu.addAction(words).triggered.connect(lambda: self.star(sha256, star))
        menu.addAction(self.tr("&Tags…\tF2")).triggered.connect(lambda: self.ask_for_tags(sha256))
        menu.addSeparator()
        showing = menu.addAction(self.tr("Show in &folder"))
        showing.setEnabled(path is not None)
        showing.triggered.connect(lambda: show_in_folder(path) if path else None)
        menu.addAction(self.tr("Take &off the shelf\tDel")).triggered.connect(lambda: self.remove(sha256))
        return menu

    def _join(self) -> None:
        view = self.view
        view.chosen.connect(self.choose)
        view.starred.connect(self.star)
        view.removal_asked.connect(self.remove)
        view.tags_asked.connect(self.ask_for_tags)
        view.menu_asked.connect(self._pop_up)
        view.tiles.images_wanted.connect(self._bring_images)
        self.tag.addItem(self.tr("All tags"), None)
        name_control(self.tag, self.tr("Tag"))
        self.tag.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.tag.setMinimumContentsLength(9)
        self.tag.activated.connect(lambda _: self.refresh(*self._filter))
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.setIcon(icon("plus"))
        self.more.setAutoRaise(True)
        self.more.setToolTip(self.tr("Add pictures or a folder"))
        self.more.setAccessibleName(self.tr("Add styles"))
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none }")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill_menu)

    def _bring_images(self, keys: list[str]) -> None:
        load_images(self._library, Library.thumbnail, keys, self.view.tiles.set_images)

    def _pop_up(self, sha256: str, place: QPoint) -> None:
        menu = self.menu_for(sha256)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _fill_menu(self) -> None:
        menu = self.more.menu()
        menu.clear()
        menu.addAction(self.tr("Add &pictures…")).triggered.connect(self._ask_for_pictures)
        menu.addAction(self.tr("Add a &folder…")).triggered.connect(self._ask_for_folder)
        if self._folders:
            menu.addSection(self.tr("Watched folders"))
        for folder in self._folders:
            text = self.tr("No longer watch {folder}").format(folder=folder.name or folder)
            leaving = menu.addAction(text.replace("&", "&&"))
            leaving.setToolTip(str(folder))
            leaving.triggered.connect(partial(self._leave, folder))

    def _ask_for_pictures(self) -> None:
        dialog = QFileDialog(self.view.window(), self.tr("Add styles"), str(self._folder()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(self.tr("Pictures ({patterns})").format(patterns=" ".join(patterns())))
        self._open(dialog)

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self.view.window(), self.tr("Add a folder of styles"), str(self._folder()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._open(dialog)

    def _open(self, dialog: QFileDialog) -> None:
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _leave(self, folder: Path) -> None:
        self._library.write(lambda library: library.unwatch_folder(folder), lambda _: self.update.request_scan())

    def _added(self, name: str) -> None:
        """A picture's name, or nothing where it was a folder."""
        if name:
            self.said.emit(self.tr("{name} is on the shelf.").format(name=name))
        else:
            self.update.request_scan()

    def _show(self, found: Found) -> None:
        styles, tags, self._folders = found
        words, only_stars = self._filter
        self.entries = [entry for entry in styles if entry.star or not only_stars]
        searched = bool(words or only_stars or self.tag.currentData())
        nothing = self.tr("Nothing found. Empty the search line, or choose all tags.")
        self.view.empty_text = nothing if searched else self.tr("Drop paintings, prints, textures or folders here.")
        self._show_tags(tags)
        self.view.tiles.set_tiles([self._tile(entry) for entry in self.entries])
        self.view.viewport().update()
        self.listed.emit()

    def _show_tags(self, tags: list[str]) -> None:
        if tags == [self.tag.itemText(row) for row in range(1, self.tag.count())]:
            return
        chosen = self.tag.currentData()
        with QSignalBlocker(self.tag):
            while self.tag.count() > 1:
                self.tag.removeItem(1)
            for tag in tags:
                self.tag.addItem(tag, tag)
            self.tag.setCurrentIndex(max(self.tag.findData(chosen), 0))

    def _tile(self, entry: StyleEntry) -> Tile:
        picture = entry.picture
        about = [f"{picture.width} × {picture.height}", ", ".join(entry.tags)]
        return Tile(picture.sha256, picture.name, "\n".join(filter(None, about)), entry.star, picture.path)

    def _entry(self, sha256: str) -> StyleEntry | None:
        return next((entry for entry in self.entries if entry.picture.sha256 == sha256), None)


def put_on_shelf(path: Path, library: Library) -> str:
    """Put a picture on the shelf and give its name, or watch a folder. Raises `PictureError`, `LibraryError`."""
    if path.is_dir():
        library.watch_folder(path)
        return ""
    picture = describe_picture(read(path), path)
    library.add_style(picture, "added")
    return picture.name


def style_keys(session: Session) -> list[str]:
    """The keys of the tiles of the session's styles."""
    return [style.sha256 for style in (session.style, session.second) if style]
