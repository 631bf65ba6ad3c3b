"""What stands in the target's place before there is a picture: where to drop, and pairs to begin with."""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QImageReader, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from stylestudio.gui.icons import icon
from stylestudio.studio.samples import sample_pairs

PAIR = QSize(168, 112)
"""Logical pixels of a pair's picture: the photo, and the style in its corner."""
ON_GREY = "color: #f2f2f2"


class Welcome(QWidget):
    """Covers `place`, a canvas, as long as it is shown."""

    open_requested = Signal(str)
    """A kind: "content" or "style"."""
    pair_chosen = Signal(list)

    def __init__(self, place: QWidget) -> None:
        super().__init__(place)
        place.installEventFilter(self)
        self._unpictured: list[tuple[QToolButton, Path, Path]] = []
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(self._words(self.tr("Drop a photo and a style here"), 1.7))
        layout.addWidget(self._words(self.tr("The style: a painting, a print, a texture"), 1.0))
        layout.addLayout(self._buttons())
        layout.addSpacing(18)
        layout.addWidget(self._words(self.tr("or begin with one of these pairs"), 1.0))
        layout.addLayout(self._pairs())
        layout.addStretch(3)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(255, 255, 255, 110), 1.6, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(14, 14, -14, -14), 14, 14)
        if self._unpictured:  # not before: the window would come a tenth of a second later
            QTimer.singleShot(0, self, self._show_pictures)

    def _words(self, text: str, scale: float) -> QLabel:
        label = QLabel(text, self)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        label.setStyleSheet(ON_GREY)
        font = label.font()
        font.setPointSizeF(font.pointSizeF() * scale)
        label.setFont(font)
        return label

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch()
        for kind, text, name in (
            ("content", self.tr("Open a photo…"), "photo"),
            ("style", self.tr("Open a style…"), "style"),
        ):
            button = QPushButton(icon(name), text, self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, kind=kind: self.open_requested.emit(kind))
            row.addWidget(button)
        row.addStretch()
        return row

    def _pairs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch()
        for content, style in sample_pairs():
            name = self.tr("{photo} in the style of {style}").format(photo=content.stem, style=style.stem)
            button = QToolButton(self)
            self._unpictured.append((button, content, style))
            button.setIconSize(PAIR)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(lambda _=False, pair=[content, style]: self.pair_chosen.emit(pair))
            row.addWidget(button)
        row.addStretch()
        return row

    def _show_pictures(self) -> None:
        for button, content, style in self._unpictured:
            button.setIcon(QIcon(QPixmap.fromImage(pair_picture(content, style, 2))))
        self._unpictured.clear()


@cache
def pair_picture(content: Path, style: Path, ratio: float) -> QImage:
    """The photo with the style in its lower right corner."""
    picture = QImage(PAIR * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        paint_cropped(painter, QRectF(0, 0, PAIR.width(), PAIR.height()), content, 8)
        side = PAIR.height() * 0.5
        corner = QRectF(PAIR.width() - side - 6, PAIR.height() - side - 6, side, side)
        paint_cropped(painter, corner, style, 6)
        painter.setPen(QPen(Qt.GlobalColor.white, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(corner, 6, 6)
    return picture


def paint_cropped(painter: QPainter, rect: QRectF, path: Path, radius: float) -> None:
    """The picture of this file in this rectangle, cut to fill it."""
    shape = QPainterPath()
    shape.addRoundedRect(rect, radius, radius)
    reader = QImageReader(str(path))
    size = reader.size().scaled(rect.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    reader.setScaledSize(size * painter.device().devicePixelRatioF())
    picture = reader.read()
    painter.save()
    painter.setClipPath(shape)
    left, top = rect.center().x() - size.width() / 2, rect.center().y() - size.height() / 2
    painter.drawImage(QRectF(left, top, size.width(), size.height()), picture)
    painter.restore()
