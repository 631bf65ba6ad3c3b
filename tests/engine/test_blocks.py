from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine import tiling
from stylestudio.engine.flat_areas import unevenness
from stylestudio.engine.matching.blocks import (
    AS_UNEVEN,
    CHOICES,
    GAIN,
    LEAST_APART,
    SIDES,
    Tints,
    block_ideas,
    drawn_blocks,
    in_blocks,
    means_within,
    tints_of,
)
from stylestudio.engine.matching.method import Encoded
from stylestudio.engine.patches import Matches
from stylestudio.progress import finish

LARGE = SIDES[-1]


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def descriptors(height: int, width: int, seed: int = 0) -> Tensor:
    """(height, width, 8) of length 1."""
    return F.normalize(torch.randn(height, width, 8, generator=torch.Generator().manual_seed(seed)), dim=2)


def much_alike(height: int, width: int, seed: int = 0) -> Tensor:
    """The same, which hardly differ from each other, as in a plain area."""
    return F.normalize(torch.ones(8) + 0.05 * descriptors(height, width, seed), dim=2)


def one_piece(height: int, width: int, row: int = 7, column: int = 7) -> Matches:
    """All matches the same."""
    return Matches(torch.full((height, width), row), torch.full((height, width), column))


def grey(height: int, width: int, apart: float = 0.1) -> Tints:
    """All the same colour."""
    return Tints(torch.tensor([0.5, 0, 0]).expand(height, width, 3).clone(), apart, apart)


def laid(height: int, width: int, tints: Tints, seed: int = 0, parts: int = 1) -> Matches:
    """What a plain area of this size is made of, whose own match was one piece."""
    content, style = much_alike(height, width), much_alike(*tints.colours.shape[:2], seed=1)
    plain = torch.ones(height, width)
    return finish(in_blocks(content, style, one_piece(height, width), plain, seed, tints, parts))


def pieces(matches: Matches) -> int:
    return len(torch.stack(matches).flatten(1).unique(dim=1).t())


def test_a_plain_area_is_made_of_many_pieces_instead_of_one() -> None:
    assert pieces(laid(24, 24, grey(40, 40))) > 200


def test_a_plain_area_is_taken_in_large_blocks_where_all_of_the_style_has_its_colour() -> None:
    found = laid(24, 24, grey(40, 40))
    for top in range(0, 24, LARGE):
        for left in range(0, 24, LARGE):
            block = slice(top, top + LARGE), slice(left, left + LARGE)
            assert (found.rows[block].diff(dim=0) == 1).all()
            assert (found.columns[block].diff(dim=1) == 1).all()


def test_within_a_block_neighbours_take_neighbours() -> None:
    tints = grey(40, 40)
    ideas = finish(block_ideas(tints.colours[:24, :24], torch.ones(24, 24), tints, LARGE, seed=0))
    for top in range(0, 24, LARGE):
        block = ideas[top : top + LARGE, :LARGE]
        assert (block.diff(dim=1) == 1).all()
        assert (block.diff(dim=0) == 40).all()


def test_nothing_changes_where_the_photo_is_not_plain() -> None:
    content, style, own = descriptors(12, 12).abs(), descriptors(40, 40, seed=1), one_piece(12, 12)
    found = finish(in_blocks(content, style, own, torch.zeros(12, 12), 0, grey(40, 40)))
    assert torch.equal(torch.stack(found), torch.stack(own))


def test_no_position_becomes_less_like_by_more_than_the_gain() -> None:
    content, style = descriptors(18, 18), descriptors(40, 40, seed=1)
    best = (content.flatten(0, 1) @ style.flatten(0, 1).t()).argmax(1).view(18, 18)
    plain = noise(18, 18, seed=2)
    found = finish(in_blocks(content, style, Matches(best // 40, best % 40), plain, 0, grey(40, 40)))
    before = (style.flatten(0, 1)[best] * content).sum(2)
    after = (style[found.rows, found.columns] * content).sum(2)
    assert (after > before - GAIN * plain - 1e-6).all()
    assert (after < before).any()


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_no_position_takes_another_colour_than_its_own(channel: int) -> None:
    tints = grey(40, 40, apart=0.05)
    tints.colours[..., channel] += 0.3 * noise(40, 40)
    found = laid(24, 24, tints)
    away = tints.colours[found.rows, found.columns] - tints.colours[7, 7]
    assert away.abs().max() < 0.05
    assert pieces(found) > 20


def test_a_piece_of_another_colour_within_a_block_is_left_out_of_it() -> None:
    tints = grey(40, 40)
    tints.colours[::5, ::5, 0] = 1.0
    found = laid(24, 24, tints)
    assert (tints.colours[found.rows, found.columns, 0] == 0.5).all()
    assert ((found.rows == 7) & (found.columns == 7)).float().mean() < 0.1


def test_where_large_blocks_are_not_of_one_colour_small_ones_are_taken() -> None:
    """Thin pairs of lines are all that has the colour; no large block is free of what lies between."""
    tints = grey(40, 40)
    tints.colours[..., 0] = 1.0
    tints.colours[::4, :, 0] = tints.colours[1::4, :, 0] = tints.colours[7, 7, 0] = 0.5
    found = laid(24, 24, tints)
    assert (tints.colours[found.rows, found.columns, 0] == 0.5).all()
    assert ((found.rows == 7) & (found.columns == 7)).float().mean() < 0.1


def test_a_block_is_drawn_among_those_that_are_nearly_as_good_as_the_best_only() -> None:
    """The last of the blocks has the right mean, but of colours far apart."""
    means, spreads = torch.tensor([0.5, 0.52, 0.7, 0.5]), torch.tensor([0.0, 0.0, 0.0, 0.1])
    offered = torch.stack([means, torch.zeros(4), torch.zeros(4), means.square() + spreads])
    drawn = finish(drawn_blocks(torch.tensor([[0.5, 0.0, 0.0]]).expand(400, 3), offered, 0, 0.001))
    assert drawn.unique().tolist() == [0, 1]


def test_a_block_is_drawn_from_many() -> None:
    tints = grey(60, 60)
    ideas = finish(block_ideas(tints.colours, torch.ones(60, 60), tints, 2, seed=0))
    drawn = ideas[::2, ::2].unique()
    assert 0.9 * CHOICES < len(drawn) <= CHOICES
    assert (drawn // 60).float().std() > 10  # 17 if from all over the style


def test_a_style_smaller_than_a_block_changes_nothing() -> None:
    own = Matches(*torch.zeros(2, 12, 12, dtype=torch.long))
    found = finish(in_blocks(much_alike(12, 12), much_alike(1, 40), own, torch.ones(12, 12), 0, grey(1, 40)))
    assert torch.equal(torch.stack(found), torch.stack(own))


@pytest.mark.parametrize(("rows", "parts"), [(5, 1), (15, 3)])
def test_a_style_too_small_for_large_blocks_still_gives_smaller_ones(rows: int, parts: int) -> None:
    content, style, own = much_alike(12, 12), much_alike(rows, 40, seed=1), Matches(*torch.zeros(2, 12, 12).long())
    found = finish(in_blocks(content, style, own, torch.ones(12, 12), 0, grey(rows, 40), parts))
    assert pieces(found) > 20
    fours = found.columns.unflatten(1, (-1, 4)).diff(dim=2)
    assert (fours == 1).all()


def test_the_same_seed_gives_the_same_blocks() -> None:
    first, again, other = (torch.stack(laid(24, 24, grey(40, 40), seed)) for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_blocks_mean_is_weighted_and_that_of_what_there_is_at_the_border() -> None:
    content, weight = descriptors(8, 13), noise(8, 13, seed=2) + 0.1
    found = finish(means_within(content, weight, 6))
    part, weights = content[6:8, 12:13], weight[6:8, 12:13, None]
    assert found.shape == (8, 2, 3)
    torch.testing.assert_close(found[:, 1, 2], (part * weights).sum((0, 1)) / weights.sum())


def test_blocks_do_not_depend_on_the_rows_worked_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tints = replace(grey(40, 40), colours=0.5 + 0.1 * noise(40, 40, 3))
    wanted = torch.stack(laid(20, 31, tints))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 1)
    assert torch.equal(torch.stack(laid(20, 31, tints)), wanted)


def test_no_block_lies_in_two_of_a_styles_parts() -> None:
    tints = grey(36, 16)
    ideas = finish(block_ideas(tints.colours[:1, :1].expand(60, 60, 3), torch.ones(60, 60), tints, LARGE, 0, 3))
    for top in range(0, 60, LARGE):
        for left in range(0, 60, LARGE):
            rows = ideas[top : top + LARGE, left : left + LARGE] // 16
            assert rows.min() // 12 == rows.max() // 12
    assert (ideas // 16 // 12).unique().tolist() == [0, 1, 2]


def test_a_style_whose_parts_are_smaller_than_a_block_changes_nothing() -> None:
    own = one_piece(12, 12, row=0)
    found = finish(in_blocks(much_alike(12, 12), much_alike(3, 40), own, torch.ones(12, 12), 0, grey(3, 40), 3))
    assert torch.equal(torch.stack(found), torch.stack(own))


def test_colours_may_be_as_far_apart_as_the_styles_own_flat_areas_suggest() -> None:
    even, waves = torch.full((1, 3, 64, 64), 0.5), 0.2 * torch.sin(torch.arange(64.0) / 4)
    found = [finish(tints_of(Encoded.of({}, image))) for image in (even, even + waves, even + 2 * waves)]
    assert found[0].luminance == found[0].chroma == LEAST_APART
    assert LEAST_APART < found[1].luminance < found[2].luminance
    assert found[1].luminance == pytest.approx(AS_UNEVEN * finish(unevenness(even + waves)))
    assert found[2].colours.shape == (8, 8, 3)
