"""Joins the library to the window: what the artist works with is put down in it, and shown under the target."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio.gui.document import Document
from stylestudio.gui.export import Exporter
from stylestudio.gui.library import LibraryQueue, Recorder
from stylestudio.gui.loading import Loader
from stylestudio.gui.menus import Menus
from stylestudio.gui.runs import Runs
from stylestudio.gui.shelf.history import Brought, History
from stylestudio.gui.shelf.panel import Page, Panel
from stylestudio.gui.shelf.styles import Styles
from stylestudio.gui.shelf.trials import Trials
from stylestudio.gui.workspace import Workspace
from stylestudio.images.decode import Picture
from stylestudio.paths import data_folder
from stylestudio.studio.session import Session

REFRESH_MS = 60
"""What is written in a row is shown together."""


class Shelving(QObject):
    """`said` is a short line, `failed` carries a `StudioError` about something the artist has asked for.

    The panel is made when it is opened first.
    """

    said = Signal(str)
    failed = Signal(object)

    def __init__(self, document: Document, runs: Runs, loader: Loader, exporter: Exporter, space: Workspace) -> None:
        super().__init__(space)
        self._document, self._runs, self._loader, self._space = document, runs, loader, space
        self._menu: Menus | None = None
        self.panel: Panel | None = None
        self.library = LibraryQueue(data_folder(), self)
        self.library.said.connect(self.said)
        self.recorder = Recorder(self.library, document, runs, loader, exporter)
        self.styles = Styles(self.library, self)
        self.history = History(self.library, self._present, self)
        self.trials = Trials(self.library, document, runs, self.styles, self)
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._refresh.timeout.connect(self._show_page)
        space.side.mix.preset_chosen.connect(self.recorder.used_preset)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {
            "shelf": self._toggle,
            "history": lambda: self.open(self.history.page),
            "try_styles": lambda: self.open(self.trials.page),
        }

    def fill(self, menu: Menus) -> None:
        """Join the commands with buttons and the panel."""
        self._menu = menu
        self._space.style_pane.add_button(menu["shelf"])
        self._space.below_shown.connect(menu["shelf"].setChecked)
        self._space.below_shown.connect(self._refresh.start)

    def close(self) -> bool:
        """Put down what is still to be; false if its thread still runs."""
        self.recorder.record()
        return self.library.close()

    def open(self, page: Page) -> None:
        """Show the panel with this page."""
        self._made().show_page(page)
        self._space.show_below(True)
        self._refresh.start()
        page.view.setFocus()

    def _toggle(self) -> None:
        if self._space.is_below_shown:
            self._space.show_below(False)
        else:
            self.open(self.panel.page if self.panel else self.styles.page)

    def _made(self) -> Panel:
        if self.panel is None:
            self.panel = self._join_panel()
            self.styles.update.begin()
        return self.panel

    def _join_panel(self) -> Panel:
        panel = Panel([self.styles.page, self.history.page, self.trials.page])
        panel.filtered.connect(self._refresh.start)
        panel.page_changed.connect(self._refresh.start)
        panel.close_asked.connect(lambda: self._space.show_below(False))
        panel.came.connect(self._add)
        self.library.changed.connect(self._refresh.start)
        self._document.changed.connect(self._follow)
        for part in (self.styles, self.history):
            part.said.connect(self.said)
            part.failed.connect(self.failed)
        self.styles.chosen.connect(self._use)
        self.history.brought.connect(self._bring_back)
        self._follow(self._document.session, self._document.session)
        self._space.set_below(panel)
        return panel

    def _show_page(self) -> None:
        """Ask for what the page that is open shows."""
        panel = self.panel
        page = panel.page if panel is not None and self._space.is_below_shown else None
        self.trials.open(page is self.trials.page)
        if panel is None or page is None:
            return
        shown = self.history if page is self.history.page else self.styles
        shown.refresh(panel.words, panel.only_stars)

    def _add(self, paths: Sequence[Path]) -> None:
        self.open(self.styles.page)
        self.styles.add(paths)

    def _use(self, path: Path) -> None:
        self._loader.open_files([path], "style")

    def _follow(self, _old: Session, new: Session) -> None:
        self.styles.use(new.style and new.style.sha256)

    def _present(self) -> list[Picture]:
        """The pictures that are open."""
        session = self._document.session
        return [one for one in (session.original, session.content, session.style) if one is not None]

    def _bring_back(self, found: Brought) -> None:
        """One step that Undo takes back: pictures, settings and mix as they were."""
        with self._space.pyramids.offering(found.common):
            edit = partial(found.kept.session, read=found.pictures, content=found.content)
            self._document.apply(self.tr("Back in the history"), edit)
        for kind, (picture, path) in found.read.items():
            if path is not None:
                self._loader.put(picture, kind, path)
