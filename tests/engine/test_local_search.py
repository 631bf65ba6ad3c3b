import pytest
import torch
from maps import descriptors, random_matches
from torch import Tensor

from stylestudio.engine.matching import local_search
from stylestudio.engine.matching.local_search import Search, handed_down, refined
from stylestudio.engine.patches import Matches
from stylestudio.progress import finish


def distances(content: Tensor, style: Tensor, matches: Matches) -> Tensor:
    return (style[matches.rows, matches.columns] - content).norm(dim=2)


def test_the_seed_is_what_chooses_the_random_steps() -> None:
    content, style = descriptors(1, 12, 12), descriptors(2, 40, 40)
    coarse = random_matches(6, 6, 20, 20)
    one, other = (
        finish(refined(content, style, handed_down(coarse, *content.shape[:2]), seed, "Refining")) for seed in (1, 2)
    )
    assert not torch.equal(one.rows, other.rows)


def test_refinement_never_makes_a_match_worse() -> None:
    content, style, coarse = descriptors(1, 11, 14), descriptors(2, 9, 20), random_matches(6, 7, 5, 10)
    handed = handed_down(coarse, 11, 14)
    handed = Matches(handed.rows.clamp(max=8), handed.columns.clamp(max=19))
    found = finish(refined(content, style, handed_down(coarse, *content.shape[:2]), 0, "Refining"))
    before, after = distances(content, style, handed), distances(content, style, found)
    assert (after <= before + 1e-5).all()
    assert after.mean() < 0.7 * before.mean()


def test_every_step_of_the_search_keeps_or_improves() -> None:
    content, style = descriptors(3, 8, 9), descriptors(4, 10, 7)
    search = Search(content, style, random_matches(8, 9, 10, 7))
    finish(search.start())
    generator = torch.Generator().manual_seed(0)
    for step in range(12):
        before = distances(content, style, search.matches)
        if step % 2:
            finish(search.try_random(3, generator))
        else:
            finish(search.try_neighbours(step % 3 - 1, 1))
        assert (distances(content, style, search.matches) <= before + 1e-5).all()


def test_candidates_are_weighed_in_parts_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content, style, coarse = descriptors(1, 11, 14), descriptors(2, 9, 20), random_matches(6, 7, 5, 10)
    whole = finish(refined(content, style, handed_down(coarse, *content.shape[:2]), 3, "Refining"))
    monkeypatch.setattr(local_search, "CANDIDATES_AT_ONCE", 10)
    parts = finish(refined(content, style, handed_down(coarse, *content.shape[:2]), 3, "Refining"))
    assert torch.equal(parts.rows, whole.rows) and torch.equal(parts.columns, whole.columns)


def test_one_good_match_spreads_to_its_neighbours() -> None:
    style = descriptors(5, 16, 16)
    content = style[4:12, 4:12]
    far_off = Matches(torch.zeros(8, 8, dtype=torch.long), torch.zeros(8, 8, dtype=torch.long))
    far_off.rows[4, 4], far_off.columns[4, 4] = 8, 8
    search = Search(content, style, far_off)
    finish(search.start())
    finish(search.try_neighbours(0, -1))
    assert (search.matches.rows[4, 5], search.matches.columns[4, 5]) == (8, 9)


def test_matches_are_handed_down_at_twice_the_coordinates() -> None:
    coarse = Matches(torch.tensor([[3, 0]]), torch.tensor([[1, 5]]))
    found = handed_down(coarse, 2, 4)
    assert found.rows.tolist() == [[6, 6, 0, 0], [7, 7, 1, 1]]
    assert found.columns.tolist() == [[2, 3, 10, 11], [2, 3, 10, 11]]
