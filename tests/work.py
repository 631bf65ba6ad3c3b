"""Long work run to its end in tests."""

from typing import TypeVar

from stylestudio.progress import Progress, Work

T = TypeVar("T")


def outcome(work: Work[T]) -> tuple[T, list[Progress]]:
    """What long work returns, and all that it told on the way."""
    told = []
    while True:
        try:
            told.append(next(work))
        except StopIteration as stop:
            return stop.value, told
