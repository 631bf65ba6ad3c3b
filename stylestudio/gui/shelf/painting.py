"""How a tile's picture is painted, and the signs in its corners."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPalette, QPen, QPolygonF

RADIUS, STAR = 5.0, 22
DISC, WHITE = QColor(0, 0, 0, 130), QColor(255, 255, 255, 235)
FIVE = [(math.sin(math.pi * corner / 5), -math.cos(math.pi * corner / 5)) for corner in range(10)]
"""Directions of a star's corners, every other one nearer to the middle by `INNER`."""
INNER = 0.45


def star_rect(place: QRect) -> QRect:
    """Where the star of a picture lies: what a click there hits."""
    return QRect(place.right() - STAR - 2, place.top() + 3, STAR, STAR)


def paint_picture(painter: QPainter, place: QRect, image: QImage | None, fills: bool, ground: QColor) -> QRectF:
    """Paint the image in this place, or `ground` while there is none; where it came to lie."""
    has_picture = image is not None and not image.isNull()
    how = Qt.AspectRatioMode.KeepAspectRatioByExpanding if fills else Qt.AspectRatioMode.KeepAspectRatio
    size = image.size().scaled(place.size(), how) if image is not None and has_picture else place.size()
    rect = QRectF(QPointF(), size.toSizeF())
    rect.moveCenter(place.toRectF().center())
    seen = rect.intersected(place.toRectF())
    shape = QPainterPath()
    shape.addRoundedRect(seen, RADIUS, RADIUS)
    painter.save()
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    if image is not None and has_picture:
        painter.drawImage(rect, image)
    else:
        painter.fillRect(seen, ground)
    painter.restore()
    return seen


def paint_rim(painter: QPainter, rect: QRectF, palette: QPalette, in_use: bool, has_focus: bool) -> None:
    """What frames a picture: two lines where it is in use, dashes where the focus is, else one for the mouse.

    Each is of two colours, one of which stands out from any picture.
    """
    lines = [(palette.color(QPalette.ColorRole.Dark), 1.5, 0.0, Qt.PenStyle.SolidLine)]
    if in_use or has_focus:
        lines = [(palette.color(QPalette.ColorRole.Highlight), 3.0, 0.0, Qt.PenStyle.SolidLine)]
    if in_use:
        lines.append((WHITE, 1.2, 2.0, Qt.PenStyle.SolidLine))
    if has_focus:
        lines.append((WHITE, 1.6, 0.0, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width, inside, style in lines:
        painter.setPen(QPen(colour, width, style))
        painter.drawRoundedRect(rect.adjusted(inside, inside, -inside, -inside), RADIUS - inside, RADIUS - inside)


def paint_star(painter: QPainter, rect: QRect, full: bool) -> None:
    """A star on a dark disc, as all that is written on pictures: `full`, or its rim to be clicked."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DISC)
    painter.drawEllipse(rect)
    painter.setPen(QPen(WHITE, 1.3))
    painter.setBrush(WHITE if full else Qt.BrushStyle.NoBrush)
    painter.save()
    painter.translate(rect.toRectF().center())
    radii = (0.36 * rect.width(), 0.36 * INNER * rect.width())
    painter.drawPolygon(QPolygonF([QPointF(x, y) * radii[number % 2] for number, (x, y) in enumerate(FIVE)]))
    painter.restore()


def paint_mark(painter: QPainter, place: QRect) -> None:
    """An arrow into a tray, for what was exported."""
    centre = QPointF(place.left() + 3 + STAR / 2, place.top() + 3 + STAR / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DISC)
    painter.drawEllipse(centre, STAR / 2, STAR / 2)
    painter.setPen(QPen(WHITE, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for start, end in (((0, -5), (0, 2)), ((-3, -1), (0, 2)), ((3, -1), (0, 2)), ((-5, 5), (5, 5))):
        painter.drawLine(centre + QPointF(*start), centre + QPointF(*end))
