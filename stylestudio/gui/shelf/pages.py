"""The panel under the target with its pages, joined to the session."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio.gui.document import Document
from stylestudio.gui.library_queue import LibraryQueue
from stylestudio.gui.loading import SECOND, Loader
from stylestudio.gui.recipes import Recipes
from stylestudio.gui.runs import RunController
from stylestudio.gui.shelf.history import HistoryPage
from stylestudio.gui.shelf.panel import Page, Panel
from stylestudio.gui.shelf.styles import StylesPage, style_keys
from stylestudio.gui.shelf.trials import TrialRenderer
from stylestudio.gui.workspace import Workspace
from stylestudio.images.decode import Picture
from stylestudio.studio.session import Session, unprepared

REFRESH_MS = 60
"""What is written in a row is shown together."""


class Shelf(QObject):
    """`said` is a short line, `failed` carries a `StudioError`."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        library: LibraryQueue,
        document: Document,
        runs: RunController,
        loader: Loader,
        recipes: Recipes,
        space: Workspace,
    ) -> None:
        super().__init__(library)
        self._document, self._loader, self._recipes, self._space = document, loader, recipes, space
        self.styles = StylesPage(library, partial(loader.folder, "style"), self)
        self.history = HistoryPage(library, self._present, self)
        self.trials = TrialRenderer(library, document, runs, self.styles, self)
        self.panel = Panel([self.styles.page, self.history.page, self.trials.page])
        self.refresh = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self.refresh.timeout.connect(self._show_page)
        library.changed.connect(self.refresh.start)
        document.changed.connect(self._follow)
        space.bottom_panel_shown.connect(self.refresh.start)
        self._join_panel()
        self._follow(document.session, document.session)
        space.set_bottom_panel(self.panel)
        self.panel.set_tab_order_after(space.target)
        self.styles.update.request_scan()

    def open(self, page: Page) -> None:
        """Show the panel with this page."""
        self.panel.show_page(page)
        self._space.show_bottom_panel(True)
        self.refresh.start()
        page.view.setFocus()

    def _join_panel(self) -> None:
        panel = self.panel
        panel.filtered.connect(self.refresh.start)
        panel.page_changed.connect(self.refresh.start)
        panel.close_asked.connect(lambda: self._space.show_bottom_panel(False))
        panel.came.connect(self._add)
        for part in (self.styles, self.history):
            part.said.connect(self.said)
            part.failed.connect(self.failed)
        self.styles.chosen.connect(lambda path: self._loader.open_files([path], "style"))
        self.styles.second_chosen.connect(lambda path: self._loader.open_files([path], SECOND))
        self.history.brought.connect(self._recipes.restore_session)

    def _show_page(self) -> None:
        """Ask for what the page that is open shows."""
        page = self.panel.page if self._space.is_bottom_panel_shown else None
        self.trials.set_open(page is self.trials.page)
        if page is not None:
            shown = self.history if page is self.history.page else self.styles
            shown.refresh(self.panel.words, self.panel.only_stars)

    def _add(self, paths: Sequence[Path]) -> None:
        self.open(self.styles.page)
        self.styles.add(paths)

    def _follow(self, _old: Session, new: Session) -> None:
        self.styles.view.mark_in_use(*style_keys(new))

    def _present(self) -> list[Picture]:
        """The pictures that are open."""
        session = self._document.session
        return [one for one in (unprepared(session), session.style, session.second) if one is not None]
