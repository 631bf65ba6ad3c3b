import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from stylestudio.errors import PictureError, SettingError, StudioError, WeightsError
from stylestudio.gui import runs
from stylestudio.gui.document import Document
from stylestudio.gui.jobs import TaskRunner
from stylestudio.gui.messages import UnexpectedError
from stylestudio.gui.overfit import Overfit
from stylestudio.gui.runs import RunController
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.progress import Preview, Progress, Work
from stylestudio.studio.looks import Look, SmallPhotos
from stylestudio.studio.session import Session, swapped, with_content, with_pictures, with_settings, with_share
from stylestudio.studio.settings import Settings


def picture(value: float, side: int = 500, name: str = "picture") -> Picture:
    return from_pixels(np.full((4, side, 3), value), name)


AS_PAINTED = Settings(refine=0)
CONTENT, OTHER, STYLE = picture(0.1), picture(0.2), picture(0.3)
UNREFINED = 0.25
"""Of the picture before it is refined."""


@dataclass
class FakeRenderer:
    """Records what it is asked for, and makes one picture after the other as the engine does, with drafts first.

    Where it is `held`, it waits: at "start", at a draft's long side, or at "unrefined"; at "steps" it goes on refining,
    and the pixels are the number of the step. `error` makes it fail at the end.
    """

    asked: list[tuple[Picture, Picture, Settings]] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    sides: tuple[int, ...] = (64,)
    held: str | int = ""
    waits_at: str | int = ""
    closed: int = 0
    steps: int = 0
    error: Exception | None = None
    remark: str = ""
    rested: int = 0
    small_photos: SmallPhotos = field(default_factory=SmallPhotos)
    looks: list[Look | None] = field(default_factory=list)

    def release_memory(self) -> None:
        self.threads.add(threading.get_ident())
        self.rested += 1

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, look: Look | None = None, *, others: int = 0
    ) -> Work[NDArray[np.float32]]:
        self.others.append(others)
        self.threads.add(threading.get_ident())
        self.asked.append((content, style, settings))
        self.looks.append(look)
        try:
            yield Progress("Getting ready", 0.0)
            yield from self._wait("start", 0.0)
            for side in self.sides:
                yield Preview("Painting", side / 1000, np.zeros((2, side, 3), np.float32), draft=True)
                yield from self._wait(side, side / 1000)
            if settings.refine:
                yield from self._refine(content)
            if self.error is not None:
                raise self.error
            yield Progress("Painting", 1.0)
        except GeneratorExit:
            self.closed += 1
            raise
        return np.full_like(content.pixels, 1 - style.pixels[0, 0, 0])

    def _refine(self, content: Picture) -> Work[None]:
        yield Preview("Painting", 0.6, np.full_like(content.pixels, UNREFINED))
        yield from self._wait("unrefined", 0.6)
        while self.held == "steps":
            self.steps += 1
            time.sleep(0.005)
            yield Preview("Finishing touches", 0.9, np.full_like(content.pixels, self.steps))

    def _wait(self, where: str | int, fraction: float) -> Work[None]:
        while self.held == where:
            self.waits_at = where
            time.sleep(0.005)
            yield Progress("Strokes", fraction)

    def sizes(self) -> list[int | None]:
        return [settings.size for *_, settings in self.asked]


class Bench:
    """Runs of a document with a fake renderer, and all that they tell."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.document, self.tasks, self.renderer = Document(Session(settings=AS_PAINTED)), TaskRunner(), FakeRenderer()
        self.runs = RunController(self.document, self.tasks, self.renderer)
        self.changes: list[Overfit | None] = []
        self.progress: list[tuple[str, float, float]] = []
        self.busy: list[bool] = []
        self.errors: list[StudioError] = []
        self.said: list[str] = []
        self.runs.changed.connect(self.changes.append)
        self.runs.progressed.connect(lambda *told: self.progress.append(told))
        self.runs.busy_changed.connect(self.busy.append)
        self.runs.failed.connect(self.errors.append)
        self.runs.said.connect(self.said.append)

    def open(self, content: Picture | None, style: Picture | None) -> None:
        self.document.apply("Open", with_pictures, content, style)

    def set(self, **changes: object) -> None:
        self.document.apply("Change settings", with_settings, **changes)

    def finish(self) -> Overfit | None:
        """Wait until nothing runs, and give what is shown."""
        self.qtbot.waitUntil(lambda: not self.runs.busy)
        return self.runs.overfit

    def hold(self, where: str | int) -> None:
        """Let the renderer wait there, and nowhere else; "" for nowhere."""
        self.renderer.waits_at, self.renderer.held = "", where

    def held(self) -> None:
        """Wait until it waits."""
        self.qtbot.waitUntil(lambda: self.renderer.waits_at == self.renderer.held)

    def refine(self, held: str) -> None:
        """Open two pictures and wait until a picture that is being refined is shown, by a renderer that is held."""
        self.hold(held)
        self.set(refine=30)
        self.open(CONTENT, STYLE)
        self.qtbot.waitUntil(lambda: self.runs.overfit is not None and self.runs.overfit.refining)

    def settle(self) -> None:
        """Wait long enough for a run to begin that should not."""
        self.qtbot.wait(150)

    def drafts(self) -> list[bool | None]:
        return [None if overfit is None else overfit.draft for overfit in self.changes]


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    assert made.tasks.close(5), "the worker thread did not end"


def real(overfit: Overfit | None) -> Overfit:
    assert overfit is not None
    assert not overfit.draft
    return overfit


def shape_of(overfit: Overfit | None) -> tuple[int, ...]:
    """Height and width of its pixels."""
    assert overfit is not None
    return overfit.pixels.shape[:2]


def test_nothing_runs_while_a_picture_is_missing(bench: Bench) -> None:
    bench.open(CONTENT, None)
    bench.settle()
    assert bench.renderer.asked == []
    assert bench.busy == []
    assert bench.runs.overfit is None


def test_with_both_pictures_one_run_shows_a_draft_first_and_then_the_real_one(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    shown = real(bench.finish())
    assert bench.renderer.asked == [(CONTENT, STYLE, AS_PAINTED)]
    assert bench.drafts() == [True, False]
    assert bench.changes[1] is shown
    assert (shown.content, shown.style, shown.settings) == (CONTENT, STYLE, AS_PAINTED)
    assert shown.pixels[0, 0, 0] == np.float32(0.7)
    assert bench.busy == [True, False]


def test_a_remark_is_said_while_the_run_goes_on_and_once(bench: Bench) -> None:
    bench.hold(64)
    bench.open(CONTENT, STYLE)
    bench.held()
    assert bench.said == []
    bench.renderer.remark = "From now on it takes longer."
    bench.qtbot.waitUntil(lambda: bool(bench.said))
    assert bench.runs.busy
    bench.hold("")
    bench.finish()
    bench.set(fidelity=0.9)
    bench.finish()
    assert bench.said == ["From now on it takes longer."]


def test_a_document_that_has_both_pictures_already_is_run_as_well(qtbot: QtBot) -> None:
    tasks = TaskRunner()
    runs = RunController(Document(Session(CONTENT, STYLE, AS_PAINTED)), tasks, FakeRenderer())
    qtbot.waitUntil(lambda: not runs.busy)
    assert tasks.close(5)
    real(runs.overfit)


def test_the_engine_never_runs_on_the_windows_thread(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    bench.finish()
    bench.set(patch_size=5)
    bench.finish()
    assert bench.renderer.threads
    assert threading.get_ident() not in bench.renderer.threads


def test_settings_wait_for_more_edits_but_other_pictures_do_not(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "GATHER_MS", 60_000)
    bench.open(CONTENT, STYLE)
    bench.finish()
    asked = len(bench.renderer.asked)
    bench.set(size=333)
    bench.qtbot.wait(50)
    assert len(bench.renderer.asked) == asked
    assert bench.runs.busy
    bench.open(OTHER, STYLE)
    bench.finish()
    assert bench.renderer.asked[-1] == (OTHER, STYLE, bench.document.session.settings)


def test_edits_that_follow_each_other_closely_make_one_run(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    for patch_size in (1, 5, 7):
        bench.set(patch_size=patch_size)
    bench.finish()
    assert {settings.patch_size for *_, settings in bench.renderer.asked} == {7}


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 333},
        {"texture_scale": 2.0},
        {"patch_size": 5},
        {"method": "single"},
        {"fidelity": 0.2},
        {"finest_layer": "relu3_1"},
        {"refine": 30},
    ],
    ids=str,
)
def test_a_changed_setting_runs_again(bench: Bench, changes: dict[str, object]) -> None:
    bench.open(CONTENT, STYLE)
    first = bench.finish()
    bench.set(**changes)
    second = real(bench.finish())
    assert second is not first
    assert second.settings == bench.document.session.settings != Settings()


def test_single_knows_no_strength_so_that_nothing_is_made_again(bench: Bench) -> None:
    bench.set(method="single")
    bench.open(CONTENT, STYLE)
    shown, asked = bench.finish(), len(bench.renderer.asked)
    bench.set(fidelity=0.2, finest_layer="relu4_1")
    bench.settle()
    assert len(bench.renderer.asked) == asked
    assert bench.runs.overfit is shown
    assert bench.runs.is_settled
    bench.set(refine=15)
    bench.finish()
    assert len(bench.renderer.asked) == asked + 1


def test_each_draft_replaces_the_one_before_and_the_finished_picture_the_last(bench: Bench) -> None:
    bench.renderer.sides = 64, 128, 256
    for side in bench.renderer.sides:
        bench.hold(side)
        if side == 64:
            bench.open(CONTENT, STYLE)
        bench.qtbot.waitUntil(lambda side=side: bool(bench.changes) and shape_of(bench.changes[-1])[1] == side)
        assert bench.runs.overfit is bench.changes[-1]
        assert not bench.runs.is_settled
    bench.hold("")
    real(bench.finish())
    assert [shape_of(overfit) for overfit in bench.changes] == [(2, 64), (2, 128), (2, 256), (4, 500)]
    assert bench.drafts() == [True, True, True, False]


def test_while_it_is_being_refined_the_picture_is_handed_out_at_once_and_the_run_goes_on(bench: Bench) -> None:
    bench.refine("unrefined")
    shown, handed = real(bench.runs.overfit), list[Overfit]()
    assert shown.pixels[0, 0, 0] == np.float32(UNREFINED)
    assert bench.runs.is_settled
    assert not bench.runs.when_final(handed.append)
    assert handed == [shown]
    assert bench.runs.busy
    bench.hold("")
    refined = real(bench.finish())
    assert refined.pixels[0, 0, 0] == np.float32(0.7)
    assert not refined.refining
    assert handed == [shown]
    assert bench.busy == [True, False]


def test_what_is_handed_out_is_the_newest_refined_step_that_is_shown(bench: Bench) -> None:
    bench.refine("steps")
    bench.qtbot.waitUntil(lambda: bench.runs.overfit is not None and bench.runs.overfit.pixels[0, 0, 0] >= 1)
    handed: list[Overfit] = []
    bench.runs.when_final(handed.append)
    assert handed == [bench.runs.overfit]


def test_what_waits_through_the_drafts_gets_the_picture_before_it_is_refined(bench: Bench) -> None:
    handed: list[Overfit] = []
    bench.hold(64)
    bench.set(refine=30)
    bench.open(CONTENT, STYLE)
    bench.held()
    assert bench.runs.when_final(handed.append)
    bench.hold("unrefined")
    bench.qtbot.waitUntil(lambda: bool(handed))
    assert handed == [bench.runs.overfit]
    assert real(handed[0]).refining
    assert bench.runs.busy
    bench.hold("")
    bench.finish()
    assert len(handed) == 1


def test_cancelling_while_it_is_refined_keeps_the_newest_step(bench: Bench) -> None:
    bench.refine("steps")
    bench.qtbot.waitUntil(lambda: bench.renderer.steps > 20)
    bench.runs.cancel()
    newest = bench.renderer.steps
    kept, handed = real(bench.runs.overfit), []
    assert kept.cut_short and not kept.refining
    assert newest - 2 <= round(kept.pixels[0, 0, 0]) <= newest
    assert kept.settings == bench.document.session.settings
    assert not bench.runs.when_final(handed.append)
    assert handed == [kept]
    bench.settle()
    assert bench.runs.overfit is kept
    assert len(bench.renderer.asked) == 1
    assert bench.busy == [True, False]


def test_failing_while_it_is_refined_keeps_the_newest_step_too(bench: Bench) -> None:
    bench.refine("unrefined")
    bench.renderer.error = ValueError("seven is odd")
    bench.hold("")
    kept = real(bench.finish())
    assert kept.cut_short
    assert kept.pixels[0, 0, 0] == np.float32(UNREFINED)
    assert len(bench.errors) == 1


def test_what_was_cut_short_comes_back_by_undo_and_is_finished_when_asked_for(bench: Bench) -> None:
    bench.refine("steps")
    bench.runs.cancel()
    kept = bench.runs.overfit
    bench.hold("")
    bench.set(patch_size=5)
    bench.finish()
    assert not bench.runs.can_restart
    bench.document.undo()
    assert bench.runs.overfit is kept
    assert bench.runs.can_restart
    bench.runs.restart()
    bench.finish()
    assert not real(bench.runs.overfit).cut_short
    assert not bench.runs.can_restart


def test_no_draft_replaces_a_picture_that_is_good_enough_already(bench: Bench) -> None:
    bench.refine("steps")
    bench.runs.cancel()
    kept = bench.runs.overfit
    bench.hold(64)
    bench.runs.restart()
    bench.held()
    bench.settle()
    assert bench.runs.overfit is kept
    assert bench.runs.is_settled
    bench.hold("")
    bench.finish()
    assert not real(bench.runs.overfit).cut_short


def test_nothing_refines_a_picture_any_more_when_the_next_run_is_cancelled_too(bench: Bench) -> None:
    bench.refine("unrefined")
    before = real(bench.runs.overfit)
    bench.hold("start")
    bench.set(patch_size=5)
    bench.held()
    bench.runs.cancel()
    left = real(bench.runs.overfit)
    assert left.pixels is before.pixels
    assert left.cut_short and not left.refining


def test_a_new_setting_while_it_is_refined_keeps_nothing_of_it(bench: Bench) -> None:
    bench.refine("steps")
    bench.hold("")
    bench.set(refine=0)
    bench.finish()
    bench.document.undo()
    assert bench.runs.busy


def test_mixing_runs_nothing(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    shown = bench.finish()
    asked = len(bench.renderer.asked)
    bench.document.apply("Mix", with_share, 0, 0.2)
    bench.settle()
    assert len(bench.renderer.asked) == asked
    assert bench.runs.overfit is shown


def test_a_size_above_the_photos_own_changes_nothing(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    shown = bench.finish()
    bench.set(size=2048)
    bench.set(size=None)
    bench.settle()
    assert bench.renderer.sizes() == [1024]
    assert bench.runs.overfit is shown
    assert not bench.runs.when_final(lambda overfit: None)


def test_the_newest_session_wins(bench: Bench) -> None:
    bench.hold(64)
    bench.open(CONTENT, STYLE)
    bench.held()
    bench.open(OTHER, STYLE)
    bench.hold("")
    shown = real(bench.finish())
    bench.settle()
    assert shown.content is OTHER
    assert bench.renderer.closed == 1
    assert [overfit.content for overfit in bench.changes if overfit and not overfit.draft] == [OTHER]
    assert bench.busy == [True, False]


def test_with_another_photo_the_old_result_goes_at_once(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    bench.finish()
    bench.document.apply("Open photo", with_content, OTHER)
    assert bench.runs.overfit is None
    bench.finish()
    assert bench.drafts() == [True, False, None, True, False]


def test_with_another_style_the_old_result_stays_until_the_draft_comes(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    first = bench.finish()
    bench.hold("start")
    bench.open(CONTENT, OTHER)
    bench.held()
    assert bench.runs.overfit is first
    bench.hold("")
    bench.finish()
    assert bench.drafts() == [True, False, True, False]


def test_without_a_style_there_is_no_result(bench: Bench) -> None:
    bench.open(CONTENT, None)
    bench.open(CONTENT, STYLE)
    bench.finish()
    bench.document.undo()
    assert bench.runs.overfit is None
    assert not bench.runs.busy


def test_undo_and_redo_show_a_result_that_was_computed_at_once(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    first = bench.finish()
    bench.document.apply("Swap", swapped)
    second = bench.finish()
    asked = len(bench.renderer.asked)
    bench.document.undo()
    assert bench.runs.overfit is first
    bench.document.redo()
    assert bench.runs.overfit is second
    assert not bench.runs.busy
    bench.settle()
    assert len(bench.renderer.asked) == asked


def test_undo_in_the_middle_of_a_run_stops_it_and_shows_the_kept_result(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    first = bench.finish()
    bench.hold(64)
    bench.set(size=333)
    bench.qtbot.waitUntil(lambda: bench.drafts()[-1] is True)
    bench.document.undo()
    assert bench.runs.overfit is first
    assert not bench.runs.busy
    bench.qtbot.waitUntil(lambda: bench.renderer.closed == 1)


def test_four_results_are_kept(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    bench.finish()
    for changes in ({"patch_size": 1}, {"patch_size": 5}, {"patch_size": 7}, {"fidelity": 0.1}):
        bench.set(**changes)
        bench.finish()
    for _ in range(3):
        bench.document.undo()
        assert not bench.runs.busy
    bench.document.undo()
    assert bench.runs.busy
    bench.finish()
    assert [settings.patch_size for *_, settings in bench.renderer.asked] == [3, 1, 5, 7, 7, 3]


def test_of_the_kept_results_the_one_that_was_shown_longest_ago_goes_first(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    for patch_size in (1, 5, 7, 1, 3, 1):
        bench.set(patch_size=patch_size)
        bench.finish()
    assert [settings.patch_size for *_, settings in bench.renderer.asked] == [1, 5, 7, 3]


def test_a_window_left_idle_gives_memory_back_and_keeps_what_is_shown(bench: Bench) -> None:
    for patch_size in (3, 1):
        bench.open(CONTENT, STYLE)
        bench.set(patch_size=patch_size)
        shown = bench.finish()
    for timer in bench.runs.findChildren(QTimer):
        if timer.interval() == runs.IDLE_MS:
            timer.setInterval(1)
            timer.start()
    bench.qtbot.waitUntil(lambda: bench.renderer.rested == 1)
    assert threading.get_ident() not in bench.renderer.threads
    assert bench.runs.overfit is shown and not bench.runs.busy
    bench.set(fidelity=0.9)
    bench.document.undo()
    assert not bench.runs.busy and bench.runs.overfit is shown
    bench.document.undo()
    assert bench.runs.busy
    bench.finish()


def test_nothing_is_given_back_while_a_picture_is_on_its_way(bench: Bench) -> None:
    bench.hold(64)
    bench.open(CONTENT, STYLE)
    bench.held()
    bench.runs.release_memory()
    bench.hold("")
    bench.finish()
    bench.settle()
    assert bench.renderer.rested == 0 and len(bench.renderer.asked) == 1


def test_progress_never_falls_from_the_first_step_of_the_draft_to_the_end(bench: Bench) -> None:
    bench.hold(64)
    bench.open(CONTENT, STYLE)
    bench.held()
    bench.qtbot.wait(50)
    bench.hold("")
    bench.finish()
    fractions = [fraction for _, fraction, _ in bench.progress]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert len(set(fractions)) > 2


def test_a_new_run_counts_from_the_beginning(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    bench.finish()
    bench.progress.clear()
    bench.set(patch_size=5)
    bench.finish()
    assert bench.progress[0][1] == 0.0


@pytest.mark.parametrize("where", ["start", 64])
def test_cancelling_stops_within_half_a_second_and_leaves_the_last_finished_picture(
    bench: Bench, where: str | int
) -> None:
    bench.open(CONTENT, STYLE)
    bench.finish()
    finished = bench.runs.overfit
    bench.hold(where)
    bench.set(patch_size=5)
    bench.held()
    bench.qtbot.wait(30)
    assert (bench.runs.overfit is finished) == (where == "start")
    bench.runs.cancel()
    assert not bench.runs.busy
    bench.qtbot.waitUntil(lambda: bench.renderer.closed == 1)
    bench.settle()
    assert bench.runs.overfit is finished is not None
    assert not bench.runs.busy


def test_cancelling_the_first_drafts_leaves_one_that_is_neither_kept_nor_handed_out(bench: Bench) -> None:
    bench.hold(64)
    bench.open(CONTENT, STYLE)
    bench.held()
    bench.qtbot.waitUntil(lambda: bench.runs.overfit is not None)
    bench.runs.cancel()
    assert bench.drafts() == [True]
    assert not bench.runs.is_settled
    assert bench.runs.can_restart
    bench.set(patch_size=5)
    bench.document.undo()
    assert bench.runs.busy, "the draft counts as the result"
    bench.hold("")
    bench.finish()
    bench.hold(64)
    bench.set(patch_size=7)
    bench.held()
    bench.runs.cancel()
    assert bench.runs.when_final(lambda overfit: None)


def test_cancelling_before_the_run_has_begun_stops_it_too(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    bench.runs.cancel()
    bench.settle()
    assert bench.renderer.asked == []
    assert bench.busy == [True, False]


def test_after_cancelling_mixing_starts_nothing_but_a_setting_does(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    bench.runs.cancel()
    bench.document.apply("Mix", with_share, 0, 0.2)
    bench.settle()
    assert bench.renderer.asked == []
    bench.set(patch_size=5)
    assert real(bench.finish()).settings.patch_size == 5


def test_after_cancelling_a_run_can_be_started_again(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    bench.runs.cancel()
    bench.runs.restart()
    real(bench.finish())


def test_tasks_that_somebody_else_cancels_leave_no_run_behind(bench: Bench) -> None:
    bench.hold("start")
    bench.open(CONTENT, STYLE)
    bench.held()
    bench.tasks.cancel()
    assert bench.busy == [True, False]


def test_the_real_picture_is_handed_out_at_once_where_it_is_there(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    shown, handed = bench.finish(), []
    assert not bench.runs.when_final(handed.append)
    assert handed == [shown]


def test_asked_for_early_the_real_picture_is_handed_out_when_it_arrives(bench: Bench) -> None:
    handed: list[Overfit] = []
    bench.hold(64)
    bench.open(CONTENT, STYLE)
    assert bench.runs.when_final(handed.append)
    bench.held()
    bench.qtbot.waitUntil(lambda: bench.runs.overfit is not None)
    assert bench.runs.when_final(handed.append), "there is only a draft"
    assert handed == []
    bench.hold("")
    bench.finish()
    assert [overfit.draft for overfit in handed] == [False, False]
    bench.set(patch_size=5)
    bench.finish()
    assert len(handed) == 2


def test_an_old_result_is_never_handed_out_for_a_new_setting(bench: Bench) -> None:
    bench.open(CONTENT, STYLE)
    bench.finish()
    bench.set(patch_size=5)
    handed: list[Overfit] = []
    assert bench.runs.when_final(handed.append)
    assert handed == []
    bench.finish()
    assert [overfit.settings.patch_size for overfit in handed] == [5]


def test_who_waits_gets_the_picture_of_the_newest_session(bench: Bench) -> None:
    handed: list[Overfit] = []
    bench.open(CONTENT, STYLE)
    bench.runs.when_final(handed.append)
    bench.set(patch_size=5)
    bench.finish()
    assert [overfit.settings.patch_size for overfit in handed] == [5]


def test_asking_for_the_real_picture_after_cancelling_runs_again(bench: Bench) -> None:
    handed: list[Overfit] = []
    bench.open(CONTENT, STYLE)
    bench.runs.cancel()
    assert bench.runs.when_final(handed.append)
    bench.finish()
    assert len(handed) == 1


def test_cancelling_forgets_who_waits(bench: Bench) -> None:
    handed: list[Overfit] = []
    bench.open(CONTENT, STYLE)
    bench.runs.when_final(handed.append)
    bench.runs.cancel()
    bench.runs.restart()
    bench.finish()
    assert handed == []


def test_without_pictures_there_is_nothing_to_wait_for(bench: Bench) -> None:
    with pytest.raises(PictureError, match="Open a photo and a style"):
        bench.runs.when_final(lambda overfit: None)


def test_a_failing_run_is_told_once_and_the_next_one_goes_on(bench: Bench) -> None:
    error = WeightsError("The weights are damaged.", hint="Install Style Studio again.")
    bench.renderer.error = error
    bench.open(CONTENT, STYLE)
    bench.finish()
    bench.settle()
    assert bench.errors == [error]
    assert len(bench.renderer.asked) == 1
    assert bench.busy == [True, False]
    bench.renderer.error = None
    bench.set(patch_size=5)
    real(bench.finish())


def test_a_run_that_fails_after_its_draft_leaves_that_and_forgets_who_waits(bench: Bench) -> None:
    handed: list[Overfit] = []
    bench.hold(64)
    bench.open(CONTENT, STYLE)
    bench.runs.when_final(handed.append)
    bench.held()
    bench.renderer.error = ValueError("seven is odd")
    bench.hold("")
    bench.finish()
    assert bench.drafts() == [True]
    assert handed == []
    assert isinstance(bench.errors[0], UnexpectedError)
    assert "seven is odd" in bench.errors[0].details


def test_too_little_memory_is_told_with_what_helps(bench: Bench) -> None:
    bench.renderer.error = MemoryError()
    bench.open(CONTENT, STYLE)
    bench.finish()
    assert isinstance(bench.errors[0], SettingError)
    assert "smaller size" in bench.errors[0].hint


@pytest.mark.parametrize("draft", [True, False])
def test_an_edit_made_on_hearing_of_a_picture_wins(bench: Bench, draft: bool) -> None:
    def edit(overfit: Overfit | None) -> None:
        if overfit is not None and overfit.draft == draft and overfit.settings.patch_size == 3:
            bench.set(patch_size=7)

    bench.runs.changed.connect(edit)
    bench.open(CONTENT, STYLE)
    assert real(bench.finish()).settings.patch_size == 7
    finished = [overfit.settings.patch_size for overfit in bench.changes if overfit and not overfit.draft]
    assert finished == ([7] if draft else [3, 7])


def test_closing_while_running_tells_nothing_more(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.hold("start")
    bench.open(CONTENT, STYLE)
    bench.held()
    assert bench.tasks.close()
    bench.settle()
    assert bench.renderer.closed == 1
    assert bench.changes == []
    assert bench.errors == []
