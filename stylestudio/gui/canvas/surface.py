"""A place where a picture lies: zoom and pan by keys and wheel, and hands for what the mouse and the pen do."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from stylestudio.gui.canvas.marks import MARGIN
from stylestudio.gui.canvas.navigation import Navigation
from stylestudio.gui.canvas.pointer import PointerHandler, PointerState
from stylestudio.gui.canvas.pyramid import Extent
from stylestudio.gui.canvas.view import Placement, View

_STEP = 1.25
_PAN = 64
_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)
_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_ARROWS = {
    Qt.Key.Key_Left: (_PAN, 0),
    Qt.Key.Key_Right: (-_PAN, 0),
    Qt.Key.Key_Up: (0, _PAN),
    Qt.Key.Key_Down: (0, -_PAN),
}


class Surface(QWidget):
    """Where a picture of some size lies in the window, by a `View`.

    Wheel and + − zoom, drags and arrows pan, 0 fits, a double click goes between that and one to one. What the
    mouse and the pen do is done by `PointerHandler`s.
    """

    clicked = Signal()
    """Once, and neither the picture nor anything else was dragged."""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.navigation = Navigation(self)
        self._hand: PointerHandler | None = None
        self._ring = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setTabletTracking(True)

    def picture_size(self) -> Extent | None:
        """Width and height of the picture that lies here, None for none."""
        raise NotImplementedError

    def placement(self) -> Placement | None:
        """Where the picture lies at this moment; None without a picture or area."""
        size = self.picture_size()
        return self.view.place(self._device(), size) if size else None

    @property
    def zoom(self) -> float:
        """Device pixels of the screen per picture pixel, also while the view fits."""
        placement = self.placement()
        return placement.zoom if placement else 1.0

    def fit(self) -> None:
        self.view.fit()

    def one_to_one(self) -> None:
        self._to_one_to_one(None)

    def zoom_to(self, zoom: float) -> None:
        """So many device pixels of the screen per picture pixel, around the middle."""
        if placement := self.placement():
            self.view.adopt(placement.zoom, placement.centre)
            self.view.zoom_to(zoom, placement.centre)

    def zoom_in(self) -> None:
        self.zoom_by(_STEP)

    def zoom_out(self) -> None:
        self.zoom_by(1 / _STEP)

    def zoom_by(self, factor: float, position: QPointF | None = None) -> None:
        """Zoom around `position` (widget's logical pixels, None for the middle), stopping at 100 % and at fit."""
        if placement := self.placement():
            self.view.zoom_from(placement, factor, self._picture_point(placement, position))

    def toggle(self, position: QPointF | None = None) -> None:
        """From fit to one to one at `position` (logical pixels), from anything else to fit."""
        if self.view.is_fit:
            self._to_one_to_one(position)
        else:
            self.view.fit()

    def picture_rect(self) -> QRectF | None:
        """What the visible part of the picture covers, in logical pixels; None without a picture or area."""
        placement = self.placement()
        return to_logical(placement.visible, self.devicePixelRatioF()) if placement else None

    def place_at(self, position: QPointF) -> tuple[float, float] | None:
        """The place of the picture, in its long side, at logical pixels; it may lie outside. None without a picture."""
        placement = self.placement()
        if placement is None:
            return None
        x, y = self._picture_point(placement, position)
        return x / max(placement.picture), y / max(placement.picture)

    def widget_point(self, place: tuple[float, float]) -> QPointF:
        """Where such a place is, in logical pixels."""
        placement, side = self.placement(), self.long_side()
        if placement is None:
            return QPointF()
        return QPointF(*placement.origin) / self.devicePixelRatioF() + QPointF(*place) * side

    def long_side(self) -> float:
        """How long the picture's long side is on the screen, in logical pixels; 0 without a picture."""
        placement = self.placement()
        return max(placement.picture) * placement.zoom / self.devicePixelRatioF() if placement else 0.0

    def uncovered(self, box: QRectF) -> QRectF:
        """`box` (logical pixels), moved down to where no widget that floats over the picture covers it."""
        found = QRectF(box)
        floating = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for place in sorted((widget.geometry() for widget in floating if widget.isVisible()), key=QRect.top):
            if found.intersects(place.toRectF()):
                found.moveTop(place.bottom() + MARGIN)
        return found

    def wheelEvent(self, event: QWheelEvent) -> None:
        if turned := event.angleDelta().y():
            self.zoom_by(_STEP ** (turned / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in _BUTTONS:
            self._press(_touch(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() in _BUTTONS:
            self._press(_touch(event), again=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(_touch(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() in _BUTTONS:
            self._release(_touch(event))

    def tabletEvent(self, event: QTabletEvent) -> None:
        acts = {
            QEvent.Type.TabletPress: self._press,
            QEvent.Type.TabletMove: self._move,
            QEvent.Type.TabletRelease: self._release,
        }
        if not self._takes_pen() or event.button() not in (Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton):
            event.ignore()  # it then comes as the mouse
            return
        rubber = event.pointerType() == QPointingDevice.PointerType.Eraser
        acts[event.type()](PointerState(event.position(), event.modifiers(), event.pressure(), rubber=rubber))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.fit,
        }
        key = Qt.Key(event.key())
        self.navigation.track_space_key(event)
        if key in actions:
            actions[key]()
        elif key in _ARROWS:
            self._pan(*_ARROWS[key])
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.navigation.track_space_key(event)
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in _TAB
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.navigation.forget_keys()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        for hand in self._hands():
            hand.hover(None)

    def _paint_marks(self, painter: QPainter) -> None:
        if self._ring:
            painter.setPen(QPen(self.palette().highlight(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _device(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return round(self.width() * ratio), round(self.height() * ratio)

    def _picture_point(self, placement: Placement, position: QPointF | None) -> tuple[float, float]:
        if position is None:
            return placement.centre
        return placement.to_picture((position * self.devicePixelRatioF()).toTuple())

    def _to_one_to_one(self, position: QPointF | None) -> None:
        if placement := self.placement():
            self.view.one_to_one_from(placement, self._picture_point(placement, position))

    def _pan(self, dx: int, dy: int) -> None:
        if placement := self.placement():
            ratio = self.devicePixelRatioF()
            self.view.pan_from(placement, dx * ratio, dy * ratio)

    def _takes_pen(self) -> bool:
        """Whether the pen is meant for something that feels its pressure."""
        return False

    def _hands(self) -> tuple[PointerHandler, ...]:
        """What may take the mouse, the first that wants it does."""
        return (self.navigation,)

    def _press(self, touch: PointerState, again: bool = False) -> None:
        hands = (self.navigation,) if touch.middle else self._hands()
        self._hand = next((one for one in hands if (one.double if again else one.press)(touch)), None)
        self._show_cursor(touch)

    def _move(self, touch: PointerState) -> None:
        if self._hand:
            self._hand.drag(touch)
        for hand in self._hands():
            hand.hover(touch)
        self._show_cursor(touch)

    def _release(self, touch: PointerState) -> None:
        if self._hand:
            self._hand.release(touch)
        self._hand = None
        self._show_cursor(touch)

    def _show_cursor(self, touch: PointerState | None) -> None:
        hands = (self._hand,) if self._hand else self._hands()
        shapes = (hand.cursor(touch) for hand in hands)
        shape = next((one for one in shapes if one is not None), None)
        if shape is None:
            self.unsetCursor()
        else:
            self.setCursor(shape)


def to_logical(rect: QRect, ratio: float) -> QRectF:
    """Device pixels of the screen as logical ones."""
    return QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)


def _touch(event: QMouseEvent) -> PointerState:
    return PointerState(event.position(), event.modifiers(), middle=event.button() == Qt.MouseButton.MiddleButton)
