"""How to export, and what a format is given to write: levels in the right colours, and what goes along with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, cast

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.errors import OutputError
from stylestudio.images.blend import Shares
from stylestudio.images.metadata import NO_METADATA, Metadata
from stylestudio.images.resize import Pixels, to_8bit, to_floats
from stylestudio.progress import checkpoint

if TYPE_CHECKING:
    from stylestudio.images.decode import Picture

Levels = NDArray[np.uint8 | np.uint16]

_BAND = 1 << 17
"""Pixels converted at once: a tenth of a second, because littleCMS takes half a microsecond for each."""
_HEADER_DATE = slice(24, 36)
"""Of an ICC profile: when it was made."""


@dataclass(frozen=True)
class ExportOptions:
    """How to write; each format heeds those that its record says it knows.

    `quality` is 1..100, `lossless` puts it aside where a format has both; `bits` are those of a channel; `profile` is
    whose colours, "srgb" or the photo's own; `metadata` is whether EXIF, XMP, IPTC and resolution are kept, `recipe`
    whether the file says how it was made.
    """

    quality: int = 92
    lossless: bool = True
    bits: Literal[8, 16] = 8
    profile: Literal["srgb", "photo"] = "srgb"
    metadata: bool = True
    recipe: bool = True


USUAL = ExportOptions()
ALLOWED: dict[str, Sequence[object]] = {
    "quality": range(1, 101),
    "lossless": (True, False),
    "bits": (8, 16),
    "profile": ("srgb", "photo"),
    "metadata": (True, False),
    "recipe": (True, False),
}
"""The values of each option."""


@dataclass(frozen=True, eq=False)
class Ingredients:
    """What a target was mixed from: `overfit` (H, W, 3) sRGB 0..1 has the content's size.

    `shares` are those of red, green and blue, None where it was mixed in another way. `recipe` is JSON, to be made
    again by; empty where there is none.
    """

    content: "Picture"
    overfit: NDArray[np.float32]
    shares: Shares | None = None
    recipe: bytes = b""


@dataclass(frozen=True, eq=False)
class Output:
    """What a format writes.

    `levels` (H, W, 3), or 4 with alpha, are 8 or 16 bits as the options say, in the colours of `profile`: an ICC
    profile, None for sRGB. `made_of` is None for a picture that was not mixed; `origin` is what it shall be known by.
    """

    levels: Levels
    profile: bytes | None = None
    metadata: Metadata = NO_METADATA
    options: ExportOptions = USUAL
    made_of: Ingredients | None = None
    origin: str = ""

    @cached_property
    def image(self) -> Image.Image:
        """With 8 bits, RGB or RGBA."""
        return Image.fromarray(to_levels(self.levels, 8))

    @property
    def opaque(self) -> Image.Image:
        """With 8 bits, RGB; transparent places become white, as on paper."""
        if self.image.mode == "RGB":
            return self.image
        paper = Image.new("RGBA", self.image.size, "white")
        return Image.alpha_composite(paper, self.image).convert("RGB")

    @property
    def recipe(self) -> bytes:
        """What the file shall say of how it was made; no bytes for nothing."""
        return self.made_of.recipe if self.made_of and self.options.recipe else b""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.levels.shape[1], self.levels.shape[0]


def prepare_output(
    pixels: Pixels,
    alpha: Pixels | None = None,
    made_of: Ingredients | None = None,
    options: ExportOptions = USUAL,
    origin: str = "",
) -> Output:
    """`pixels` (H, W, 3) and `alpha` (H, W), sRGB 0..1, as the options want them. Raises `OutputError`.

    Metadata and the photo's own profile are those of its content; a photo without a profile is in sRGB.
    """
    if pixels.shape[2:] != (3,) or (alpha is not None and alpha.shape != pixels.shape[:2]):
        raise ValueError(f"pixels of shape {pixels.shape} and this alpha make no picture")
    profile = made_of.content.icc_profile if made_of and options.profile == "photo" else None
    levels = _filled(pixels, alpha, options.bits, colour_converter(profile) if profile else None)
    metadata = made_of.content.metadata if made_of and options.metadata else NO_METADATA
    return Output(levels, profile, metadata, options, made_of, origin)


def to_levels(pixels: Pixels | Levels, bits: int) -> Levels:
    """`pixels` of any shape, 0..1 or levels, as the nearest levels of so many bits, 8 or 16."""
    if pixels.dtype == np.uint16:
        return to_8bit(np.divide(pixels, 65535, dtype=np.float32)) if bits == 8 else cast("Levels", pixels)
    return to_8bit(cast("Pixels", pixels)) if bits == 8 else _to_16bit(cast("Pixels", pixels))


def _to_16bit(pixels: Pixels) -> NDArray[np.uint16]:
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint16) * np.uint16(257)
    levels = np.empty(pixels.shape, np.uint16)
    for rows in _bands(pixels):
        # fmax, unlike maximum, makes black of what is no number.
        levels[rows] = np.minimum(np.fmax(pixels[rows], 0), 1) * np.float64(65535) + 0.5
    return levels


def _filled(
    pixels: Pixels, alpha: Pixels | None, bits: int, bring: Callable[[Pixels], NDArray[np.float32]] | None
) -> Levels:
    shape = (*pixels.shape[:2], 3 if alpha is None else 4)
    levels = np.empty(shape, np.uint8) if bits == 8 else np.empty(shape, np.uint16)
    for rows in _bands(pixels):
        checkpoint()
        levels[rows, :, :3] = to_levels(bring(pixels[rows]) if bring else pixels[rows], bits)
        if alpha is not None:
            levels[rows, :, 3] = to_levels(alpha[rows], bits)
    return levels


def _bands(pixels: np.ndarray) -> list[slice]:
    width = max(1, pixels.shape[1]) if pixels.ndim > 1 else 1
    step = max(1, _BAND // width)
    return [slice(top, top + step) for top in range(0, len(pixels), step)]


def colour_converter(profile: bytes) -> Callable[[Pixels], NDArray[np.float32]]:
    """Brings sRGB 0..1 (H, W, 3) to the RGB colours of `profile`, unrounded. Raises `OutputError` where it cannot.

    Relative colorimetric with black point compensation, as reading does. Pillow's littleCMS has 8 bits only.
    """

    def bring(pixels: Pixels) -> NDArray[np.float32]:
        return imagecodecs.cms_transform(
            to_floats(pixels),
            srgb_profile(),
            profile,
            colorspace="rgb",
            outcolorspace="rgb",
            outdtype="float32",
            intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
            flags=imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION,
        )

    try:
        bring(np.zeros((1, 1, 3), np.float32))
    except (imagecodecs.CmsError, ValueError) as error:
        raise OutputError(
            "The photo's own colour profile is none that an RGB picture can be written in.",
            hint="Export in sRGB instead.",
        ) from error
    return bring


@cache
def srgb_profile() -> bytes:
    """An ICC profile for sRGB, always the same bytes: littleCMS puts in the time, and files would differ by that."""
    made = bytearray(imagecodecs.cms_profile("srgb"))
    made[_HEADER_DATE] = bytes(12)
    return bytes(made)
