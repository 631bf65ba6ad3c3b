"""A picture with the rectangle that is to be left of it: drawn by its handles, moved, or drawn anew."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from stylestudio.images.crop import LEAST, WHOLE, Crop, drag_crop, fit_to_aspect, move_crop

EDGE = 18
REACH = 12.0
"""Pixels from a side at which it can be grabbed."""
ARM, THICK = 18.0, 3.0
DIMMED = QColor(0, 0, 0, 150)
LINE, THIRD, SHADE = QColor(255, 255, 255, 230), QColor(255, 255, 255, 110), QColor(0, 0, 0, 110)
GROUND = QColor(0x26, 0x26, 0x26)
STEP, LARGE_STEP = 0.005, 0.05
CURSORS = {
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (0, 0): Qt.CursorShape.SizeAllCursor,
}
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CropView(QWidget):
    """Shows an image and a crop of it; `shape` as in `images.crop` is kept while the crop is dragged.

    Arrows move the crop, with Ctrl its lower right corner; Shift makes larger steps.
    """

    crop_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self._crop: Crop = WHOLE
        self.shape: float | None = None
        self.lines = 3
        """Fields that the crop is parted into each way, while it is looked at."""
        self._grabbed: tuple[int, int] | None = None
        self._is_drawn = self._ring = False
        self._from: tuple[QPointF, Crop] = (QPointF(), WHOLE)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Crop of the photo"))

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 240)

    @property
    def crop(self) -> Crop:
        return self._crop

    def show_image(self, image: QImage) -> None:
        self.image = image
        self.update()

    def show_crop(self, crop: Crop) -> None:
        """Show it without any signal."""
        self._crop = crop
        self.update()

    def show_lines(self, lines: int) -> None:
        """Part the crop into so many fields each way."""
        self.lines = lines
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the image lies, in logical pixels."""
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        size = self.image.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(room.center() - QPointF(size.width() / 2, size.height() / 2), size)

    def crop_rect(self) -> QRectF:
        """Where the crop lies, in logical pixels."""
        rect, (left, top, right, bottom) = self.picture_rect(), self._crop
        return QRectF(
            rect.left() + left * rect.width(),
            rect.top() + top * rect.height(),
            (right - left) * rect.width(),
            (bottom - top) * rect.height(),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.image.isNull():
            return
        self._grabbed = self._handle_at(event.position())
        self._is_drawn = self._grabbed is None and self.picture_rect().contains(event.position())
        self._from = event.position(), self._crop

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_drawn:
            self._draw(event.position())
            return
        if self._grabbed is None:
            handle = self._handle_at(event.position())
            self.setCursor(Qt.CursorShape.CrossCursor if handle is None else CURSORS[handle])
            return
        start, crop = self._from
        rect, way = self.picture_rect(), event.position() - start
        across, down = way.x() / rect.width(), way.y() / rect.height()
        if self._grabbed == (0, 0):
            self._become(move_crop(crop, across, down))
            return
        corner = [crop[axis + 2] if self._grabbed[axis] > 0 else crop[axis] for axis in (0, 1)]
        self._become(drag_crop(crop, self._grabbed, (corner[0] + across, corner[1] + down), self.shape))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed, self._is_drawn = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._become(fit_to_aspect(WHOLE, self.shape))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = ARROWS.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        step = LARGE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        dx, dy = way[0] * step, way[1] * step
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            handle = (1, 1) if self.shape is None else (abs(way[0]), abs(way[1]))
            self._become(drag_crop(self._crop, handle, (self._crop[2] + dx, self._crop[3] + dy), self.shape))
        else:
            self._become(move_crop(self._crop, dx, dy))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), GROUND)
            if self.image.isNull():
                return
            painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
            picture, crop = self.picture_rect(), self.crop_rect()
            painter.drawImage(picture, self.image)
            outside = QPainterPath()
            outside.addRect(picture)
            outside.addRect(crop)
            painter.fillPath(outside, DIMMED)
            self._paint_fields(painter, crop)
            self._paint_handles(painter, crop)
            if self._ring:
                painter.setPen(QPen(self.palette().highlight(), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_fields(self, painter: QPainter, crop: QRectF) -> None:
        """The lines of the thirds, and the crop's own, readable on any picture."""
        for part in range(1, self.lines):
            x, y = crop.left() + crop.width() * part / self.lines, crop.top() + crop.height() * part / self.lines
            for shift, colour in ((1.0, SHADE), (0.0, THIRD)):
                painter.setPen(QPen(colour, 1))
                painter.drawLine(QPointF(x + shift, crop.top()), QPointF(x + shift, crop.bottom()))
                painter.drawLine(QPointF(crop.left(), y + shift), QPointF(crop.right(), y + shift))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(LINE, 1))
        painter.drawRect(crop)

    def _paint_handles(self, painter: QPainter, crop: QRectF) -> None:
        """Angles at the corners, bars at the middles of the sides."""
        arm = min(ARM, crop.width() / 3, crop.height() / 3)
        painter.setPen(QPen(LINE, THICK, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin))
        out = crop.adjusted(-1, -1, 1, 1)
        for x, inward in ((out.left(), arm), (out.right(), -arm)):
            for y, down in ((out.top(), arm), (out.bottom(), -arm)):
                painter.drawPolyline([QPointF(x + inward, y), QPointF(x, y), QPointF(x, y + down)])
            painter.drawLine(QPointF(x, out.center().y() - arm / 2), QPointF(x, out.center().y() + arm / 2))
        for y in (out.top(), out.bottom()):
            painter.drawLine(QPointF(out.center().x() - arm / 2, y), QPointF(out.center().x() + arm / 2, y))

    def _handle_at(self, point: QPointF) -> tuple[int, int] | None:
        """What is grabbed at this point: a side or a corner, (0, 0) for the inside; None beside the crop."""
        crop = self.crop_rect()
        if not crop.adjusted(-REACH, -REACH, REACH, REACH).contains(point):
            return None
        across = _end(point.x(), crop.left(), crop.right())
        down = _end(point.y(), crop.top(), crop.bottom())
        return across, down

    def _draw(self, to: QPointF) -> None:
        """Another crop, from where the mouse was pressed to here; a click alone changes nothing."""
        if (to - self._from[0]).manhattanLength() < QApplication.startDragDistance():
            return
        begin, end = self._place(self._from[0]), self._place(to)
        handle = tuple(1 if there >= here else -1 for here, there in zip(begin, end, strict=True))
        spans = [
            (min(here, 1 - LEAST), min(here, 1 - LEAST) + LEAST)
            if way > 0
            else (max(here, LEAST) - LEAST, max(here, LEAST))
            for here, way in zip(begin, handle, strict=True)
        ]
        crop = spans[0][0], spans[1][0], spans[0][1], spans[1][1]
        self._become(drag_crop(crop, (handle[0], handle[1]), end, self.shape))

    def _place(self, point: QPointF) -> tuple[float, float]:
        rect = self.picture_rect()
        return (point.x() - rect.left()) / rect.width(), (point.y() - rect.top()) / rect.height()

    def _become(self, crop: Crop) -> None:
        if crop != self._crop:
            self._crop = crop
            self.update()
            self.crop_changed.emit()


def _end(value: float, start: float, end: float) -> int:
    """-1 near the start, 1 near the end, 0 between; of a short side a third each."""
    reach = min(REACH, (end - start) / 3)
    if value < start + reach:
        return -1
    return 1 if value > end - reach else 0
