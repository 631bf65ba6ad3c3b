"""What the library keeps of a run: its recipe as JSON with the whole mix, its target small, and how it comes back."""

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stylestudio.errors import SettingError
from stylestudio.images.blend import blend
from stylestudio.images.decode import Picture
from stylestudio.images.mask_plane import rows_of
from stylestudio.images.prepared import AS_IT_IS, Preparation, prepared
from stylestudio.images.resize import Pixels, scaled, size_for, to_8bit
from stylestudio.images.thumbnail import LONG_SIDE, thumbnail
from stylestudio.studio.mix import Mix
from stylestudio.studio.mix_record import mix_of, mix_table, preparation_of, preparation_table
from stylestudio.studio.recipe_record import Named, Recipe, from_json, named, recipe_of, to_json
from stylestudio.studio.session import Session, with_mix, with_pictures, with_preparation, with_settings

_MIX, _PREPARATION, _ORIGINAL = "mix", "preparation", "original"


@dataclass(frozen=True)
class KeptRun:
    """A recipe with its whole mix; where its photo was prepared, `original` is the picture that was read."""

    recipe: Recipe
    mix: Mix
    preparation: Preparation = AS_IT_IS
    original: Named | None = None

    @property
    def read(self) -> dict[str, Named]:
        """The pictures to be read from files, by their kind."""
        found = {"content": self.original or self.recipe.content, "style": self.recipe.style}
        return {kind: one for kind, one in found.items() if one is not None}

    def content_of(self, picture: Picture) -> Picture:
        """The photo as it was worked on, of the one that was read."""
        return prepared(picture, self.preparation)

    def session(self, before: Session, read: dict[str, Picture], content: Picture | None) -> Session:
        """`before` with all this; of the pictures those that were `read`, the photo as `content_of` gives it."""
        session = with_pictures(before, read.get("content", before.content), read.get("style", before.style))
        if content is not None:
            session = with_preparation(session, self.preparation, content)
        settings = {name: getattr(self.recipe.settings, name) for name in self.recipe.settings.__dataclass_fields__}
        return with_mix(with_settings(session, **settings), self.mix)


def record_of(session: Session) -> str:
    """The session as JSON: its recipe, and beside it what a recipe leaves out."""
    table = json.loads(to_json(recipe_of(session))) | {_MIX: mix_table(session.mix)}
    original = named(session.original)
    if original is not None:
        table |= {_PREPARATION: preparation_table(session.preparation), _ORIGINAL: json.loads(to_json(original))}
    return json.dumps(table)


def run_of(record: str) -> KeptRun:
    """What `record_of` has written. Raises `SettingError` for anything else."""
    try:
        table = json.loads(record)
        mix, how, original = (table.pop(name, None) for name in (_MIX, _PREPARATION, _ORIGINAL))
        recipe = from_json(json.dumps(table).encode(), Recipe)
        kept = None if original is None else Named(str(original["name"]), str(original["sha256"]))
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise SettingError("This entry of the history is damaged.", hint="Delete it.") from error
    mixed = Mix(recipe.shares) if mix is None else mix_of(mix)
    return KeptRun(recipe, mixed, AS_IT_IS if how is None else preparation_of(how), kept)


def reduced(pixels: Pixels, side: int) -> NDArray[np.float32]:
    """(H, W, 3) or (H, W) at this long side, or at its own if that is smaller."""
    height, width = pixels.shape[:2]
    return scaled(pixels, size_for((width, height), min(side, max(height, width))))


def small_target(content: Picture, overfit: Pixels, mix: Mix, side: int = LONG_SIDE) -> NDArray[np.uint8]:
    """The target (h, w, 3) as levels, or (h, w, 4) with the photo's alpha, at this long side; mixed small, in ms."""
    photo = to_8bit(reduced(content.stored, side))
    painted = scaled(overfit, photo.shape[1::-1])
    mixed = to_8bit(blend(photo, painted, mix.shares, axes=mix.axes, mask=rows_of(mix.mask, photo)))
    if content.alpha is None:
        return mixed
    return np.dstack((mixed, to_8bit(scaled(content.alpha[..., None], photo.shape[1::-1]))))


def target_thumbnail(session: Session, overfit: Pixels) -> bytes:
    """The session's target as a WebP file."""
    assert session.content is not None
    levels = small_target(session.content, overfit, session.mix)
    return thumbnail(levels[..., :3], levels[..., 3] if levels.shape[2] > 3 else None)
