import pytest
import torch

from stylestudio.engine import tiling
from stylestudio.engine.like_colours import STEPS, grouped, kernel
from stylestudio.progress import finish


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("chunk", [1, 1 << 21])
def test_groups_are_the_weighted_means_of_places_in_the_same_step_of_colour(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    colours, values, weight = 0.3 * noise(200, 3), noise(200, 5, seed=1), noise(200, seed=2) + 0.1
    groups = finish(grouped(colours, values, weight))
    steps = ((colours + 1) / 2 * STEPS).floor()
    for place in range(200):
        same = (steps == steps[place]).all(1)
        counted, number = weight[same, None], groups.numbers[place]
        torch.testing.assert_close(groups.colours[number], (colours[same] * counted).sum(0) / counted.sum())
        torch.testing.assert_close(groups.values[number], (values[same] * counted).sum(0) / counted.sum())
        torch.testing.assert_close(groups.counted[number], counted.sum())


def test_the_same_colour_is_wholly_alike_and_a_far_one_not_at_all() -> None:
    found = kernel(torch.tensor([[0.5, 0, 0], [0.5, 0, 0], [0.6, 0, 0], [0.1, 0.3, 0]]), 0.1)
    torch.testing.assert_close(found[0], torch.tensor([1.0, 1.0, 0.6065, 0.0]), atol=1e-3, rtol=0)
