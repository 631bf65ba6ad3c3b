import pytest
import torch
from maps import descriptors, random_matches
from torch import Tensor

from stylestudio.engine.matching import local_search
from stylestudio.engine.matching.local_search import Search, handed_down, random_steps, refined, shifted
from stylestudio.engine.patches import Matches
from stylestudio.progress import finish


def distances(content: Tensor, style: Tensor, matches: Matches) -> Tensor:
    return (style[matches.rows, matches.columns] - content).norm(dim=2)


def everywhere(content: Tensor) -> tuple[slice, slice]:
    return slice(0, content.shape[0]), slice(0, content.shape[1])


def steps_for(content: Tensor, seed: int) -> Tensor:
    return finish(random_steps(content.shape[0], content.shape[1], seed, torch.device("cpu")))


def searched(content: Tensor, style: Tensor, coarse: Matches, seed: int) -> Matches:
    first = handed_down(coarse, *everywhere(content))
    return finish(refined(content, style, first, steps_for(content, seed), "Refining"))


def test_the_seed_is_what_chooses_the_random_steps() -> None:
    content, style = descriptors(1, 12, 12), descriptors(2, 40, 40)
    coarse = random_matches(6, 6, 20, 20)
    one, other = (searched(content, style, coarse, seed) for seed in (1, 2))
    assert not torch.equal(one.rows, other.rows)


def test_refinement_never_makes_a_match_worse() -> None:
    content, style, coarse = descriptors(1, 11, 14), descriptors(2, 9, 20), random_matches(6, 7, 5, 10)
    handed = handed_down(coarse, slice(0, 11), slice(0, 14))
    handed = Matches(handed.rows.clamp(max=8), handed.columns.clamp(max=19))
    found = finish(
        refined(content, style, handed_down(coarse, *everywhere(content)), steps_for(content, 0), "Refining")
    )
    before, after = distances(content, style, handed), distances(content, style, found)
    assert (after <= before + 1e-5).all()
    assert after.mean() < 0.7 * before.mean()


def test_every_step_of_the_search_keeps_or_improves() -> None:
    content, style = descriptors(3, 8, 9), descriptors(4, 10, 7)
    search = Search(content, style, random_matches(8, 9, 10, 7))
    finish(search.start())
    steps = steps_for(content, 0)
    for step in range(12):
        before = distances(content, style, search.matches)
        if step % 2:
            finish(search.try_steps(steps[step % 4]))
        else:
            finish(search.try_neighbours(step % 3 - 1, 1))
        assert (distances(content, style, search.matches) <= before + 1e-5).all()


def test_candidates_are_weighed_in_parts_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content, style, coarse = descriptors(1, 11, 14), descriptors(2, 9, 20), random_matches(6, 7, 5, 10)
    whole = finish(
        refined(content, style, handed_down(coarse, *everywhere(content)), steps_for(content, 3), "Refining")
    )
    monkeypatch.setattr(local_search, "CANDIDATES_AT_ONCE", 10)
    parts = finish(
        refined(content, style, handed_down(coarse, *everywhere(content)), steps_for(content, 3), "Refining")
    )
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
    found = handed_down(coarse, slice(0, 2), slice(0, 4))
    assert found.rows.tolist() == [[6, 6, 0, 0], [7, 7, 1, 1]]
    assert found.columns.tolist() == [[2, 3, 10, 11], [2, 3, 10, 11]]


def test_a_window_is_handed_what_the_whole_map_is() -> None:
    coarse = random_matches(6, 7, 5, 10)
    whole = handed_down(coarse, slice(0, 12), slice(0, 14))
    part = handed_down(coarse, slice(3, 9), slice(5, 12))
    assert torch.equal(part.rows, whole.rows[3:9, 5:12]) and torch.equal(part.columns, whole.columns[3:9, 5:12])


def test_neighbours_beyond_the_border_are_those_at_the_border() -> None:
    values = torch.arange(6).view(2, 3)
    assert shifted(values, -1, 0).tolist() == [[0, 1, 2], [0, 1, 2]]
    assert shifted(values, 0, 2).tolist() == [[2, 2, 2], [5, 5, 5]]


def test_random_steps_go_as_far_as_is_allowed_and_no_further() -> None:
    steps = finish(random_steps(40, 50, 3, torch.device("cpu")))
    assert steps.shape == (4, 2, 40, 50)
    assert [step.abs().max().item() for step in steps] == list(local_search.RANDOM_REACHES)
    assert steps.min() < 0
