"""The least squares against a search, and seasons on made-up pictures."""

from itertools import product

import numpy as np
import pytest

from stylestudio.images.blend import TO_YCC, Axes, blend
from stylestudio.studio import seasons
from stylestudio.studio.mix import Mix
from stylestudio.studio.presets import presets
from stylestudio.studio.seasons import BOUNDS, SIDE, Grade, solve_mixes

PLAIN = Grade(0.0, 1.0, (0.0, 0.0, 0.0))


def pair(size: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    content = 0.2 + 0.6 * rng.random((size, size, 3), np.float32)
    return content, np.clip(content + rng.normal(0.05, 0.15, content.shape), 0.1, 0.9).astype(np.float32)


def test_a_grade_that_changes_nothing_is_the_usual_mix() -> None:
    assert solve_mixes(*pair(), {"plain": PLAIN})["plain"].shares == (0.7, 0.7, 0.7)


@pytest.mark.parametrize("axes", ["rgb", "ycc"])
def test_no_other_shares_come_nearer_to_the_season(axes: Axes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seasons, "BOUNDS", {axes: BOUNDS[axes]})
    monkeypatch.setattr(seasons, "RIDGE", 0)
    content, overfit = pair()
    grade = Grade(0.03, 1.1, (0.02, -0.01, -0.03))
    found = solve_mixes(content, overfit, {"one": grade})["one"]
    turn = (TO_YCC if axes == "ycc" else np.eye(3)).T
    usual = (content + 0.7 * (overfit - content)).reshape(-1, 3).astype(np.float64)
    wanted, weights = grade.apply(usual), seasons.mid_tone_weights(usual)

    def error(shares: tuple[float, float, float]) -> float:
        rest = (content.reshape(-1, 3) - wanted) @ turn + ((overfit - content).reshape(-1, 3) @ turn) * shares
        mean = seasons.MEAN * (weights @ rest) ** 2
        return float((mean + (1 - seasons.MEAN) * (weights @ rest**2)).sum())

    around = [tuple(np.clip(np.add(found.shares, step), *BOUNDS[axes])) for step in product((-0.05, 0, 0.05), repeat=3)]
    assert error(found.shares) == pytest.approx(min(error(shares) for shares in around), rel=1e-3)


def test_pictures_that_are_alike_keep_the_usual_shares() -> None:
    content, _ = pair()
    grades = {name: one.grade for name, one in presets().items() if one.grade}
    assert set(solve_mixes(content, content, grades).values()) <= {Mix(), Mix(axes="ycc")}


def test_shares_stay_within_their_bounds() -> None:
    content, overfit = pair()
    hard = {"red": Grade(0, 1, (0.9, -0.9, -0.9)), "blue": Grade(0, 1, (-0.9, -0.9, 0.9))}
    for mix in solve_mixes(content, overfit, hard).values():
        low, high = BOUNDS[mix.axes]
        assert all(low <= share <= high for share in mix.shares)
        assert len(set(mix.shares)) > 1


def test_each_season_goes_its_own_way() -> None:
    content, overfit = pair()
    grades = {name: one.grade for name, one in presets().items() if one.grade}
    mixes = solve_mixes(content, overfit, grades)
    mean = {name: blend(content, overfit, mix.shares, axes=mix.axes).mean((0, 1)) for name, mix in mixes.items()}
    warmth = {name: colour[0] - colour[2] for name, colour in mean.items()}
    assert warmth["winter"] < warmth["spring"] < warmth["autumn"]
    assert warmth["winter"] < warmth["summer"]
    assert mean["summer"].mean() < mean["spring"].mean()
    assert mean["spring"][1] - mean["spring"][0] > mean["autumn"][1] - mean["autumn"][0]


def test_very_small_and_very_long_pictures_have_seasons_too() -> None:
    grades = {name: one.grade for name, one in presets().items() if one.grade}
    for size in ((1, 1), (1, 400), (3, 2)):
        content, overfit = np.random.default_rng(1).random((2, *size, 3), np.float32)
        assert len(solve_mixes(content, overfit, grades)) == 4
