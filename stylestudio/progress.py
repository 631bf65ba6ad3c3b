"""What long work tells while it runs."""

import math
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from traceback import clear_frames
from typing import TypeVar

T = TypeVar("T")
PACE_AFTER, PACE_SHARE = 1.0, 0.1
"""Seconds, and part of what is to be done, after which the pace of work says something."""
MOST_RISE, MOST_WRONG = 1.1, 2.0
"""How far the time left may rise above the least that was said, and how far beyond that nothing is said at all."""


@dataclass(frozen=True)
class Progress:
    """`stage` names what is being done, in the artist's words; `fraction` of the whole work, 0..1, never falls."""

    stage: str
    fraction: float


@dataclass(frozen=True)
class Preview(Progress):
    """Progress with what there is so far: `picture` is good enough to be shown, and kept if the work is cancelled.

    A `draft` is smaller than the result, and is not kept when the work is cancelled.
    """

    picture: object
    draft: bool = False


Work = Generator[Progress, None, T]
"""Long work: every yield is where it may be cancelled, the return value is its result."""


class TimeEstimator:
    """How far work has come, and how long it will take. The clock starts once the networks are loaded.

    Stages are not equally quick, so that the pace up to now may promise too much. Whoever was told ten seconds does
    not want to hear of thirty: what is said never rises by more than a tenth, and where it is far too little it is nan.
    """

    def __init__(self) -> None:
        self.furthest = 0.0
        self._begin: tuple[float, float] | None = None
        self._least = math.inf

    def update(self, fraction: float, now: float) -> float:
        """Move on to `fraction`, never back, and give the seconds left, nan while they are unknown.

        `now` is what the clock says, in seconds from any moment on.
        """
        self.furthest = max(self.furthest, min(fraction, 1.0))
        if self._begin is None:
            if fraction > 0:
                self._begin = now, fraction
            return math.nan
        elapsed, done = now - self._begin[0], self.furthest - self._begin[1]
        if elapsed < PACE_AFTER or done < PACE_SHARE * (1 - self._begin[1]):
            return math.nan
        return self._said(elapsed / done * (1 - self.furthest))

    def _said(self, left: float) -> float:
        most = MOST_RISE * self._least
        if left > MOST_WRONG * most:
            return math.nan
        self._least = min(self._least, left)
        return min(left, most)


class Cancelled(BaseException):
    """Raised by `checkpoint`; like `KeyboardInterrupt`, no handler of ordinary errors takes it for one."""


_wanted: ContextVar[Callable[[], bool]] = ContextVar("wanted", default=lambda: True)


@contextmanager
def cancellable(wanted: Callable[[], bool]) -> Iterator[None]:
    """Within, `checkpoint` on this thread raises `Cancelled` as soon as `wanted()` is false."""
    token = _wanted.set(wanted)
    try:
        yield
    finally:
        _wanted.reset(token)


def checkpoint() -> None:
    """Raise `Cancelled` if this thread's work is no longer wanted.

    Called once per chunk of long arithmetic, at least every tenth of a second or so, where nothing is half done.
    """
    if not _wanted.get()():
        raise Cancelled


def finish(work: Generator[object, None, T]) -> T:
    """Run `work` to its end and give its result."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value


def as_part(work: Work[T], start: float, end: float) -> Work[T]:
    """The same work as a part of a larger one: its fractions 0..1 become `start`..`end`."""
    while True:
        try:
            progress = next(work)
        except StopIteration as stop:
            return stop.value
        yield replace(progress, fraction=(1 - progress.fraction) * start + progress.fraction * end)


def rename_stages(work: Work[T], name: Callable[[str], str]) -> Work[T]:
    """The same work, each of its stages called `name(stage)`."""
    while True:
        try:
            progress = next(work)
        except StopIteration as stop:
            return stop.value
        yield replace(progress, stage=name(progress.stage))


def with_fallback(
    work: Work[T], gives_way: Callable[[Exception], bool], stage: str, begin: Callable[[], Work[T]]
) -> Work[T]:
    """The same work; where it fails so that `gives_way(error)`, what `begin` gives does it all again, told as `stage`.

    Its fractions go on from where the first ones ended, and nothing that the first attempt held is held any more.
    """
    reached = 0.0
    try:
        while True:
            progress = next(work)
            reached = progress.fraction
            yield progress
    except StopIteration as stop:
        return stop.value
    except Exception as error:
        if not gives_way(error):
            raise
        clear_frames(error.__traceback__)  # it would hold on to all that the first attempt has made
    yield Progress(stage, reached)
    return (yield from rename_stages(as_part(begin(), reached, 1.0), lambda _: stage))
