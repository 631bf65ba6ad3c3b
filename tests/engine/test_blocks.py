import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine import tiling
from stylestudio.engine.matching.blocks import LARGE, SMALL, block_ideas, drawn_blocks, in_blocks, means_within
from stylestudio.engine.patches import Matches
from stylestudio.progress import finish


def descriptors(height: int, width: int, seed: int = 0) -> Tensor:
    """(height, width, 8) of length 1."""
    return F.normalize(torch.randn(height, width, 8, generator=torch.Generator().manual_seed(seed)), dim=2)


def much_alike(height: int, width: int, seed: int = 0) -> Tensor:
    """The same, which hardly differ from each other, as in a plain area."""
    return F.normalize(torch.ones(8) + 0.05 * descriptors(height, width, seed), dim=2)


def one_piece(height: int, width: int) -> Matches:
    """All matches the same."""
    return Matches(*torch.full((2, height, width), 7))


def numbers_of_pieces(matches: Matches) -> int:
    return len(torch.stack(matches).flatten(1).unique(dim=1).t())


def test_a_plain_area_is_made_of_many_pieces_instead_of_one() -> None:
    content, style = much_alike(24, 24), much_alike(40, 40, seed=1)
    found = finish(in_blocks(content, style, one_piece(24, 24), torch.ones(24, 24), seed=0))
    assert numbers_of_pieces(found) > 200


def test_within_a_block_neighbours_take_neighbours() -> None:
    ideas = finish(block_ideas(much_alike(24, 24), much_alike(40, 40, seed=1), torch.ones(24, 24), seed=0))
    side = LARGE.side
    for top in range(0, 24, side):
        block = ideas[top : top + side, :side]
        assert (block.diff(dim=1) == 1).all()
        assert (block.diff(dim=0) == 40).all()


def test_nothing_changes_where_the_photo_is_not_plain() -> None:
    content, style, own = descriptors(12, 12), descriptors(40, 40, seed=1), one_piece(12, 12)
    style[7, 7] = 10 * torch.ones(8)  # more alike than any other
    content = content.abs()
    found = finish(in_blocks(content, style, own, torch.zeros(12, 12), seed=0))
    assert torch.equal(torch.stack(found), torch.stack(own))


def test_no_position_becomes_less_like_by_more_than_the_gain() -> None:
    content, style = descriptors(18, 18), descriptors(40, 40, seed=1)
    best = (content.flatten(0, 1) @ style.flatten(0, 1).t()).argmax(1).view(18, 18)
    found = finish(in_blocks(content, style, Matches(best // 40, best % 40), torch.ones(18, 18), seed=0))
    before = (style.flatten(0, 1)[best] * content).sum(2)
    after = (style[found.rows, found.columns] * content).sum(2)
    assert (after > before - max(LARGE.gain, SMALL.gain) - 1e-6).all()


def test_a_block_is_drawn_among_the_best_only() -> None:
    offered = torch.tensor([[1.0, 1 - LARGE.as_good / 2, 1 - 2 * LARGE.as_good, 0.0]])
    drawn = finish(drawn_blocks(torch.ones(400, 1), offered, 0, LARGE))
    assert drawn.unique().tolist() == [0, 1]


def test_blocks_lie_within_the_style_with_their_margin() -> None:
    ideas = finish(block_ideas(descriptors(20, 31), descriptors(9, 17, seed=1), torch.ones(20, 31), seed=0))
    rows, columns = ideas // 17, ideas % 17
    assert rows.min() >= LARGE.margin
    assert rows.max() < 9 - LARGE.margin
    assert columns.min() >= LARGE.margin
    assert columns.max() < 17 - LARGE.margin


def test_a_style_smaller_than_a_block_changes_nothing() -> None:
    own = Matches(*torch.zeros(2, 12, 12, dtype=torch.long))
    found = finish(in_blocks(much_alike(12, 12), much_alike(1, 40), own, torch.ones(12, 12), seed=0))
    assert torch.equal(torch.stack(found), torch.stack(own))


def test_where_large_blocks_are_not_like_enough_small_ones_are_taken() -> None:
    """Thin pairs of lines are all that is like the photo; no large block is free of what lies between."""
    wanted, other = torch.eye(8)[0], torch.eye(8)[1]
    style = other.expand(40, 40, 8).clone()
    style[::4] = style[1::4] = style[7, 7] = wanted
    found = finish(in_blocks(wanted.expand(24, 24, 8), style, one_piece(24, 24), torch.ones(24, 24), seed=0))
    assert (style[found.rows, found.columns] == wanted).all()
    assert ((found.rows == 7) & (found.columns == 7)).float().mean() < 0.1


def test_a_plain_area_is_taken_in_large_blocks_where_these_are_like_enough() -> None:
    content, style = much_alike(24, 24), much_alike(40, 40, seed=1)
    found = finish(in_blocks(content, style, one_piece(24, 24), torch.ones(24, 24), seed=0))
    for top in range(0, 24, LARGE.side):
        for left in range(0, 24, LARGE.side):
            block = slice(top, top + LARGE.side), slice(left, left + LARGE.side)
            assert (found.rows[block].diff(dim=0) == 1).all()
            assert (found.columns[block].diff(dim=1) == 1).all()


@pytest.mark.parametrize(("rows", "parts"), [(7, 1), (21, 3)])
def test_a_style_too_small_for_large_blocks_still_gives_small_ones(rows: int, parts: int) -> None:
    content, style, own = much_alike(12, 12), much_alike(rows, 40, seed=1), Matches(*torch.zeros(2, 12, 12).long())
    found = finish(in_blocks(content, style, own, torch.ones(12, 12), seed=0, parts=parts))
    assert numbers_of_pieces(found) > 20
    pairs = found.columns.unflatten(1, (-1, SMALL.side)).diff(dim=2)
    assert (pairs == 1).float().mean() > 0.9
    assert (found.columns[:, SMALL.side :: LARGE.side].diff(dim=0) != 0).any()


def test_the_same_seed_gives_the_same_blocks() -> None:
    content, style, plain = much_alike(24, 24), much_alike(40, 40, seed=1), torch.ones(24, 24)
    first, again, other = (finish(block_ideas(content, style, plain, seed)) for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_blocks_mean_is_weighted_and_that_of_what_there_is_at_the_border() -> None:
    content, weight = descriptors(8, 13), torch.rand(8, 13, generator=torch.Generator().manual_seed(2)) + 0.1
    found = finish(means_within(content, weight, 6))
    part, weights = content[6:8, 12:13], weight[6:8, 12:13, None]
    assert found.shape == (8, 2, 3)
    torch.testing.assert_close(found[:, 1, 2], (part * weights).sum((0, 1)) / weights.sum())


def test_blocks_do_not_depend_on_the_rows_worked_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content, style, plain = descriptors(20, 31), descriptors(40, 40, seed=1), torch.ones(20, 31)
    wanted = finish(in_blocks(content, style, one_piece(20, 31), plain, seed=0))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 1)
    found = finish(in_blocks(content, style, one_piece(20, 31), plain, seed=0))
    assert torch.equal(torch.stack(found), torch.stack(wanted))


def test_no_block_lies_in_two_of_a_styles_parts() -> None:
    ideas = finish(block_ideas(descriptors(60, 60), descriptors(36, 16, seed=1), torch.ones(60, 60), seed=0, parts=3))
    for top in range(0, 60, LARGE.side):
        for left in range(0, 60, LARGE.side):
            rows = ideas[top : top + LARGE.side, left : left + LARGE.side] // 16
            assert rows.min() // 12 == rows.max() // 12
            assert rows.min() % 12 >= LARGE.margin
            assert rows.max() % 12 < 12 - LARGE.margin
    assert (ideas // 16 // 12).unique().tolist() == [0, 1, 2]


def test_a_style_whose_parts_are_smaller_than_a_block_changes_nothing() -> None:
    own, style = one_piece(12, 12), much_alike(3, 40)
    own = Matches(torch.zeros_like(own.rows), own.columns)
    found = finish(in_blocks(much_alike(12, 12), style, own, torch.ones(12, 12), seed=0, parts=3))
    assert torch.equal(torch.stack(found), torch.stack(own))
