"""The ring around the control that was reached by keys."""

from PySide6.QtCore import QObject, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QFocusFrame, QWidget
from shiboken6 import isValid

from stylestudio.gui.canvas.surface import Surface

WIDTH = 2.0
_ROUND = 4.0


class FocusRing(QFocusFrame):
    """Frames a control, thick enough to be seen in both themes: Qt's own line is of one pixel, or none."""

    def __init__(self, control: QWidget) -> None:
        super().__init__(control)
        self.setWidget(control)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Link), WIDTH))
            inside = QRectF(self.rect()).adjusted(WIDTH / 2, WIDTH / 2, -WIDTH / 2, -WIDTH / 2)
            painter.drawRoundedRect(inside, _ROUND, _ROUND)


class FocusRings(QObject):
    """Rings the control that has the keys, in whatever window, as long as it is keys that move the focus there."""

    def __init__(self, application: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._ring: FocusRing | None = None
        application.focusChanged.connect(self._follow)

    @Slot(QWidget, QWidget)
    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._ring is not None and isValid(self._ring):  # it goes with the window that it is in
            self._ring.deleteLater()
        self._ring = FocusRing(new) if new is not None and _is_ringed(new) else None


def _is_ringed(control: QWidget) -> bool:
    by_keys = control.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    return by_keys and not control.isWindow() and not isinstance(control, Surface)  # that paints its own
