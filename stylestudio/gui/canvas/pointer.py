"""What takes the mouse or the pen on a canvas: moving the picture, the split line, a tool."""

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

if TYPE_CHECKING:
    from stylestudio.gui.canvas.surface import Surface

Modifier = Qt.KeyboardModifier


class PointerState(NamedTuple):
    """Where the mouse or pen is, in the canvas' logical pixels, and how: `pressure` is 0..1, 1 for a mouse."""

    position: QPointF
    modifiers: Modifier = Modifier.NoModifier
    pressure: float = 1.0
    middle: bool = False
    """Whether the middle button is meant."""
    rubber: bool = False
    """Whether it is the pen's other end."""


class PointerHandler(QObject):
    """From a press that it takes to the release, all moves are its own; between, it may hover."""

    def __init__(self, canvas: "Surface") -> None:
        super().__init__(canvas)
        self.canvas = canvas

    def press(self, touch: PointerState) -> bool:
        """Begin; returns whether this press is meant for it."""
        return False

    def double(self, touch: PointerState) -> bool:
        """The second press of a double click; returns whether it is meant for it."""
        return self.press(touch)

    def drag(self, touch: PointerState) -> None:
        """The mouse was moved while it holds on."""

    def release(self, touch: PointerState) -> None:
        """Let go."""

    def hover(self, touch: PointerState | None) -> None:
        """The mouse was moved over the canvas, or has left it."""

    def cursor(self, touch: PointerState | None) -> Qt.CursorShape | None:
        """What the mouse is to look like there, None where another hand may say."""
        return None


class Tool(PointerHandler):
    """A hand that the artist chooses: at most one is active, and takes every press on the target."""

    shows_strip = False
    """Whether the canvas shows the test strip meanwhile."""

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Its marks, over the picture, whose visible part is `rect`; in logical pixels."""
