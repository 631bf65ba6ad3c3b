"""Looking around in a picture: drags move and zoom it."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from stylestudio.gui.canvas.pointer import Modifier, PointerHandler, PointerState
from stylestudio.gui.canvas.view import LARGEST_ZOOM, Placement, fit_zoom

_DOUBLED_BY = 120.0
"""Logical pixels of a zooming drag to the right that make a picture twice as large."""


class Navigation(PointerHandler):
    """A drag moves the picture; one with Space held does too, whatever else the mouse is for, and with Ctrl it zooms.

    A double click goes between fit and one to one, or whatever the canvas does at `toggle`.
    """

    _space = False
    _start: tuple[QPointF, Placement] | None = None
    _pressed: QPointF | None = None
    _zooms = False

    @property
    def is_wanted(self) -> bool:
        """Whether the next drag is meant to look around, because Space is held."""
        return self._space

    def track_space_key(self, event: QKeyEvent) -> None:
        """Note whether Space is held, on this canvas or on a widget that it shares keys with."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = event.type() == QEvent.Type.KeyPress

    def forget_keys(self) -> None:
        """Nothing is held any more: the release would not be heard."""
        self._space = False

    def press(self, touch: PointerState) -> bool:
        placement = self.canvas.placement()
        self._zooms = self._space and bool(touch.modifiers & Modifier.ControlModifier)
        if placement and (placement.overflows or self._zooms):
            self._start = touch.position, placement
        self._pressed = None if self._space or touch.middle else touch.position
        return True

    def double(self, touch: PointerState) -> bool:
        if self._space:
            return self.press(touch)
        self.canvas.toggle(touch.position)
        return True

    def drag(self, touch: PointerState) -> None:
        if self._start is None:
            return
        start, placement = self._start
        moved = touch.position - start
        if self._zooms:
            self._zoom(placement, start, 2 ** (moved.x() / _DOUBLED_BY))
        else:
            moved *= self.canvas.devicePixelRatioF()
            self.canvas.view.pan_from(placement, moved.x(), moved.y())

    def release(self, touch: PointerState) -> None:
        self._start, pressed, self._pressed = None, self._pressed, None
        if pressed and (touch.position - pressed).manhattanLength() < QApplication.startDragDistance():
            self.canvas.clicked.emit()

    def cursor(self, touch: PointerState | None) -> Qt.CursorShape | None:
        placement = self.canvas.placement()
        if self._start:
            return Qt.CursorShape.SizeHorCursor if self._zooms else Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor if placement and placement.overflows else None

    def _zoom(self, start: Placement, at: QPointF, factor: float) -> None:
        """So many times as large as at the start, with the point of the press staying; never smaller than it fits."""
        fits, wanted = fit_zoom(start.picture, start.device), start.zoom * factor
        if wanted <= fits <= 1:
            self.canvas.view.fit()
            return
        self.canvas.view.adopt(start.zoom, start.centre)
        point = start.to_picture((at * self.canvas.devicePixelRatioF()).toTuple())
        self.canvas.view.zoom_to(min(max(wanted, min(fits, 1.0)), LARGEST_ZOOM), point)
