"""A picture to look at closely: zoom, pan, and pixels that are the picture's own."""

from collections.abc import Generator
from typing import NamedTuple

from PIL import Image
from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from stylestudio.gui.canvas.balanced_pyramid import build_layers
from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.canvas.marks import checkerboard
from stylestudio.gui.canvas.pyramid import Extent, Pyramid, Pyramids, StepRunner, resampling_at
from stylestudio.gui.canvas.surface import Surface
from stylestudio.gui.canvas.view import Placement, View
from stylestudio.images.resize import Pixels
from stylestudio.progress import finish

__all__ = ["Canvas", "View"]

Layers = Pixels | tuple[Pixels, ...] | None
"""One picture, two under a balance, or none."""

_LOADED_AT_ONCE = 1_000_000
"""Pixels: larger pictures are prepared in slices, because several canvases may get one at the same moment."""
_ZOOMED_AT_ONCE = 2_000_000
"""Pixels: larger views are zoomed roughly first."""
_REFINE_MS = 120


class CanvasPyramids(NamedTuple):
    """A picture, its alpha, and what is mixed with it."""

    picture: Pyramid
    alpha: Pyramid | None
    overfit: Pyramid | None = None


class Canvas(Surface):
    """Shows one picture through a `View` that other canvases may share."""

    ready = Signal()
    """What was set last is on the canvas; a large picture takes a moment."""
    placed = Signal()
    """Another picture, size or place."""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self._pyramid: Pyramid | None = None
        self._alpha: Pyramid | None = None
        self._frame: ArrayImage | None = None
        self._checker: ArrayImage | None = None
        self._built: object = None
        self._rough = False
        self._balance = 0.0
        self._sliced = StepRunner(self)
        self._refine = QTimer(self, interval=_REFINE_MS, singleShot=True)
        self._refine.timeout.connect(self._refined)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        view.changed.connect(self._view_changed)
        view.surround_changed.connect(self.update)

    @property
    def is_ready(self) -> bool:
        """Whether what was set last is what is shown."""
        return not self._sliced.is_running

    def set_picture(self, pixels: Layers, alpha: Pixels | None = None, size: Extent | None = None) -> None:
        """Show `pixels` (H, W, 3) with `alpha` (H, W), as levels 0..255 or floats 0..1; None for nothing.

        They are stretched to `size` (width, height), if one is given. Of two pictures, their balance is shown.
        """
        fresh = sum(one.size // 3 for one in layers_of(pixels) if not self.view.pyramids.has(one))
        self._load(build_pyramids(self.view.pyramids, pixels, alpha, size), fresh)

    def set_balance(self, balance: float) -> None:
        """Show two pictures at this balance 0..1."""
        self._balance = balance
        shown = self._pyramid and self._pyramid.at(balance)
        if shown is not self._pyramid:
            self._pyramid, self._built = shown, None
            self.update()

    def picture_size(self) -> Extent | None:
        return self._pyramid.size if self._pyramid else None

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
        assert loaded is None or isinstance(loaded, CanvasPyramids)
        self._pyramid, self._alpha, _ = loaded or (None, None, None)
        self.set_balance(self._balance)
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


def build_pyramids(
    pyramids: Pyramids, pixels: Layers, alpha: Pixels | None, size: Extent | None
) -> Generator[None, None, CanvasPyramids | None]:
    """Build the pyramids of a picture, or of two under a balance, in steps."""
    if pixels is None:
        return None
    picture = yield from build_layers(pyramids, layers_of(pixels), size)
    return CanvasPyramids(picture, (yield from pyramids.building(alpha, size)) if alpha is not None else None)


def layers_of(pixels: Layers) -> tuple[Pixels, ...]:
    """The pictures, one by one."""
    return pixels if isinstance(pixels, tuple) else () if pixels is None else (pixels,)
