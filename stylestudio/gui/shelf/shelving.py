"""Joins the library to the window: what the artist works with is put down in it, and shown under the target."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from stylestudio.gui.document import Document
from stylestudio.gui.exporter import Exporter
from stylestudio.gui.library_queue import LibraryQueue, Recorder
from stylestudio.gui.loading import Loader
from stylestudio.gui.menus import Menus
from stylestudio.gui.recipes import Recipes
from stylestudio.gui.runs import RunController
from stylestudio.gui.workspace import Workspace
from stylestudio.paths import data_folder

if TYPE_CHECKING:  # loaded when it is opened, not when the window is to be there
    from stylestudio.gui.shelf.pages import Shelf


class Shelving(QObject):
    """`said` is a short line, `failed` carries a `StudioError` about something the artist has asked for."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        document: Document,
        runs: RunController,
        loader: Loader,
        recipes: Recipes,
        exporter: Exporter,
        space: Workspace,
    ) -> None:
        super().__init__(space)
        self._document, self._runs, self._loader, self._recipes, self._space = document, runs, loader, recipes, space
        self.library = LibraryQueue(data_folder(), self)
        self.library.said.connect(self.said)
        self.recorder = Recorder(self.library, document, runs, loader, exporter)
        space.side.mix.preset_chosen.connect(self.recorder.count_preset_use)

    @cached_property
    def shelf(self) -> "Shelf":
        """The panel and its pages, made when they are asked for first."""
        from stylestudio.gui.shelf.pages import Shelf

        shelf = Shelf(self.library, self._document, self._runs, self._loader, self._recipes, self._space)
        shelf.said.connect(self.said)
        shelf.failed.connect(self.failed)
        return shelf

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {
            "shelf": self._toggle,
            "history": lambda: self.shelf.open(self.shelf.history.page),
            "try_styles": lambda: self.shelf.open(self.shelf.trials.page),
        }

    def set_up_menus(self, menu: Menus) -> None:
        """Join the commands with buttons and the panel."""
        self._space.style_pane.add_button(menu["shelf"])
        self._space.bottom_panel_shown.connect(menu["shelf"].setChecked)

    def close(self) -> bool:
        """Put down what is still to be; false if its thread still runs."""
        self.recorder.record()
        return self.library.close()

    def _toggle(self) -> None:
        if self._space.is_bottom_panel_shown:
            self._space.show_bottom_panel(False)
        else:
            self.shelf.open(self.shelf.panel.page)
