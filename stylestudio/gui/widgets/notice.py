"""A short notice over a picture: what has happened, and what may be done about it."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

SHOWN_MS = 8000
EDGE, RADIUS = 18, 8.0
LEAST = 160
"""Of the words, before they are cut."""
ALERT = 26
"""Width of the sign before what stays."""
GROUND, RIM, WORDS, LINK = QColor(24, 24, 24, 235), QColor(255, 255, 255, 70), "#f2f2f2", "#9ccbf2"
SIGN = QColor("#f2b84b")
"""Dark in both themes, as all that is written on pictures."""

Action = tuple[str, Callable[[], object]]


class Notice(QFrame):
    """At the lower edge of `place`, for some seconds or as long as the mouse is over it, or until it is answered."""

    gone = Signal()
    """Nothing is said any more."""

    def __init__(self, place: QWidget) -> None:
        super().__init__(place)
        self._place = place
        self._text, self._buttons = QLabel(self), list[QPushButton]()
        self._text.setStyleSheet(f"color: {WORDS}")
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # names of files are part of it
        self._stays = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 12, 8)
        self._row.setSpacing(6)
        self._row.addWidget(self._text)
        self._timer = QTimer(self, interval=SHOWN_MS, singleShot=True)
        self._timer.timeout.connect(self._go)
        place.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, nothing while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    @property
    def is_persistent(self) -> bool:
        """Whether it does not go by itself."""
        return self._stays and not self.isHidden()

    def show_text(self, text: str, actions: Sequence[Action] = (), stays: bool = False) -> None:
        """Say this, with a button for each action; nothing for an empty text.

        What `is_persistent` is marked, and does not go by itself.
        """
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._stays = stays
        self._row.setContentsMargins(16 + (ALERT if stays else 0), 8, 12, 8)
        self._text.setText(text)
        self._buttons = [self._button(*action) for action in actions]
        self.setVisible(bool(text))
        self._settle()
        if stays:
            self._timer.stop()
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        else:
            self._timer.start()
        if not text:
            self.gone.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._settle()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(RIM, 1))
            painter.setBrush(GROUND)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
            if self._stays:
                self._paint_sign(painter)

    def _paint_sign(self, painter: QPainter) -> None:
        """An exclamation mark in a triangle."""
        place = QRectF(14, self.height() / 2 - 9, 20, 18)
        painter.setPen(QPen(SIGN, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon([QPointF(place.center().x(), place.top()), place.bottomRight(), place.bottomLeft()])
        x = place.center().x()
        painter.drawLine(QPointF(x, place.top() + 6.5), QPointF(x, place.top() + 11))
        painter.drawPoint(QPointF(x, place.top() + 14.5))

    def _button(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setFlat(True)
        button.setAutoDefault(False)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setStyleSheet(f"QPushButton {{ color: {LINK}; border: none; padding: 2px 6px; font-weight: bold }}")
        button.clicked.connect(partial(self._act, act))
        self._row.addWidget(button)
        button.show()  # or the layout leaves no room for it yet
        return button

    def _act(self, act: Callable[[], object], _checked: bool = False) -> None:
        self.hide()
        act()
        if self.isHidden():  # else it has said something itself
            self.gone.emit()

    def _go(self) -> None:
        if self.underMouse():
            self._timer.start()
        else:
            self.hide()
            self.gone.emit()

    def _settle(self) -> None:
        others = sum(button.sizeHint().width() + self._row.spacing() for button in self._buttons)
        margins = self._row.contentsMargins()
        room = max(LEAST, self._place.width() - 2 * EDGE - margins.left() - margins.right() - others)
        lines = self._text.text().splitlines() or [""]
        wanted = max(self._text.fontMetrics().horizontalAdvance(line) for line in lines) + 2
        self._text.setWordWrap(wanted > room)
        self._text.setFixedWidth(min(wanted, room))
        self._text.setFixedHeight(self._text.heightForWidth(room) if wanted > room else self._text.sizeHint().height())
        self.adjustSize()
        self.move((self._place.width() - self.width()) // 2, self._place.height() - self.height() - EDGE)
        self.raise_()
