import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from stylestudio.errors import PictureError, StudioError
from stylestudio.gui.jobs import SHOW_EVERY, TaskRunner, Worker
from stylestudio.gui.messages import UnexpectedError, error_details
from stylestudio.progress import Cancelled, Preview, Progress, Work, checkpoint


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    assert made.close(5), "the worker thread did not end"


class Outcomes:
    """What became of jobs: their results and errors, and on which threads that was told."""

    def __init__(self) -> None:
        self.results: list[Any] = []
        self.errors: list[StudioError] = []
        self.threads: list[int] = []

    def done(self, result: Any) -> None:
        self.results.append(result)
        self.threads.append(threading.get_ident())

    def failed(self, error: StudioError) -> None:
        self.errors.append(error)
        self.threads.append(threading.get_ident())


class Endless:
    """Work that goes on until it is stopped; each step takes `step` seconds in which nothing can stop it."""

    def __init__(self, step: float = 0.002) -> None:
        self._step = step
        self.running, self.closed = threading.Event(), threading.Event()

    def work(self) -> Work[None]:
        try:
            while True:
                self.running.set()
                time.sleep(self._step)
                yield Progress("Going on", 0.5)
        finally:
            self.closed.set()


def giving(result: object) -> Callable[[], Work[Any]]:
    def work() -> Work[object]:
        yield Progress("Giving", 0.5)
        return result

    return work


def failing_with(error: Exception) -> Callable[[], Work[Any]]:
    def work() -> Work[object]:
        yield Progress("Failing", 0.5)
        raise error

    return work


def settled(qtbot: QtBot) -> None:
    """Wait long enough for anything that is still on its way."""
    qtbot.wait(60)


def test_a_result_arrives_as_it_was_given(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, result = Outcomes(), np.arange(6)
    tasks.start(giving(result), outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: bool(outcomes.results))
    assert outcomes.results[0] is result
    assert not tasks.is_running


def test_work_runs_on_the_worker_and_all_that_is_told_arrives_on_the_windows_thread(
    tasks: TaskRunner, qtbot: QtBot
) -> None:
    worked, told = [], Outcomes()
    tasks.progressed.connect(lambda *_: told.threads.append(threading.get_ident()))

    def factory() -> Work[None]:
        worked.append(threading.get_ident())
        return work()

    def work() -> Work[None]:
        for number in range(3):
            worked.append(threading.get_ident())
            yield Progress(f"Part {number}", number / 3)
        worked.append(threading.get_ident())

    tasks.start(factory, told.done, told.failed)
    tasks.start(factory, told.done, told.failed)
    qtbot.waitUntil(lambda: bool(told.results))
    here = threading.get_ident()
    assert here not in worked
    assert len(set(worked)) == 1
    assert set(told.threads) == {here}


def test_every_stage_is_told_but_not_every_step(tasks: TaskRunner, qtbot: QtBot) -> None:
    heard, outcomes = [], Outcomes()
    tasks.progressed.connect(lambda stage, fraction: heard.append((stage, fraction)))

    def work() -> Work[None]:
        for number in range(5000):
            yield Progress("Looking" if number < 2500 else "Painting", number / 5000)

    tasks.start(work, outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: bool(outcomes.results))
    assert heard[0] == ("Looking", 0.0)
    assert ("Painting", 0.5) in heard
    assert len(heard) < 1000
    assert [fraction for _, fraction in heard] == sorted(fraction for _, fraction in heard)


class Previewing:
    """Work that shows numbers as fast as it can, for a while, and then takes a long step without any yield."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.last = 0
        self.shown: list[int] = []

    def work(self) -> Work[str]:
        while time.monotonic() < self._end:
            self.last += 1
            yield Preview("Refining", 0.5, self.last)
            time.sleep(0.001)
        time.sleep(2 * SHOW_EVERY)
        return "done"

    def show(self, preview: Preview) -> None:
        assert isinstance(preview.picture, int)
        self.shown.append(preview.picture)


def test_previews_come_a_few_times_a_second_and_the_newest_is_among_them(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, previewing = Outcomes(), Previewing(0.5)
    tasks.start(previewing.work, outcomes.done, outcomes.failed, previewing.show)
    qtbot.waitUntil(lambda: bool(outcomes.results))
    assert previewing.shown[0] < 30, "the first one is shown at once"
    assert previewing.shown[-1] == previewing.last
    assert previewing.shown == sorted(set(previewing.shown))
    assert 2 <= len(previewing.shown) <= 4


def test_the_newest_preview_is_told_though_the_work_is_silent_from_then_on(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, told, go = Outcomes(), list[Preview](), threading.Event()

    def work() -> Work[None]:
        yield Preview("Painting", 0.1, "coarse", draft=True)
        yield Preview("Painting", 0.5, "fine")
        go.wait(5)

    tasks.start(work, outcomes.done, outcomes.failed, told.append)
    qtbot.waitUntil(lambda: bool(told) and told[-1] == Preview("Painting", 0.5, "fine"))
    assert outcomes.results == []
    go.set()
    qtbot.waitUntil(lambda: bool(outcomes.results))


def test_the_first_preview_of_a_job_does_not_wait_because_of_the_job_before(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, told = Outcomes(), list[object]()

    def showing(picture: str) -> Callable[[], Work[Any]]:
        def work() -> Work[None]:
            while True:
                yield Preview("Painting", 0.5, picture)
                time.sleep(0.001)

        return work

    for picture in ("first", "second"):
        tasks.start(showing(picture), outcomes.done, outcomes.failed, lambda preview: told.append(preview.picture))
        qtbot.waitUntil(lambda picture=picture: picture in told)


def test_the_newest_preview_can_be_had_before_it_is_told_and_goes_with_its_job(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, previewing = Outcomes(), Previewing(5)
    tasks.start(previewing.work, outcomes.done, outcomes.failed, previewing.show)
    qtbot.waitUntil(lambda: previewing.last > 50)
    newest = tasks.preview
    assert newest and newest.picture in (previewing.last - 1, previewing.last)
    tasks.cancel()
    assert tasks.preview is None
    told = len(previewing.shown)
    qtbot.wait(round(1200 * SHOW_EVERY))
    assert len(previewing.shown) == told


def test_who_wants_no_previews_gets_none(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, previewing = Outcomes(), Previewing(0.05)
    tasks.start(previewing.work, outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: previewing.last > 1)
    assert tasks.preview is None
    qtbot.waitUntil(lambda: bool(outcomes.results))


def test_the_newest_job_wins_and_the_others_are_closed(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, endless, begun = Outcomes(), Endless(), []
    tasks.start(endless.work, outcomes.done, outcomes.failed)
    assert endless.running.wait(5)

    def between() -> Work[None]:
        begun.append(True)
        yield Progress("Between", 0)

    tasks.start(between, outcomes.done, outcomes.failed)
    tasks.start(giving("newest"), outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: bool(outcomes.results))
    settled(qtbot)
    assert outcomes.results == ["newest"]
    assert outcomes.errors == []
    assert endless.closed.is_set()
    assert begun == []


def test_a_result_that_is_on_its_way_when_its_job_is_cancelled_never_arrives(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, finished = Outcomes(), threading.Event()

    def work() -> Work[str]:
        yield Progress("Almost there", 0.9)
        finished.set()
        return "too late"

    tasks.start(work, outcomes.done, outcomes.failed)
    assert finished.wait(5)
    time.sleep(0.05)
    tasks.cancel()
    settled(qtbot)
    assert outcomes.results == outcomes.errors == []


def test_cancelling_closes_the_work(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, endless = Outcomes(), Endless(step=0.1)
    tasks.start(endless.work, outcomes.done, outcomes.failed)
    assert endless.running.wait(5)
    tasks.cancel()
    assert not tasks.is_running
    assert endless.closed.wait(5)
    settled(qtbot)
    assert outcomes.results == outcomes.errors == []


def test_a_job_in_the_middle_of_long_arithmetic_ends_at_its_next_checkpoint_when_it_is_cancelled(
    tasks: TaskRunner, qtbot: QtBot
) -> None:
    outcomes, running, ended = Outcomes(), threading.Event(), threading.Event()

    def work() -> Work[str]:
        yield Progress("Adding", 0.0)
        try:
            for _ in range(8000):  # seconds
                running.set()
                time.sleep(0.001)
                checkpoint()
        finally:
            ended.set()
        return "added"

    tasks.start(work, outcomes.done, outcomes.failed)
    assert running.wait(5)
    tasks.cancel()
    assert ended.wait(5)
    settled(qtbot)
    assert outcomes.results == outcomes.errors == []
    tasks.start(giving("next"), outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: outcomes.results == ["next"])


def test_no_progress_is_heard_of_a_cancelled_job(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, endless, heard = Outcomes(), Endless(), []
    tasks.start(endless.work, outcomes.done, outcomes.failed)
    assert endless.running.wait(5)
    time.sleep(0.05)
    tasks.cancel()
    tasks.progressed.connect(lambda *_: heard.append(True))
    settled(qtbot)
    assert heard == []


def test_ended_comes_once_after_a_row_of_jobs(tasks: TaskRunner, qtbot: QtBot) -> None:
    heard, outcomes = [], Outcomes()
    tasks.ended.connect(lambda: heard.append("ended"))
    tasks.start(Endless().work, outcomes.done, outcomes.failed)
    tasks.start(
        giving(1), lambda _: tasks.start(giving(2), lambda _: heard.append("last"), outcomes.failed), outcomes.failed
    )
    qtbot.waitUntil(lambda: not tasks.is_running)
    assert heard == ["last", "ended"]
    tasks.start(Endless().work, outcomes.done, outcomes.failed)
    tasks.cancel()
    tasks.cancel()
    assert heard == ["last", "ended", "ended"]


def test_an_error_in_the_artists_words_arrives_as_it_is(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, error = Outcomes(), PictureError("It could not be read.", hint="Save it again.")
    tasks.start(failing_with(error), outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: bool(outcomes.errors))
    assert outcomes.errors == [error]
    assert outcomes.results == []
    assert not tasks.is_running


@pytest.mark.parametrize("where", ["factory", "work"])
def test_any_other_error_arrives_in_words_with_its_traceback_and_work_goes_on(
    tasks: TaskRunner, qtbot: QtBot, where: str
) -> None:
    outcomes = Outcomes()

    def broken() -> Work[None]:
        raise ZeroDivisionError("by nought")

    tasks.start(
        broken if where == "factory" else failing_with(ZeroDivisionError("by nought")), outcomes.done, outcomes.failed
    )
    qtbot.waitUntil(lambda: bool(outcomes.errors))
    (error,) = outcomes.errors
    assert isinstance(error, UnexpectedError)
    assert "ZeroDivisionError: by nought" in error.details
    assert "nought" not in str(error)
    tasks.start(giving("next"), outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: outcomes.results == ["next"])


def test_work_that_fails_while_it_is_closed_is_not_heard_of_and_work_goes_on(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes, running = Outcomes(), threading.Event()

    def work() -> Work[None]:
        try:
            while True:
                running.set()
                yield Progress("Going on", 0.5)
        finally:
            raise ValueError("no clean end")

    tasks.start(work, outcomes.done, outcomes.failed)
    assert running.wait(5)
    tasks.start(giving("next"), outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: outcomes.results == ["next"])
    settled(qtbot)
    assert outcomes.errors == []


def test_a_callback_that_fails_leaves_no_job_behind(tasks: TaskRunner, qtbot: QtBot) -> None:
    outcomes = Outcomes()

    def fail(result: object) -> None:
        raise ValueError("no room for the result")

    with qtbot.captureExceptions() as caught:
        tasks.start(giving(1), fail, outcomes.failed)
        qtbot.waitUntil(lambda: not tasks.is_running)
    assert [kind for kind, *_ in caught] == [ValueError]
    tasks.start(giving("next"), outcomes.done, outcomes.failed)
    qtbot.waitUntil(lambda: outcomes.results == ["next"])


def test_nothing_of_a_finished_job_is_kept(tasks: TaskRunner, qtbot: QtBot) -> None:
    class Pixels(np.ndarray):
        pass

    pixels = np.zeros(4).view(Pixels)
    kept, outcomes = weakref.ref(pixels), Outcomes()

    def factory_for(held: Pixels) -> Callable[[], Work[float]]:
        def work() -> Work[float]:
            yield Progress("Adding", 0.5)
            return float(held.sum())

        return work

    tasks.start(factory_for(pixels), outcomes.done, outcomes.failed)
    del pixels
    qtbot.waitUntil(lambda: outcomes.results == [0.0])
    qtbot.waitUntil(lambda: kept() is None)


def test_without_work_there_is_no_thread(qtbot: QtBot) -> None:
    threads = threading.active_count()
    tasks = TaskRunner()
    assert threading.active_count() == threads
    assert tasks.close()


@pytest.mark.parametrize("step", [0.005, 0.5])
def test_closing_while_work_runs_joins_the_thread(qtbot: QtBot, step: float) -> None:
    tasks, outcomes, endless = TaskRunner(), Outcomes(), Endless(step)
    tasks.start(endless.work, outcomes.done, outcomes.failed)
    assert endless.running.wait(5)
    assert tasks.close()
    assert endless.closed.is_set()
    settled(qtbot)
    assert outcomes.results == outcomes.errors == []


def test_closing_says_when_a_step_takes_longer_than_it_may(qtbot: QtBot) -> None:
    tasks, outcomes, endless = TaskRunner(), Outcomes(), Endless(step=0.4)
    tasks.start(endless.work, outcomes.done, outcomes.failed)
    assert endless.running.wait(5)
    assert not tasks.close(0.05)
    assert tasks.close(5)


def test_closed_tasks_take_no_more_work(qtbot: QtBot) -> None:
    tasks, outcomes = TaskRunner(), Outcomes()
    tasks.close()
    tasks.start(giving(1), outcomes.done, outcomes.failed)
    assert not tasks.is_running
    settled(qtbot)
    assert outcomes.results == []


@pytest.mark.parametrize("death", [SystemExit, KeyboardInterrupt, GeneratorExit, Cancelled])
def test_whatever_would_end_the_thread_is_told_and_work_goes_on(
    tasks: TaskRunner, qtbot: QtBot, death: type[BaseException]
) -> None:
    def dying() -> Work[None]:
        yield Progress("Dying", 0.0)
        raise death

    told, results = list[StudioError](), list[object]()
    tasks.start(dying, results.append, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert not tasks.is_running and death.__name__ in error_details(told[0])
    tasks.start(giving(5), results.append, told.append)
    qtbot.waitUntil(lambda: results == [5])
    assert len(told) == 1


def test_a_thread_that_has_died_keeps_nobody_waiting_and_another_takes_its_place(
    tasks: TaskRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_: object) -> None:
        raise MemoryError

    told, results = list[StudioError](), list[object]()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "excepthook", lambda *_: None)
        patch.setattr(Worker, "_work_on", dying)
        tasks.start(giving(4), results.append, told.append)
        qtbot.waitUntil(lambda: bool(told))
    assert not tasks.is_running
    tasks.start(giving(5), results.append, told.append)
    qtbot.waitUntil(lambda: results == [5])
    assert len(told) == 1
