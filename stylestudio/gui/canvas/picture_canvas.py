"""A picture to look at closely: zoom, pan, and pixels that are the picture's own."""

from collections.abc import Generator
from typing import NamedTuple

from PIL import Image
from PySide6.QtCore import QEvent, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.canvas.marks import checkerboard
from stylestudio.gui.canvas.pyramid import Extent, Pyramid, Pyramids, Sliced, resampling_at
from stylestudio.gui.canvas.view import Placement, View
from stylestudio.images.resize import Pixels
from stylestudio.progress import finish

__all__ = ["Canvas", "View"]

_LOADED_AT_ONCE = 1_000_000
"""Pixels: larger pictures are prepared in slices, because several canvases may get one at the same moment."""
_ZOOMED_AT_ONCE = 2_000_000
"""Pixels: larger views are zoomed roughly first."""
_STEP = 1.25
_PAN = 64
_REFINE_MS = 120
_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_ARROWS = {
    Qt.Key.Key_Left: (_PAN, 0),
    Qt.Key.Key_Right: (-_PAN, 0),
    Qt.Key.Key_Up: (0, _PAN),
    Qt.Key.Key_Down: (0, -_PAN),
}


class _Loaded(NamedTuple):
    picture: Pyramid
    alpha: Pyramid | None


class Canvas(QWidget):
    """Shows one picture through a `View` that other canvases may share.

    Wheel and + − zoom, left drag and arrows pan, 0 fits, a double click goes between that and one to one.
    """

    ready = Signal()
    """What was set last is on the canvas; a large picture takes a moment."""
    placed = Signal()
    """Another picture, size or place."""
    clicked = Signal()
    """Once, and neither the picture nor anything else was dragged."""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self._pyramid: Pyramid | None = None
        self._alpha: Pyramid | None = None
        self._frame: ArrayImage | None = None
        self._checker: ArrayImage | None = None
        self._built: object = None
        self._rough = False
        self._ring = False
        self._grabbed: tuple[QPointF, Placement] | None = None
        self._pressed: QPointF | None = None
        self._sliced = Sliced(self)
        self._refine = QTimer(self, interval=_REFINE_MS, singleShot=True)
        self._refine.timeout.connect(self._refined)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        view.changed.connect(self._view_changed)
        view.surround_changed.connect(self.update)

    @property
    def is_ready(self) -> bool:
        """Whether what was set last is what is shown."""
        return not self._sliced.is_running

    @property
    def zoom(self) -> float:
        """Device pixels of the screen per picture pixel, also while the view fits."""
        placement = self.placement()
        return placement.zoom if placement else 1.0

    def set_picture(self, pixels: Pixels | None, alpha: Pixels | None = None, size: Extent | None = None) -> None:
        """Show `pixels` (H, W, 3) with `alpha` (H, W), as levels 0..255 or floats 0..1; None for nothing.

        They are stretched to `size` (width, height), if one is given.
        """
        fresh = 0 if pixels is None or self.view.pyramids.has(pixels) else pixels.size // 3
        self._load(_loading(self.view.pyramids, pixels, alpha, size), fresh)

    def placement(self) -> Placement | None:
        """Where the picture lies at this moment; None without a picture or area."""
        return self.view.place(self._device(), self._pyramid.size) if self._pyramid else None

    def fit(self) -> None:
        self.view.fit()

    def one_to_one(self) -> None:
        self._to_one_to_one(None)

    def zoom_to(self, zoom: float) -> None:
        """So many device pixels of the screen per picture pixel, around the middle."""
        if placement := self.placement():
            self.view.settle(placement.zoom, placement.centre)
            self.view.zoom_to(zoom, placement.centre)

    def zoom_in(self) -> None:
        self.zoom_by(_STEP)

    def zoom_out(self) -> None:
        self.zoom_by(1 / _STEP)

    def zoom_by(self, factor: float, position: QPointF | None = None) -> None:
        """Zoom around `position` (widget's logical pixels, None for the middle), stopping at 100 % and at fit."""
        if placement := self.placement():
            self.view.zoom_from(placement, factor, self._picture_point(placement, position))

    def paintEvent(self, event: QPaintEvent) -> None:
        placement, ratio = self.placement(), self.devicePixelRatioF()
        if placement:
            self._build(placement, ratio)
        with QPainter(self) as painter:
            # In device pixels, so that each pixel of a frame is one of the screen's.
            painter.scale(1 / ratio, 1 / ratio)
            self._paint_surround(painter, placement)
            if placement:
                self._paint_picture(painter, placement.visible)
                if self._checker:
                    painter.drawImage(placement.visible.topLeft(), self._checker)
            painter.scale(ratio, ratio)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_marks(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._show_cursor(None)
        self.placed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if turned := event.angleDelta().y():
            self.zoom_by(_STEP ** (turned / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        placement = self.placement()
        if event.button() == Qt.MouseButton.LeftButton and placement and placement.overflows:
            self._grabbed = event.position(), placement
        self._pressed = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        self._show_cursor(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed:
            start, placement = self._grabbed
            moved = (event.position() - start) * self.devicePixelRatioF()
            self.view.pan_from(placement, moved.x(), moved.y())
        self._show_cursor(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        self._show_cursor(event.position())
        pressed, self._pressed = self._pressed, None
        if pressed and (event.position() - pressed).manhattanLength() < QApplication.startDragDistance():
            self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._toggle(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.fit,
        }
        key = Qt.Key(event.key())
        if key in actions:
            actions[key]()
        elif key in _ARROWS:
            self._pan(*_ARROWS[key])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in _TAB
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def _load(self, loading: Generator[None, None, object], pixels: int) -> None:
        if pixels > _LOADED_AT_ONCE:
            self._sliced.start(loading, self._take)
            return
        self._sliced.stop()
        self._take(finish(loading))

    def _take(self, loaded: object) -> None:
        assert loaded is None or isinstance(loaded, _Loaded)
        self._pyramid, self._alpha = loaded or (None, None)
        self._loaded()

    def _loaded(self) -> None:
        if self._pyramid:
            self.view.show_size(self._pyramid.size)
        self._built = None
        self._show_cursor(None)
        self.update()
        self.placed.emit()
        self.ready.emit()

    def _build(self, placement: Placement, ratio: float) -> None:
        wanted = (placement, self._rough, ratio)
        if self._built == wanted or self._pyramid is None:
            return
        self._built = wanted
        self._frame = self._window(self._pyramid, placement)
        self._checker = checkerboard(self._window(self._alpha, placement).array, ratio) if self._alpha else None

    def _window(self, pyramid: Pyramid, placement: Placement) -> ArrayImage:
        rect = placement.visible
        resampling = Image.Resampling.NEAREST if self._rough else resampling_at(placement.zoom)
        return ArrayImage(pyramid.window(placement.box, (rect.width(), rect.height()), resampling))

    def _paint_surround(self, painter: QPainter, placement: Placement | None) -> None:
        around = QRegion(QRect(0, 0, *self._device()))
        if placement:
            around -= QRegion(placement.visible)
        painter.setClipRegion(around)
        painter.fillRect(around.boundingRect(), self.view.surround)
        painter.setClipping(False)

    def _paint_picture(self, painter: QPainter, visible: QRect) -> None:
        assert self._frame
        painter.drawImage(visible.topLeft(), self._frame)

    def _paint_marks(self, painter: QPainter) -> None:
        if self._ring:
            painter.setPen(QPen(self.palette().highlight(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _device(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return round(self.width() * ratio), round(self.height() * ratio)

    def _picture_point(self, placement: Placement, position: QPointF | None) -> tuple[float, float]:
        if position is None:
            return placement.centre
        return placement.to_picture((position * self.devicePixelRatioF()).toTuple())

    def _toggle(self, position: QPointF | None) -> None:
        if self.view.is_fit:
            self._to_one_to_one(position)
        else:
            self.view.fit()

    def _to_one_to_one(self, position: QPointF | None) -> None:
        if placement := self.placement():
            self.view.one_to_one_from(placement, self._picture_point(placement, position))

    def _pan(self, dx: int, dy: int) -> None:
        if placement := self.placement():
            ratio = self.devicePixelRatioF()
            self.view.pan_from(placement, dx * ratio, dy * ratio)

    def _view_changed(self) -> None:
        width, height = self._device()
        if self._built and width * height > _ZOOMED_AT_ONCE:
            self._rough = True
            self._refine.start()
        self._show_cursor(None)
        self.update()
        self.placed.emit()

    def _refined(self) -> None:
        self._rough = False
        self.update()

    def _show_cursor(self, position: QPointF | None) -> None:
        placement = self.placement()
        if self._grabbed:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif placement and placement.overflows:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()


def _loading(
    pyramids: Pyramids, pixels: Pixels | None, alpha: Pixels | None, size: Extent | None
) -> Generator[None, None, _Loaded | None]:
    if pixels is None:
        return None
    picture = yield from pyramids.building(pixels, size)
    return _Loaded(picture, (yield from pyramids.building(alpha, size)) if alpha is not None else None)
