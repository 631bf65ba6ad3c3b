"""A short notice over a picture: what has happened, and what may be done about it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

SHOWN_MS = 8000
EDGE, RADIUS = 18, 8.0
GROUND, RIM, WORDS, LINK = QColor(24, 24, 24, 235), QColor(255, 255, 255, 70), "#f2f2f2", "#9ccbf2"
"""Dark in both themes, as all that is written on pictures."""

Action = tuple[str, Callable[[], object]]


class Notice(QFrame):
    """At the lower edge of `place` for some seconds; stays while the mouse is over it."""

    def __init__(self, place: QWidget) -> None:
        super().__init__(place)
        self._place = place
        self._text, self._buttons = QLabel(self), list[QPushButton]()
        self._text.setStyleSheet(f"color: {WORDS}")
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

    def say(self, text: str, actions: Sequence[Action] = ()) -> None:
        """Say this, with a button for each action; nothing for an empty text."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._text.setText(text)
        self._buttons = [self._button(*action) for action in actions]
        self.setVisible(bool(text))
        self._settle()
        self._timer.start()

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

    def _button(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setFlat(True)
        button.setAutoDefault(False)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setStyleSheet(f"QPushButton {{ color: {LINK}; border: none; padding: 2px 6px; font-weight: bold }}")
        button.clicked.connect(self.hide)
        button.clicked.connect(lambda _=False: act())
        self._row.addWidget(button)
        button.show()  # or the layout leaves no room for it yet
        return button

    def _go(self) -> None:
        if self.underMouse():
            self._timer.start()
        else:
            self.hide()

    def _settle(self) -> None:
        self.adjustSize()
        self.move((self._place.width() - self.width()) // 2, self._place.height() - self.height() - EDGE)
        self.raise_()
