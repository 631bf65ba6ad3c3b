"""Which part of a picture a canvas shows: plain geometry, and what several canvases share."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QColor

from stylestudio.gui.canvas.pyramid import Pyramids

Point = tuple[float, float]
Extent = tuple[int, int]

LARGEST_ZOOM = 32.0
SURROUNDS = {"dark": QColor(0x26, 0x26, 0x26), "mid": QColor(0x77, 0x77, 0x77), "light": QColor(0xD2, 0xD2, 0xD2)}
"""Greys: a coloured surround would change how a picture's colours look."""


@dataclass(frozen=True)
class Placement:
    """Where a picture lies on a canvas, in device pixels of the screen.

    `zoom` is device pixels per picture pixel, `origin` the picture's top left corner, `drawn` its whole extent,
    `device` the canvas; all whole pixels, so that at zoom 1 every picture pixel is exactly one of the screen's.
    """

    picture: Extent
    device: Extent
    zoom: float
    origin: Extent
    drawn: Extent

    @property
    def visible(self) -> QRect:
        """The part of the canvas that the picture covers; never empty where `place` made it."""
        return QRect(*self.origin, *self.drawn) & QRect(0, 0, *self.device)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the visible part, in picture pixels."""
        rect = self.visible
        across, down = self.picture[0] / self.drawn[0], self.picture[1] / self.drawn[1]
        left, top = rect.x() - self.origin[0], rect.y() - self.origin[1]
        return left * across, top * down, (left + rect.width()) * across, (top + rect.height()) * down

    @property
    def centre(self) -> Point:
        """The point of the picture that lies in the middle of the canvas."""
        return self.to_picture((self.device[0] / 2, self.device[1] / 2))

    @property
    def overflows(self) -> bool:
        """Whether there is anything to pan to."""
        return self.drawn[0] > self.device[0] or self.drawn[1] > self.device[1]

    def to_picture(self, point: Point) -> Point:
        """A point of the canvas in device pixels, as a point of the picture."""
        return (point[0] - self.origin[0]) / self.zoom, (point[1] - self.origin[1]) / self.zoom


def fit_zoom(picture: Extent, device: Extent) -> float:
    """The zoom at which the whole picture just fits."""
    return min(device[0] / picture[0], device[1] / picture[1])


def place(picture: Extent, device: Extent, zoom: float | None, centre: Point) -> Placement | None:
    """A picture on a canvas at `zoom` (None fits it) around `centre`; None where the canvas has no area.

    Where the picture is smaller than the canvas it lies in the middle, where it is larger it leaves no gap.
    """
    if min(device) < 1:
        return None
    scale = fit_zoom(picture, device) if zoom is None else zoom
    drawn = max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))
    x, y = (_start(drawn[axis], device[axis], centre[axis] * scale) for axis in (0, 1))
    return Placement(picture, device, scale, (x, y), drawn)


def _start(drawn: int, device: int, middle: float) -> int:
    if drawn <= device:
        return (device - drawn) // 2
    return min(0, max(device - drawn, round(device / 2 - middle)))


class View(QObject):
    """Zoom and place, shared by canvases that show pictures of the same size.

    While `is_fit`, each canvas fits the picture to its own size and `zoom` is only what it was before;
    a canvas then hands its own over by `adopt` before it zooms or pans. `pyramids` builds what they show.
    """

    changed = Signal()
    surround_changed = Signal()

    def __init__(self, parent: QObject | None = None, pyramids: Pyramids | None = None) -> None:
        super().__init__(parent)
        self.pyramids = pyramids or Pyramids()
        self._picture: Extent = (1, 1)
        self._fits = True
        self._zoom = 1.0
        self._centre: Point = (0.5, 0.5)
        self._surround = SURROUNDS["mid"]

    @property
    def surround(self) -> QColor:
        """What lies around the pictures: one of `SURROUNDS`."""
        return self._surround

    @surround.setter
    def surround(self, colour: QColor) -> None:
        self._surround = colour
        self.surround_changed.emit()

    @property
    def is_fit(self) -> bool:
        return self._fits

    @property
    def zoom(self) -> float:
        """Device pixels of the screen per picture pixel."""
        return self._zoom

    @property
    def centre(self) -> Point:
        """The point in the middle, in picture pixels."""
        return self._centre

    def show_size(self, picture: Extent) -> None:
        """Tell how large the pictures are; others than before are shown whole."""
        if picture != self._picture:
            self._picture = picture
            self.fit()

    def place(self, device: Extent, picture: Extent) -> Placement | None:
        """Where `picture` lies on a canvas of `device` pixels; one of another size, about to go, lies whole."""
        if picture != self._picture:
            return place(picture, device, None, (0.0, 0.0))
        return place(self._picture, device, None if self._fits else self._zoom, self._centre)

    def fit(self) -> None:
        self._fits = True
        self._centre = self._picture[0] / 2, self._picture[1] / 2
        self.changed.emit()

    def one_to_one(self, point: Point | None = None) -> None:
        """One picture pixel on one of the screen's; `point` of the picture stays where it is."""
        self.zoom_to(1.0, point or self._centre)

    def toggle(self, point: Point | None = None) -> None:
        """From fit to one to one, from anything else to fit."""
        if self._fits:
            self.one_to_one(point)
        else:
            self.fit()

    def one_to_one_from(self, placement: Placement, point: Point) -> None:
        """The same for a canvas that shows `placement`."""
        self.adopt(placement.zoom, placement.centre)
        self.one_to_one(point)

    def zoom_from(self, placement: Placement, factor: float, point: Point) -> None:
        """Zoom as a canvas that shows `placement` is asked to: stopping at 100 %, and at fit on the way out."""
        wanted, fits = placement.zoom * factor, fit_zoom(placement.picture, placement.device)
        if min(wanted, placement.zoom) < 1 < max(wanted, placement.zoom):
            wanted = 1.0
        if factor < 1 and wanted <= fits <= 1:
            self.fit()
            return
        self.adopt(placement.zoom, placement.centre)
        self.zoom_to(max(wanted, min(fits, 1.0)), point)

    def pan_from(self, placement: Placement, dx: float, dy: float) -> None:
        """Move what a canvas shows as `placement` by device pixels; where all of it is visible, nothing moves."""
        if placement.overflows:
            self.adopt(placement.zoom, placement.centre)
            self.pan(dx, dy)

    def zoom_to(self, zoom: float, point: Point) -> None:
        """Zoom to so many device pixels a picture pixel; `point` of the picture stays where it is."""
        zoom = min(zoom, LARGEST_ZOOM)
        ratio = self._zoom / zoom
        x, y = (point[axis] + (self._centre[axis] - point[axis]) * ratio for axis in (0, 1))
        self.adopt(zoom, (x, y))
        self.changed.emit()

    def show_at(self, zoom: float, centre: Point) -> None:
        """Have this zoom and this point of the picture in the middle."""
        self.adopt(min(zoom, LARGEST_ZOOM), centre)
        self.changed.emit()

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by device pixels, to the right and down."""
        self.adopt(self._zoom, (self._centre[0] - dx / self._zoom, self._centre[1] - dy / self._zoom))
        self.changed.emit()

    def adopt(self, zoom: float, centre: Point) -> None:
        """Take over what a canvas shows at this moment; nothing moves, so nobody is told."""
        self._fits, self._zoom, self._centre = False, zoom, centre
