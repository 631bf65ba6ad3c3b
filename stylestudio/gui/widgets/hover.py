"""Whether the mouse is over a control, or the focus came to it by keys: what shows more of itself then."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

BY_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Hover(QObject):
    """Watches `widget`, whose child it is."""

    changed = Signal(bool)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        came = event.type() == QEvent.Type.Enter or (isinstance(event, QFocusEvent) and self._by_keys(event))
        if came or event.type() in (QEvent.Type.Leave, QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.changed.emit(came)
        return super().eventFilter(watched, event)

    def _by_keys(self, event: QFocusEvent) -> bool:
        return event.type() == QEvent.Type.FocusIn and event.reason() in BY_KEYS
