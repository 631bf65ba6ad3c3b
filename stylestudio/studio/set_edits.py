"""Edits of a session that has a set: `Session -> Session`. The shown photo is the session's content."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stylestudio.images.decode import Picture
from stylestudio.images.mask import NO_MASK
from stylestudio.studio import photo_set
from stylestudio.studio.photo_set import PhotoSet, SetPhoto
from stylestudio.studio.recipe_record import PictureReference, Recipe, picture_reference, with_mix_of_target
from stylestudio.studio.session import Session, unprepared, with_content, with_mix, with_photo


def with_set(session: Session, paths: Sequence[Path], index: int, photo: Picture) -> Session:
    """With these photos as the set, of which the one at `index` is shown; `photo` is the picture in its file."""
    opened = with_content(session, photo)
    photos = tuple(map(SetPhoto, paths))
    return replace(opened, photos=PhotoSet(photos, index, replace(session.mix, mask=NO_MASK)))


def set_with_session(session: Session) -> PhotoSet:
    """The set with what the session says of the shown photo put down in it."""
    photos, photo = set_of_session(session), unprepared(session)
    mix, shown = replace(session.mix, mask=NO_MASK), photos.shown
    if shown.own is None:
        photos = replace(photos, common=mix)
    else:
        shown = replace(shown, own=mix)
    if photo is not None:
        shown = replace(shown, sha256=photo.sha256, mask=session.mask, preparation=session.preparation)
    return photo_set.with_photo(photos, photos.index, shown)


def with_shown(session: Session, index: int, photo: Picture, content: Picture) -> Session:
    """With another photo of the set: `content` is what its preparation makes of `photo`, the picture in its file."""
    photos = set_with_session(session)
    how, mask = photos.photos[index].edits_of(photo)
    opened = with_photo(session, photo, how, content, mask)
    mix = replace(photos.mix_of(index), mask=mask)
    return with_mix(replace(opened, photos=replace(photos, index=index)), mix)


def with_own_mix(session: Session, index: int, own: bool) -> Session:
    """With a mix of its own for a photo, at first the one that it has; or with the mix of the others again."""
    photos = set_with_session(session)
    photo = photos.photos[index]
    if own == (photo.own is not None):
        return session
    mix = replace(photos.common, mask=NO_MASK)
    photos = photo_set.with_photo(photos, index, replace(photo, own=mix if own else None))
    session = replace(session, photos=photos)
    return with_mix(session, replace(mix, mask=session.mask)) if index == photos.index else session


def with_more_photos(session: Session, paths: Sequence[Path]) -> Session:
    return replace(session, photos=photo_set.with_more(set_of_session(session), paths))


def without_photo(session: Session, index: int) -> Session:
    """Without a photo of the set that is not the shown one; its file stays as it is."""
    return replace(session, photos=photo_set.without_photo_at(set_of_session(session), index))


def with_same_look(session: Session, same_look: bool) -> Session:
    """With one look for all photos of the set, or each photo made by itself."""
    return replace(session, photos=replace(set_of_session(session), same_look=same_look))


def with_set_look_of(session: Session, recipe: Recipe) -> Session:
    """With the look of the session's set only where the recipe tells of that one."""
    photos = session.photos
    if photos is None:
        return session
    return with_same_look(session, recipe.look is not None and recipe.look == photos.files.reference)


def without_set(session: Session) -> Session:
    """With the shown photo alone."""
    return replace(session, photos=None)


def photo_recipes(session: Session) -> list[tuple[Path, Recipe]]:
    """How the target of each photo is made: what stands in the session now, whatever becomes of it later.

    A recipe names its photo only where something was done to that very picture.
    """
    photos = set_with_session(session)
    style, second = picture_reference(session.style), picture_reference(session.second)
    settings, found = session.settings, list[tuple[Path, Recipe]]()
    look = photos.look and photos.look.reference
    for index, photo in enumerate(photos.photos):
        mix = photos.mix_of(index)
        name = file_reference(photo) if not photo.is_plain else None
        plain = Recipe(name, style, settings, mix.shares, preparation=photo.preparation, second=second, look=look)
        found.append((photo.path, with_mix_of_target(plain, mix)))
    return found


def file_reference(photo: SetPhoto) -> PictureReference:
    """The picture that a photo's file held when it was opened."""
    letters = photo.path.stem.encode(errors="replace").decode()
    return PictureReference(letters, photo.sha256)


def set_of_session(session: Session) -> PhotoSet:
    """The session's set, where there is one."""
    assert session.photos is not None
    return session.photos
