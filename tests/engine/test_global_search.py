import pytest
import torch
from maps import descriptors, never_falls, outcome
from torch import Tensor

from stylestudio.engine.matching import global_search
from stylestudio.engine.matching.global_search import global_matches, most_alike, offered
from stylestudio.engine.patches import Matches
from stylestudio.progress import finish


def test_the_descriptor_most_alike_is_found_in_parts_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    content, style = descriptors(1, 7, 9), descriptors(2, 6, 8)
    true = torch.cdist(content.flatten(0, 1), style.flatten(0, 1)).argmin(1).view(7, 9)
    for values, positions in ((1, 9), (500, 9), (1 << 24, 10), (1 << 24, 1 << 16)):
        monkeypatch.setattr(global_search, "PRODUCTS_AT_ONCE", values)
        monkeypatch.setattr(global_search, "MOST_AT_ONCE", positions)
        found, told = outcome(most_alike(content, style.flatten(0, 1)))
        assert torch.equal(found, true)
        assert never_falls(told)


def test_all_of_a_small_style_is_offered_and_a_part_of_every_region_of_a_large_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert torch.equal(offered(30, 40, 0), torch.arange(1200))
    monkeypatch.setattr(global_search, "MOST_OFFERED", 300)
    found = offered(30, 40, 0)
    assert 250 <= len(found) <= 350
    cells = found // 40 // 6 * 7 + found % 40 // 6
    assert cells.unique().numel() == 5 * 7
    assert torch.equal(found, offered(30, 40, 0))
    assert not torch.equal(found, offered(30, 40, 1))


@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (17, 331)])
def test_what_is_offered_of_any_shape_lies_inside(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(global_search, "MOST_OFFERED", 100)
    found = offered(*shape, 3)
    assert found.min() >= 0 and found.max() < shape[0] * shape[1]
    assert len(found) == found.unique().numel() > 50


def smooth(seed: int, height: int, width: int) -> Tensor:
    """Descriptors (h, w, 6) that change slowly from place to place."""
    coarse = descriptors(seed, -(-height // 6), -(-width // 6)).permute(2, 0, 1)[None]
    fine = torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear")[0].permute(1, 2, 0)
    return torch.nn.functional.normalize(fine, dim=2)


def likeness(content: Tensor, style: Tensor, matches: Matches) -> float:
    return (style[matches.rows, matches.columns] * content).sum(2).mean().item()


def test_choosing_among_a_part_of_the_style_loses_little(monkeypatch: pytest.MonkeyPatch) -> None:
    content, style = smooth(1, 24, 30), smooth(2, 60, 50)
    plain = torch.ones(24, 30)
    best = likeness(content, style, finish(global_matches(content, style, plain, 0)))
    monkeypatch.setattr(global_search, "MOST_OFFERED", 300)
    found = likeness(content, style, finish(global_matches(content, style, plain, 0)))
    assert 0.97 * best < found <= best + 1e-6
