"""The overfit pictures that are at hand or to be made: one for each style, and of two styles both together."""

import time
from dataclasses import replace
from weakref import ref

from stylestudio.caches import RESULTS, LruCache
from stylestudio.gui.overfit import Overfit, OverfitRun, join
from stylestudio.images.decode import Picture
from stylestudio.progress import TimeEstimator
from stylestudio.studio.recipe import RunKey


class RunQueue:
    """What is to be made, one after the other, and how far all are together."""

    def __init__(self, runs: list[OverfitRun]) -> None:
        self._runs, self._done = runs, 0
        self._pace = TimeEstimator()

    @property
    def next(self) -> OverfitRun | None:
        """The one that is made, or to be made now; None at the end."""
        left = self._runs[self._done :]
        return replace(left[0], others=len(left) - 1) if left else None

    def count_made(self) -> None:
        """That it is made."""
        self._done += 1

    def estimate(self, fraction: float) -> tuple[float, float]:
        """How far all are where the one is so far, 0..1 that never falls, and the seconds left, nan while unknown."""
        left = self._pace.update((self._done + fraction) / len(self._runs), time.monotonic())
        return self._pace.furthest, left


class FinishedOverfits:
    """Those that were finished last, by the keys of their runs."""

    def __init__(self) -> None:
        self._parts: LruCache[RunKey, Overfit] = LruCache(RESULTS)
        self._joined: ref[Overfit] | None = None
        """Not held: it would hold both pictures when they are shown no more."""

    def get(self, key: RunKey) -> Overfit | None:
        """The one with this key; of two styles only where both are there. It is asked for, and goes later."""
        first = self._parts.get(key._replace(second=None))
        if first is None or key.second is None:
            return first
        second = self._parts.get(key.second)
        return second and self.join(first, second)

    def missing(self, runs: list[OverfitRun], again: bool = False) -> list[OverfitRun]:
        """Those of these runs whose picture is not there, or `again` also those whose was cut short."""
        there = {run.key: self.get(run.key) for run in runs}
        wanted = {run.key: run for run in runs if (one := there[run.key]) is None or (again and one.cut_short)}
        return list(wanted.values())

    def queue_after(self, going: OverfitRun | None, runs: list[OverfitRun]) -> RunQueue | None:
        """What is being made, if these still want it, and then what else is not there; None where they do not."""
        if going is None or going.key not in [run.key for run in runs]:
            return None
        return RunQueue([going, *(run for run in self.missing(runs) if run.key != going.key)])

    def put(self, overfit: Overfit) -> None:
        """Keep it: where the session asks for it, no network runs."""
        for part in overfit.parts:
            self._parts.put(part.key, part, part.pixels.nbytes)

    def keep_only(self, shown: Overfit | None) -> None:
        """Forget all but what is shown."""
        pixels = {id(part.pixels) for part in shown.parts} if shown else set[int]()
        self._parts.keep_only(lambda key: (part := self._parts.peek(key)) is not None and id(part.pixels) in pixels)

    def last_of(self, content: Picture, style: Picture | None) -> Overfit | None:
        """The one of this content that was finished last, if possible in this style."""
        found = [one for one in reversed(self._parts.values) if one.content.sha256 == content.sha256]
        return next((one for one in found if style and one.style.sha256 == style.sha256), next(iter(found), None))

    def with_part(self, part: Overfit, runs: list[OverfitRun]) -> Overfit:
        """This part of what these runs make, with the finished one of the other style if that is there."""
        found = [part if run.key == part.key else self._parts.get(run.key) for run in runs]
        there = [one for one in found if one is not None]
        return self.join(there[0], there[1]) if len(there) > 1 else part

    def join(self, first: Overfit, second: Overfit) -> Overfit:
        """Both together; the same again as long as they are the same, for whatever is shown is not shown again."""
        joined, before = join(first, second), self._joined and self._joined()
        if before is not None and before.is_like(joined):
            return before
        self._joined = ref(joined)
        return joined
