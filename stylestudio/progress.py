"""What long work tells while it runs."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from traceback import clear_frames
from typing import TypeVar

T = TypeVar("T")


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


def scaled(work: Work[T], start: float, end: float) -> Work[T]:
    """The same work as a part of a larger one: its fractions 0..1 become `start`..`end`."""
    while True:
        try:
            progress = next(work)
        except StopIteration as stop:
            return stop.value
        yield replace(progress, fraction=(1 - progress.fraction) * start + progress.fraction * end)


def or_else(work: Work[T], gives_way: Callable[[Exception], bool], stage: str, begin: Callable[[], Work[T]]) -> Work[T]:
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
    again = scaled(begin(), reached, 1.0)
    while True:
        try:
            progress = next(again)
        except StopIteration as stop:
            return stop.value
        yield replace(progress, stage=stage)
