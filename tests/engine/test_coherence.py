import pytest
import torch
from maps import descriptors, random_matches
from torch import Tensor

from stylestudio.engine.matching import coherence
from stylestudio.engine.matching.coherence import GAIN, coherent, neighbours_ideas
from stylestudio.engine.patches import Matches
from stylestudio.progress import finish


def agreements(matches: Matches) -> int:
    """How many pairs of neighbours take pieces that lie side by side in the style."""
    rows, columns = matches
    across = (rows[:, 1:] == rows[:, :-1]) & (columns[:, 1:] == columns[:, :-1] + 1)
    down = (rows[1:] == rows[:-1] + 1) & (columns[1:] == columns[:-1])
    return int(across.sum() + down.sum())


def worth(content: Tensor, style: Tensor, matches: Matches) -> float:
    """What is improved, written down plainly; each agreement counts for both neighbours."""
    likeness = (style[matches.rows, matches.columns] * content).sum(2).sum().item()
    return likeness + GAIN * agreements(matches)


def test_the_sum_of_likeness_and_agreement_grows() -> None:
    content, style, first = descriptors(1, 9, 11), descriptors(2, 8, 7), random_matches(9, 11, 8, 7)
    found = finish(coherent(content, style, first))
    assert worth(content, style, found) > worth(content, style, first)


def test_where_everything_is_equally_alike_the_style_is_taken_in_whole_pieces() -> None:
    even = torch.ones(12, 12, 4) / 2
    first = random_matches(12, 12, 12, 12)
    found = finish(coherent(even, even, first))
    assert agreements(found) > 5 * max(agreements(first), 10)


def test_a_much_better_match_is_never_given_up() -> None:
    style = descriptors(3, 6, 6)
    first = random_matches(5, 5, 6, 6)
    content = style[first.rows, first.columns]
    likeness = style.flatten(0, 1) @ style.flatten(0, 1).t() - torch.eye(36)
    assert likeness.max() < 1 - 4 * GAIN
    found = finish(coherent(content, style, first))
    assert torch.equal(found.rows, first.rows) and torch.equal(found.columns, first.columns)


def test_neighbours_suggest_what_lies_beside_their_own_piece() -> None:
    """In a row of three, the middle one hears from its left and right, whose pieces lie in a style of 4 x 5."""
    found = torch.tensor([1 * 5 + 1, 0, 2 * 5 + 0])
    above, below, left, right = neighbours_ideas(torch.Size((1, 3)), torch.Size((4, 5)), found, torch.tensor([1]))
    assert above.item() == below.item() == -1
    assert left.item() == 1 * 5 + 2
    assert right.item() == -1, "left of the style's first column there is nothing"


def test_parts_are_settled_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content, style, first = descriptors(1, 9, 11), descriptors(2, 8, 7), random_matches(9, 11, 8, 7)
    whole = finish(coherent(content, style, first))
    monkeypatch.setattr(coherence, "POSITIONS_AT_ONCE", 3)
    parts = finish(coherent(content, style, first))
    assert torch.equal(whole.rows, parts.rows) and torch.equal(whole.columns, parts.columns)
