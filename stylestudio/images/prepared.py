"""The photo as the artist prepares it before the run: turned, straightened, cropped, with exposure and contrast.

Everything is done at once: pixels are resampled at most one time, and levels are rounded one time.
"""

import hashlib
from dataclasses import dataclass, replace
from math import cos, radians, sin
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images.decode import Picture
from stylestudio.images.resize import Pixels, to_8bit, to_floats

MOST_ANGLE: Final = 45.0
MOST_EXPOSURE: Final = 3.0
_ROWS = 128


@dataclass(frozen=True)
class Preparation:
    """What is done to a photo, in this order.

    `turns` are quarter turns clockwise, 0..3; `angle` is what it is turned on by, in degrees clockwise, -45..45, after
    which the largest part of the same shape without empty corners is left. `crop` is (left, top, right, bottom) of
    that part, each 0..1. `exposure` in stops, -3..3, multiplies linear light; `contrast` -1..1 bends the tones around
    the middle, black and white staying. Raises `ValueError` for anything else.
    """

    turns: int = 0
    angle: float = 0.0
    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    exposure: float = 0.0
    contrast: float = 0.0

    def __post_init__(self) -> None:
        left, top, right, bottom = self.crop
        if not (
            self.turns in range(4)
            and abs(self.angle) <= MOST_ANGLE
            and 0 <= left < right <= 1
            and 0 <= top < bottom <= 1
            and abs(self.exposure) <= MOST_EXPOSURE
            and abs(self.contrast) <= 1
        ):
            raise ValueError(f"a photo cannot be prepared by {self}")

    @property
    def shape(self) -> tuple[int, float, tuple[float, float, float, float]]:
        """What decides which place of the photo goes where."""
        return self.turns, self.angle, self.crop


AS_IT_IS: Final = Preparation()


def prepare_photo(picture: Picture, how: Preparation) -> Picture:
    """The picture prepared, under the same name, with a hash of its own; the very picture where nothing is done."""
    if how == AS_IT_IS:
        return picture
    stored = np.ascontiguousarray(_toned(_part(picture.stored, how), how))
    alpha = None if picture.alpha is None else np.ascontiguousarray(_part(picture.alpha, how))
    for plane in (stored, alpha):
        if plane is not None:
            plane.flags.writeable = False
    levels = float(how.exposure), float(how.contrast)
    facts = picture.sha256, how.turns, float(how.angle), tuple(map(float, how.crop)), levels  # whole numbers alike
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()
    return replace(picture, stored=stored, alpha=alpha, sha256=digest)


def size_after_turning(size: tuple[int, int], how: Preparation) -> tuple[int, int]:
    """(width, height) of what is left of a photo of this size after it is turned, before it is cropped."""
    width, height = size if how.turns % 2 == 0 else size[::-1]
    share = _inscribed(width, height, how.angle)
    return max(1, round(width * share)), max(1, round(height * share))


def _part(pixels: Pixels, how: Preparation) -> Pixels:
    """The part of (H, W) or (H, W, 3) that is left, as a view where nothing is resampled."""
    turned: Pixels = np.rot90(pixels, -how.turns)
    height, width = turned.shape[:2]
    share = _inscribed(width, height, how.angle)
    left, top, right, bottom = (
        edge * extent * share for edge, extent in zip(how.crop, (width, height, width, height), strict=True)
    )
    columns, rows = (round(left), max(round(right), round(left) + 1)), (round(top), max(round(bottom), round(top) + 1))
    if how.angle == 0:
        # at least one pixel, also of a crop that is thinner than one at the far edge
        column, row = min(columns[0], width - 1), min(rows[0], height - 1)
        return turned[row : max(rows[1], row + 1), column : max(columns[1], column + 1)]
    return _straightened(turned, how.angle, share, columns, rows)


def _inscribed(width: int, height: int, angle: float) -> float:
    """How much of each side is left of a picture that is turned by so much, at the same shape without corners."""
    across, along = abs(cos(radians(angle))), abs(sin(radians(angle)))
    longest, shortest = max(width, height), min(width, height)
    return 1 / (across + along * longest / shortest)


def _straightened(
    pixels: Pixels, angle: float, share: float, columns: tuple[int, int], rows: tuple[int, int]
) -> Pixels:
    """These columns and rows of the upright part, by one bicubic resampling around the middle."""
    height, width = pixels.shape[:2]
    across, along = cos(radians(angle)), sin(radians(angle))
    x, y = columns[0] - width * share / 2, rows[0] - height * share / 2
    matrix = (across, along, x * across + y * along + width / 2, -along, across, y * across - x * along + height / 2)
    size = columns[1] - columns[0], rows[1] - rows[0]

    def turned(plane: Pixels) -> np.ndarray:
        image = Image.fromarray(np.ascontiguousarray(plane))
        made = np.asarray(image.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC))
        return made if made.dtype == np.uint8 else np.clip(made, 0, 1)

    if pixels.ndim == 2 or pixels.dtype == np.uint8:
        return turned(pixels)
    return np.stack([turned(pixels[..., channel]) for channel in range(3)], axis=-1)


def _toned(pixels: Pixels, how: Preparation) -> Pixels:
    if how.exposure == 0 and how.contrast == 0:
        return pixels
    if pixels.dtype == np.uint8:
        table = to_8bit(_tones(to_floats(np.arange(256, dtype=np.uint8)), how))
        return table[cast("NDArray[np.uint8]", pixels)]
    found = np.empty(pixels.shape, np.float32)
    for top in range(0, len(pixels), _ROWS):
        found[top : top + _ROWS] = _tones(to_floats(pixels[top : top + _ROWS]), how)
    return found


def _tones(values: NDArray[np.float32], how: Preparation) -> NDArray[np.float32]:
    """sRGB values 0..1 as exposure and contrast make them; the curve is IEC 61966-2-1's."""
    if how.exposure:
        linear: NDArray[np.float32] = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
        linear = np.minimum(linear * 2.0**how.exposure, 1)
        values = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    bent = values + how.contrast * (values * values * (3 - 2 * values) - values)
    return np.clip(bent, 0, 1).astype(np.float32)
