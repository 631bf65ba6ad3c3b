import pytest
import torch
from torch import Tensor

from stylestudio.engine import tiling
from stylestudio.engine.cells import STEADY, UNSTEADY, colour_cells, extremes, flatness, steadiness
from stylestudio.engine.colour import chroma, luminance_of
from stylestudio.progress import finish


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def test_cells_are_mean_luminance_and_chroma() -> None:
    image = noise(1, 3, 32, 48)
    mean = image.view(1, 3, 4, 8, 6, 8).mean((3, 5))
    torch.testing.assert_close(finish(colour_cells(image)), torch.cat([luminance_of(mean), chroma(mean)], 1))


def with_a_contour() -> Tensor:
    """A luminance map of 8 x 8 cells, dark from the fifth column of them on."""
    luminance = torch.full((1, 1, 64, 64), 0.5)
    luminance[..., 32:] = 0.1
    return luminance


def test_cells_beside_a_contour_are_not_in_a_flat_area_but_flat_in_themselves() -> None:
    around, own = (finish(flatness(with_a_contour(), around=reach))[0, 0, 0] for reach in (3, 1))
    assert around.tolist() == [1, 1, 1, 0, 0, 1, 1, 1]
    assert own.tolist() == [1] * 8


def test_a_cell_that_a_contour_crosses_is_never_flat() -> None:
    shifted = with_a_contour().roll(4, 3)
    assert finish(flatness(shifted, around=1))[0, 0, 0, 4] == 0


def test_a_livelier_limit_lets_more_count_as_flat() -> None:
    waves = 0.5 + 0.04 * torch.sin(torch.arange(64.0)).expand(1, 1, 64, 64)
    strict, generous = (finish(flatness(waves, lively)).mean() for lively in (0.08, 0.25))
    assert strict < 0.5 * generous


@pytest.mark.parametrize("chunk", [1, 1000])
def test_cells_do_not_depend_on_the_rows_worked_on_at_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    image = noise(1, 3, 64, 48)
    wanted = finish(colour_cells(image)), *finish(extremes(luminance_of(image)))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    found = finish(colour_cells(image)), *finish(extremes(luminance_of(image)))
    torch.testing.assert_close(found, wanted)


def test_cells_of_an_even_texture_are_steady_and_those_beside_a_contour_are_not() -> None:
    stripes = torch.arange(64).remainder(2).float().expand(1, 1, 64, 64)
    assert (finish(steadiness(stripes)) == 1).all()
    assert finish(steadiness(with_a_contour()))[0, 0, 0].tolist() == [1, 1, 1, 0, 0, 1, 1, 1]


def test_a_slow_change_of_light_is_steady_in_part() -> None:
    slope = torch.linspace(0, 0.33, 64).expand(1, 1, 64, 64)
    found = finish(steadiness(slope))[0, 0, 3, 3].item()
    assert found == pytest.approx((UNSTEADY - 2 * 8 * 0.33 / 63) / (UNSTEADY - STEADY), abs=1e-3)
    assert 0.1 < found < 0.9
