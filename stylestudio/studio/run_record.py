"""What the library keeps of a run: its recipe as JSON, and its target small."""

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.blend import blend
from stylestudio.images.decode import Picture
from stylestudio.images.mask_plane import mask_rows
from stylestudio.images.resize import Pixels, resample, size_for, to_8bit
from stylestudio.images.thumbnail import LONG_SIDE, thumbnail
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe_record import Recipe, from_json, recipe_of, to_json
from stylestudio.studio.session import Session


def record_of(session: Session) -> str:
    """The session's recipe as JSON."""
    return to_json(recipe_of(session)).decode()


def recipe_of_record(record: str) -> Recipe:
    """What `record_of` has written. Raises `SettingError` for anything else."""
    return from_json(record.encode(), Recipe)


def shrink(pixels: Pixels, side: int) -> NDArray[np.float32]:
    """(H, W, 3) or (H, W) at this long side, or at its own if that is smaller."""
    height, width = pixels.shape[:2]
    return resample(pixels, size_for((width, height), min(side, max(height, width))))


def small_target(content: Picture, overfit: Pixels, mix: Mix, side: int = LONG_SIDE) -> NDArray[np.uint8]:
    """The target (h, w, 3) as levels, or (h, w, 4) with the photo's alpha, at this long side; mixed small, in ms."""
    photo = to_8bit(shrink(content.stored, side))
    painted = resample(overfit, photo.shape[1::-1])
    mixed = to_8bit(blend(photo, painted, mix.shares, axes=mix.axes, mask=mask_rows(mix.mask, photo)))
    if content.alpha is None:
        return mixed
    return np.dstack((mixed, to_8bit(resample(content.alpha[..., None], photo.shape[1::-1]))))


def target_thumbnail(session: Session, overfit: Pixels) -> bytes:
    """The session's target as a WebP file."""
    assert session.content is not None
    levels = small_target(session.content, overfit, session.mix)
    return thumbnail(levels[..., :3], levels[..., 3] if levels.shape[2] > 3 else None)
