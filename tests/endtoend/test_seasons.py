"""On every sample pair the four seasons look as their names promise.

From winter to autumn each is warmer than the one before, from winter over spring to summer more colourful, and autumn
too is more colourful than winter.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from stylestudio.images.blend import blend
from stylestudio.studio.presets import preset

SEASONS = ("winter", "spring", "summer", "autumn")

Pixels = NDArray[np.float32]


class Pair(Protocol):
    name: str
    content: Pixels
    overfit: dict[str, Pixels]


def warmth(pixels: Pixels) -> float:
    """Mean red minus blue, in levels of 255."""
    return float(pixels[..., 0].mean() - pixels[..., 2].mean()) * 255


def saturation(pixels: Pixels) -> float:
    """Mean over the pixels of (largest - smallest channel) / largest, in hundredths."""
    largest = pixels.max(2)
    return float(((largest - pixels.min(2)) / largest.clip(1 / 255)).mean()) * 100


@pytest.fixture(scope="module")
def seasons(pairs: Sequence[Pair]) -> dict[str, dict[str, Pixels]]:
    return {
        pair.name: {
            season: blend(pair.content, pair.overfit["coarse-to-fine"], preset(season).shares) for season in SEASONS
        }
        for pair in pairs
    }


@pytest.mark.parametrize("season", SEASONS)
def test_a_season_has_a_share_of_its_own_for_each_channel(season: str) -> None:
    assert len(set(preset(season).shares)) == 3


def test_each_season_from_winter_to_autumn_is_warmer_than_the_one_before(
    seasons: dict[str, dict[str, Pixels]],
) -> None:
    steps = {
        f"{name}, {before} to {after}": warmth(found[after]) - warmth(found[before])
        for name, found in seasons.items()
        for before, after in pairwise(SEASONS)
    }
    assert {name: step for name, step in steps.items() if step < 1} == {}


def test_spring_is_more_colourful_than_winter_and_summer_more_than_spring(
    seasons: dict[str, dict[str, Pixels]],
) -> None:
    steps = {
        f"{name}, {before} to {after}": saturation(found[after]) - saturation(found[before])
        for name, found in seasons.items()
        for before, after in pairwise(SEASONS[:3])
    }
    assert {name: step for name, step in steps.items() if step < 0.1} == {}


def test_winter_is_paler_than_autumn(seasons: dict[str, dict[str, Pixels]]) -> None:
    steps = {name: saturation(found["autumn"]) - saturation(found["winter"]) for name, found in seasons.items()}
    assert {name: step for name, step in steps.items() if step < 0.1} == {}
