from functools import partial

import pytest
import torch
from maps import never_falls, outcome, random_map
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.tiling import averaged, by_tiles, enlarged, spans, tiles
from stylestudio.progress import Steps, Work, finish


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


def blur(part: Tensor, scale: float) -> Steps[Tensor]:
    """Reaches one position to every side; finer or coarser than it came."""
    yield
    smooth = F.avg_pool2d(F.pad(part, (1, 1, 1, 1), mode="reflect"), 3, 1)
    yield
    return F.interpolate(smooth, scale_factor=2) if scale > 1 else F.max_pool2d(smooth, 2)


def tiled(x: Tensor, tile: int, halo: int = 4, scale: float = 2.0) -> Work[Tensor]:
    steps = partial(blur, scale=scale)
    return by_tiles(steps, x, scale=scale, tile=tile, halo=halo, multiple=2, stage="Blurring", steps_per_tile=2)


@pytest.mark.parametrize("scale", [2.0, 0.5])
@pytest.mark.parametrize("size", [(14, 26), (6, 2), (40, 8)])
def test_tiles_put_together_are_the_whole(size: tuple[int, int], scale: float) -> None:
    x = random_map(1, 3, *size)
    torch.testing.assert_close(finish(tiled(x, 6, scale=scale)), finish(tiled(x, 1000, scale=scale)))


def test_without_a_halo_the_tiles_would_show() -> None:
    x = random_map(1, 3, 14, 26)
    assert not torch.allclose(finish(tiled(x, 6, halo=0)), finish(tiled(x, 1000)))


@pytest.mark.parametrize("tile", [6, 1000])
def test_progress_never_falls_and_ends_at_1(tile: int) -> None:
    _, told = outcome(tiled(random_map(1, 3, 14, 26), tile))
    assert never_falls(told)
    assert told[-1].fraction == 1
    assert {progress.stage for progress in told} == {"Blurring"}


def test_no_tile_is_larger_than_asked_for_with_its_halo() -> None:
    seen = []

    def noting(part: Tensor) -> Steps[Tensor]:
        seen.append(part.shape[2:])
        yield
        return part

    x = random_map(2, 3, 50, 70)
    work = by_tiles(noting, x, tile=16, halo=4, stage="Noting", steps_per_tile=1)
    assert torch.equal(finish(work), x)
    assert len(seen) == 4 * 5
    assert max(max(size) for size in seen) <= 16 + 2 * 4


@pytest.mark.parametrize("size", [(40, 48), (41, 100), (333, 97)])
def test_a_window_of_an_enlarged_map_is_the_same_part_of_the_whole_one(size: tuple[int, int]) -> None:
    small = random_map(1, 3, 40, 48)
    expected = F.interpolate(small, size, mode="bilinear")
    for rows in (slice(0, size[0]), slice(0, 1), slice(7, 30), slice(size[0] - 3, size[0])):
        for columns in (slice(0, size[1]), slice(5, 6), slice(20, size[1])):
            found = enlarged(small, size, rows, columns)
            torch.testing.assert_close(found, expected[:, :, rows, columns], atol=1e-5, rtol=0)


@pytest.mark.parametrize("side", [1, 3, 7])
def test_a_mean_around_a_position_is_of_those_positions_that_there_are(side: int) -> None:
    values, reach = random_map(1, 2, 5, 9), side // 2
    found = averaged(values, side)
    for y, x in ((0, 0), (2, 4), (4, 8), (1, 7)):
        around = values[:, :, max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
        torch.testing.assert_close(found[:, :, y, x], around.mean((2, 3)))
