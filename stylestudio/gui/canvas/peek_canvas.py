"""A canvas that shows one picture alone as long as a key is held."""

from typing import Final, Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from stylestudio.gui.canvas.picture_canvas import Canvas, View

Held = Literal["content", "overfit"]

HOLD_KEYS: Final[dict[Qt.Key, Held]] = {Qt.Key.Key_Space: "content", Qt.Key.Key_O: "overfit"}


class PeekCanvas(Canvas):
    """Space asks for the photo as long as it is held, O for the overfit picture.

    So do they on widgets on which this is installed as event filter.
    """

    peek_changed = Signal()

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self._held: Held | None = None

    @property
    def peeked(self) -> Held | None:
        """Which picture is asked for alone."""
        return self._held

    def peek(self, what: Held | None) -> None:
        """Show the photo or the overfit picture alone, until None."""
        if what != self._held:
            self._held = what
            self.update()
            self.peek_changed.emit()

    def handle_peek_key(self, event: QKeyEvent) -> bool:
        """Take Space and O, pressed or released; returns whether it was one of them."""
        self.navigation.track_space_key(event)
        key = Qt.Key(event.key())
        pressed = event.type() == QEvent.Type.KeyPress
        if key not in HOLD_KEYS or (pressed and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier):
            return False
        if not event.isAutoRepeat():
            if pressed:
                self.peek(HOLD_KEYS[key])
            elif self._held == HOLD_KEYS[key]:
                self.peek(None)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return self.handle_peek_key(event)
        if event.type() == QEvent.Type.FocusOut:
            self.navigation.forget_keys()
            self.peek(None)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.handle_peek_key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.handle_peek_key(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.peek(None)
        super().focusOutEvent(event)
