"""The program's icons: one set of drawings, in the colour of the words beside them, sharp at every scale."""

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from stylestudio.paths import resource

INK = b"#000"
"""The colour in the drawings that stands for the palette's own."""


class SvgIconEngine(QIconEngine):
    """An icon that is drawn when it is painted: in the palette's colour of that moment, at the screen's own scale."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        drawing = QSvgRenderer(
            QByteArray(svg_source(self._name).replace(INK, icon_colour(mode, state).name().encode()))
        )
        drawing.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        drawing.render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        key = f"{self._name} {icon_colour(mode, state).name()} {size.width()} {size.height()}"
        pixmap = QPixmap()
        if not QPixmapCache.find(key, pixmap):
            pixmap = QPixmap(size)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as painter:
                self.paint(painter, QRect(QPoint(), size), mode, state)
            QPixmapCache.insert(key, pixmap)
        return pixmap

    def clone(self) -> QIconEngine:
        return SvgIconEngine(self._name)


def icon(name: str) -> QIcon:
    """The icon of this name, a file in `resources/icons`."""
    return QIcon(SvgIconEngine(name))


def program_icon() -> QIcon:
    """The program's own, in its own colours."""
    return QIcon(str(resource("icons") / "program.svg"))


def icon_colour(mode: QIcon.Mode, state: QIcon.State) -> QColor:
    """The palette's, of words that lie where the icon does."""
    return QApplication.palette().color(
        QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active,
        QPalette.ColorRole.HighlightedText if on_accent(mode, state) else QPalette.ColorRole.ButtonText,
    )


def on_accent(mode: QIcon.Mode, state: QIcon.State) -> bool:
    """Whether it lies on the accent colour: a button that is switched on, or a chosen line."""
    return mode == QIcon.Mode.Selected or (state == QIcon.State.On and mode != QIcon.Mode.Disabled)


@cache
def svg_source(name: str) -> bytes:
    """The drawing's text."""
    return (resource("icons") / f"{name}.svg").read_bytes()
