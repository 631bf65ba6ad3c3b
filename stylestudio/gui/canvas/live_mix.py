"""The target's mix as it is painted: exact, and where that takes longer than a frame, coarser while it moves."""

from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from stylestudio.gui.canvas.frames import ArrayImage, FrameMixer
from stylestudio.gui.canvas.screen_mask import SharedPlane
from stylestudio.images.balance import balance_levels
from stylestudio.images.mask_plane import Box
from stylestudio.studio.mix import Mix
from stylestudio.studio.strip import Band

FRAME_S: Final = 0.012
"""Seconds that a mix may take to be painted: the rest of a screen's frame goes to the window's other parts."""
MOVING_S: Final = 0.1
"""Mixes that follow each other within so many seconds are a movement; a single click is answered exactly."""
REST_MS: Final = 80
"""After so long without another mix the exact one is painted."""
COARSE_FROM: Final = 1_000_000
"""Pixels: a smaller frame is quick on any machine, or delayed by something else."""


class LiveMix:
    """Mixes what `canvas` shows of a photo and its overfit pictures, one or those of two styles, and paints it.

    While the mix changes again and again, and the exact one was too slow, each of its pixels stands for a square of two
    by two of the screen's: a quarter of the work. A moment later, or as soon as it does not move, all is exact.
    """

    def __init__(self, canvas: QWidget) -> None:
        self._canvas = canvas
        plane = SharedPlane()
        self._full, self._half = FrameMixer(plane), FrameMixer(plane)
        self._content8 = np.zeros((1, 1, 3), np.uint8)
        self._layers8: tuple[NDArray[np.uint8], ...] = ()
        self._box, self._size = Box(0, 0, 1, 1), (1, 1)
        self._is_slow = self._is_coarse = False
        self._is_exact = True
        self._painted: Mix | None = None
        self._painted_at = 0.0
        self._rest = QTimer(canvas, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._rested)

    @property
    def is_exact(self) -> bool:
        """Whether all that is painted is exact."""
        return self._is_exact

    @property
    def is_loaded(self) -> bool:
        return self._full.is_loaded

    def load(
        self,
        content8: NDArray[np.uint8],
        overfit8: NDArray[np.uint8],
        box: Box,
        size: tuple[int, int],
        second8: NDArray[np.uint8] | None = None,
    ) -> None:
        """Take two pictures (H, W, 3), 0..255, the part `box` of one of `size`; nothing writes to them any more.

        With the overfit picture of a second style, the mix's balance counts.
        """
        self._full.load(content8, overfit8, box, size, second8)
        self._content8, self._box, self._size = content8, box, size
        self._layers8 = (overfit8,) if second8 is None else (overfit8, second8)
        self._half.close()
        self._painted, self._is_coarse = None, False

    def overfit(self, mix: Mix) -> ArrayImage:
        """The overfit picture, or what the mix's balance makes of both."""
        return ArrayImage(balance_levels(self._layers8[0], self._layers8[-1], mix.balance))

    def image(self, mix: Mix) -> ArrayImage:
        """The exact mix, on always the same memory."""
        return self._full.image(mix)

    def test_strip(self, mix: Mix) -> tuple[ArrayImage, list[Band]]:
        """The test strip around this mix, on the same memory, and its bands."""
        return self._full.test_strip(mix)

    def paint(self, painter: QPainter, corner: QPoint, part: QRect, mix: Mix, with_mask: bool = False) -> None:
        """Paint this part of the mix, and of its mask over it, where the whole has its upper left at `corner`."""
        started, is_new = perf_counter(), mix != self._painted
        if is_new:
            moves = self._painted is not None and started - self._painted_at < MOVING_S
            self._is_coarse = moves and self._is_slow and self._content8[..., 0].size >= COARSE_FROM
        measured = not self._is_coarse and not self._full.shows(mix)
        mixer = self._half_mixer() if self._is_coarse else self._full
        layers = [mixer.image(mix), *([mixer.mask_overlay()] if with_mask else [])]
        self._draw(painter, corner, part, [layer for layer in layers if layer is not None])
        ended = perf_counter()
        if measured:
            self._is_slow = ended - started > FRAME_S
        if is_new:
            self._painted, self._painted_at = mix, ended
            if self._is_coarse:
                self._rest.start()
        self._is_exact = not self._is_coarse and not self._rest.isActive()

    def close(self) -> None:
        """Join the threads; `load` starts others."""
        self._full.close()
        self._half.close()
        self._painted = None

    def _half_mixer(self) -> FrameMixer:
        """The mixer of the same pictures at half their sides; where these are odd, it goes beyond by one pixel."""
        if not self._half.is_loaded:
            height, width = self._content8.shape[:2]
            pictures8 = self._content8, *self._layers8
            content8, *layers8 = (np.asarray(Image.fromarray(levels).reduce(2)) for levels in pictures8)
            left, top, right, bottom = self._box
            across, down = (right - left) / width, (bottom - top) / height
            box = Box(left, top, left + across * 2 * content8.shape[1], top + down * 2 * content8.shape[0])
            self._half.load(content8, layers8[0], box, self._size, *layers8[1:])
        return self._half

    def _draw(self, painter: QPainter, corner: QPoint, part: QRect, layers: list[QImage]) -> None:
        if not self._is_coarse:
            for layer in layers:
                painter.drawImage(corner + part.topLeft(), layer, part)
            return
        painter.setClipRect(part.translated(corner))
        for layer in layers:
            painter.drawImage(QRect(corner, QSize(2 * layer.width(), 2 * layer.height())), layer)
        painter.setClipping(False)

    def _rested(self) -> None:
        self._is_coarse = False
        self._canvas.update()
