import signal
from collections.abc import Iterator

import pytest

from stylestudio.cli.console import shown_as
from stylestudio.progress import Progress, Work, checkpoint


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """As on a terminal: a process in the background may ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def shown(stage: str, fraction: float) -> None:
    pass


def test_work_gives_its_result_and_every_step_is_shown() -> None:
    seen = []

    def work() -> Work[str]:
        yield Progress("Adding", 0.0)
        checkpoint()
        yield Progress("Adding", 1.0)
        return "added"

    assert shown_as(work(), lambda *step: seen.append(step)) == "added"
    assert seen == [("Adding", 0.0), ("Adding", 1.0)]


def test_ctrl_c_in_the_middle_of_long_arithmetic_ends_it_at_the_next_checkpoint() -> None:
    told = []

    def work() -> Work[None]:
        yield Progress("Adding", 0.0)
        try:
            signal.raise_signal(signal.SIGINT)
            told.append("begun")
            checkpoint()
            told.append("done")
        finally:
            told.append("cleared away")

    with pytest.raises(KeyboardInterrupt):
        shown_as(work(), shown)
    assert told == ["begun", "cleared away"]


def test_ctrl_c_ends_work_without_checkpoints_at_its_next_yield() -> None:
    told = []

    def work() -> Work[None]:
        try:
            signal.raise_signal(signal.SIGINT)
            yield Progress("Adding", 0.5)
            told.append("done")
        finally:
            told.append("cleared away")

    with pytest.raises(KeyboardInterrupt):
        shown_as(work(), shown)
    assert told == ["cleared away"]


def test_ctrl_c_in_the_last_step_counts_too() -> None:
    def work() -> Work[str]:
        yield Progress("Adding", 1.0)
        signal.raise_signal(signal.SIGINT)
        return "added"

    with pytest.raises(KeyboardInterrupt):
        shown_as(work(), shown)
