"""Picture files to arrays: whatever was dropped becomes sRGB, upright, with its alpha beside it."""

import hashlib
import io
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stylestudio.errors import PictureError
from stylestudio.images.fill import fill_transparent
from stylestudio.images.formats import FORMATS, join_labels
from stylestudio.images.icc import AS_STORED, conversion, floats_of
from stylestudio.images.limits import FILE_LIMIT, PIXEL_LIMIT
from stylestudio.images.limits import format_bytes as size_in_words
from stylestudio.images.metadata import NO_METADATA, Metadata
from stylestudio.images.raster import CHANNELS, Raster, Samples
from stylestudio.images.readers.kinds import SNIFFED, kind_of, reader
from stylestudio.images.resize import Pixels, to_8bit, to_floats
from stylestudio.progress import checkpoint

__all__ = ["PIXEL_LIMIT", "Picture", "from_bytes", "from_pixels", "read"]

_ROWS = 128
_TURNED = 5
_LEVELS_TRIED = 60_000_000
"""From so many pixels on there is no room to try whether a deep picture is made of levels only."""
_DECODERS = ("PIL", "tifffile", "imagecodecs", "pillow_heif", "rawpy")
for _name in _DECODERS:
    logging.getLogger(_name).addHandler(logging.NullHandler())  # their remarks are none for artists


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded file.

    `stored` (H, W, 3) sRGB and `alpha` (H, W), which is None if all is opaque, are levels as bytes or, where values lie
    between them, float32 0..1; both are read-only. `icc_profile` is the file's own, already applied. `name` is the
    file's stem. `sha256` is that of pixels, alpha and shape, wherever the picture came from. `remark` is a sentence for
    the artist, where something in the file had to be ignored.
    """

    stored: Pixels
    alpha: Pixels | None
    icc_profile: bytes | None
    metadata: Metadata
    name: str
    sha256: str
    remark: str | None = None

    @property
    def deep(self) -> bool:
        """Whether there are values between the levels of 8 bits."""
        return self.stored.dtype != np.uint8

    @property
    def pixels(self) -> NDArray[np.float32]:
        """(H, W, 3) sRGB 0..1. Made anew at each call if levels are stored: what takes both takes `stored`."""
        return to_floats(self.stored)

    @cached_property
    def filled(self) -> Pixels:
        """`stored` with transparent places filled from their rim, worked out once."""
        return fill_transparent(self.stored, self.alpha)

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
        # Limited to decoders: other threads share these filters.
        warnings.filterwarnings("ignore", module=rf"({'|'.join(_DECODERS)})\b")
        try:
            return _finished(_raster(stream, label), name)
        except PictureError:
            raise
        except ImportError as error:
            raise PictureError(
                f"{label} needs a part of the program that is missing.", hint="Install Style Studio again."
            ) from error
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


def _raster(stream: BinaryIO, label: str) -> Raster:
    length = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if length == 0:
        raise PictureError(f"{label} is empty.", hint="Copy or download it again.")
    kind = kind_of(stream.read(SNIFFED), label)
    stream.seek(0)
    if kind is None:
        usual = join_labels([one.label for one in FORMATS])
        raise PictureError(f"{label} is not a picture that can be read.", hint=f"Save it as {usual}.")
    if length > FILE_LIMIT:
        raise PictureError(f"{label} is a file of {size_in_words(length)}: too large.", hint="Make it smaller.")
    return reader(kind)(stream, label, length)


def _finished(raster: Raster, name: str) -> Picture:
    """The picture in sRGB and upright: its rows are written where they belong, in room that is there only once."""
    convert, remark = conversion(raster.profile, raster.space, raster.deep)
    colours = CHANNELS[raster.space]
    pixels = _room(raster)
    alpha: Any = np.empty(pixels.shape[:2], np.float32 if raster.deep else np.uint8) if raster.alpha else None
    upright = _lying(pixels, raster.orientation)
    upright_alpha = None if alpha is None else _lying(alpha, raster.orientation)
    for rows, block in _numbers(raster):
        checkpoint()
        found, opacity = block[..., :colours], block[..., colours:].copy()  # what is read may lie where is written
        if not raster.deep:
            upright[rows] = found if convert is AS_STORED else to_8bit(convert(found))
        else:
            upright[rows] = convert(found)
        if upright_alpha is not None:
            upright_alpha[rows] = opacity[..., 0] if not raster.deep else floats_of(opacity[..., 0])
    stored = _as_levels(pixels) if raster.deep and pixels[..., 0].size < _LEVELS_TRIED else pixels
    own_alpha = _as_levels(alpha) if alpha is not None and raster.deep else alpha
    said = raster.remark or (remark if raster.own_profile else None)
    return _picture(stored, own_alpha, _digest(stored), name, raster.own_profile, raster.metadata, said)


def _numbers(raster: Raster) -> Iterator[tuple[slice, Samples]]:
    with np.errstate(all="ignore"):  # what is no number is made one
        yield from raster.blocks()


def _room(raster: Raster) -> Any:
    width, height = raster.size if raster.orientation < _TURNED else raster.size[::-1]
    if raster.room is not None and raster.orientation == 1:
        return raster.room
    return np.empty((height, width, 3), np.float32 if raster.deep else np.uint8)


def _lying(plane: NDArray[Any], orientation: int) -> NDArray[Any]:
    """A view of an upright plane as the file has it, by EXIF's orientation: writing there turns it."""
    if orientation >= _TURNED:
        plane = plane.swapaxes(0, 1)
    down = slice(None, None, -1 if orientation in (3, 4, 6, 7) else 1)
    across = slice(None, None, -1 if orientation in (2, 3, 7, 8) else 1)
    return plane[down, across]


def _picture(
    pixels: Pixels,
    alpha: Pixels | None,
    digest: str,
    name: str,
    profile: bytes | None = None,
    metadata: Metadata = NO_METADATA,
    remark: str | None = None,
) -> Picture:
    if alpha is not None and alpha.min() >= (255 if alpha.dtype == np.uint8 else 1):
        alpha = None
    facts = [(pixels.shape, digest)]
    pixels.flags.writeable = False
    if alpha is not None:
        facts.append((alpha.shape, _digest(alpha)))
        alpha.flags.writeable = False
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()
    return Picture(pixels, alpha, profile, metadata, name, digest, remark)


def _digest(plane: Pixels) -> str:
    return hashlib.sha256(plane.data.cast("B")).hexdigest()


def _as_levels(plane: NDArray[np.float32]) -> Pixels:
    """These floats as the levels that they are; as they are if any of them is between two."""
    levels = np.empty(plane.shape, np.uint8)
    for top in range(0, len(plane), _ROWS):
        rows = slice(top, top + _ROWS)
        levels[rows] = to_8bit(plane[rows])
        if not np.array_equal(to_floats(levels[rows]), plane[rows]):
            return plane
    return levels
