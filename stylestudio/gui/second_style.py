"""The second style joined to the window: its pane, its commands, and where pictures become it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from stylestudio.gui.document import Document, Edits
from stylestudio.gui.loading import SECOND, Loader
from stylestudio.gui.menus import Menus
from stylestudio.gui.workspace import Workspace
from stylestudio.studio.session import Session

OF_TWO = ("swap_styles", "remove_second")
"""Commands that there is nothing for with one style."""


class SecondStyle(QObject):
    """Shows the second style's pane while there is one."""

    def __init__(self, window: QWidget, document: Document, edits: Edits, loader: Loader, space: Workspace) -> None:
        super().__init__(window)
        self._window, self._document, self._edits, self._loader = window, document, edits, loader
        self._space, self._pane = space, space.second_pane
        for widget in (space.side.mix.balance.slider, space.side.mix.balance.box):
            widget.installEventFilter(space.target)  # Space and O, as on the canvas

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {
            "open_second": partial(self._loader.ask_for_file, SECOND, self._window),
            "swap_styles": self._edits.swap_styles,
            "remove_second": self._edits.remove_second,
        }

    def set_up_menus(self, menu: Menus) -> None:
        """Take the menus, which the commands are in, and have buttons for them."""
        self._menu = menu
        self._adding = self._space.style_pane.add_button(menu["open_second"])
        self._pane.add_button(menu["remove_second"])
        self._document.changed.connect(self._follow)
        self._follow(Session(), self._document.session)

    def _follow(self, old: Session, new: Session) -> None:
        if old.second is not new.second:
            self._pane.set_picture(new.second)
            self._pane.setVisible(new.second is not None)
        self._adding.setVisible(new.style is not None and new.second is None)
        self._menu["open_second"].setEnabled(new.style is not None)
        self._space.style_pane.hover_note = self.tr("Hold Ctrl to have it as a second style") if new.style else ""
        for name in OF_TWO:
            self._menu[name].setEnabled(new.second is not None)
