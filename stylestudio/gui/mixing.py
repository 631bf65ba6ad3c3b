"""The mixed frame of a canvas."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from stylestudio.gui.images import ArrayImage
from stylestudio.images.blend import ScreenMixer
from stylestudio.studio.recipe import Shares


class Mixing:
    """A mixer that fits the frame, replaced when the frame changes its size.

    It mixes blue, green, red: in memory that is the screen's own format, which Qt copies instead of converting it.
    """

    def __init__(self) -> None:
        self._mixer: ScreenMixer | None = None
        self._image: ArrayImage | None = None
        self._mixed: Shares | None = None

    def load(self, content8: NDArray[np.uint8], overfit8: NDArray[np.uint8]) -> None:
        """Take two pictures (H, W, 3), 0..255; not kept."""
        self._mixed = None
        if self._mixer and self._mixer.frame.shape[:2] == content8.shape[:2]:
            self._mixer.load(content8[..., ::-1], overfit8[..., ::-1])
            return
        self.close()
        self._mixer = ScreenMixer(content8[..., ::-1], overfit8[..., ::-1])
        self._image = ArrayImage(self._mixer.frame, QImage.Format.Format_RGB32)

    def image(self, shares: Shares) -> ArrayImage:
        """The mix as an image on always the same memory; mixed anew only if the shares are others."""
        assert self._mixer and self._image
        if shares != self._mixed:
            red, green, blue = shares
            self._mixer.mix((blue, green, red))
            self._mixed = shares
        return self._image

    def close(self) -> None:
        """Join the mixer's threads; `load` starts others."""
        if self._mixer:
            self._mixer.close()
        self._mixer = self._image = self._mixed = None
