"""What the artist has before them, as a value; an edit is a function from one session to the next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import mean

from stylestudio.images.blend import Axes
from stylestudio.images.decode import Picture
from stylestudio.images.mask import NO_MASK, Mask
from stylestudio.images.prepared import AS_IT_IS, Preparation
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.mix import Mix
from stylestudio.studio.photo_set import PhotoSet, with_balances
from stylestudio.studio.recipe import DEFAULT_SHARES, Shares, check_balance, shares_of
from stylestudio.studio.settings import DEFAULTS, Settings

EVEN = 0.5
"""The balance of a second style that has just come."""


@dataclass(frozen=True)
class Session:
    """Two pictures, or None where there is none yet, and how they are to be worked on and mixed.

    While `linked`, the three shares are equal; the functions below keep it so. `axes` says what they are the shares of.
    The `mask` belongs to the photo: another photo begins without. Where the content was prepared, `original` is the
    picture that it was made of. `photos` is the set that the content belongs to: another photo ends it. `second` is
    a second style, and `balance` how far the overfit picture is that of it: 0 as long as there is none.
    """

    content: Picture | None = None
    style: Picture | None = None
    settings: Settings = DEFAULTS
    shares: Shares = DEFAULT_SHARES
    linked: bool = True
    axes: Axes = "rgb"
    mask: Mask = NO_MASK
    preparation: Preparation = AS_IT_IS
    original: Picture | None = None
    photos: PhotoSet | None = None
    second: Picture | None = None
    balance: float = 0.0

    @property
    def mix(self) -> Mix:
        """How the target is mixed."""
        return Mix(self.shares, self.axes, self.mask, self.balance)

    @property
    def look(self) -> LookFiles | None:
        """The photos whose common look the overfit picture has; None where it has its own."""
        return self.photos.look if self.photos else None

    @property
    def look_key(self) -> str:
        """As in `RunKey`."""
        return self.look.key if self.look else ""


def with_content(session: Session, picture: Picture | None) -> Session:
    """With another content; the same session if it is the one that is there, read again."""
    if same_picture(session.content, picture) or (picture is not None and same_picture(session.original, picture)):
        return session
    return replace(session, content=picture, mask=NO_MASK, preparation=AS_IT_IS, original=None, photos=None)


def with_style(session: Session, picture: Picture | None) -> Session:
    """With another style; the same session if it is the one that is there, read again."""
    return session if same_picture(session.style, picture) else replace(session, style=picture)


def with_pictures(session: Session, content: Picture | None, style: Picture | None) -> Session:
    """With another content and another style."""
    return with_style(with_content(session, content), style)


def swapped(session: Session) -> Session:
    """With content and style in each other's place; a content that was prepared goes as it was read."""
    return with_pictures(session, session.style, unprepared(session))


def with_second(session: Session, picture: Picture | None) -> Session:
    """With another second style, half of each where there was none; None for the first one alone.

    So it is for all photos of a set. A balance that waits for the second style, as where its file is looked for, is
    taken, or with None given up.
    """
    if same_picture(session.second, picture) and (picture or not session.balance):
        return session
    changed = replace(session, second=picture)
    if picture is None:
        return _with_balances(changed, lambda _: 0.0)
    return changed if session.second else _with_balances(changed, lambda balance: balance or EVEN)


def with_balance(session: Session, balance: float) -> Session:
    """With another balance of the two styles; without a second one, none. Raises `SettingError` for what is none."""
    check_balance(balance)
    return replace(session, balance=balance) if session.second else session


def with_styles_swapped(session: Session) -> Session:
    """With the two styles in each other's place, if there are two; the overfit pictures stay what they are."""
    if session.second is None or session.style is None:
        return session
    changed = replace(session, style=session.second, second=session.style)
    return _with_balances(changed, lambda balance: round(1 - balance, 6))


def _with_balances(session: Session, change: Callable[[float], float]) -> Session:
    """With the balance changed so, also those that photos of a set have instead of it."""
    photos = session.photos and with_balances(session.photos, change)
    return replace(session, balance=change(session.balance), photos=photos)


def with_settings(session: Session, **changes: object) -> Session:
    """With some fields of the settings changed, by their names. Raises `SettingError` for a value out of range."""
    return replace(session, settings=replace(session.settings, **changes))


def with_share(session: Session, channel: int, value: float) -> Session:
    """With the style share of one channel (0 red or lightness, 1, 2) set, or of all while they are linked.

    Raises `SettingError` for a value that is no share.
    """
    if session.linked:
        return replace(session, shares=shares_of((value,)))
    values = list(session.shares)
    values[channel] = value
    return replace(session, shares=shares_of(tuple(values)))


def with_shares(session: Session, shares: Shares) -> Session:
    """With all three style shares; unequal ones switch the link off, equal ones leave it. Raises `SettingError`."""
    shares = shares_of(shares)
    return replace(session, shares=shares, linked=session.linked and len(set(shares)) == 1)


def with_axes(session: Session, axes: Axes) -> Session:
    """With the sliders on other axes, at the mean of the shares, for what they were does not fit these."""
    if axes == session.axes:
        return session
    return replace(session, shares=shares_of((mean(session.shares),)), axes=axes)


def with_mix(session: Session, mix: Mix) -> Session:
    """With all that a mix says; unequal shares switch the link off, equal ones leave it. Raises `SettingError`."""
    mixed = replace(with_shares(session, mix.shares), axes=mix.axes, mask=mix.mask)
    return with_balance(mixed, mix.balance)


def with_preparation(session: Session, how: Preparation, picture: Picture) -> Session:
    """With the content prepared in another way: `picture` is what `prepare_photo` makes of `unprepared(session)`.

    Where that moves places of the photo, the mask goes.
    """
    original = unprepared(session)
    mask = session.mask if how.shape == session.preparation.shape else NO_MASK
    if how == AS_IT_IS:
        return replace(session, content=original, mask=mask, preparation=how, original=None)
    return replace(session, content=picture, mask=mask, preparation=how, original=original)


def with_photo(session: Session, photo: Picture, how: Preparation, picture: Picture, mask: Mask) -> Session:
    """With this photo, prepared so, and this mask; `picture` is what `prepare_photo` makes of the photo."""
    return with_mask(with_preparation(with_content(session, photo), how, picture), mask)


def unprepared(session: Session) -> Picture | None:
    """The content as it was read."""
    return session.original or session.content


def with_mask(session: Session, mask: Mask) -> Session:
    """With another mask, or `NO_MASK`."""
    return replace(session, mask=mask)


def with_link(session: Session, linked: bool) -> Session:
    """With the shares linked, which sets all to their mean, or each on its own."""
    if linked == session.linked:
        return session
    # this mean is exact before it is rounded, so that the mean of three equal shares is that share
    shares = shares_of((mean(session.shares),)) if linked else session.shares
    return replace(session, shares=shares, linked=linked)


def same_picture(one: Picture | None, other: Picture | None) -> bool:
    """Whether both show the same under the same name."""
    if one is None or other is None:
        return one is other
    return (one.sha256, one.name) == (other.sha256, other.name)
