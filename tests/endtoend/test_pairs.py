"""On every sample pair: how much of the style coarse to fine leaves against single, and that no grid shows."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from stylestudio.studio.render import Renderer
from stylestudio.training.style_measures import Scores, scores


class Pair(Protocol):
    name: str
    content: NDArray[np.float32]
    style: NDArray[np.float32]
    overfit: dict[str, NDArray[np.float32]]


def image(pixels: NDArray[np.float32]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(pixels, 2, 0)))


@pytest.fixture(scope="module")
def measured(pairs: Sequence[Pair]) -> dict[str, dict[str, Scores]]:
    encoder = Renderer().networks().encoder
    return {
        pair.name: {
            method: scores(encoder, image(overfit), image(pair.content), image(pair.style))
            for method, overfit in pair.overfit.items()
        }
        for pair in pairs
    }


def test_coarse_to_fine_leaves_at_most_seven_tenths_of_the_style_that_single_leaves(
    measured: dict[str, dict[str, Scores]],
) -> None:
    ratios = {name: found["coarse-to-fine"].style_left / found["single"].style_left for name, found in measured.items()}
    assert {name: ratio for name, ratio in ratios.items() if ratio > 0.7} == {}


def test_coarse_to_fine_shows_no_grid(measured: dict[str, dict[str, Scores]]) -> None:
    grids = {name: found["coarse-to-fine"].grid for name, found in measured.items()}
    assert {name: grid for name, grid in grids.items() if grid >= 3} == {}
