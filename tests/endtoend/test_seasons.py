"""On every sample pair the four seasons look as their names promise, and no two of them alike."""

from collections.abc import Sequence
from itertools import combinations
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from stylestudio.images.decode import from_pixels
from stylestudio.studio.presets import season_mixes
from stylestudio.studio.render import target

Pixels = NDArray[np.float32]
Means = dict[str, dict[str, NDArray[np.float64]]]
"""Mean colours in levels of 255, by pair and season."""


class Pair(Protocol):
    name: str
    content: Pixels
    overfit: dict[str, Pixels]


@pytest.fixture(scope="module")
def means(pairs: Sequence[Pair]) -> Means:
    found = {}
    for pair in pairs:
        content, overfit = from_pixels(pair.content, pair.name), pair.overfit["coarse-to-fine"]
        mixes = season_mixes(content, overfit)
        found[pair.name] = {
            season: target(content, overfit, mix).mean((0, 1), np.float64) * 255 for season, mix in mixes.items()
        }
    return found


def test_no_two_seasons_of_a_pair_look_alike(means: Means) -> None:
    distances = {
        f"{name}, {one} and {other}": float(np.linalg.norm(found[one] - found[other]))
        for name, found in means.items()
        for one, other in combinations(found, 2)
    }
    assert {name: distance for name, distance in distances.items() if distance < 8} == {}


def test_winter_is_the_coolest(means: Means) -> None:
    warmth = {name: {season: red - blue for season, (red, _, blue) in found.items()} for name, found in means.items()}
    assert {name: min(found, key=lambda season: found[season]) for name, found in warmth.items()} == dict.fromkeys(
        means, "winter"
    )


def test_autumn_is_the_reddest(means: Means) -> None:
    red = {name: {season: red - green for season, (red, green, _) in found.items()} for name, found in means.items()}
    assert {name: max(found, key=lambda season: found[season]) for name, found in red.items()} == dict.fromkeys(
        means, "autumn"
    )


def test_summer_is_the_deepest(means: Means) -> None:
    light = {name: {season: float(mean.mean()) for season, mean in found.items()} for name, found in means.items()}
    assert {name: min(found, key=lambda season: found[season]) for name, found in light.items()} == dict.fromkeys(
        means, "summer"
    )


def test_spring_is_lighter_than_summer_and_greener_than_autumn(means: Means) -> None:
    for found in means.values():
        green = {season: mean[1] - mean[0] for season, mean in found.items()}
        assert green["spring"] > green["autumn"] + 5
        assert found["spring"].mean() > found["summer"].mean() + 5
