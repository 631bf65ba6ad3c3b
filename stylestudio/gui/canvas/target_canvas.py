"""The target as it follows the sliders, and the photo and the overfit picture to compare it with."""

from collections.abc import Generator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from stylestudio.gui.canvas.balanced_pyramid import build_layers, known_layers
from stylestudio.gui.canvas.frames import mean_colour_around
from stylestudio.gui.canvas.live_mix import LiveMix
from stylestudio.gui.canvas.marks import MARGIN, pill, pill_size
from stylestudio.gui.canvas.peek_canvas import PeekCanvas
from stylestudio.gui.canvas.picture_canvas import CanvasPyramids, View, build_pyramids
from stylestudio.gui.canvas.pointer import PointerHandler, PointerState, Tool
from stylestudio.gui.canvas.pyramid import Pyramid, resampling_at
from stylestudio.gui.canvas.screen_mask import stroke_extent
from stylestudio.gui.canvas.split import Split
from stylestudio.gui.canvas.split_comparison import SplitComparison
from stylestudio.gui.canvas.view import Placement
from stylestudio.images.decode import Picture
from stylestudio.images.mask_plane import Box
from stylestudio.images.resize import size_for
from stylestudio.studio.mix import Mix

_SPLIT_STEP = 0.02
SMALLER: Final = resampling_at(0.5)


class TargetCanvas(PeekCanvas):
    """The canvas of the target. Without an overfit picture it shows the photo.

    Ctrl with the arrows moves the split line.
    """

    frame_painted = Signal()
    """A mix, or part of one, was painted."""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self._content: Picture | None = None
        self._layers: tuple[NDArray[np.float32], ...] = ()
        self._overfit_pyramid: Pyramid | None = None
        self._photo: QImage | None = None
        self._loaded_frames: object = None
        self._mark = ""
        self.mix, self.note = Mix(), ""
        self._split = Split(self, lambda: self.has_target, lambda: self._tool is not None)
        self._beside: SplitComparison | None = None
        self._tool: Tool | None = None
        self._mask_shown = False
        self._mix_shown = False
        self._mixing = LiveMix(self)
        self.destroyed.connect(self._mixing.close)
        self.setAccessibleName(self.tr("Target"))

    def set_pictures(
        self,
        content: Picture | None,
        overfit: NDArray[np.float32] | None,
        mark: str = "",
        second: NDArray[np.float32] | None = None,
    ) -> None:
        """Show `content` mixed with `overfit` (h, w, 3), 0..1, stretched to the same size; `mark` is written on it.

        With that of a `second` style, it is mixed with what the mix's balance makes of both. Raises `ValueError` if one
        is larger than the content.
        """
        layers = tuple(one for one in (overfit, second) if one is not None)
        if any(content is None or any(np.greater(one.shape, content.stored.shape)) for one in layers):
            raise ValueError("the overfit picture is larger than the content")
        known = CanvasPyramids(self._pyramid, self._alpha) if self._pyramid and content is self._content else None
        there = known_layers(self._layers, self._overfit_pyramid)

        def both() -> Generator[None, None, CanvasPyramids | None]:
            pair = known
            if pair is None and content is not None:
                pair = yield from build_pyramids(self.view.pyramids, content.stored, content.alpha, None)
            made = None
            if layers and pair is not None:
                made = yield from build_layers(self.view.pyramids, layers, pair.picture.size, there)
            self._content, self._layers, self._mark = content, layers, mark
            return pair and pair._replace(overfit=made)

        fresh = [] if content is None or known else [content.stored]
        fresh += [one for one in layers if id(one) not in there]
        self._load(both(), sum(pixels.size // 3 for pixels in fresh if not self.view.pyramids.has(pixels)))

    def set_mix(self, mix: Mix, note: str = "") -> None:
        """Mix anew at the next paint; nothing else is done again. `note` is written on it: what else this is."""
        if (mix, note) == (self.mix, self.note):
            return
        before, same_note = self.mix, note == self.note
        self.mix, self.note = mix, note
        box = stroke_extent(before.mask, mix.mask) if same_note and replace(before, mask=mix.mask) == mix else None
        rect = self.picture_rect()
        if box and rect:
            rect &= QRectF(self.widget_point(box[:2]), self.widget_point(box[2:]))
        if rect:
            self.update(rect.toAlignedRect())

    @property
    def is_exact(self) -> bool:
        """Whether the mix that was painted last is exact: one that moves may be coarser for a moment."""
        return self._mixing.is_exact

    @property
    def has_target(self) -> bool:
        """Whether there is anything to mix."""
        return self._overfit_pyramid is not None

    @property
    def pictures(self) -> tuple[Picture, tuple[NDArray[np.float32], ...]] | None:
        """The photo and its overfit pictures (h, w, 3), which may be smaller; None unless both are there."""
        return (self._content, self._layers) if self._content and self._layers else None

    @property
    def tool(self) -> Tool | None:
        """What has the mouse and the pen before the picture is moved by them."""
        return self._tool

    def set_tool(self, tool: Tool | None) -> None:
        """Give the mouse and the pen to this tool alone."""
        for one in (self._tool, tool):
            if one is not None:
                one.hover(None)
        self._tool = tool
        self._show_cursor(None)
        self.update()

    def show_mask(self, shown: bool) -> None:
        """Lay the mask over the target: orange where it draws to the overfit picture, blue where to the photo."""
        self._mask_shown = shown
        self.update()

    def colours_at(self, position: QPointF) -> tuple[QColor, QColor] | None:
        """The photo's and the target's colour around a place (logical pixels); None beside the picture."""
        placement = self.placement()
        if placement is None or self._frame is None or not self._mixing.is_loaded:
            return None
        point = (position * self.devicePixelRatioF()).toPoint() - placement.visible.topLeft()
        if not self._frame.rect().contains(point):
            return None
        return mean_colour_around(self._frame, point), mean_colour_around(self._mixing.image(self.mix), point)

    def small_pictures(self, side: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None] | None:
        """The photo and the overfit picture, (h, w, 3) levels with this long side at most, in a millisecond.

        None without a photo, or instead of the overfit picture where there is none.
        """
        if self._pyramid is None:
            return None
        content, overfit, (width, height) = self._pyramid, self._overfit_pyramid, self._pyramid.size
        box, size = (0.0, 0.0, float(width), float(height)), size_for((width, height), min(side, max(width, height)))
        return content.window(box, size, SMALLER), overfit and overfit.at(self.mix.balance).window(box, size, SMALLER)

    @property
    def is_split(self) -> bool:
        return self._split.is_on

    def set_split(self, on: bool) -> None:
        """Photo to the left of a line and target to its right."""
        self._split.is_on = on
        self.update()

    @property
    def split_comparison(self) -> SplitComparison | None:
        """What stands at the left of the split line, None for the photo."""
        return self._beside

    def set_split_comparison(self, beside: SplitComparison | None) -> None:
        """Have another mix of the photo at the left of the split line, or the photo itself again."""
        self._beside = beside
        self.update()

    @property
    def split_fraction(self) -> float:
        """Where the line is, 0..1 from the left to the right edge of what is visible of the picture."""
        return self._split.position

    def move_split(self, position: float) -> None:
        self._split.position = position

    def stop_mixer(self) -> None:
        """End the mixer's threads; a later paint starts them again."""
        self._mixing.close()
        self._loaded_frames = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -_SPLIT_STEP, Qt.Key.Key_Right: _SPLIT_STEP}
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if self._split.is_on and control and event.key() in steps:
            self.move_split(self._split.position + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._mix_shown = False
        super().paintEvent(event)
        if self._mix_shown:
            self.frame_painted.emit()

    @property
    def _shows_strip(self) -> bool:
        return self._tool is not None and self._tool.shows_strip

    def _takes_pen(self) -> bool:
        return self._tool is not None

    def _hands(self) -> tuple[PointerHandler, ...]:
        if self.navigation.is_wanted:
            return (self.navigation,)
        return (self._split, *((self._tool,) if self._tool else ()), self.navigation)

    def _press(self, touch: PointerState, again: bool = False) -> None:
        if self.navigation.is_wanted:
            self.peek(None)  # Space is meant for the drag
        super()._press(touch, again)

    def _take(self, loaded: object) -> None:
        assert loaded is None or isinstance(loaded, CanvasPyramids)
        self._pyramid, self._alpha, self._overfit_pyramid = loaded or (None, None, None)
        self._loaded()

    def _build(self, placement: Placement, ratio: float) -> None:
        super()._build(placement, ratio)
        assert self._frame
        wanted = (self._frame, self._overfit_pyramid)
        if self._loaded_frames == wanted:
            return
        self._loaded_frames = self._photo = None
        if self._overfit_pyramid is None:
            self._mixing.close()
        else:
            layers8 = [self._window(layer, placement).array for layer in self._overfit_pyramid.layers]
            longest = max(placement.picture)
            box = Box(*(edge / longest for edge in placement.box))
            self._mixing.load(self._frame.array, layers8[0], box, placement.picture, *layers8[1:])
        self._loaded_frames = wanted  # not before: memory may run out on the way

    def _paint_picture(self, painter: QPainter, visible: QRect) -> None:
        if not self._mixing.is_loaded or self.peeked == "content":
            super()._paint_picture(painter, visible)
        elif self.peeked == "overfit":
            painter.drawImage(visible.topLeft(), self._mixing.overfit(self.mix))
        else:
            self._paint_target(painter, visible)

    def _paint_target(self, painter: QPainter, visible: QRect) -> None:
        if self._shows_strip:
            painter.drawImage(visible.topLeft(), self._mixing.test_strip(self.mix)[0])
            return
        left = round(visible.width() * self._split.position) if self._split.is_on else 0
        right = QRect(left, 0, visible.width() - left, visible.height())
        self._mixing.paint(painter, visible.topLeft(), right, self.mix, self._mask_shown)
        if left:
            painter.drawImage(visible.topLeft(), self._left_image(), QRect(0, 0, left, visible.height()))
        self._mix_shown = True

    def _left_image(self) -> QImage:
        placement = self.placement()
        if self._beside is None or placement is None:
            return self._photo_image()
        assert self._frame
        resampling = Image.Resampling.NEAREST if self._rough else resampling_at(placement.zoom)
        return self._beside.render(self._frame.array, placement, resampling)

    def _photo_image(self) -> QImage:
        # In the screen's format, because it is painted at every move of a slider.
        assert self._frame
        self._photo = self._photo or self._frame.convertToFormat(QImage.Format.Format_RGB32)
        return self._photo

    def _paint_marks(self, painter: QPainter) -> None:
        rect = self.picture_rect()
        if rect and self._mixing.is_loaded:
            text = {"content": self.tr("Photo"), "overfit": self.tr("Overfit"), None: self.note}[self.peeked]
            if self._split.is_on and not self.peeked and not self._shows_strip:
                names = (self._beside.name, self._beside.right) if self._beside else (self.tr("Photo"), "")
                self._split.paint_between(painter, rect, names[0], names[1] or self.note or self.tr("Target"))
            elif text:
                place = QRectF(rect.topLeft() + QPointF(MARGIN, MARGIN), QSizeF(*pill_size(painter.font(), text)))
                pill(painter, self.uncovered(place).topLeft(), text)
            if self._mark and not self._shows_strip:
                height = pill_size(painter.font(), self._mark)[1]
                pill(painter, rect.bottomLeft() + QPointF(MARGIN, -MARGIN - height), self._mark)
            if self._tool and not self.peeked:
                self._tool.paint(painter, rect)
        super()._paint_marks(painter)
