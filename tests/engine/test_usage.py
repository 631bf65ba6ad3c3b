import torch
import torch.nn.functional as F
from maps import random_map

from stylestudio.engine.matching.global_search import global_matches, most_alike
from stylestudio.engine.matching.usage import dearer, overuse
from stylestudio.progress import finish


def test_what_is_taken_as_often_everywhere_is_taken_once_its_share() -> None:
    flat = torch.arange(80).view(8, 10)
    torch.testing.assert_close(overuse(flat, torch.ones(8, 10), 8, 10), torch.ones(8, 10))


def test_one_place_taken_by_all_is_far_beyond_its_share_and_so_is_its_surroundings() -> None:
    found = overuse(torch.full((4, 4), 5 * 12 + 6), torch.ones(4, 4), 10, 12)
    assert found[5, 6] == found.max() > 4
    assert found[3:8, 4:9].min() > 4
    assert found[:, 9:].max() == 0


def test_plain_positions_do_not_count_and_pay_no_price() -> None:
    content, style = (F.normalize(random_map(seed, 8, 6, 6)[0].permute(1, 2, 0), dim=2) for seed in (1, 2))
    flat = finish(most_alike(content, style.flatten(0, 1)))
    wanted, offered = dearer(content, style, flat, torch.zeros(6, 6))
    products = wanted.flatten(0, 1) @ offered.flatten(0, 1).t()
    torch.testing.assert_close(products, content.flatten(0, 1) @ style.flatten(0, 1).t())


def test_a_region_that_everybody_takes_is_shared_with_the_next_best() -> None:
    generator = torch.Generator().manual_seed(3)
    place = F.normalize(torch.randn(8, generator=generator), dim=0)
    content = F.normalize(place + 0.05 * torch.randn(20, 20, 8, generator=generator), dim=2)
    style = F.normalize(torch.randn(20, 20, 8, generator=generator), dim=2)
    style[3, 3], style[15, 15] = place, F.normalize(place + 0.06 * torch.randn(8, generator=generator), dim=0)
    busy, plain = (finish(global_matches(content, style, torch.full((20, 20), value), 0)) for value in (0.0, 1.0))
    first, second = (((found.rows == 3) & (found.columns == 3)).float().mean() for found in (plain, busy))
    assert first > 0.8
    assert second < 0.7 * first
