"""Snapshots of a mix under a name, and what lies between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from stylestudio.errors import SettingError
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares

MOST_SNAPSHOTS: Final = 50
MOST_NAME: Final = 60


@dataclass(frozen=True)
class Snapshot:
    """A mix that the artist wants to come back to; `run` is the key of the overfit picture that it was made with."""

    name: str
    mix: Mix
    run: object = None


def with_snapshot(snapshots: Sequence[Snapshot], mix: Mix, name: str = "", run: object = None) -> tuple[Snapshot, ...]:
    """With this mix as one more, under the name or the first free number; the oldest goes where there are too many."""
    wanted = " ".join(name.split())[:MOST_NAME]
    return (*snapshots, Snapshot(_free(snapshots, wanted), mix, run))[-MOST_SNAPSHOTS:]


def renamed(snapshots: Sequence[Snapshot], snapshot: Snapshot, name: str) -> tuple[Snapshot, ...]:
    """With another name for one of them. Raises `SettingError` for an empty one."""
    wanted = " ".join(name.split())[:MOST_NAME]
    if not wanted:
        raise SettingError("A snapshot needs a name.", hint="Give it one, such as Before the crop.")
    others = [one for one in snapshots if one is not snapshot]
    found = replace(snapshot, name=_free(others, wanted))
    return tuple(found if one is snapshot else one for one in snapshots)


def without(snapshots: Sequence[Snapshot], snapshot: Snapshot) -> tuple[Snapshot, ...]:
    return tuple(one for one in snapshots if one is not snapshot)


def crossfaded(one: Mix, other: Mix, share: float) -> Mix:
    """What lies between two mixes of one overfit picture: at 0 the first, at 1 the other.

    On the same axes it is the very cross-fade of the two targets. On different ones the shares cannot say that exactly;
    they meet where all are alike, on the way over the mean, so that nothing jumps. The mask is that of the nearer one.
    """
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
