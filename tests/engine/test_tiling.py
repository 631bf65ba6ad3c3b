import gc
import weakref
from collections.abc import Callable
from functools import partial

import pytest
import torch
from maps import random_map
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.runtime import tiling
from stylestudio.engine.runtime.tiling import (
    SMALLEST_TILE,
    apply_in_tiles,
    box_filter,
    enlarge_window,
    retry_with_smaller_tiles,
    spans,
    tiles,
)


@pytest.mark.parametrize("multiple", [1, 8])
@pytest.mark.parametrize("halo", [0, 3, 40])
@pytest.mark.parametrize("tile", [8, 24, 1000])
@pytest.mark.parametrize("length", [1, 8, 17, 64, 104, 257])
def test_spans_cover_everything_exactly_once(length: int, tile: int, halo: int, multiple: int) -> None:
    found = spans(length, tile, halo, multiple)
    assert [span.start for span in found] == [0, *(span.end for span in found[:-1])]
    assert found[-1].end == length
    for span in found:
        assert span.start < span.end
        assert span.start % multiple == 0
        assert span.end - span.start < tile + multiple
        assert span.outer_start == max(span.start - halo, 0)
        assert span.outer_end == min(span.end + halo, length)


def test_tiles_go_row_by_row() -> None:
    starts = [(rows.start, columns.start) for rows, columns in tiles(20, 30, 10, 2, 1)]
    assert starts == [(0, 0), (0, 10), (0, 20), (10, 0), (10, 10), (10, 20)]


def blur(part: Tensor, scale: float) -> Tensor:
    """Reaches one position to every side; finer or coarser than it came."""
    smooth = F.avg_pool2d(F.pad(part, (1, 1, 1, 1), mode="reflect"), 3, 1)
    return F.interpolate(smooth, scale_factor=2) if scale > 1 else F.max_pool2d(smooth, 2)


def tiled(x: Tensor, tile: int, halo: int = 4, scale: float = 2.0) -> Tensor:
    return apply_in_tiles(partial(blur, scale=scale), x, scale=scale, tile=tile, halo=halo, multiple=2)


@pytest.mark.parametrize("scale", [2.0, 0.5])
@pytest.mark.parametrize("size", [(14, 26), (6, 2), (40, 8)])
def test_tiles_put_together_are_the_whole(size: tuple[int, int], scale: float) -> None:
    x = random_map(1, 3, *size)
    torch.testing.assert_close(tiled(x, 6, scale=scale), tiled(x, 1000, scale=scale))


def test_without_a_halo_the_tiles_would_show() -> None:
    x = random_map(1, 3, 14, 26)
    assert not torch.allclose(tiled(x, 6, halo=0), tiled(x, 1000))


def test_no_tile_is_larger_than_asked_for_with_its_halo() -> None:
    seen = []

    def noting(part: Tensor) -> Tensor:
        seen.append(part.shape[2:])
        return part

    x = random_map(2, 3, 50, 70)
    assert torch.equal(apply_in_tiles(noting, x, tile=16, halo=4), x)
    assert len(seen) == 4 * 5
    assert max(max(size) for size in seen) <= 16 + 2 * 4


def on_a_card_of(side: int) -> Callable[[Tensor], Tensor]:
    """A blur for which memory is there for pieces of so many positions a side."""

    def blurred(part: Tensor) -> Tensor:
        if max(part.shape[2:]) > side:
            raise torch.OutOfMemoryError("Full")
        return blur(part, 2.0)

    return blurred


class Tried:
    """Blurs a map in tiles of 128, or smaller ones that fit, and notes which were tried."""

    def __init__(self, convolve: Callable[[Tensor], Tensor]) -> None:
        self.convolve = convolve
        self.tiles: list[int] = []

    def map(self) -> Tensor:
        return retry_with_smaller_tiles(self.run, 128)

    def run(self, tile: int) -> Tensor:
        self.tiles.append(tile)
        return apply_in_tiles(self.convolve, random_map(1, 2, 140, 40), scale=2.0, tile=tile, halo=2)


def test_where_memory_suffices_tiles_are_as_large_as_asked_for() -> None:
    tried = Tried(on_a_card_of(150))
    tried.map()
    assert tried.tiles == [128]


def test_out_of_memory_tiles_are_halved_until_they_fit_and_the_map_is_the_same() -> None:
    tried = Tried(on_a_card_of(50))
    torch.testing.assert_close(tried.map(), blur(random_map(1, 2, 140, 40), 2.0))
    assert tried.tiles == [128, 64, 32]


@pytest.mark.parametrize(("side", "times"), [(1000, 0), (50, 2)])
def test_the_cards_cache_is_emptied_before_smaller_tiles_are_tried(
    side: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(tiling, "empty_cache", lambda: emptied.append(True))
    Tried(on_a_card_of(side)).map()
    assert len(emptied) == times


def test_what_was_made_in_too_large_tiles_is_let_go_before_smaller_ones_are_tried() -> None:
    made: list[weakref.ref[Tensor]] = []

    def run(tile: int) -> int:
        assert all(reference() is None for reference in made)
        large = torch.zeros(tile)
        made.append(weakref.ref(large))
        if tile > 32:
            raise torch.OutOfMemoryError("Full")
        return tile

    gc.disable()  # a card's memory cannot wait for it
    try:
        assert retry_with_smaller_tiles(run, 128) == 32
    finally:
        gc.enable()
    assert len(made) == 3


def test_a_card_too_small_for_the_smallest_tiles_is_out_of_memory() -> None:
    tried = Tried(on_a_card_of(10))
    with pytest.raises(torch.OutOfMemoryError):
        tried.map()
    assert tried.tiles[-1] == SMALLEST_TILE


def test_other_failures_make_no_tile_smaller() -> None:
    def broken(part: Tensor) -> Tensor:
        raise RuntimeError("shapes do not match")

    tried = Tried(broken)
    with pytest.raises(RuntimeError, match="shapes"):
        tried.map()
    assert tried.tiles == [128]


@pytest.mark.parametrize("size", [(40, 48), (41, 100), (333, 97)])
def test_a_window_of_an_enlarged_map_is_the_same_part_of_the_whole_one(size: tuple[int, int]) -> None:
    small = random_map(1, 3, 40, 48)
    expected = F.interpolate(small, size, mode="bilinear")
    for rows in (slice(0, size[0]), slice(0, 1), slice(7, 30), slice(size[0] - 3, size[0])):
        for columns in (slice(0, size[1]), slice(5, 6), slice(20, size[1])):
            found = enlarge_window(small, size, rows, columns)
            torch.testing.assert_close(found, expected[:, :, rows, columns], atol=1e-5, rtol=0)


@pytest.mark.parametrize("side", [1, 3, 7])
def test_a_mean_around_a_position_is_of_those_positions_that_there_are(side: int) -> None:
    values, reach = random_map(1, 2, 5, 9), side // 2
    found = box_filter(values, side)
    for y, x in ((0, 0), (2, 4), (4, 8), (1, 7)):
        around = values[:, :, max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
        torch.testing.assert_close(found[:, :, y, x], around.mean((2, 3)))
