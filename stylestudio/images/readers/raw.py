"""Camera raw, developed by LibRaw as the camera would: its white balance, its brightness, sRGB of 16 bits."""

from typing import BinaryIO

from PIL import Image

from stylestudio.errors import PictureError
from stylestudio.images import exif
from stylestudio.images.limits import check_memory, check_pixels
from stylestudio.images.raster import Raster, deep_room, rows_of_array

_DEVELOPING = 24
"""Bytes for each pixel, of which LibRaw needs most."""


def read(stream: BinaryIO, label: str, length: int) -> Raster:
    """The developed picture, upright."""
    import rawpy

    stream.seek(0)
    try:
        with rawpy.imread(stream) as raw:
            size = raw.sizes.width, raw.sizes.height
            check_pixels(label, size, length)
            check_memory(label, size, _DEVELOPING, length, strict=False)
            developed = raw.postprocess(use_camera_wb=True, output_bps=16, output_color=rawpy.ColorSpace.sRGB)
    except (rawpy.LibRawFileUnsupportedError, rawpy.NotSupportedError) as error:
        raise PictureError(
            f"{label} is a camera's raw file of a kind that cannot be read.",
            hint="Develop it in a photo program and save it as TIFF or JPEG.",
        ) from error
    height, width, channels = developed.shape
    room, samples = deep_room((width, height), channels)
    assert samples is not None
    samples[...] = developed
    del developed
    return Raster(
        rows_of_array(samples), (width, height), "rgb", deep=True, metadata=exif.metadata(_record(stream)), room=room
    )


def _record(stream: BinaryIO) -> Image.Exif | None:
    """Raw files that are TIFFs have their EXIF record where a TIFF has it."""
    from stylestudio.images.readers import tiff

    return tiff.exif_record(stream, 0)
