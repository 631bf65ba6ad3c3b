"""On sample pairs: how much of the style coarse to fine leaves against single, and that no grid shows."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from stylestudio.evaluation.measures import grid_energy
from stylestudio.evaluation.scores import LAYERS, gram_distance, mean_of, published_features
from stylestudio.studio.render import Renderer


class Pair(Protocol):
    name: str
    content: NDArray[np.float32]
    style: NDArray[np.float32]
    overfit: dict[str, NDArray[np.float32]]


def image(pixels: NDArray[np.float32]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(pixels, 2, 0)))


@pytest.fixture(scope="module")
def styles_left(pairs: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """By pair and method, as `scores` has it, but each picture is looked at once and no other measure taken."""
    encoder = Renderer().networks().encoder
    known: dict[int, dict[str, Tensor]] = {}

    def features(pixels: NDArray[np.float32]) -> dict[str, Tensor]:
        if id(pixels) not in known:
            known[id(pixels)] = published_features(encoder, image(pixels))
        return known[id(pixels)]

    def away(pixels: NDArray[np.float32], pair: Pair) -> float:
        return mean_of(gram_distance, LAYERS, features(pixels), features(pair.style))

    return {
        pair.name: {method: away(overfit, pair) / away(pair.content, pair) for method, overfit in pair.overfit.items()}
        for pair in pairs
        if len(pair.overfit) > 1
    }


def test_coarse_to_fine_leaves_at_most_seven_tenths_of_the_style_that_single_leaves(
    styles_left: dict[str, dict[str, float]],
) -> None:
    ratios = {name: found["coarse-to-fine"] / found["single"] for name, found in styles_left.items()}
    assert ratios
    assert {name: ratio for name, ratio in ratios.items() if ratio > 0.7} == {}


def test_coarse_to_fine_shows_no_grid_but_what_the_photo_has_of_its_own(pairs: Sequence[Pair]) -> None:
    def grid(pixels: NDArray[np.float32]) -> float:
        return grid_energy(image(pixels))

    # a row of windows is a grid too
    too_much = {pair.name: grid(pair.overfit["coarse-to-fine"]) - max(3, grid(pair.content)) for pair in pairs}
    assert {name: more for name, more in too_much.items() if more >= 0} == {}
