"""WebP: what is beside the pixels by Pillow, the pixels by libwebp itself, which needs half the memory."""

from typing import BinaryIO

import imagecodecs

from stylestudio.images.limits import check_memory, check_pixels
from stylestudio.images.raster import Raster, rows_of_array
from stylestudio.images.readers.by_pillow import make_raster, open_header


def read(stream: BinaryIO, label: str, length: int) -> Raster:
    """The picture; of an animation its first frame."""
    data = stream.read(length)
    with open_header(data, "WEBP") as image:
        check_pixels(label, image.size, length)
        alpha = image.mode == "RGBA"
        check_memory(label, image.size, 12 if alpha else 10, 2 * length)
        samples = imagecodecs.webp_decode(data, hasalpha=alpha)
        return make_raster(image, rows_of_array(samples), channels=samples.shape[2])
