"""A recipe as JSON: what decides a target, to be kept and to be sent, and never trusted when it comes back.

It names pictures by what they show and never says where they lie, so that nobody else's recipe has a file opened.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from stylestudio.errors import SettingError
from stylestudio.images.blend import Axes
from stylestudio.images.decode import Picture
from stylestudio.images.mask import NO_MASK, Mask
from stylestudio.images.prepared import AS_IT_IS, Preparation
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares, shares_of
from stylestudio.studio.session import Session, unprepared
from stylestudio.studio.settings import Settings

T = TypeVar("T")

VERSION = 1
MOST_BYTES = 8 << 20
"""Of a record: the largest mask has 100 000 points, each of three numbers of up to 22 letters and four between them."""
MOST_LETTERS = 255

Sha256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Version = Annotated[int, Meta(ge=1, le=1 << 31)]


@dataclass(frozen=True)
class Named:
    """Which picture: its file's stem, and `Picture.sha256`."""

    name: Annotated[str, Meta(max_length=MOST_LETTERS)]
    sha256: Sha256


@dataclass(frozen=True)
class Recipe:
    """All that decides a target; a picture is None where there is none yet. Raises `SettingError` like its parts.

    `content` is the photo as it was read, before the `preparation`.
    """

    content: Named | None
    style: Named | None
    settings: Settings
    shares: Shares
    axes: Axes = "rgb"
    mask: Mask = NO_MASK
    preparation: Preparation = AS_IT_IS
    version: Version = VERSION

    def __post_init__(self) -> None:
        shares_of(self.shares)

    @property
    def mix(self) -> Mix:
        """How the target is mixed."""
        return Mix(self.shares, self.axes, self.mask)


class Versioned(msgspec.Struct):
    """What is asked of any record first."""

    version: Version


def recipe_of(session: Session) -> Recipe:
    """What decides this session's target."""
    content, style = named(unprepared(session)), named(session.style)
    mix = session.mix
    return Recipe(content, style, session.settings, mix.shares, mix.axes, mix.mask, session.preparation)


def named(picture: Picture | None) -> Named | None:
    """Which picture this is; letters that are none, as names of files may have them, become question marks."""
    if picture is None:
        return None
    letters = picture.name.encode(errors="replace").decode()
    return Named(letters[:MOST_LETTERS], picture.sha256)


def to_json(record: object, enc_hook: Any = None) -> bytes:
    """A recipe, or another record of dataclasses, as JSON in UTF-8; `enc_hook` as in msgspec."""
    return msgspec.json.encode(record, enc_hook=enc_hook)


def from_json(data: bytes, kind: type[T], dec_hook: Any = None) -> T:
    """The record of this kind in `data`, each field checked; `dec_hook` as in msgspec.

    Raises `SettingError` for anything else. Fields that are not known are passed over.
    """
    noun = kind.__name__.lower()
    if len(data) > MOST_BYTES:
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
