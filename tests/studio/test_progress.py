import gc
import threading
import weakref

import pytest

from stylestudio.progress import Cancelled, Progress, Work, as_part, cancellable, checkpoint, finish, with_fallback


def counting() -> Work[str]:
    for fraction in (0.0, 0.5, 1.0):
        yield Progress("Counting", fraction)
    return "counted"


def told_and_given(work: Work[str], told: list[Progress]) -> Work[None]:
    told.append(Progress((yield from work), 1))


def test_finish_gives_the_result_of_the_work() -> None:
    assert finish(counting()) == "counted"


def test_a_part_of_larger_work_fills_its_part_of_the_whole() -> None:
    told: list[Progress] = []
    fractions = [progress.fraction for progress in told_and_given(as_part(counting(), 0.2, 0.6), told)]
    assert fractions == [0.2, 0.4, 0.6]
    assert told[0].stage == "counted"


def test_closing_a_part_closes_the_work_itself() -> None:
    closed = []

    def careful() -> Work[None]:
        try:
            yield Progress("Working", 0)
        finally:
            closed.append(True)

    part = as_part(careful(), 0, 1)
    next(part)
    part.close()
    assert closed == [True]


class Held:
    """Something large."""


def failing(error: Exception, held: list[weakref.ref[Held]]) -> Work[str]:
    large = Held()
    held.append(weakref.ref(large))
    yield Progress("Counting", 0.0)
    yield Progress("Counting", 0.6)
    raise error


def gives_way(error: Exception) -> bool:
    return isinstance(error, MemoryError)


def test_work_that_gives_way_is_begun_anew_and_its_fractions_do_not_fall() -> None:
    told: list[Progress] = []
    whole = told_and_given(with_fallback(failing(MemoryError(), []), gives_way, "Once more", counting), told)
    found = [(progress.stage, progress.fraction) for progress in whole]
    assert found[:2] == [("Counting", 0.0), ("Counting", 0.6)]
    assert found[2:] == [("Once more", pytest.approx(f)) for f in (0.6, 0.6, 0.8, 1.0)]
    assert told[0].stage == "counted"


def test_work_that_succeeds_is_not_begun_anew() -> None:
    told: list[Progress] = []
    assert len(list(told_and_given(with_fallback(counting(), gives_way, "Once more", counting), told))) == 3
    assert told[0].stage == "counted"


def test_other_failures_end_the_work() -> None:
    with pytest.raises(ValueError, match="odd"):
        finish(with_fallback(failing(ValueError("odd"), []), gives_way, "Once more", counting))


def test_what_the_first_attempt_held_is_let_go_before_the_next_begins() -> None:
    held: list[weakref.ref[Held]] = []
    left: list[Held | None] = []

    def again() -> Work[str]:
        left.extend(ref() for ref in held)
        return counting()

    gc.disable()  # a card's memory cannot wait for it
    try:
        finish(with_fallback(failing(MemoryError(), held), gives_way, "Once more", again))
    finally:
        gc.enable()
    assert left == [None]


def test_closing_closes_the_attempt_that_runs() -> None:
    closed = []

    def careful() -> Work[str]:
        try:
            yield Progress("Working", 0)
        finally:
            closed.append(True)
        return "done"

    work = with_fallback(failing(MemoryError(), []), gives_way, "Once more", careful)
    while next(work).stage != "Once more":
        pass
    next(work)
    work.close()
    assert closed == [True]


def test_where_nothing_can_be_cancelled_a_checkpoint_does_nothing() -> None:
    checkpoint()


def test_a_checkpoint_ends_work_as_soon_as_it_is_not_wanted_any_more() -> None:
    reached, wanted = [], iter((True, True, False))
    with pytest.raises(Cancelled), cancellable(lambda: next(wanted)):
        while True:
            checkpoint()
            reached.append(True)
    assert len(reached) == 2


def test_afterwards_a_checkpoint_does_nothing_again() -> None:
    with pytest.raises(Cancelled), cancellable(lambda: False):
        checkpoint()
    checkpoint()


def test_of_work_within_work_the_inner_one_counts_until_it_ends() -> None:
    with cancellable(lambda: False):
        with cancellable(lambda: True):
            checkpoint()
        with pytest.raises(Cancelled):
            checkpoint()


def test_another_thread_is_not_cancelled() -> None:
    reached = []

    def work() -> None:
        checkpoint()
        reached.append(True)

    with cancellable(lambda: False):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert reached == [True]


def test_cancelled_work_is_not_taken_for_work_that_failed() -> None:
    def work() -> Work[str]:
        yield Progress("Working", 0)
        checkpoint()
        return "done"

    with pytest.raises(Cancelled), cancellable(lambda: False):
        finish(with_fallback(work(), lambda error: True, "Once more", counting))
