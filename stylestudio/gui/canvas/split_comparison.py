"""Another mix at the left of the split line, in the photo's place; it may be of another overfit picture."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage

from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.canvas.pyramid import Pyramid
from stylestudio.gui.canvas.view import Placement
from stylestudio.images.mask_plane import Box, MaskPlane, screen_levels
from stylestudio.images.mixer import ScreenMixer
from stylestudio.studio.mix import Mix


@dataclass(eq=False)
class SplitComparison:
    """A mix of the canvas's photo with the `overfit` picture, under a name; `right` is that of the target beside it."""

    name: str
    mix: Mix
    overfit: Pyramid
    right: str = ""
    _made: tuple[NDArray[np.uint8], ArrayImage] | None = field(default=None, init=False)

    def render(self, content8: NDArray[np.uint8], placement: Placement, resampling: Image.Resampling) -> QImage:
        """The mix where `content8` (h, w, 3) is what is shown of the photo; made once for it."""
        if self._made is None or self._made[0] is not content8:
            size = placement.visible.width(), placement.visible.height()
            overfit8 = self.overfit.window(placement.box, size, resampling)
            self._made = content8, self._mixed(content8, overfit8, placement)
        return self._made[1]

    def _mixed(self, content8: NDArray[np.uint8], overfit8: NDArray[np.uint8], placement: Placement) -> ArrayImage:
        with ScreenMixer(content8, overfit8, "BGR") as mixer:
            if not self.mix.mask.is_empty:
                plane, longest = MaskPlane(placement.picture), max(placement.picture)
                plane.follow(self.mix.mask)
                box = Box(*(edge / longest for edge in placement.box))
                height, width = content8.shape[:2]
                mixer.set_mask(screen_levels(plane.values(box, (width, height), content8)))
            mixer.mix(self.mix.shares, self.mix.axes)
            return ArrayImage(mixer.frame, QImage.Format.Format_RGB32)
