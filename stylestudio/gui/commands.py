"""What the menu commands do."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from stylestudio.errors import PictureError
from stylestudio.gui.about import about, licences, show_text
from stylestudio.gui.canvas.target_canvas import Held
from stylestudio.gui.drops import READABLE, Dropped, dropped
from stylestudio.gui.loading import KINDS
from stylestudio.gui.theme import THEMES
from stylestudio.studio.samples import sample_pair, samples

if TYPE_CHECKING:
    from stylestudio.gui.main_window import MainWindow


class Commands(QObject):
    """The handlers of the actions, on one window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window

    def handlers(self) -> dict[str, Callable[[], object]]:
        """One for each action, by its name."""
        window, target, arrived = self._window, self._window.target, self._window.loader.when_arrived
        handlers: dict[str, Callable[[], object]] = {
            "open_content": partial(self.open_file, "content"),
            "open_style": partial(self.open_file, "style"),
            "export": partial(arrived, window.exporter.export_target),
            "save_overfit": partial(arrived, window.exporter.save_overfit),
            "show_in_folder": window.exporter.show_in_folder,
            "quit": window.close,
            "undo": window.document.undo,
            "redo": window.document.redo,
            "paste": self.paste,
            "copy_target": partial(arrived, window.exporter.copy_target),
            "swap": window.edits.swap,
            "link": lambda: window.edits.link(window.menu["link"].isChecked()),
            "restart": window.runs.restart,
            "cancel": self.cancel,
            "zoom_in": target.zoom_in,
            "zoom_out": target.zoom_out,
            "fit": target.fit,
            "one_to_one": target.one_to_one,
            "split": lambda: target.set_split(window.menu["split"].isChecked()),
            "hold_content": partial(self.hold, "content"),
            "hold_overfit": partial(self.hold, "overfit"),
            "target_alone": lambda: window.show_target_alone(window.menu["target_alone"].isChecked()),
            "about": lambda: show_text(window, self.tr("About Style Studio"), about()),
            "licences": lambda: show_text(window, self.tr("Licences"), licences()),
        }
        return handlers | {f"theme_{theme}": partial(self.dress, theme) for theme in THEMES}

    def open_file(self, kind: str) -> None:
        """Ask for a picture file of a kind."""
        window = self._window
        title = self.tr("Open a photo") if kind == "content" else self.tr("Open a style")
        dialog = QFileDialog(window, title, str(window.memory.folder(kind)))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = " ".join(f"*{suffix}" for suffix in sorted(READABLE))
        dialog.setNameFilters([self.tr("Pictures ({patterns})").format(patterns=patterns), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: window.loader.open_files([Path(path)], kind))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(window.activateWindow)
        dialog.open()

    def paste(self) -> None:
        """Take the picture or the files on the clipboard, for the pane that has the focus or the first empty one."""
        mime = QGuiApplication.clipboard().mimeData()
        usual = self.tr("Copy a picture in another program first.")
        found = dropped(mime) if mime and mime.formats() else Dropped(reason=usual)
        if found.files:
            self._window.loader.open_files(found.files, self._window.space.focused_kind(), found.refused)
        elif found.image is not None:
            self._window.loader.open_pixels(found.image, self._window.space.focused_kind())
        else:
            self._window.show_error(PictureError(self.tr("There is no picture to paste."), hint=found.reason or usual))

    def cancel(self) -> None:
        """Bring back what the target has pushed aside, or else stop the run."""
        alone = self._window.menu["target_alone"]
        if alone.isChecked():
            alone.trigger()
        else:
            self.stop()

    def stop(self) -> None:
        """Stop the run and what waits for it."""
        self._window.exporter.give_up()
        self._window.runs.cancel()

    def hold(self, what: Held) -> None:
        """Show one picture whole, or the target again."""
        self._window.target.hold(what if self._window.menu[f"hold_{what}"].isChecked() else None)

    def dress(self, theme: str) -> None:
        self._window.theme.choice = theme
        self._window.memory.set_theme(theme)

    def fill_recent(self, menu: QMenu) -> None:
        """The files opened last, photos before styles."""
        menu.clear()
        for kind, title in zip(KINDS, (self.tr("Photos"), self.tr("Styles")), strict=True):
            self._list(menu, title, kind, self._window.memory.recent(kind))
        if menu.isEmpty():
            menu.addAction(self.tr("Nothing opened yet")).setEnabled(False)

    def fill_samples(self, menu: QMenu) -> None:
        """The pair to begin with, and every sample alone."""
        menu.clear()
        pair = menu.addAction(self.tr("&Photo and style to begin with"))
        pair.triggered.connect(lambda: self._window.loader.open_files(sample_pair()))
        for kind, title in zip(KINDS, (self.tr("Photos"), self.tr("Styles")), strict=True):
            self._list(menu, title, kind, samples(kind))

    def _list(self, menu: QMenu, title: str, kind: str, paths: list[Path]) -> None:
        if paths:
            menu.addSeparator()
            menu.addAction(title).setEnabled(False)
        for path in paths:
            entry = menu.addAction(path.stem.replace("&", "&&"))
            entry.setToolTip(str(path))
            entry.triggered.connect(lambda _=False, path=path: self._window.loader.open_files([path], kind))
