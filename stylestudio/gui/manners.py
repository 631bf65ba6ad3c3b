"""How number boxes and lists behave in a window where one scrolls over them, and where keys mean the session, not a
number."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget

EDITING = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.SelectAll,
)
"""All that a number needs. Under X11 a line of text would also take Ctrl+E, Ctrl+D and the like, as Emacs does."""


class Manners(QObject):
    """For `widget`: the wheel acts only with the focus, and Ctrl with a letter is the window's, but for `EDITING`."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)
        if isinstance(widget, QAbstractSpinBox):
            for line in widget.findChildren(QLineEdit):
                line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._is_taken_away(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _is_taken_away(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            return not self._widget.hasFocus()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return is_command(event) and not any(event.matches(key) for key in EDITING)
        return False


def is_command(event: QKeyEvent) -> bool:
    """Whether it is Ctrl, or the Mac's Command, with a letter."""
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(control) and Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z
