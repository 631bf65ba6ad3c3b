"""What an empty pane says, and the labels of panes."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from stylestudio.errors import StudioError

_PADDING = 12
_RADIUS = 8.0
_NOTE, _NOTE_EDGE = QColor(24, 24, 24, 235), QColor(255, 255, 255, 70)


def muted_text_colour(palette: QPalette) -> QColor:
    """The colour of secondary text: between text and window, in either theme."""
    text, window = palette.windowText().color(), palette.window().color()
    pairs = ((text.red(), window.red()), (text.green(), window.green()), (text.blue(), window.blue()))
    return QColor(*(round(0.68 * front + 0.32 * back) for front, back in pairs))


class ElidedLabel(QLabel):
    """One line that is shortened in the middle where there is no room; the whole text is its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        with QPainter(self) as painter:
            painter.setPen(muted_text_colour(self.palette()))
            painter.drawText(self.rect(), self.alignment(), text)


class NoteLabel(QLabel):
    """A note at the lower edge of a pane, hidden at first; dark in both themes, as what is written on pictures.

    The mouse goes through it, unless it is one of an error.
    """

    answered = Signal(object)
    """The error that it told of was clicked; the note is gone."""

    def __init__(self, parent: QWidget, lasting_ms: int) -> None:
        super().__init__(parent)
        self.error: StudioError | None = None
        self._timer = QTimer(self, interval=lasting_ms, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)  # names of files are part of it
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMargin(_PADDING - 2)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, Qt.GlobalColor.white)
        self.setPalette(palette)
        self._place = parent
        parent.installEventFilter(self)
        self.show_note("")

    def show_note(self, text: str, error: StudioError | None = None) -> None:
        """Say this, until `hide_later`, or what `error` it was until that is clicked; nothing for an empty text."""
        self._timer.stop()
        self.error = error
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, error is None)
        self.setCursor(Qt.CursorShape.ArrowCursor if error is None else Qt.CursorShape.PointingHandCursor)
        self.setText(text)
        self._settle()
        self.setVisible(bool(text))
        self.raise_()

    def hide_later(self) -> None:
        """Go in some seconds, but for an error."""
        if self.error is None:
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return super().eventFilter(watched, event)

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        error = self.error
        if error is not None and self.rect().contains(ev.position().toPoint()):
            self.show_note("")
            self.answered.emit(error)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(_NOTE_EDGE, 1))
            painter.setBrush(_NOTE)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        super().paintEvent(event)

    def _settle(self) -> None:
        place = self._place.rect()
        width = place.width() - 2 * _RADIUS
        height = self.heightForWidth(round(width))
        self.setGeometry(round(_RADIUS), round(place.height() - _RADIUS) - height, round(width), height)


class EmptyState(QWidget):
    """Says what belongs here and, where pictures may be chosen, offers Open and the samples."""

    open_requested = Signal()
    sample_chosen = Signal(Path)

    def __init__(self, sentence: str, subject: str, samples: list[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dashed = bool(samples)
        self._sentence = QLabel(sentence, self)
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        layout.setSpacing(_PADDING)
        layout.addStretch()
        layout.addWidget(self._sentence)
        if samples:
            layout.addLayout(self._buttons(subject, samples))
        layout.addStretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        # A label that wraps tells its layout too large a least width otherwise.
        self._sentence.setMinimumWidth(0)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._dashed:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            line = QColor(muted_text_colour(self.palette()))
            line.setAlphaF(0.5)
            painter.setPen(QPen(line, 1.2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)

    def _buttons(self, subject: str, samples: list[Path]) -> QVBoxLayout:
        open_button, samples_button = QPushButton(self.tr("Open…"), self), QPushButton(self.tr("Samples"), self)
        open_button.setAccessibleName(self.tr("Open {0}").format(subject))
        samples_button.setAccessibleName(self.tr("Samples for {0}").format(subject))
        open_button.clicked.connect(self.open_requested)
        samples_button.setMenu(sample_menu(samples, self.sample_chosen, samples_button))
        column = QVBoxLayout()
        for button in (open_button, samples_button):
            column.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
        return column


def sample_menu(samples: list[Path], chosen: SignalInstance, parent: QWidget) -> QMenu:
    """A menu with an entry for each sample, which `chosen` tells."""
    menu = QMenu(parent)
    for path in samples:
        menu.addAction(path.stem.capitalize()).triggered.connect(lambda _=False, path=path: chosen.emit(path))
    return menu
