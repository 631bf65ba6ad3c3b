"""Snapshots of a mix under a name, and what lies between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from msgspec import Meta

from stylestudio.errors import SettingError
from stylestudio.images.mask import NO_MASK
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares, shares_of
from stylestudio.studio.session import Session, unprepared, with_mix
from stylestudio.studio.settings import DEFAULTS, MOST_SEED, Settings

MOST_SNAPSHOTS: Final = 50
MOST_NAME: Final = 60


@dataclass(frozen=True)
class Snapshot:
    """A mix that the artist wants to come back to, and the `settings` that made the overfit picture it was made with.

    `photo` says to which photo, cropped and turned in which way, its mask belongs, and `first` which style was the
    first of two, as `Picture.sha256`; "" for one alone. Raises `SettingError` for shares that are none, and for an
    empty name.
    """

    name: str
    mix: Mix
    settings: Settings = DEFAULTS
    photo: str = ""
    first: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")] = ""

    def __post_init__(self) -> None:
        shares_of(self.mix.shares)
        if not self.name.strip():
            raise SettingError("A snapshot needs a name.", hint="Give it one, such as Before the crop.")


def with_snapshot(
    snapshots: Sequence[Snapshot], mix: Mix, name: str = "", settings: Settings = DEFAULTS, photo: str = ""
) -> tuple[Snapshot, ...]:
    """With this mix as one more, under the name or the first free number; the oldest goes where there are too many."""
    wanted = " ".join(name.split())[:MOST_NAME]
    return (*snapshots, Snapshot(_free(snapshots, wanted), mix, settings, photo))[-MOST_SNAPSHOTS:]


def with_session_mix(snapshots: Sequence[Snapshot], session: Session, name: str = "") -> tuple[Snapshot, ...]:
    """With the session's mix as one more, under the name or the first free number."""
    found = with_snapshot(snapshots, session.mix, name, session.settings, mask_photo_key(session))
    first = session.style.sha256 if session.style and session.second else ""
    return (*found[:-1], replace(found[-1], first=first))


def recall_snapshot(session: Session, snapshot: Snapshot) -> Session:
    """With all that the snapshot says; its mask only where it belongs to this photo."""
    return replace(with_mix(session, mix_for(snapshot, session)), settings=snapshot.settings)


def mix_for(snapshot: Snapshot, session: Session) -> Mix:
    """The snapshot's mix as it is on the session's pictures.

    A mask that belongs to another photo is left out, and a balance where there is no second style. Where the two styles
    were swapped since, so is the balance.
    """
    mask = snapshot.mix.mask if snapshot.photo == mask_photo_key(session) else NO_MASK
    balance = snapshot.mix.balance if session.second else 0.0
    names = [style.sha256 for style in (session.style, session.second) if style]
    if snapshot.first in names[1:] and snapshot.first != names[0]:
        balance = round(1 - balance, 6)
    return replace(snapshot.mix, mask=mask, balance=balance)


def is_at(session: Session, snapshot: Snapshot) -> bool:
    """Whether the session shows what the snapshot says."""
    return (session.mix, session.settings) == (mix_for(snapshot, session), snapshot.settings)


def mask_photo_key(session: Session) -> str:
    """Which photo this is, and which part of it: what a mask belongs to."""
    photo = unprepared(session)
    return "" if photo is None else f"{photo.sha256} {session.preparation.shape}"


def next_seed(snapshots: Sequence[Snapshot], session: Session) -> int:
    """One that neither the session nor a snapshot has."""
    taken = {session.settings.seed, *(snapshot.settings.seed for snapshot in snapshots)}
    above = max(taken) + 1
    return above if above <= MOST_SEED else next(seed for seed in range(MOST_SEED) if seed not in taken)


def rename_snapshot(snapshots: Sequence[Snapshot], snapshot: Snapshot, name: str) -> tuple[Snapshot, ...]:
    """With another name for one of them. Raises `SettingError` for an empty one."""
    wanted = " ".join(name.split())[:MOST_NAME]
    others = [one for one in snapshots if one is not snapshot]
    found = replace(snapshot, name=wanted and _free(others, wanted))
    return tuple(found if one is snapshot else one for one in snapshots)


def without_snapshot(snapshots: Sequence[Snapshot], snapshot: Snapshot) -> tuple[Snapshot, ...]:
    return tuple(one for one in snapshots if one is not snapshot)


def crossfade(one: Mix, other: Mix, share: float) -> Mix:
    """What lies between two mixes of one overfit picture: at 0 the first, at 1 the other.

    On the same axes, and at the same balance, it is the very cross-fade of the two targets. On different axes the
    shares cannot say that exactly; they meet where all are alike, on the way over the mean, so that nothing jumps. The
    mask is that of the nearer one.
    """
    balance = (1 - share) * one.balance + share * other.balance
    one, other = replace(one, balance=balance), replace(other, balance=balance)
    nearer = one if share < 0.5 else other
    if one.axes == other.axes:
        return replace(nearer, shares=_between(one.shares, other.shares, share))
    middle = Shares(*[(sum(one.shares) + sum(other.shares)) / 6] * 3)
    if share < 0.5:
        return replace(one, shares=_between(one.shares, middle, 2 * share))
    return replace(other, shares=_between(middle, other.shares, 2 * share - 1))


def _between(one: Shares, other: Shares, share: float) -> Shares:
    return Shares(*((1 - share) * first + share * second for first, second in zip(one, other, strict=True)))


def _free(snapshots: Sequence[Snapshot], wanted: str) -> str:
    taken = {snapshot.name.casefold() for snapshot in snapshots}
    if wanted and wanted.casefold() not in taken:
        return wanted
    number = 2 if wanted else 1
    while f"{wanted} {number}".strip().casefold() in taken:
        number += 1
    return f"{wanted} {number}".strip()
