"""Between arrays, Qt's images and pictures."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColorSpace, QImage

from stylestudio.errors import PictureError
from stylestudio.images.decode import Picture, from_pixels

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


def picture_of(image: QImage, name: str) -> Picture:
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
