"""A recipe as JSON: what decides a target, to be kept and to be sent, and never trusted when it comes back.

It names pictures by what they show and never says where they lie, so that nobody else's recipe has a file opened.
"""

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from stylestudio import __version__
from stylestudio.errors import OutputError, SettingError
from stylestudio.images.atomic import open_replacing
from stylestudio.images.blend import Axes
from stylestudio.images.decode import Picture
from stylestudio.images.mask import NO_MASK, Mask
from stylestudio.images.prepared import AS_IT_IS, Preparation
from stylestudio.images.recipe_chunk import recipe_in
from stylestudio.paths import resource
from stylestudio.studio.look_files import LookReference
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares, check_balance, shares_of
from stylestudio.studio.session import Session, unprepared, with_mix
from stylestudio.studio.settings import Settings

T = TypeVar("T")

VERSION = 1
MOST_BYTES = 8 << 20
"""Of a record: the largest mask has 100 000 points, each of three numbers of up to 22 letters and four between them."""
MOST_LETTERS, MOST_WEIGHTS = 255, 8

Sha256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Version = Annotated[int, Meta(ge=1, le=1 << 31)]


@dataclass(frozen=True)
class PictureReference:
    """Which picture: its file's stem, and `Picture.sha256`."""

    name: Annotated[str, Meta(max_length=MOST_LETTERS)]
    sha256: Sha256


@dataclass(frozen=True)
class Recipe:
    """All that decides a target; a picture is None where there is none yet. Raises `SettingError` like its parts.

    `content` is the photo as it was read, before the `preparation`. `program` is the version that made the target, and
    `weights` its networks' hashes; nothing as long as it is not made. `balance` 0..1 is how far the overfit picture is
    that of the `second` style. `look` is that of the set which the photo was made with; None for its own.
    """

    content: PictureReference | None
    style: PictureReference | None
    settings: Settings
    shares: Shares
    axes: Axes = "rgb"
    mask: Mask = NO_MASK
    preparation: Preparation = AS_IT_IS
    program: Annotated[str, Meta(max_length=MOST_LETTERS)] = ""
    weights: Annotated[tuple[Sha256, ...], Meta(max_length=MOST_WEIGHTS)] = ()
    second: PictureReference | None = None
    balance: Annotated[float, Meta(ge=0, le=1)] = 0.0
    look: LookReference | None = None
    version: Version = VERSION

    def __post_init__(self) -> None:
        shares_of(self.shares)
        check_balance(self.balance)

    @property
    def mix(self) -> Mix:
        """How the target is mixed."""
        return Mix(self.shares, self.axes, self.mask, self.balance)


class Versioned(msgspec.Struct):
    """What is asked of any record first."""

    version: Version


def recipe_of(session: Session) -> Recipe:
    """What decides this session's target."""
    pictures = unprepared(session), session.style
    look = session.look and session.look.reference
    return recipe_for(*pictures, session.settings, session.mix, session.preparation, session.second, look)


def recipe_for(
    photo: Picture | None,
    style: Picture | None,
    settings: Settings,
    mix: Mix,
    how: Preparation = AS_IT_IS,
    second: Picture | None = None,
    look: LookReference | None = None,
) -> Recipe:
    """What decides the target of this photo as it was read, prepared so, and one style or two, with this look."""
    pictures = picture_reference(photo), picture_reference(style)
    plain = Recipe(*pictures, settings, mix.shares, preparation=how, second=picture_reference(second), look=look)
    return with_mix_of_target(plain, mix)


def recipe_of_target(recipe: Recipe, mix: Mix) -> Recipe:
    """The recipe of a target that this program makes with this mix."""
    return replace(with_mix_of_target(recipe, mix), program=__version__, weights=weight_hashes())


def with_mix_of_target(recipe: Recipe, mix: Mix) -> Recipe:
    """The recipe with this mix; without a second style there is no balance."""
    balance = mix.balance if recipe.second else 0.0
    return replace(recipe, shares=mix.shares, axes=mix.axes, mask=mix.mask, balance=balance)


@cache
def weight_hashes() -> tuple[str, ...]:
    """The hashes of this program's networks."""
    entries = json.loads(resource("weights", "manifest.json").read_text(encoding="utf-8"))["weights"]
    return tuple(entry["sha256"] for entry in entries)


def edits_of_photo(photo: Picture, recipe: Recipe | None) -> tuple[Preparation, Mask]:
    """What was done to this photo itself: nothing unless the recipe is of this very one."""
    if recipe is None or recipe.content is None or recipe.content.sha256 != photo.sha256:
        return AS_IT_IS, NO_MASK
    return recipe.preparation, recipe.mask


def with_look(session: Session, recipe: Recipe) -> Session:
    """With the recipe's settings and mix; with its mask where the photo is the one it was painted on, cut alike.

    Its balance counts where both are of two styles. The look of a set stays what it is in the session.
    """
    photo = unprepared(session)
    how, mask = edits_of_photo(photo, recipe) if photo else (AS_IT_IS, NO_MASK)
    own = mask if how.shape == session.preparation.shape and not mask.is_empty else session.mask
    balance = recipe.balance if recipe.second else session.balance
    return with_mix(replace(session, settings=recipe.settings), Mix(recipe.shares, recipe.axes, own, balance))


def save_recipe(recipe: Recipe, path: Path) -> Path:
    """Write the recipe as JSON there, over what there is. Returns the path. Raises `OutputError`."""
    try:
        with open_replacing(path) as stream:
            stream.write(to_json(recipe))
    except OSError as error:
        raise OutputError(f"{path.name} could not be written.", hint="Choose another folder.") from error
    return path


def recipe_from(path: Path) -> Recipe:
    """The recipe in a file: a picture that this program has made, or JSON. Raises `SettingError`."""
    data = recipe_in(path)
    if data is None:
        try:
            with path.open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except OSError as error:
            raise SettingError(f"{path} cannot be read.", hint="Check the name and the folder.") from error
        if not data.lstrip().startswith(b"{"):
            raise SettingError(
                f"{path.name} does not say how it was made.",
                hint="Take a picture that Style Studio has exported with its recipe.",
            )
    return from_json(data, Recipe)


def picture_reference(picture: Picture | None) -> PictureReference | None:
    """Which picture this is; letters that are none, as names of files may have them, become question marks."""
    if picture is None:
        return None
    letters = picture.name.encode(errors="replace").decode()
    return PictureReference(letters[:MOST_LETTERS], picture.sha256)


def to_json(record: object, enc_hook: Any = None) -> bytes:
    """A recipe, or another record of dataclasses, as JSON in UTF-8; `enc_hook` as in msgspec."""
    return msgspec.json.encode(record, enc_hook=enc_hook)


def from_json(data: bytes, kind: type[T], dec_hook: Any = None, most: int = MOST_BYTES) -> T:
    """The record of this kind in `data` of at `most` so many bytes, each field checked; `dec_hook` as in msgspec.

    Raises `SettingError` for anything else. Fields that are not known are passed over.
    """
    noun = kind.__name__.lower()
    if len(data) > most:
        raise _unreadable(noun, "is too large")
    try:
        if msgspec.json.decode(data, type=Versioned).version > VERSION:
            raise SettingError(f"This {noun} was made by a newer Style Studio.", hint="Install the newest one.")
        return msgspec.json.decode(data, type=kind, dec_hook=dec_hook)
    except msgspec.ValidationError as error:
        raise _unreadable(noun, _in_short(str(error))) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise _unreadable(noun, "is damaged") from error


def _in_short(reason: str) -> str:
    """Where msgspec says that the fault is: "settings.size" of "Expected `int`, got `str` - at `$.settings.size`"."""
    place = re.search(r"\$\.?([\w.\[\]]*)`?$", reason)
    return f"makes no sense at {place[1]}" if place and place[1] else "makes no sense"


def _unreadable(noun: str, reason: str) -> SettingError:
    return SettingError(f"This {noun} {reason}.", hint="Take another one, or begin anew.")
