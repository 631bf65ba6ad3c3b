"""What is painted over pictures: neutral, small, the same in light and dark."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from stylestudio.gui.canvas.frames import ArrayImage

HANDLE_RADIUS = 13.0
_SQUARE = 8
_DARK_SQUARE, _LIGHT_SQUARE = 0xA0, 0xC8
MARGIN = 10.0
_PILL = QColor(24, 24, 24, 200)
_PILL_EDGE = QColor(255, 255, 255, 70)
_LINE_SHADOW = QColor(0, 0, 0, 90)


def _through(grey: int) -> NDArray[np.uint32]:
    """(256,) for each alpha, a square of this grey as it shines through: premultiplied RGBA in one word."""
    through = 255 - np.arange(256, dtype=np.uint16)
    shade = grey * through // 255
    return np.stack((shade, shade, shade, through), axis=1).astype(np.uint8).view(np.uint32)[:, 0]


_DARK, _LIGHT = _through(_DARK_SQUARE), _through(_LIGHT_SQUARE)


def checkerboard(alpha8: NDArray[np.uint8], ratio: float) -> ArrayImage:
    """What shines through a picture of this alpha (H, W): an image to be painted over it."""
    height, width = alpha8.shape
    side = max(1, round(_SQUARE * ratio))
    columns, words = np.arange(width) // side, np.empty((height, width), np.uint32)
    for top in range(0, height, side):
        band, odd = alpha8[top : top + side], (columns + top // side) % 2 == 1
        words[top : top + side] = np.where(odd, _DARK[band], _LIGHT[band])
    layers = words.view(np.uint8).reshape(height, width, 4)
    return ArrayImage(layers, QImage.Format.Format_RGBA8888_Premultiplied)


def pill_size(font: QFont, text: str) -> tuple[float, float]:
    """Width and height of `pill` for this text, in logical pixels."""
    metrics = QFontMetricsF(font)
    return metrics.horizontalAdvance(text) + 18, metrics.height() + 6


def pill(painter: QPainter, corner: QPointF, text: str) -> None:
    """A small label with its top left at `corner`, readable on any picture."""
    rect = QRectF(corner.x(), corner.y(), *pill_size(painter.font(), text))
    painter.setPen(QPen(_PILL_EDGE, 1))
    painter.setBrush(_PILL)
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def split_line(painter: QPainter, x: float, top: float, bottom: float) -> None:
    """A line with a round handle in its middle."""
    middle = QPointF(x, (top + bottom) / 2)
    for colour, width in ((_LINE_SHADOW, 3.0), (QColor(Qt.GlobalColor.white), 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    painter.setPen(QPen(Qt.GlobalColor.white, 1.5))
    painter.setBrush(_PILL)
    painter.drawEllipse(middle, HANDLE_RADIUS, HANDLE_RADIUS)
    painter.setPen(QPen(Qt.GlobalColor.white, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for side in (-1, 1):
        tip = middle + QPointF(side * 7.5, 0)
        painter.drawPolyline([tip + QPointF(-side * 3.5, -3.5), tip, tip + QPointF(-side * 3.5, 3.5)])
