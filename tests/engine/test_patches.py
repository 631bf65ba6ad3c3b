import pytest
import torch
from maps import laid, random_map

from stylestudio.engine import tiling
from stylestudio.engine.patches import (
    Matches,
    fitting_patch_size,
    landing,
    lay_down,
    lay_down_centred,
    patch_norms,
)


def matches(rows: list[list[int]], columns: list[list[int]]) -> Matches:
    return Matches(torch.tensor(rows), torch.tensor(columns))


def identity(height: int, width: int) -> Matches:
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return Matches(rows, columns)


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_norms_are_those_of_each_patch_taken_alone(patch_size: int) -> None:
    features = random_map(0, 6, 7, 9)
    norms = patch_norms(features, patch_size)
    assert norms.shape == (8 - patch_size, 10 - patch_size)
    for y in range(norms.shape[0]):
        for x in range(norms.shape[1]):
            patch = features[0, :, y : y + patch_size, x : x + patch_size]
            assert norms[y, x].item() == pytest.approx(patch.square().sum().sqrt().item(), rel=1e-5, abs=1e-5)


def test_an_empty_patch_can_be_divided_by_its_norm() -> None:
    assert (patch_norms(torch.zeros(1, 4, 5, 5), 3) > 0).all()


def test_three_patches_are_laid_down_with_overlaps_averaged() -> None:
    """Columns 1 2 3 4 5 hold the patches 123, 234, 345; in the order 345, 123, 234 they overlap like this:

    3    4    5
         1    2    3
              2    3    4
    """
    style = torch.tensor([1.0, 2, 3, 4, 5]).expand(1, 1, 3, 5)
    found = laid(lay_down(style, matches([[0, 0, 0]], [[2, 0, 1]]), 3))
    assert found.shape == (1, 1, 3, 5)
    assert found[0, 0].tolist() == [[3, 2.5, 3, 3, 4]] * 3


def test_three_patches_numbered_by_their_middle_repeat_the_border() -> None:
    """Around their middles 3, 3, 1 of the row 1 2 3 the patches are 233, 233, 112; laid down, they overlap like this:

    3    3
    2    3    3
         1    1
    """
    style = torch.tensor([1.0, 2, 3]).view(1, 1, 1, 3)
    found = laid(lay_down_centred(style, matches([[0, 0, 0]], [[2, 2, 0]]), 3))
    assert found[0, 0, 0].tolist() == pytest.approx([2.5, 7 / 3, 2])


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_patches_in_their_own_places_keep_the_style(patch_size: int) -> None:
    style = random_map(1, 5, 6, 8)
    torch.testing.assert_close(laid(lay_down_centred(style, identity(6, 8), patch_size)), style)
    again = laid(lay_down(style, identity(7 - patch_size, 9 - patch_size), patch_size))
    torch.testing.assert_close(again, style)


@pytest.mark.parametrize("way", [lay_down, lay_down_centred])
@pytest.mark.parametrize("patch_size", [1, 3, 7])
def test_patches_are_laid_down_in_parts_as_at_once(way, patch_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    style, generator = random_map(1, 5, 9, 8), torch.Generator().manual_seed(2)
    chosen = Matches(torch.randint(3, (5, 4), generator=generator), torch.randint(2, (5, 4), generator=generator))
    whole = laid(way(style, chosen, patch_size))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 1)
    torch.testing.assert_close(laid(way(style, chosen, patch_size)), whole)


def test_single_positions_are_laid_down_as_they_are() -> None:
    style = random_map(2, 3, 4, 4)
    chosen = matches([[3, 0], [2, 2], [1, 3]], [[1, 1], [0, 3], [2, 2]])
    expected = style[:, :, chosen.rows, chosen.columns]
    assert torch.equal(laid(lay_down(style, chosen, 1)), expected)
    assert torch.equal(laid(lay_down_centred(style, chosen, 1)), expected)


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
    to, which = landing(offset, 5, part)
    places = [patch + offset for patch in range(5)]
    assert list(range(5))[which] == [patch for patch in range(5) if part.start <= places[patch] < part.stop]
    assert [place - part.start for place in places[which]] == list(range(to.start, to.stop))
