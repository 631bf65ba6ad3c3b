"""A file's picture small, for lists of many: a photo's JPEG is decoded no larger than it is shown."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from stylestudio.images.decode import read
from stylestudio.images.icc import AS_STORED, conversion
from stylestudio.images.limits import check_pixels
from stylestudio.images.resize import resample, size_for, to_8bit


def quick_look(path: Path, side: int) -> NDArray[np.uint8]:
    """Levels (h, w, 3), or 4 with alpha, of the picture in a file, upright, in sRGB, at this long side at most.

    Of a JPEG, what comes after the small picture's own needs is not looked at, so that damage may be overlooked.
    Raises `PictureError`.
    """
    found = _of_jpeg(path, side)
    if found is not None:
        return found
    picture = read(path)
    size = size_for(picture.size, min(side, max(picture.size)))
    levels = to_8bit(resample(picture.stored, size))
    if picture.alpha is None:
        return levels
    return np.dstack((levels, to_8bit(resample(picture.alpha[..., None], size))))


def _of_jpeg(path: Path, side: int) -> NDArray[np.uint8] | None:
    """None where it is no usual JPEG: reading it whole says what it is, or what is wrong with it."""
    try:
        with path.open("rb") as stream, Image.open(stream, formats=["JPEG"]) as image:
            check_pixels(path.name, image.size, path.stat().st_size)
            if image.mode != "RGB":
                return None
            image.draft("RGB", (side, side))
            profile = image.info.get("icc_profile")
            image.thumbnail((side, side), Image.Resampling.LANCZOS)
            levels = np.asarray(ImageOps.exif_transpose(image))
        convert, _ = conversion(profile, "rgb", deep=False)
        return levels if convert is AS_STORED else to_8bit(convert(levels))
    except Exception:  # a damaged file makes a decoder fail in any way
        return None
