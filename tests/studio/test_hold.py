from itertools import product

import numpy as np
import pytest

from stylestudio.studio import colour_constraint
from stylestudio.studio.colour_constraint import mean_colour, solve_shares_keeping_colour
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares


def test_a_channel_that_differs_gives_its_share_to_those_that_do_not() -> None:
    mix = solve_shares_keeping_colour(Mix(Shares(0.6, 0.6, 0.6)), np.array([0.5, 0.5, 0.5]), np.array([0.9, 0.5, 0.5]))
    assert mix.shares == pytest.approx((0.0, 0.9, 0.9), abs=0.01)
    assert sum(mix.shares) == pytest.approx(1.8)


def test_with_a_high_mean_what_differs_least_is_filled_first() -> None:
    mix = solve_shares_keeping_colour(Mix(Shares(0.9, 0.9, 0.9)), np.array([0.2, 0.2, 0.2]), np.array([0.8, 0.2, 0.3]))
    assert mix.shares == pytest.approx((0.7, 1, 1), abs=0.01)


def test_shares_are_as_the_inverse_squares_of_the_differences_where_no_bound_is_met() -> None:
    mix = solve_shares_keeping_colour(Mix(Shares(0.3, 0.3, 0.3)), np.zeros(3), np.array([0.6, 0.6, 0.3]))
    assert mix.shares == pytest.approx((0.15, 0.15, 0.6), abs=0.001)


def test_a_place_that_is_alike_in_both_leaves_the_shares() -> None:
    before = Mix(Shares(0.2, 0.5, 0.9))
    assert solve_shares_keeping_colour(before, np.full(3, 0.4), np.full(3, 0.4)) == before


def test_on_lightness_and_colours_a_place_that_is_only_darker_keeps_its_lightness() -> None:
    mix = solve_shares_keeping_colour(Mix(Shares(0.6, 0.6, 0.6), "ycc"), np.full(3, 0.8), np.full(3, 0.3))
    assert mix.shares == pytest.approx((0.0, 0.9, 0.9), abs=0.01)
    assert mix.axes == "ycc"


@pytest.mark.parametrize("seed", range(8))
def test_no_other_shares_of_the_same_mean_hold_it_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    content, overfit, before = rng.random((3, 3))
    shares = np.array(solve_shares_keeping_colour(Mix(Shares(*before.tolist())), content, overfit).shares)
    assert shares.sum() == pytest.approx(before.sum(), abs=1e-3)

    def cost(values: np.ndarray) -> float:
        return float(
            (((overfit - content) * values) ** 2).sum() + colour_constraint.RIDGE * ((values - before) ** 2).sum()
        )

    grid = (
        np.array([red, green, before.sum() - red - green]) for red, green in product(np.linspace(0, 1, 51), repeat=2)
    )
    others = [cost(values) for values in grid if 0 <= values[2] <= 1]
    assert cost(shares) <= min(others) + 1e-4


def test_the_colour_of_a_place_is_the_mean_around_it_and_stays_in_the_picture() -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[40:60, 90:110] = 255, 128, 0
    assert mean_colour(pixels, (0.5, 0.25)) == pytest.approx((1, 128 / 255, 0))
    assert 0 < mean_colour(pixels, (0.45, 0.25))[0] < 1
    assert mean_colour(pixels, (1.5, -2)) == pytest.approx((0, 0, 0))
