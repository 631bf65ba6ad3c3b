import pytest
import torch
from maps import laid, random_map

from stylestudio.engine.matching.nnf import AveragedPatches, Nnf, fitting_patch_size, overlap_slices
from stylestudio.engine.runtime import tiling


def matches(rows: list[list[int]], columns: list[list[int]]) -> Nnf:
    return Nnf(torch.tensor(rows), torch.tensor(columns))


def identity(height: int, width: int) -> Nnf:
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return Nnf(rows, columns)


def test_overlaps_of_three_patches_are_averaged_and_the_border_is_repeated() -> None:
    """Around their middles 3, 3, 1 of the row 1 2 3 the patches are 233, 233, 112; laid down, they overlap like this:

    3    3
    2    3    3
         1    1
    """
    style = torch.tensor([1.0, 2, 3]).view(1, 1, 1, 3)
    found = laid(AveragedPatches(style, matches([[0, 0, 0]], [[2, 2, 0]]), 3))
    assert found[0, 0, 0].tolist() == pytest.approx([2.5, 7 / 3, 2])


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_patches_in_their_own_places_keep_the_style(patch_size: int) -> None:
    style = random_map(1, 5, 6, 8)
    torch.testing.assert_close(laid(AveragedPatches(style, identity(6, 8), patch_size)), style)


@pytest.mark.parametrize("patch_size", [1, 3, 7])
def test_patches_are_laid_down_in_parts_as_at_once(patch_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    style, generator = random_map(1, 5, 9, 8), torch.Generator().manual_seed(2)
    chosen = Nnf(torch.randint(3, (5, 4), generator=generator), torch.randint(2, (5, 4), generator=generator))
    whole = laid(AveragedPatches(style, chosen, patch_size))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 1)
    torch.testing.assert_close(laid(AveragedPatches(style, chosen, patch_size)), whole)


def test_single_positions_are_laid_down_as_they_are() -> None:
    style = random_map(2, 3, 4, 4)
    chosen = matches([[3, 0], [2, 2], [1, 3]], [[1, 1], [0, 3], [2, 2]])
    assert torch.equal(laid(AveragedPatches(style, chosen, 1)), style[:, :, chosen.rows, chosen.columns])


@pytest.mark.parametrize(
    ("wanted", "shapes", "fitting"),
    [
        (3, [(9, 9), (7, 8)], 3),
        (7, [(9, 9), (5, 20)], 5),
        (7, [(6, 9), (20, 20)], 5),
        (5, [(4, 9), (9, 9)], 3),
        (3, [(2, 9), (9, 9)], 1),
        (3, [(9, 9), (1, 1)], 1),
        (1, [(9, 9), (9, 9)], 1),
    ],
)
def test_a_patch_too_large_becomes_the_largest_odd_one_that_fits(
    wanted: int, shapes: list[tuple[int, int]], fitting: int
) -> None:
    assert fitting_patch_size(wanted, *(torch.zeros(1, 2, *shape) for shape in shapes)) == fitting


@pytest.mark.parametrize("offset", [-9, -2, 0, 1, 5, 9])
@pytest.mark.parametrize("part", [slice(0, 5), slice(2, 4), slice(4, 7)])
def test_what_is_moved_lands_as_far_on(offset: int, part: slice) -> None:
    to, which = overlap_slices(offset, 5, part)
    places = [patch + offset for patch in range(5)]
    assert list(range(5))[which] == [patch for patch in range(5) if part.start <= places[patch] < part.stop]
    assert [place - part.start for place in places[which]] == list(range(to.start, to.stop))
