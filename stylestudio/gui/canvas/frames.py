"""Between arrays, Qt's images and pictures, and the mixed frame of a canvas."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize
from PySide6.QtGui import QColor, QColorSpace, QImage

from stylestudio.errors import PictureError
from stylestudio.gui.canvas.screen_mask import ScreenMask, SharedPlane
from stylestudio.images.balance import balance_levels
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.mask_plane import Box
from stylestudio.images.mixer import Area, ScreenMixer
from stylestudio.studio.mix import Mix
from stylestudio.studio.strip import Band, paint_strip, strip_bands

_FORMATS = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBX8888}


class ArrayImage(QImage):
    """An image on the memory of `array`, which it keeps alive: (H, W) grey, (H, W, 3) RGB or (H, W, 4) uint8.

    Four channels are RGBX unless another format is given. What is written into the array is in the image.
    """

    def __init__(self, array: NDArray[np.uint8], image_format: QImage.Format | None = None) -> None:
        self.array = np.ascontiguousarray(array)
        height, width = array.shape[:2]
        channels = self.array.size // (height * width)
        super().__init__(self.array.data.cast("B"), width, height, width * channels, image_format or _FORMATS[channels])


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """A copy of `image` as (H, W, 4): R, G, B and alpha, 0..255, not premultiplied."""
    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(rgba.constBits(), np.uint8).reshape(rgba.height(), rgba.bytesPerLine())
    return rows[:, : rgba.width() * 4].reshape(rgba.height(), rgba.width(), 4).copy()


def mean_colour_around(image: QImage, point: QPoint) -> QColor:
    """The mean colour of some pixels around one."""
    near = image.copy(QRect(point, QSize(1, 1)).adjusted(-2, -2, 2, 2) & image.rect())
    red, green, blue, _ = pixels_of(near).mean((0, 1))
    return QColor(round(red), round(green), round(blue))


def picture_from_image(image: QImage, name: str) -> Picture:
    """The picture in `image`, as it comes by clipboard or drop, brought to sRGB. Raises `PictureError`."""
    if image.isNull():
        raise PictureError(
            QCoreApplication.translate("images", "There is no picture in what came along."),
            hint=QCoreApplication.translate("images", "Save it as a file and open that."),
        )
    if image.colorSpace().isValid():
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    levels = pixels_of(image).astype(np.float32) / 255
    return from_pixels(levels[..., :3], name, levels[..., 3] if image.hasAlphaChannel() else None)


class FrameMixer:
    """A mixer that fits the frame, replaced when the frame changes its size; a mask over it.

    It mixes blue, green, red: in memory that is the screen's own format, which Qt copies instead of converting it.
    """

    def __init__(self, plane: SharedPlane | None = None) -> None:
        """Mixers of one picture in several sizes share the `plane` of its mask."""
        self._mixer: ScreenMixer | None = None
        self._image: ArrayImage | None = None
        self._mixed: Mix | None = None
        self._mask = ScreenMask(plane)
        self._strip: tuple[Mix, list[Band]] | None = None
        self._pictures: tuple[NDArray[np.uint8], ...] = ()
        self._balance = 0.0

    @property
    def is_loaded(self) -> bool:
        return self._mixer is not None

    def shows(self, mix: Mix) -> bool:
        """Whether `image` has this mix already."""
        return mix == self._mixed

    def load(
        self,
        content8: NDArray[np.uint8],
        overfit8: NDArray[np.uint8],
        box: Box | None = None,
        size: tuple[int, int] | None = None,
        second8: NDArray[np.uint8] | None = None,
    ) -> None:
        """Take two pictures (H, W, 3), 0..255, which nothing writes to any more.

        They are the part `box` of a picture of `size` (width, height), or all of it. With a second overfit picture, the
        mix's balance counts.
        """
        self._pictures, self._balance = (content8, overfit8) + (() if second8 is None else (second8,)), 0.0
        height, width = content8.shape[:2]
        longest = max(width, height)
        self._mask.set_view(size or (width, height), box or Box(0, 0, width / longest, height / longest), content8)
        self._mixed = self._strip = None
        if self._mixer and self._mixer.frame.shape[:2] == content8.shape[:2]:
            self._mixer.load(content8, overfit8)
            return
        self.close()
        self._mixer = ScreenMixer(content8, overfit8, "BGR")
        self._image = ArrayImage(self._mixer.frame, QImage.Format.Format_RGB32)

    def image(self, mix: Mix) -> ArrayImage:
        """The mix as an image on always the same memory; mixed anew only if it is another, and only where it is."""
        assert self._mixer and self._image
        if mix == self._mixed:
            return self._image
        before = self._mixed if self._is_at(mix.balance) else None
        self._mixed, self._strip = mix, None
        changed = self._follow(mix)
        if before is None or before.shares != mix.shares or before.axes != mix.axes:
            self._mixer.mix(mix.shares, mix.axes)
        elif changed is not None:
            self._mixer.mix(mix.shares, mix.axes, changed)
        return self._image

    def test_strip(self, mix: Mix) -> tuple[ArrayImage, list[Band]]:
        """The test strip around this mix, on the same memory, and its bands."""
        assert self._mixer and self._image
        if self._strip is None or self._strip[0] != mix:
            self._is_at(mix.balance)
            self._follow(mix)
            self._strip = mix, strip_bands((self._image.width(), self._image.height()), mix)
            paint_strip(self._mixer, self._strip[1])
        self._mixed = None
        return self._image, self._strip[1]

    def mask_overlay(self) -> ArrayImage | None:
        """The mask of the mix that was mixed last, as it is shown over pictures; None where there is none."""
        if self._mask.values is None:
            return None
        return ArrayImage(self._mask.overlay(), QImage.Format.Format_RGBA8888_Premultiplied)

    def close(self) -> None:
        """Join the mixer's threads; `load` starts others."""
        if self._mixer:
            self._mixer.close()
        self._mixer = self._image = self._mixed = self._strip = None

    def _is_at(self, balance: float) -> bool:
        """Whether the overfit picture is that of this balance already; else it is made now."""
        assert self._mixer
        if len(self._pictures) < 3 or balance == self._balance:
            return True
        content8, first8, second8 = self._pictures
        self._balance = balance
        self._mixer.load(content8, balance_levels(first8, second8, balance))
        if self._mask.values is not None:
            self._mixer.set_mask(self._mask.values)
        return False

    def _follow(self, mix: Mix) -> Area | None:
        assert self._mixer
        changed = self._mask.update_mask(mix.mask)
        if changed is not None:
            self._mixer.set_mask(self._mask.values, changed)
        return changed
