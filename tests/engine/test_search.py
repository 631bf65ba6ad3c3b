from dataclasses import replace

import pytest
import torch
from maps import descriptors, never_falls, random_matches
from torch import Tensor
from torch.nn import functional as F
from work import outcome

from stylestudio.engine.config import SearchConfig as Tuning
from stylestudio.engine.matching import search
from stylestudio.engine.matching.nnf import Nnf
from stylestudio.engine.matching.search import (
    Search,
    global_matches,
    most_similar,
    overuse,
    random_steps,
    refine_matches,
    search_margin,
    shift,
    upscale_matches,
)
from stylestudio.engine.runtime.device import PROCESSOR
from stylestudio.progress import finish

TUNING = Tuning(offered=8192, rounds=4, reach=8, agreement=0.02, reuse=0.03, region=5)


def with_price(values: Tensor, last: float) -> Tensor:
    """Descriptors (h, w, D + 1) whose last value is 1 for a content, and 0 for a style of which nothing costs more."""
    return torch.cat([values, torch.full((*values.shape[:2], 1), last)], 2)


def steps_for(content: Tensor, seed: int = 0, tuning: Tuning = TUNING) -> Tensor:
    return random_steps(content.shape[0], content.shape[1], seed, tuning, PROCESSOR)


def searched(content: Tensor, style: Tensor, first: Nnf, tuning: Tuning = TUNING, seed: int = 0) -> Nnf:
    return finish(refine_matches(content, style, first, steps_for(content, seed, tuning), tuning, ""))


def products(content: Tensor, style: Tensor, matches: Nnf) -> Tensor:
    """(h, w) of each content descriptor with its match's."""
    return (style[matches.rows, matches.columns] * content).sum(2)


def agreements(matches: Nnf) -> int:
    """How many pairs of neighbours take pieces that lie side by side in the style."""
    rows, columns = matches
    across = (rows[:, 1:] == rows[:, :-1]) & (columns[:, 1:] == columns[:, :-1] + 1)
    down = (rows[1:] == rows[:-1] + 1) & (columns[1:] == columns[:-1])
    return int(across.sum() + down.sum())


def inside(matches: Nnf, style: Tensor) -> bool:
    return all(one.min() >= 0 and one.max() < length for one, length in zip(matches, style.shape, strict=False))


@pytest.mark.parametrize(("values", "positions"), [(1, 9), (500, 9), (1 << 24, 10), (1 << 24, 1 << 16)])
def test_the_global_match_is_the_greatest_of_all_products_however_many_are_made_at_once(
    values: int, positions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, style = descriptors(1, 7, 9), descriptors(2, 6, 8)
    expected = [
        [max(range(48), key=lambda p: float(style[p // 8, p % 8] @ content[y, x])) for x in range(9)] for y in range(7)
    ]
    monkeypatch.setattr(search, "PRODUCTS_AT_ONCE", values)
    monkeypatch.setattr(search, "MOST_AT_ONCE", positions)
    found, told = outcome(most_similar(content, style.flatten(0, 1), "Matching"))
    assert found.tolist() == expected
    assert never_falls(told)
    assert {progress.stage for progress in told} == {"Matching"}


def smooth(seed: int, height: int, width: int) -> Tensor:
    """Descriptors (h, w, 6) that change slowly from place to place."""
    coarse = descriptors(seed, -(-height // 6), -(-width // 6)).permute(2, 0, 1)[None]
    return F.normalize(F.interpolate(coarse, (height, width), mode="bilinear")[0].permute(1, 2, 0), dim=2)


def test_choosing_among_a_part_of_the_style_loses_little() -> None:
    content, style = with_price(smooth(1, 24, 30), 1), with_price(smooth(2, 60, 50), 0)
    best, found = (
        products(content, style, finish(global_matches(content, style, 0, tuning, ""))[0]).mean()
        for tuning in (replace(TUNING, reuse=0), replace(TUNING, reuse=0, offered=300))
    )
    assert 0.95 * best < found < best


def test_what_is_taken_as_often_everywhere_is_taken_once_its_share() -> None:
    torch.testing.assert_close(overuse(torch.arange(80).view(8, 10), 8, 10, 5), torch.ones(8, 10))


def test_one_place_taken_by_all_is_far_beyond_its_share_and_so_is_the_region_around_it() -> None:
    found = overuse(torch.full((4, 4), 5 * 12 + 6), 10, 12, 5)
    assert found[3:8, 4:9].min() == found.max() > 4
    assert found.count_nonzero() == 5 * 5


def everybody_s_darling() -> tuple[Tensor, Tensor]:
    """A content (20, 20, 9) that is alike all over, and a style of the same size with two places for it, one better."""
    generator = torch.Generator().manual_seed(3)
    place = F.normalize(torch.randn(8, generator=generator), dim=0)
    content = F.normalize(place + 0.05 * torch.randn(20, 20, 8, generator=generator), dim=2)
    style = F.normalize(torch.randn(20, 20, 8, generator=generator), dim=2)
    style[3, 3], style[15, 15] = place, F.normalize(place + 0.06 * torch.randn(8, generator=generator), dim=0)
    return with_price(content, 1), with_price(style, 0)


def test_a_region_that_everybody_takes_costs_more_and_is_taken_less() -> None:
    content, style = everybody_s_darling()
    (free, as_before), (found, priced) = (
        finish(global_matches(content, style, 0, replace(TUNING, reuse=price), "")) for price in (0.0, 0.01)
    )
    taken, taken_less = (((one.rows == 3) & (one.columns == 3)).float().mean() for one in (free, found))
    assert taken > 0.8 and taken_less < 0.7 * taken
    assert torch.equal(as_before, style)
    assert torch.equal(priced[..., :-1], style[..., :-1])
    expected = -0.01 * torch.log1p(overuse(free.rows * 20 + free.columns, 20, 20, TUNING.region))
    torch.testing.assert_close(priced[..., -1], expected)
    assert priced[3, 3, -1] < priced[15, 15, -1] < priced[9, 9, -1] == 0


def test_what_costs_too_much_is_never_taken() -> None:
    content, style = with_price(descriptors(1, 9, 11), 1), with_price(descriptors(2, 10, 12), 0)
    content[..., :-1] = style[:9, :11, :-1]
    style[:, :8, -1] = -1e4
    matches, keys = finish(global_matches(content, style, 0, TUNING, ""))
    assert matches.columns.min() >= 8
    assert searched(content, keys, matches).columns.min() >= 8


def test_the_seed_is_what_chooses_the_random_steps() -> None:
    content, style = descriptors(1, 12, 12), descriptors(2, 40, 40)
    first = random_matches(12, 12, 40, 40)
    one, again, other = (searched(content, style, first, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one.rows, again.rows)
    assert not torch.equal(one.rows, other.rows)


@pytest.mark.parametrize("reach", [0, 1, 8, 11])
def test_random_steps_go_half_as_far_each_time_and_no_further(reach: int) -> None:
    steps = steps_for(torch.empty(40, 50, 1), 3, replace(TUNING, reach=reach))
    expected = {0: [], 1: [1], 8: [8, 4, 2, 1], 11: [11, 5, 2, 1]}[reach]
    assert [(step.min().item(), step.max().item()) for step in steps] == [(-far, far) for far in expected]
    assert all(step.shape == (2, 40, 50) for step in steps)


def test_searching_makes_no_match_worse_and_most_better() -> None:
    content, style, first = descriptors(1, 11, 14), descriptors(2, 9, 20), random_matches(11, 14, 9, 20)
    found = searched(content, style, first, replace(TUNING, agreement=0))
    before, after = products(content, style, first), products(content, style, found)
    assert (after >= before - 1e-6).all()
    assert after.mean() > before.mean() + 0.5


def test_likeness_and_agreement_together_grow() -> None:
    content, style, first = descriptors(1, 9, 11), descriptors(2, 8, 7), random_matches(9, 11, 8, 7)
    found = searched(content, style, first, replace(TUNING, agreement=0.1))
    worth = [products(content, style, one).sum() + 0.1 * agreements(one) for one in (first, found)]
    assert worth[1] > worth[0]


def test_where_everything_is_alike_neighbours_continue_each_other_s_matches_if_agreement_counts() -> None:
    even, first = torch.ones(12, 12, 4) / 2, random_matches(12, 12, 12, 12)
    assert agreements(searched(even, even, first)) > 10 * agreements(first)
    without = searched(even, even, first, replace(TUNING, agreement=0))
    assert torch.equal(torch.stack(without), torch.stack(first))


def test_a_much_better_match_is_never_given_up_for_agreement() -> None:
    style, first = descriptors(3, 6, 6), random_matches(5, 5, 6, 6)
    content = style[first.rows, first.columns]
    likeness = style.flatten(0, 1) @ style.flatten(0, 1).t() - torch.eye(36)
    assert likeness.max() < 1 - 4 * TUNING.agreement
    assert torch.equal(torch.stack(searched(content, style, first)), torch.stack(first))


def test_one_good_match_spreads_to_its_neighbours() -> None:
    style = descriptors(5, 16, 16)
    far_off = Nnf(torch.zeros(8, 8, dtype=torch.long), torch.zeros(8, 8, dtype=torch.long))
    far_off.rows[4, 4], far_off.columns[4, 4] = 8, 8
    found = searched(style[4:12, 4:12], style, far_off, replace(TUNING, rounds=1, reach=1))
    for y, x in ((4, 4), (4, 5), (3, 4)):
        assert (found.rows[y, x], found.columns[y, x]) == (4 + y, 4 + x)


@pytest.mark.parametrize("size", [(9, 20), (2, 3), (1, 1)])
def test_matches_stay_inside_the_style_even_if_the_first_do_not(size: tuple[int, int]) -> None:
    content, style = descriptors(1, 11, 14), descriptors(2, *size)
    assert inside(searched(content, style, random_matches(11, 14, 30, 30)), style)


def test_candidates_are_weighed_in_parts_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content, style, first = descriptors(1, 11, 14), descriptors(2, 9, 20), random_matches(11, 14, 9, 20)
    whole = searched(content, style, first)
    monkeypatch.setattr(search, "CANDIDATES_AT_ONCE", 10)
    assert torch.equal(torch.stack(searched(content, style, first)), torch.stack(whole))


@pytest.mark.parametrize("tuning", [TUNING, replace(TUNING, rounds=1, reach=1, agreement=1)])
def test_windows_widened_by_how_far_a_match_depends_cannot_be_seen(tuning: Tuning) -> None:
    content, style, first = descriptors(1, 40, 44), descriptors(2, 4, 4), random_matches(40, 44, 4, 4)
    steps, wide = steps_for(content, 0, tuning), search_margin(tuning)
    whole = torch.stack(finish(refine_matches(content, style, first, steps, tuning, "")))
    for top in range(wide, 40 - wide, 4):
        rows, columns = slice(top - wide, top + 1 + wide), slice(0, 44)
        part = Nnf(first.rows[rows], first.columns[rows])
        found = finish(refine_matches(content[rows], style, part, steps[:, :, rows, columns], tuning, ""))
        assert torch.equal(torch.stack(found)[:, wide], whole[:, top])


def test_searching_tells_its_stage_never_falls_and_ends_at_1() -> None:
    content, style, first = descriptors(1, 11, 14), descriptors(2, 9, 20), random_matches(11, 14, 9, 20)
    _, told = outcome(refine_matches(content, style, first, steps_for(content), TUNING, "Refining"))
    assert {progress.stage for progress in told} == {"Refining"}
    assert never_falls(told) and told[-1].fraction == 1


def test_without_any_round_the_first_matches_stay() -> None:
    content, style, first = descriptors(1, 5, 6), descriptors(2, 9, 20), random_matches(5, 6, 9, 20)
    found = searched(content, style, first, replace(TUNING, rounds=0, reach=0))
    assert torch.equal(torch.stack(found), torch.stack(first))


def test_neighbours_suggest_what_lies_beside_their_own_piece() -> None:
    """In a row of three, the middle one hears from its left and right, whose pieces lie in a style of 4 x 5."""
    first = Nnf(torch.tensor([[1, 3, 2]]), torch.tensor([[1, 4, 0]]))
    heard = Search(torch.zeros(1, 3, 1), torch.zeros(4, 5, 1), first, 0.1).neighbour_candidates()
    above, below, left, right = (divmod(one[0, 1].item(), 5) for one in heard)
    assert left == (1, 2)
    assert right == (2, 0), "left of the style's first column there is nothing, so that it stays there"
    assert above == (3, 4), "nobody is above: it hears from itself, and below the style's last row there is nothing"
    assert below == (2, 4)


def test_coarser_matches_are_continued_at_twice_the_coordinates() -> None:
    found = upscale_matches(Nnf(torch.tensor([[3, 0]]), torch.tensor([[1, 5]])), slice(0, 2), slice(0, 4))
    assert found.rows.tolist() == [[6, 6, 0, 0], [7, 7, 1, 1]]
    assert found.columns.tolist() == [[2, 3, 10, 11], [2, 3, 10, 11]]


def test_in_a_window_they_are_continued_as_in_the_whole_map() -> None:
    coarse = random_matches(6, 7, 5, 10)
    whole = torch.stack(upscale_matches(coarse, slice(0, 12), slice(0, 14)))
    assert torch.equal(torch.stack(upscale_matches(coarse, slice(3, 9), slice(5, 12))), whole[:, 3:9, 5:12])


def test_neighbours_beyond_the_border_are_those_at_the_border() -> None:
    values = torch.arange(6).view(2, 3)
    assert shift(values, -1, 0).tolist() == [[0, 1, 2], [0, 1, 2]]
    assert shift(values, 0, 2).tolist() == [[2, 2, 2], [5, 5, 5]]
