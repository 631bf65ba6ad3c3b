"""How the window looks: its theme, and what lies around the pictures, as chosen in the menus and remembered."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject

from stylestudio.gui.canvas.view import SURROUNDS, View
from stylestudio.gui.menus import Menus
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.theme import THEMES, Theme

BY_THEME = "theme"
"""The surround that follows the theme."""


class AppearanceCommands(QObject):
    """Dresses the window, and `views` with their surround."""

    def __init__(self, theme: Theme, memory: Preferences, views: Iterable[View]) -> None:
        super().__init__(theme)
        self._theme, self._memory, self._views = theme, memory, tuple(views)
        theme.changed.connect(self._show)
        self._show()

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        found: dict[str, Callable[[], object]] = {f"theme_{theme}": partial(self._dress, theme) for theme in THEMES}
        for choice in (BY_THEME, *SURROUNDS):
            found[f"surround_{choice}"] = partial(self._surround, choice)
        return found

    def set_up_menus(self, menu: Menus) -> None:
        """Check in the menus what is chosen."""
        menu.make_exclusive([f"theme_{theme}" for theme in THEMES])
        menu.make_exclusive([f"surround_{choice}" for choice in (BY_THEME, *SURROUNDS)])
        menu[f"theme_{self._theme.choice}"].setChecked(True)
        menu[f"surround_{self._choice()}"].setChecked(True)

    def _choice(self) -> str:
        kept = self._memory.surround()
        return kept if kept in SURROUNDS else BY_THEME

    def _dress(self, theme: str) -> None:
        self._theme.choice = theme
        self._memory.set_theme(theme)

    def _surround(self, choice: str) -> None:
        self._memory.set_surround(choice)
        self._show()

    def _show(self) -> None:
        for view in self._views:
            view.surround = self._theme.surround(self._choice())
