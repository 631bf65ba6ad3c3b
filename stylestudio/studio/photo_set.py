"""A set: many photos with one style and one mix, as a value; a photo may have a mix of its own."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from stylestudio.images.decode import Picture
from stylestudio.images.mask import NO_MASK, Mask
from stylestudio.images.prepared import AS_IT_IS, Preparation
from stylestudio.studio.look_files import MOST_PHOTOS, LookFiles
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import shares_of

AT_FIRST = Mix()


@dataclass(frozen=True)
class SetPhoto:
    """A photo's file, and what is done to this photo alone.

    `own` is its mix where it does not follow the others; its mask does not count. `mask` and `preparation` are for the
    very picture whose `Picture.sha256` is this; "" as long as it was not opened. Raises `SettingError` for shares that
    are none.
    """

    path: Path
    sha256: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")] = ""
    own: Mix | None = None
    mask: Mask = NO_MASK
    preparation: Preparation = AS_IT_IS

    def __post_init__(self) -> None:
        if self.own is not None:
            shares_of(self.own.shares)

    @property
    def is_plain(self) -> bool:
        """Whether nothing was done to its pixels' places, tones or parts."""
        return self.mask == NO_MASK and self.preparation == AS_IT_IS

    def edits_of(self, photo: Picture) -> tuple[Preparation, Mask]:
        """What was done to this picture: nothing where the file holds another one by now."""
        return (self.preparation, self.mask) if photo.sha256 == self.sha256 else (AS_IT_IS, NO_MASK)


@dataclass(frozen=True)
class PhotoSet:
    """The photos in their order; `index` is that of the one that is shown.

    `common` is the mix of all without an own one, as it was when it was put down last: while such a photo is shown, the
    session's mix counts. With `same_look` all photos are made by what they have in common. Raises `ValueError` for an
    index beyond the photos, and for no photo or too many.
    """

    photos: tuple[SetPhoto, ...]
    index: Annotated[int, Meta(ge=0)] = 0
    common: Mix = AT_FIRST
    same_look: bool = False

    def __post_init__(self) -> None:
        shares_of(self.common.shares)
        if not 0 <= self.index < len(self.photos) <= MOST_PHOTOS:
            raise ValueError("a set of photos")

    @property
    def shown(self) -> SetPhoto:
        return self.photos[self.index]

    @property
    def paths(self) -> list[Path]:
        return [photo.path for photo in self.photos]

    @cached_property
    def files(self) -> LookFiles:
        """All that share a look, if they are to: photos count as they lie in their files, not as they are prepared."""
        return LookFiles(tuple(self.paths))

    @property
    def look(self) -> LookFiles | None:
        """None where each photo is made by itself."""
        return self.files if self.same_look else None

    def mix_of(self, index: int) -> Mix:
        """With the photo's mask."""
        photo = self.photos[index]
        return replace(photo.own or self.common, mask=photo.mask)


def with_photo(photos: PhotoSet, index: int, photo: SetPhoto) -> PhotoSet:
    """With this in the place of the photo there."""
    return replace(photos, photos=(*photos.photos[:index], photo, *photos.photos[index + 1 :]))


def with_more(photos: PhotoSet, paths: Sequence[Path]) -> PhotoSet:
    """With more photos at the end, as far as they are not there already and a set holds them."""
    known = set(photos.paths)
    new = [path for path in dict.fromkeys(paths) if path not in known]
    return replace(photos, photos=(*photos.photos, *map(SetPhoto, new))[:MOST_PHOTOS])


def without_photo_at(photos: PhotoSet, index: int) -> PhotoSet:
    """Without the photo there, which is not the one that is shown."""
    left = photos.photos[:index] + photos.photos[index + 1 :]
    return replace(photos, photos=left, index=photos.index - (index < photos.index))


def without_masks(photos: PhotoSet) -> PhotoSet:
    """Without the masks, which alone can make its record large."""
    return replace(photos, photos=tuple(replace(photo, mask=NO_MASK) for photo in photos.photos))


def with_balances(photos: PhotoSet, change: Callable[[float], float]) -> PhotoSet:
    """With the balance of the common mix and of each own one changed so."""

    def changed(mix: Mix) -> Mix:
        return replace(mix, balance=change(mix.balance))

    own = tuple(replace(photo, own=photo.own and changed(photo.own)) for photo in photos.photos)
    return replace(photos, photos=own, common=changed(photos.common))


def neighbour(photos: PhotoSet, start: int, step: int, passed: Container[Path] = ()) -> int | None:
    """The next photo from `start` on, back or forth by `step`, that is not one to be passed; None at the end."""
    places = range(start + step, len(photos.photos) if step > 0 else -1, step)
    return next((place for place in places if photos.photos[place].path not in passed), None)
