"""The menus that a right click on a picture opens: what can be done with it there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from stylestudio.gui.document import Document
from stylestudio.gui.exporter import show_in_folder
from stylestudio.gui.loading import KINDS, Loader
from stylestudio.gui.menus import Menus
from stylestudio.gui.panes.picture_pane import PicturePane
from stylestudio.gui.workspace import Workspace
from stylestudio.images.decode import Picture
from stylestudio.studio.samples import samples
from stylestudio.studio.session import unprepared

OF_TARGET = ("export", "copy_target", "", "snapshot", "split", "", "fit", "one_to_one", "target_alone")
OF_PICTURES = {
    "content": ("swap", "prepare"),
    "style": ("swap", "open_second", "swap_styles"),
    "second": ("swap_styles", "remove_second"),
}
OF_OVERFIT = ("save_overfit", "", "variation", "restart")
"""Commands, "" for a line between them."""


class PaneMenus(QObject):
    """One menu for each picture pane, also where it is shown large, and one for the target."""

    def __init__(self, window: QWidget, document: Document, space: Workspace, loader: Loader, menu: Menus) -> None:
        super().__init__(window)
        self._window, self._document, self._space, self._loader, self._menu = window, document, space, loader, menu
        self._paths: dict[tuple[str, str], Path] = {}
        loader.opened.connect(self._know)
        for kind, pane in space.panes.items():
            for place in (pane, pane.large):
                self._join(place, partial(self._of_picture, kind, pane))
        for place in (space.overfit_pane, space.overfit_pane.large):
            self._join(place, self._of_overfit)
        self._join(space.target, self._of_target)

    def _join(self, place: QWidget, fill: Callable[[QMenu], object]) -> None:
        place.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        place.customContextMenuRequested.connect(partial(self._open, place, fill))

    def _open(self, place: QWidget, fill: Callable[[QMenu], object], point: QPoint) -> None:
        menu = QMenu(place)
        fill(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place.mapToGlobal(point))

    def _of_picture(self, kind: str, pane: PicturePane, menu: QMenu) -> None:
        menu.addAction(self.tr("&Open…"), partial(self._loader.ask_for_file, kind, self._window))
        menu.addAction(self.tr("&Paste"), partial(self._loader.paste, kind))
        more = menu.addMenu(self.tr("Sa&mples"))
        for path in samples("content" if kind == KINDS[0] else "style"):
            more.addAction(path.stem.capitalize(), partial(self._loader.open_files, [path], kind))
        menu.addSeparator()
        self._add(menu, OF_PICTURES[kind])
        self._add_large(menu, pane)
        path = self._path(kind)
        action = menu.addAction(self.tr("Show in &folder"), partial(show_in_folder, path) if path else lambda: None)
        action.setEnabled(path is not None)

    def _of_overfit(self, menu: QMenu) -> None:
        self._add_large(menu, self._space.overfit_pane)
        self._add(menu, OF_OVERFIT)

    def _of_target(self, menu: QMenu) -> None:
        self._add(menu, OF_TARGET)
        menu.addMenu(self._menu.submenus["surround"])

    def _add(self, menu: QMenu, names: tuple[str, ...]) -> None:
        for name in names:
            if name:
                menu.addAction(self._menu[name])
            else:
                menu.addSeparator()

    def _add_large(self, menu: QMenu, pane: PicturePane) -> None:
        words = self.tr("Show small a&gain") if pane.is_large else self.tr("Show lar&ge beside the target")
        menu.addAction(words, partial(self._space.show_beside, pane)).setEnabled(not pane.is_empty)

    def _path(self, kind: str) -> Path | None:
        """The file that the picture of this kind came from, where it came from one."""
        session = self._document.session
        picture = unprepared(session) if kind == KINDS[0] else session.style if kind == "style" else session.second
        return None if picture is None else self._paths.get((picture.sha256, picture.name))

    def _know(self, picture: Picture, path: Path) -> None:
        self._paths[picture.sha256, picture.name] = path.absolute()
