from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.mask import NO_MASK, Gradient, Mask
from stylestudio.images.prepared import Preparation, prepare_photo
from stylestudio.studio.mix import KEEP_COLOURS, Mix
from stylestudio.studio.photo_set import PhotoSet, SetPhoto, neighbour, with_more, without_photo_at
from stylestudio.studio.recipe import shares_of
from stylestudio.studio.session import (
    Session,
    swapped,
    with_content,
    with_mask,
    with_mix,
    with_preparation,
    with_share,
    with_style,
)
from stylestudio.studio.set_edits import (
    photo_recipes,
    set_with_session,
    with_own_mix,
    with_set,
    with_shown,
    without_set,
)

PATHS = [Path(f"/photos/{name}.png") for name in ("a", "b", "c", "d", "e")]
PHOTOS = [from_pixels(np.full((4, 6, 3), number / 5), path.stem) for number, path in enumerate(PATHS)]
STYLE = from_pixels(np.ones((2, 3, 3)), "wave")
SET = with_set(Session(style=STYLE), PATHS, 0, PHOTOS[0])
MASK = Mask(gradient=Gradient((0, 0), (1, 0.5), (-1, 0.5)))


def show(session: Session, index: int, photo: Picture | None = None) -> Session:
    photo = photo or PHOTOS[index]
    how, _ = set_with_session(session).photos[index].edits_of(photo)
    return with_shown(session, index, photo, prepare_photo(photo, how))


def shares(session: Session) -> list[float]:
    """Of red, of each photo's target."""
    return [recipe.shares.red for _, recipe in photo_recipes(session)]


def test_what_the_sliders_say_on_one_photo_is_said_of_all() -> None:
    session = show(with_share(SET, 0, 0.3), 3)
    assert session.shares == shares_of((0.3,)) and session.content is PHOTOS[3]
    assert shares(with_share(session, 0, 0.9)) == [0.9] * 5


def test_a_photo_with_a_mix_of_its_own_keeps_it_and_changes_no_other() -> None:
    session = with_own_mix(show(with_share(SET, 0, 0.3), 1), 1, True)
    assert session.shares == shares_of((0.3,))
    session = with_share(session, 0, 0.8)
    assert shares(session) == [0.3, 0.8, 0.3, 0.3, 0.3]
    session = with_share(show(session, 2), 0, 0.5)
    assert shares(session) == [0.5, 0.8, 0.5, 0.5, 0.5]
    assert show(session, 1).shares == shares_of((0.8,))


def test_like_the_others_takes_it_back_whether_the_photo_is_shown_or_not() -> None:
    own = with_share(with_own_mix(SET, 0, True), 0, 0.8)
    back = with_own_mix(own, 0, False)
    assert back.shares == SET.shares and shares(back) == [0.7] * 5
    assert shares(with_own_mix(show(own, 2), 0, False)) == [0.7] * 5
    assert with_own_mix(SET, 3, False) is SET


def test_a_hidden_photo_gets_the_mix_of_the_others_as_its_own() -> None:
    session = with_share(with_own_mix(SET, 3, True), 0, 0.2)
    assert shares(session) == [0.2, 0.2, 0.2, 0.7, 0.2]


def test_an_own_mix_may_have_other_axes_and_unequal_shares() -> None:
    session = show(with_mix(with_own_mix(SET, 0, True), KEEP_COLOURS), 1)
    assert session.mix == Mix() and show(session, 0).mix == KEEP_COLOURS


def test_mask_and_preparation_wait_with_their_photo() -> None:
    how = Preparation(turns=1)
    session = with_mask(with_preparation(SET, how, prepare_photo(PHOTOS[0], how)), MASK)
    away = show(session, 1)
    assert (away.mask, away.preparation, away.original) == (NO_MASK, Preparation(), None)
    back = show(away, 0)
    assert (back.mask, back.preparation, back.original) == (MASK, how, PHOTOS[0])
    assert back.content and session.content and back.content.sha256 == session.content.sha256


def test_a_file_that_shows_something_else_by_now_gets_neither() -> None:
    session = show(show(with_mask(SET, MASK), 1), 0, PHOTOS[4])
    assert session.mask == NO_MASK and session.content is PHOTOS[4]


def test_a_recipe_names_its_photo_only_where_something_was_done_to_it() -> None:
    made = photo_recipes(show(with_mask(SET, MASK), 1))
    names = [recipe.content and (recipe.content.name, recipe.content.sha256) for _, recipe in made]
    assert names == [("a", PHOTOS[0].sha256), None, None, None, None]
    assert made[0][1].mask == MASK and {recipe.style.sha256 for _, recipe in made if recipe.style} == {STYLE.sha256}
    assert [path for path, _ in made] == PATHS


def test_another_photo_ends_the_set_and_another_style_does_not() -> None:
    other = from_pixels(np.zeros((3, 3, 3)), "other")
    assert with_content(SET, other).photos is None and swapped(SET).photos is None
    assert with_style(SET, other).photos is SET.photos and with_content(SET, PHOTOS[0]) is SET
    alone = without_set(show(SET, 2))
    assert alone.photos is None and alone.content is PHOTOS[2]


def test_photos_are_added_once_and_removed_around_the_one_that_is_shown() -> None:
    photos = replace(set_with_session(SET), index=2)
    more = with_more(photos, [PATHS[1], Path("/photos/f.png")])
    assert more.paths == [*PATHS, Path("/photos/f.png")] and more.index == 2
    assert without_photo_at(more, 0).index == 1 and without_photo_at(more, 5).paths == PATHS
    assert without_photo_at(more, 0).shown == more.shown


def test_the_next_photo_is_one_that_can_be_read() -> None:
    photos = set_with_session(SET)
    assert neighbour(photos, 0, 1) == 1 and neighbour(photos, 0, 1, PATHS[1:3]) == 3
    assert neighbour(photos, 0, -1) is None and neighbour(photos, 4, -1, PATHS[:4]) is None


@pytest.mark.parametrize(("photos", "index"), [((), 0), ((SetPhoto(PATHS[0]),), 1), ((SetPhoto(PATHS[0]),), -1)])
def test_a_set_without_a_photo_to_show_is_none(photos: tuple[SetPhoto, ...], index: int) -> None:
    with pytest.raises(ValueError, match="set"):
        PhotoSet(photos, index)
