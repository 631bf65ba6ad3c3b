"""The ring around the control that was reached by keys."""

from PySide6.QtCore import QObject, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QFocusFrame, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget
from shiboken6 import isValid

from stylestudio.gui.canvas.surface import Surface

WIDTH = 2.0
_ROUND = 4.0
_HINTS = {QStyle.StyleHint.SH_FocusFrame_AboveWidget: 1, QStyle.StyleHint.SH_FocusFrame_Mask: 0}


class _Above(QProxyStyle):
    """Has a ring lie over all that is in a window, not only in the part that the control is in, which would cut it.

    Where the window itself cuts it, it is painted further in.
    """

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint in _HINTS:
            return _HINTS[hint]
        return super().styleHint(hint, option, widget, returnData)


class FocusRing(QFocusFrame):
    """Frames a control, thick enough to be seen in both themes: Qt's own line is of one pixel, or none."""

    def __init__(self, control: QWidget) -> None:
        super().__init__(control)
        self._above = _Above()
        self.setStyle(self._above)
        self.setWidget(control)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Link), WIDTH))
            inside = QRectF(self.visibleRegion().boundingRect()).adjusted(WIDTH / 2, WIDTH / 2, -WIDTH / 2, -WIDTH / 2)
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
