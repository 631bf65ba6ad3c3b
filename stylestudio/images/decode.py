"""Picture files to arrays: whatever was dropped becomes sRGB, upright, with its alpha beside it."""

import hashlib
import io
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageOps, TiffImagePlugin, UnidentifiedImageError

from stylestudio.errors import PictureError
from stylestudio.images.fill import without_holes
from stylestudio.images.formats import FORMATS, in_words
from stylestudio.images.icc import grey_curve, to_srgb
from stylestudio.images.metadata import NO_METADATA, Metadata
from stylestudio.images.resize import Pixels, floats, to_8bit

PIXEL_LIMIT: Final = 2 * (Image.MAX_IMAGE_PIXELS or 89_478_485)
"""A picture that declares more pixels is refused before it is decoded: Pillow's own limit against bombs."""

_SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"II*\0", b"MM\0*", b"GIF8")
_ROWS = 128
_TIFF_BITS, _TIFF_PHOTOMETRIC, _WHITE_IS_ZERO = 258, 262, 0


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded file.

    `stored` (H, W, 3) sRGB and `alpha` (H, W), which is None if all is opaque, are levels as bytes or, where values lie
    between them, float32 0..1; both are read-only. `icc_profile` is the file's own, already applied. `name` is the
    file's stem. `sha256` is that of pixels, alpha and shape, wherever the picture came from.
    """

    stored: Pixels
    alpha: Pixels | None
    icc_profile: bytes | None
    metadata: Metadata
    name: str
    sha256: str

    @property
    def pixels(self) -> NDArray[np.float32]:
        """(H, W, 3) sRGB 0..1. Made anew at each call if levels are stored: what takes both takes `stored`."""
        return floats(self.stored)

    @cached_property
    def filled(self) -> Pixels:
        """`stored` with transparent places filled from their rim, worked out once."""
        return without_holes(self.stored, self.alpha)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.stored.shape[:2]
        return width, height


def read(path: Path) -> Picture:
    """The picture in the file `path`. Raises `PictureError` for whatever is not a whole, readable picture."""
    label = path.name or str(path)
    try:
        if path.is_dir():
            raise PictureError(f"{label} is a folder.", hint="Choose a picture file inside it.")
        if path.exists() and not path.is_file():
            raise PictureError(f"{label} is not a file.", hint="Choose a picture file.")
        with path.open("rb") as stream:
            return _decoded(stream, label, path.stem)
    except FileNotFoundError as error:
        raise PictureError(
            f"{label} does not exist.",
            hint=f"Check its name and its folder, {path.absolute().parent}.",
        ) from error
    except PermissionError as error:
        raise PictureError(
            f"{label} may not be read.",
            hint="Allow it in the file's properties, or choose another.",
        ) from error
    except (OSError, ValueError) as error:
        raise PictureError(f"{label} could not be opened.", hint="Copy it to this computer first.") from error


def from_bytes(data: bytes, name: str = "pasted picture") -> Picture:
    """The picture in `data`, the bytes of a file that came by clipboard or drop. Raises as `read` does."""
    return _decoded(io.BytesIO(data), name, name)


def from_pixels(pixels: ArrayLike, name: str, alpha: ArrayLike | None = None) -> Picture:
    """A picture made of sRGB floats 0..1: `pixels` (H, W, 3), `alpha` (H, W) or None."""
    own_alpha = None if alpha is None else _as_levels(np.array(alpha, np.float32, order="C"))
    own = _as_levels(np.array(pixels, np.float32, order="C"))
    return _picture(own, own_alpha, _digest(own), name)


def _decoded(stream: BinaryIO, label: str, name: str) -> Picture:
    with warnings.catch_warnings():
        # Limited to Pillow: other threads share these filters.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        try:
            with _opened(stream, label) as image:
                image.load()
                return _converted(image, name)
        except PictureError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large(label) from error
        except MemoryError as error:
            raise PictureError(
                f"{label} is too large for the memory.",
                hint="Close other programs or make it smaller.",
            ) from error
        except Exception as error:  # a damaged file makes a decoder fail in any way
            raise PictureError(
                f"{label} is damaged or incomplete.",
                hint="Copy or download it again, or save it as PNG.",
            ) from error


def _opened(stream: BinaryIO, label: str) -> Image.Image:
    if stream.seek(0, io.SEEK_END) == 0:
        raise PictureError(f"{label} is empty.", hint="Copy or download it again.")
    stream.seek(0)
    try:
        image = Image.open(stream, formats=[one.pillow for one in FORMATS])
    except UnidentifiedImageError as error:
        stream.seek(0)
        if stream.read(8).startswith(_SIGNATURES):
            raise
        usual = in_words([one.label for one in FORMATS])
        raise PictureError(f"{label} is not a picture that can be read.", hint=f"Save it as {usual}.") from error
    if image.width * image.height > PIXEL_LIMIT:
        raise _too_large(label)
    return image


def _too_large(label: str) -> PictureError:
    return PictureError(
        f"{label} says that it has more than {PIXEL_LIMIT // 1_000_000} million pixels, which is too many.",
        hint="Make it smaller in a painting program first.",
    )


def _converted(image: Image.Image, name: str) -> Picture:
    profile = image.info.get("icc_profile")
    _turn_upright(image)
    metadata = Metadata(exif=image.info.get("exif"))
    if image.mode == "F" or image.mode.startswith("I"):
        deep, alpha = _deep_grey(image, profile)
        pixels = _as_levels(deep)
        return _picture(pixels, alpha, _digest(pixels), name, profile, metadata)
    return _picture(*_levels(to_srgb(_with_alpha_channel(image), profile)), name, profile, metadata)


def _turn_upright(image: Image.Image) -> None:
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except MemoryError:
        raise
    except Exception:  # broken metadata is no reason to refuse a whole picture
        image.info.pop("exif", None)


def _with_alpha_channel(image: Image.Image) -> Image.Image:
    if image.mode in ("P", "PA", "RGBa"):
        return image.convert("RGBA")
    if image.mode == "La":
        return image.convert("LA")
    key = image.info.pop("transparency", None)
    if image.mode == "1":
        image = image.convert("L")
    if image.mode == "L" and isinstance(key, int):
        image.info["transparency"] = key
        return image.convert("LA")
    if image.mode == "RGB" and isinstance(key, tuple):
        deep = max(key) > 255  # Pillow leaves the key at 16 bits where it cuts the pixels to 8
        image.info["transparency"] = tuple(value >> 8 for value in key) if deep else key
        return image.convert("RGBA")
    return image


def _blocks(image: Image.Image) -> Iterator[tuple[slice, np.ndarray]]:
    for top in range(0, image.height, _ROWS):
        bottom = min(top + _ROWS, image.height)
        yield slice(top, bottom), np.asarray(image.crop((0, top, image.width, bottom)))


def _levels(image: Image.Image) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None, str]:
    """Colours and alpha of an 8-bit picture, and the colours' digest."""
    levels = np.empty((image.height, image.width, 3), np.uint8)
    alpha = np.empty(levels.shape[:2], np.uint8) if image.mode == "RGBA" else None
    digest = hashlib.sha256()
    # Beside the copying, because it takes as long, and the artist waits for both.
    with ThreadPoolExecutor(max_workers=1) as hasher:
        hashed = []
        for rows, block in _blocks(image):
            levels[rows] = block[..., :3]
            hashed.append(hasher.submit(digest.update, levels[rows].data))
            if alpha is not None:
                alpha[rows] = block[..., 3]
        for one in hashed:
            one.result()
    return levels, alpha, digest.hexdigest()


def _deep_grey(image: Image.Image, profile: bytes | None) -> tuple[NDArray[np.float32], NDArray[np.uint8] | None]:
    top, curve, key = _white_level(image), grey_curve(profile), image.info.get("transparency")
    negative = _tiff_tag(image, _TIFF_PHOTOMETRIC) == _WHITE_IS_ZERO
    pixels = np.empty((image.height, image.width, 3), np.float32)
    alpha = np.empty(pixels.shape[:2], np.uint8) if isinstance(key, int) else None
    for rows, block in _blocks(image):
        grey = np.clip(np.nan_to_num(block.astype(np.float64) / top), 0, 1)
        if negative:
            grey = 1 - grey
        if curve is not None:
            grey = np.interp(grey * 255, np.arange(256), curve) / 255
        pixels[rows] = grey[..., None]
        if alpha is not None:
            alpha[rows] = np.where(block == key, 0, 255)
    return pixels, alpha


def _white_level(image: Image.Image) -> float:
    """The value that means white. Floats and 32 bits do not say it: the picture's largest value decides."""
    if image.mode.startswith("I;16"):
        return 4095 if _tiff_tag(image, _TIFF_BITS) == (12,) else 65535
    largest = max((float(np.max(block, initial=0, where=np.isfinite(block))) for _, block in _blocks(image)), default=0)
    levels = (65535, 2**31 - 1) if image.mode == "I" else (1, 255, 65535)
    return next((level for level in levels if largest <= level), largest)


def _tiff_tag(image: Image.Image, tag: int) -> object:
    return image.tag_v2.get(tag) if isinstance(image, TiffImagePlugin.TiffImageFile) else None


def _picture(
    pixels: Pixels,
    alpha: Pixels | None,
    digest: str,
    name: str,
    profile: bytes | None = None,
    metadata: Metadata = NO_METADATA,
) -> Picture:
    if alpha is not None and alpha.min() >= (255 if alpha.dtype == np.uint8 else 1):
        alpha = None
    facts = [(pixels.shape, digest)]
    pixels.flags.writeable = False
    if alpha is not None:
        facts.append((alpha.shape, _digest(alpha)))
        alpha.flags.writeable = False
    return Picture(pixels, alpha, profile, metadata, name, hashlib.sha256(repr(facts).encode()).hexdigest())


def _digest(plane: Pixels) -> str:
    return hashlib.sha256(plane.data.cast("B")).hexdigest()


def _as_levels(plane: NDArray[np.float32]) -> Pixels:
    """These floats as the levels that they are; as they are if any of them is between two."""
    levels = np.empty(plane.shape, np.uint8)
    for top in range(0, len(plane), _ROWS):
        rows = slice(top, top + _ROWS)
        levels[rows] = to_8bit(plane[rows])
        if not np.array_equal(floats(levels[rows]), plane[rows]):
            return plane
    return levels
