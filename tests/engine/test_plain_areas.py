import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine import tiling
from stylestudio.engine.cells import one_thing
from stylestudio.engine.like_colours import grouped
from stylestudio.engine.matching.choosing import Offer, chosen_globally
from stylestudio.engine.matching.descriptors import Directions, guided, standardised
from stylestudio.engine.matching.method import Encoded
from stylestudio.engine.matching.plain_areas import ALIKE, ROUNDS, drawn, drawn_together
from stylestudio.engine.matching.transport import Spread
from stylestudio.progress import finish

CELLS, CELL = 16, 8


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def content_of(luminance: Tensor) -> Encoded:
    """A grey photo of 16 x 16 cells (H, W)."""
    return Encoded.of({}, luminance.expand(1, 3, CELLS * CELL, CELLS * CELL).contiguous())


def sky() -> Tensor:
    """Even, but darker by little and little towards the upper right corner."""
    down, right = torch.arange(float(CELLS * CELL))[:, None], torch.arange(float(CELLS * CELL))
    corner = (1 - (down.square() + (127 - right).square()).sqrt() / 64).clamp_min(0)
    return 0.6 - 0.15 * corner


def enlarged(values: Tensor, times: int) -> Tensor:
    return values.repeat_interleave(times, 0).repeat_interleave(times, 1)


def checkerboard() -> Tensor:
    """One cell dark, the next one light."""
    return ((torch.arange(CELLS)[:, None] + torch.arange(CELLS)) % 2).float()


def told_apart_by_light(luminance: Tensor) -> Tensor:
    """(h, w, 2) descriptors of length 1 that turn with the light of every cell."""
    turned = F.avg_pool2d(luminance[None, None], CELL)[0, 0] * 5
    return torch.stack([turned.cos(), turned.sin()], 2)


def test_the_darker_corner_of_a_sky_is_looked_for_as_the_sky_is() -> None:
    own = told_apart_by_light(sky())
    found = finish(drawn_together(content_of(sky()), own.clone()))
    before, after = ((each[1, -2] * each[-2, 1]).sum() for each in (own, found))
    assert before < 0.85
    assert after > 0.999


def test_plain_areas_of_quite_different_light_stay_apart() -> None:
    halves = torch.cat([torch.full((128, 64), 0.2), torch.full((128, 64), 0.7)], 1)
    own = told_apart_by_light(halves)
    torch.testing.assert_close(finish(drawn_together(content_of(halves), own.clone())), own, atol=1e-3, rtol=0)


def test_where_the_photo_is_lively_each_place_keeps_what_is_its_own() -> None:
    own = F.normalize(noise(CELLS, CELLS, 4) - 0.5, dim=2)
    lively = (enlarged(noise(64, 64).round(), 2) + enlarged(checkerboard(), CELL)) / 2
    torch.testing.assert_close(finish(drawn_together(content_of(lively), own.clone())), own, atol=0, rtol=0)


def test_an_even_texture_such_as_a_lawn_is_looked_for_as_one_thing() -> None:
    lawn = enlarged((torch.arange(64)[:, None] + torch.arange(64)) % 2, 2).float()
    own = F.normalize(torch.ones(4) + 0.5 * noise(CELLS, CELLS, 4), dim=2)
    found = finish(drawn_together(content_of(lawn), own.clone())).flatten(0, 1)
    assert own.flatten(0, 1).std(0).min() > 0.04
    torch.testing.assert_close(found, found[:1].expand_as(found), atol=1e-5, rtol=0)


def test_a_cell_beside_a_contour_is_of_its_area_and_one_that_the_contour_crosses_is_not() -> None:
    luminance = torch.full((1, 1, 64, 64), 0.7)
    luminance[..., 28:] = 0.2
    assert finish(one_thing(luminance))[0, 0, 0].tolist() == [1, 1, 1, 0, 1, 1, 1, 1]


def test_what_is_looked_for_keeps_its_length() -> None:
    own = F.normalize(noise(CELLS, CELLS, 4) - 0.5, dim=2)
    found = finish(drawn_together(content_of(sky()), own.clone()))
    torch.testing.assert_close(found.norm(dim=2), torch.ones(CELLS, CELLS))
    assert not torch.allclose(found, own, atol=0.1)


def slowly_drawn(colours: Tensor, values: Tensor, weight: Tensor) -> Tensor:
    """The same, place by place."""
    for _ in range(ROUNDS):
        moved = []
        for one in colours:
            pull = weight * torch.exp(-0.5 * (one - colours).square().sum(1) / ALIKE**2)
            moved.append(torch.cat([pull @ colours, pull @ values]) / pull.sum())
        colours, values = torch.stack(moved).split((3, values.shape[1]), 1)
    return values


def test_colours_draw_each_other_as_place_by_place() -> None:
    colours = torch.stack([torch.linspace(0.1, 0.9, 12), torch.zeros(12), torch.zeros(12)], 1)
    values, weight = noise(12, 4, seed=1), noise(12, seed=2) + 0.1
    groups = finish(grouped(colours, values, weight))
    found = finish(drawn(groups))[groups.numbers]
    torch.testing.assert_close(found, slowly_drawn(colours, values, weight))


@pytest.mark.parametrize("chunk", [1, 1000])
def test_what_is_drawn_together_does_not_depend_on_how_much_is_worked_on_at_once(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = told_apart_by_light(sky())
    wanted = finish(drawn_together(content_of(sky()), own.clone()))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    torch.testing.assert_close(finish(drawn_together(content_of(sky()), own.clone())), wanted)


def test_a_sky_is_made_of_one_part_of_the_style_up_to_its_darker_corner() -> None:
    features = told_apart_by_light(sky()).permute(2, 0, 1)[None]
    as_it_is = standardised(features, Spread(torch.zeros(2).double(), torch.ones(2).double(), torch.device("cpu")))
    wanted = guided([(1.0, as_it_is)], torch.zeros(1, CELLS, CELLS))
    directions = Directions(torch.eye(3)[:2], torch.eye(2)[:, :, None, None])
    bright, dark = features[0, :, -1, 0], features[0, :, 0, -1]
    style = torch.cat([bright.expand(8, 8, 2), dark.expand(8, 8, 2)], 1)
    picture = Encoded.of({}, torch.cat([torch.full((1, 3, 64, 64), 0.8), torch.full((1, 3, 64, 64), 0.2)], 3))
    matches = finish(chosen_globally(content_of(sky()), picture, wanted, Offer(directions, style), seed=0))
    assert (matches.columns < 8).all()
