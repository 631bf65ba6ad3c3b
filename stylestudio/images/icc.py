"""Colours as the file meant them: embedded ICC profiles applied, everything becomes sRGB."""

import io
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

ALREADY_SRGB = 3
"""Levels of 255 by which sRGB profiles of different makers differ; scRGB shows that names do not tell."""

_SPACES = {
    "RGB ": {"L", "LA", "RGB", "RGBA", "RGBX", "YCbCr", "HSV"},
    "GRAY": {"L", "LA"},
    "CMYK": {"CMYK"},
    "Lab ": {"LAB"},
}
_BROKEN = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """`image`, of any mode with 8 bits a channel but palettes, as RGB or RGBA in sRGB.

    A profile that is broken, or that is made for another kind of picture, is ignored.
    """
    source = _opened(profile)
    space = _space(source)
    if source is None or image.mode not in _SPACES.get(space, ()):
        return _plain(image)
    if space == "GRAY":
        return _plain(_with_curve(image, grey_curve(profile)))
    image = image if space in ("CMYK", "Lab ") else _plain(image)
    try:
        if space == "RGB " and _changes_nothing(source):
            return image
        return _converted(image, source)
    except _BROKEN:
        return _plain(image)


def grey_curve(profile: bytes | None) -> NDArray[np.float64] | None:
    """What `profile` makes of the grey levels 0..255: (256,) levels of sRGB, or None where they stay."""
    source = _opened(profile)
    if source is None or _space(source) != "GRAY":
        return None
    ramp = np.arange(256, dtype=np.uint8)
    try:
        converted = _converted(Image.fromarray(ramp[None]), source)
    except _BROKEN:
        return None
    curve = np.asarray(converted, np.float64)[0].mean(axis=1)
    return None if np.abs(curve - ramp).max() <= ALREADY_SRGB else curve


def _opened(profile: bytes | None) -> ImageCms.ImageCmsProfile | None:
    if not profile:
        return None
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except _BROKEN:
        return None


def _space(source: ImageCms.ImageCmsProfile | None) -> str:
    return getattr(source.profile, "xcolor_space", "") if source else ""


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "RGBA"):
        return image
    return image.convert("RGBA" if image.mode == "LA" else "RGB")


def _with_curve(image: Image.Image, curve: NDArray[np.float64] | None) -> Image.Image:
    if curve is None:
        return image
    table = np.rint(curve).astype(int).tolist()
    if image.mode == "LA":
        return image.point(table + list(range(256)))
    return image.point(table)


def _changes_nothing(source: ImageCms.ImageCmsProfile) -> bool:
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(len(steps), -1, 3)
    converted = np.asarray(_converted(Image.fromarray(colours), source), np.int16)
    return bool(np.abs(converted - colours).max() <= ALREADY_SRGB)


def _converted(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    # Relative colorimetric with black point compensation is what painting programs show by default.
    converted = ImageCms.profileToProfile(
        image,
        source,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return cast(Image.Image, converted)
