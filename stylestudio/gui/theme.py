"""Light and dark: palettes without hue, so that the colours of the pictures are judged by themselves."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from stylestudio.gui.canvas.view import SURROUNDS
from stylestudio.gui.widgets.focus_ring import FocusRings

THEMES = ("system", "light", "dark")
ACCENT = "#3d7fb8"
Role, Group = QPalette.ColorRole, QPalette.ColorGroup
LIGHT = {
    Role.Window: "#e4e4e4",
    Role.WindowText: "#1e1e1e",
    Role.Base: "#f6f6f6",
    Role.AlternateBase: "#ececec",
    Role.Text: "#1e1e1e",
    Role.PlaceholderText: "#5e5e5e",
    Role.Button: "#eeeeee",
    Role.ButtonText: "#1e1e1e",
    Role.Light: "#ffffff",
    Role.Midlight: "#f0f0f0",
    Role.Mid: "#b4b4b4",
    Role.Dark: "#9a9a9a",
    Role.Shadow: "#6c6c6c",
    Role.ToolTipBase: "#f6f6f6",
    Role.ToolTipText: "#1e1e1e",
    Role.Highlight: ACCENT,
    Role.HighlightedText: "#ffffff",
    Role.Link: "#2a6aa3",
    Role.BrightText: "#b3261e",
}
DARK = {
    Role.Window: "#2f2f2f",
    Role.WindowText: "#e2e2e2",
    Role.Base: "#252525",
    Role.AlternateBase: "#2b2b2b",
    Role.Text: "#e2e2e2",
    Role.PlaceholderText: "#a2a2a2",
    Role.Button: "#494949",
    Role.ButtonText: "#e2e2e2",
    Role.Light: "#565656",
    Role.Midlight: "#484848",
    Role.Mid: "#5a5a5a",
    Role.Dark: "#1c1c1c",
    Role.Shadow: "#121212",
    Role.ToolTipBase: "#3d3d3d",
    Role.ToolTipText: "#e2e2e2",
    Role.Highlight: ACCENT,
    Role.HighlightedText: "#ffffff",
    Role.Link: "#7fb4e0",
    Role.BrightText: "#ff8a80",
}
FAINT = {True: "#7d7d7d", False: "#969696"}
"""Text of what cannot be used now, on dark and on light."""


def palette(dark: bool) -> QPalette:
    """The program's own colours, the same on every system."""
    made = QPalette()
    for role, colour in (DARK if dark else LIGHT).items():
        made.setColor(role, QColor(colour))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        made.setColor(Group.Disabled, role, QColor(FAINT[dark]))
    return made


class Theme(QObject):
    """Dresses the application in light or dark; "system" follows what the system says, also when it changes."""

    changed = Signal()

    def __init__(
        self, application: QApplication, choice: str = "system", scheme: Callable[[], Qt.ColorScheme] | None = None
    ) -> None:
        """`scheme` asks the system; it is Qt's own question unless another is given."""
        super().__init__(application)
        self._scheme = scheme or application.styleHints().colorScheme
        self._application = application
        self._choice = choice if choice in THEMES else "system"
        application.setStyle("Fusion")
        self._rings = FocusRings(application, self)
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def choice(self) -> str:
        """One of `THEMES`."""
        return self._choice

    @choice.setter
    def choice(self, choice: str) -> None:
        self._choice = choice
        self._apply()

    @property
    def is_dark(self) -> bool:
        """What is worn now; a system that says nothing gets light."""
        if self._choice != "system":
            return self._choice == "dark"
        return self._scheme() == Qt.ColorScheme.Dark

    def surround(self, choice: str) -> QColor:
        """What lies around pictures, for one of `SURROUNDS` or "theme"."""
        return SURROUNDS.get(choice, SURROUNDS["dark" if self.is_dark else "mid"])

    def _apply(self) -> None:
        self._application.setPalette(palette(self.is_dark))
        self.changed.emit()
