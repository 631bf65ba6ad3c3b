import math
from itertools import accumulate, pairwise

import pytest

from stylestudio.progress import MOST_RISE, MOST_WRONG, Progress, TimeEstimator, finish, rename_stages

STAGES = {
    "ten times slower at the end": ((1, 0.5), (10, 0.5)),
    "ten times quicker at the end": ((10, 0.5), (1, 0.5)),
    "slow, quick, slow": ((5, 0.3), (0.5, 0.3), (8, 0.4)),
    "quick, slow, quick": ((0.5, 0.3), (8, 0.4), (0.5, 0.3)),
    "a run of five scales, then refined": (
        *((2.2, 0.011), (3.2, 0.016), (4.4, 0.065), (15.5, 0.258)),
        *((11, 0.105), (91, 0.42), (32, 0.125)),
    ),
    "steady": ((20, 1.0),),
}
"""Seconds and share of the whole of each stage; the run is one of 512 pixels as it was on two busy cores."""


def told(stages: tuple[tuple[float, float], ...]) -> list[tuple[float, float, float]]:
    """Clock, fraction and seconds left at a hundred moments of every stage."""
    pace, found = TimeEstimator(), []
    starts = [(0.0, 0.0), *accumulate(stages, lambda a, b: (a[0] + b[0], a[1] + b[1]))]
    for (clock, fraction), (until, end) in pairwise(starts):
        for step in range(1, 101):
            now, done = clock + (until - clock) * step / 100, fraction + (end - fraction) * step / 100
            found.append((now, done, pace.update(done, now)))
    return found


@pytest.mark.parametrize("name", STAGES)
def test_the_time_left_never_rises_by_more_than_a_tenth(name: str) -> None:
    said = [left for _, _, left in told(STAGES[name]) if not math.isnan(left)]
    assert len(said) > 50
    assert all(left <= MOST_RISE * least + 1e-9 for left, least in zip(said, accumulate(said, min), strict=True))
    assert said[-1] < 0.1


@pytest.mark.parametrize("name", STAGES)
def test_it_is_the_pace_or_little_less_or_nothing(name: str) -> None:
    begun = told(STAGES[name])[0]
    for now, done, left in told(STAGES[name]):
        if not math.isnan(left):
            by_pace = (now - begun[0]) / (done - begun[1]) * (1 - done)
            assert by_pace / MOST_WRONG - 1e-9 <= left <= by_pace + 1e-9


def test_of_work_that_stands_still_nothing_is_said() -> None:
    pace = TimeEstimator()
    left = [pace.update(fraction, now) for fraction, now in ((0.01, 0.0), (0.5, 2.0), (0.5, 3.0), (0.5, 30.0))]
    assert left[1] < 3
    assert math.isnan(left[3])


def test_time_left_is_unknown_at_first_and_then_follows_the_pace() -> None:
    pace = TimeEstimator()
    left = [pace.update(*told) for told in ((0.0, 0.0), (0.1, 5.0), (0.2, 5.1), (0.5, 7.0), (0.4, 7.2))]
    assert all(map(math.isnan, left[:3]))
    assert left[3:] == pytest.approx([2.5, 2.75])
    assert pace.furthest == 0.5


def test_the_time_left_is_not_guessed_from_loading_nor_from_the_first_second() -> None:
    pace = TimeEstimator()
    steps = ((0.0, 0.0), (0.0, 3.0), (0.2, 4.0), (0.5, 4.5), (0.25, 6.0), (0.6, 7.0))
    left = [pace.update(*step) for step in steps]
    assert all(map(math.isnan, left[:4]))
    assert left[4:] == pytest.approx([2 / 0.3 * 0.5, 3 / 0.4 * 0.4])


def test_work_told_otherwise_gives_the_same() -> None:
    def work():
        yield Progress("Strokes", 0.5)
        return 7

    names = rename_stages(work(), lambda stage: f"Castle: {stage}")
    assert next(names) == Progress("Castle: Strokes", 0.5)
    assert finish(rename_stages(work(), str.upper)) == 7
