from collections.abc import Callable

import pytest
import torch
from maps import never_falls, outcome, random_map
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine import tile_sizes
from stylestudio.engine.tile_sizes import SMALLER_PIECES, SMALLEST_TILE, fitting
from stylestudio.engine.tiling import by_tiles
from stylestudio.progress import Steps, Work

HALO = 2
Blur = Callable[[Tensor], Steps[Tensor]]


def blur_on_a_card_of(side: int) -> Blur:
    """Reaches one position to every side; memory is there for pieces of so many positions a side."""

    def steps(part: Tensor) -> Steps[Tensor]:
        yield
        if max(part.shape[2:]) > side:
            raise torch.OutOfMemoryError("Full")
        return F.avg_pool2d(F.pad(part, (1, 1, 1, 1), mode="reflect"), 3, 1)

    return steps


def blurred(steps: Blur, x: Tensor, tried: list[int]) -> Work[Tensor]:
    """In tiles of 128; the lengths of those that are tried are noted."""

    def begin(tile: int) -> Work[Tensor]:
        tried.append(tile)
        return (yield from by_tiles(steps, x, tile=tile, halo=HALO, stage="Blurring", steps_per_tile=1))

    return fitting(begin, 128)


@pytest.fixture
def sides() -> list[int]:
    return []


def test_where_memory_suffices_tiles_are_as_large_as_asked_for(sides: list[int]) -> None:
    x = random_map(1, 2, 140, 40)
    _, told = outcome(blurred(blur_on_a_card_of(150), x, sides))
    assert sides == [128]
    assert {progress.stage for progress in told} == {"Blurring"}


def test_out_of_memory_tiles_are_halved_until_they_fit_and_the_map_is_the_same(sides: list[int]) -> None:
    x = random_map(1, 2, 140, 40)
    found, told = outcome(blurred(blur_on_a_card_of(50), x, sides))
    assert sides == [128, 64, 32]
    assert torch.allclose(found, outcome(blurred(blur_on_a_card_of(1000), x, []))[0], atol=1e-6)
    assert never_falls(told)
    assert told[-1].fraction == pytest.approx(1)
    assert told[0].stage == "Blurring"
    assert told[-1].stage == SMALLER_PIECES


def test_the_cards_cache_is_emptied_before_smaller_tiles_are_tried(
    sides: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(tile_sizes, "empty_cache", lambda: emptied.append(True))
    x = random_map(1, 2, 140, 40)
    outcome(blurred(blur_on_a_card_of(1000), x, sides))
    assert emptied == []
    outcome(blurred(blur_on_a_card_of(50), x, sides))
    assert emptied == [True, True]


def test_a_card_too_small_for_the_smallest_tiles_is_out_of_memory(sides: list[int]) -> None:
    with pytest.raises(torch.OutOfMemoryError):
        outcome(blurred(blur_on_a_card_of(10), random_map(1, 2, 140, 40), sides))
    assert sides[-1] == SMALLEST_TILE


def test_other_failures_make_no_tile_smaller(sides: list[int]) -> None:
    def broken(part: Tensor) -> Steps[Tensor]:
        yield
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        outcome(blurred(broken, random_map(1, 2, 140, 40), sides))
    assert sides == [128]
