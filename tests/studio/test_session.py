import numpy as np
import pytest

from stylestudio.errors import SettingError
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.mask import NO_MASK, Mask, Point, Stroke
from stylestudio.images.prepared import AS_IT_IS, Preparation, prepare_photo
from stylestudio.studio.mix import KEEP_COLOURS, Mix
from stylestudio.studio.recipe import DEFAULT_SHARES, Shares
from stylestudio.studio.session import (
    Session,
    swapped,
    unprepared,
    with_axes,
    with_content,
    with_link,
    with_mask,
    with_mix,
    with_pictures,
    with_preparation,
    with_settings,
    with_share,
    with_shares,
    with_style,
)
from stylestudio.studio.settings import Settings


def picture(value: float, name: str = "picture") -> Picture:
    return from_pixels(np.full((2, 3, 3), value), name)


def test_a_session_begins_empty_and_linked_with_the_usual_settings_and_shares() -> None:
    assert Session() == Session(None, None, Settings(), DEFAULT_SHARES, True)
    assert Session().shares == (0.7, 0.7, 0.7)


def test_each_picture_goes_to_its_own_place() -> None:
    content, style = picture(0.1), picture(0.2)
    assert with_content(Session(), content) == Session(content)
    assert with_style(Session(content), style) == Session(content, style)
    assert with_pictures(Session(style, content), content, style) == Session(content, style)


def test_an_edit_leaves_the_session_that_it_came_from() -> None:
    session = Session(picture(0.1))
    before = session.content
    with_content(session, picture(0.3))
    assert session.content is before


def test_the_same_picture_read_again_changes_nothing() -> None:
    session = Session(picture(0.1), picture(0.2))
    assert with_content(session, picture(0.1)) is session
    assert with_style(session, picture(0.2)) is session
    assert with_content(session, picture(0.1, "another name")) != session
    assert with_content(session, picture(0.4)) != session


def test_a_picture_can_be_taken_away() -> None:
    assert with_content(Session(picture(0.1)), None) == Session()


def test_swapping_exchanges_the_pictures_and_nothing_else() -> None:
    content, style = picture(0.1), picture(0.2)
    session = Session(content, style, Settings(size=512), Shares(0.1, 0.2, 0.3), False)
    assert swapped(session) == Session(style, content, Settings(size=512), Shares(0.1, 0.2, 0.3), False)
    assert swapped(Session(content)) == Session(None, content)


def test_settings_change_by_name_and_the_others_stay() -> None:
    session = with_settings(Session(settings=Settings(size=512)), patch_size=5, method="single")
    assert session.settings == Settings(size=512, patch_size=5, method="single")


def test_a_setting_out_of_range_is_refused() -> None:
    with pytest.raises(SettingError, match="patch size 4"):
        with_settings(Session(), patch_size=4)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_linked_shares_move_together(channel: int) -> None:
    session = with_share(Session(), channel, 0.25)
    assert session.shares == (0.25, 0.25, 0.25)
    assert session.linked


@pytest.mark.parametrize(("channel", "shares"), [(0, (0.2, 0.7, 0.7)), (1, (0.7, 0.2, 0.7)), (2, (0.7, 0.7, 0.2))])
def test_unlinked_shares_move_alone(channel: int, shares: tuple[float, float, float]) -> None:
    session = with_share(Session(linked=False), channel, 0.2)
    assert session.shares == shares
    assert not session.linked


@pytest.mark.parametrize("value", [-0.26, 1.51, float("nan")])
def test_a_share_out_of_range_is_refused(value: float) -> None:
    with pytest.raises(SettingError):
        with_share(Session(), 0, value)


def test_unequal_shares_switch_the_link_off() -> None:
    assert with_shares(Session(), Shares(0.9, 0.7, 0.4)) == Session(shares=Shares(0.9, 0.7, 0.4), linked=False)


@pytest.mark.parametrize("linked", [True, False])
def test_equal_shares_leave_the_link_as_it_is(linked: bool) -> None:
    session = with_shares(Session(linked=linked), Shares(0.5, 0.5, 0.5))
    assert session == Session(shares=Shares(0.5, 0.5, 0.5), linked=linked)


def test_linking_sets_all_shares_to_their_mean() -> None:
    session = with_link(Session(shares=Shares(0.25, 0.5, 0.75), linked=False), True)
    assert session == Session(shares=Shares(0.5, 0.5, 0.5), linked=True)


@pytest.mark.parametrize("percent", range(101))
def test_unlinking_and_linking_again_changes_no_equal_shares(percent: int) -> None:
    session = with_share(Session(), 0, percent / 100)
    assert with_link(with_link(session, False), True) == session


def test_switching_the_link_to_what_it_is_changes_nothing() -> None:
    session = Session(shares=Shares(0.1, 0.2, 0.3), linked=False)
    assert with_link(session, False) is session
    assert with_link(Session(), True) == Session()


def test_other_axes_begin_with_the_mean_of_the_shares_which_is_the_same_picture_where_they_are_equal() -> None:
    session = with_axes(Session(shares=Shares(0.25, 0.5, 0.75), linked=False), "ycc")
    assert session == Session(shares=Shares(0.5, 0.5, 0.5), linked=False, axes="ycc")
    assert with_axes(session, "ycc") is session


def test_a_mix_is_taken_whole() -> None:
    session = with_mix(Session(), KEEP_COLOURS)
    assert session.mix == KEEP_COLOURS
    assert not session.linked
    assert Session().mix == Mix()


def test_a_mask_goes_with_its_photo() -> None:
    mask = Mask((Stroke((Point(0.5, 0.5),), 0.1),))
    session = with_mask(Session(picture(0.1), picture(0.2)), mask)
    assert session.mix.mask == mask
    assert with_style(session, picture(0.3)).mask == mask
    assert with_content(session, picture(0.1)).mask == mask
    assert with_content(session, picture(0.4)).mask == NO_MASK


def test_a_photo_is_prepared_from_what_was_read_each_time() -> None:
    session = Session(photo := picture(0.1), picture(0.2))
    for how in (Preparation(exposure=1), Preparation(exposure=2), Preparation(turns=1)):
        session = with_preparation(session, how, prepare_photo(photo, how))
        assert unprepared(session) is photo
        assert session.content != photo
        assert session.preparation == how
    assert with_content(session, picture(0.1)) is session
    assert with_preparation(session, AS_IT_IS, photo) == Session(photo, session.style)
    assert with_content(session, picture(0.4)).preparation == AS_IT_IS
    assert swapped(session).style is photo


def test_a_mask_stays_where_preparing_moves_no_place_of_the_photo() -> None:
    mask = Mask((Stroke((Point(0.5, 0.5),), 0.1),))
    session = with_mask(Session(photo := picture(0.1)), mask)
    for how, kept in ((Preparation(exposure=1), mask), (Preparation(turns=1), NO_MASK)):
        assert with_preparation(session, how, prepare_photo(photo, how)).mask == kept
