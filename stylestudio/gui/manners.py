"""How number boxes and lists behave in a window where one scrolls over them and undoes the session, not a number."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget

UNDOING = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class Manners(QObject):
    """For `widget`: the wheel acts only with the focus, and the keys of undo and redo are left to the window."""

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
            return any(event.matches(key) for key in UNDOING)
        return False
