import pytest
import torch
from torch import Tensor

from stylestudio.engine.matching.guides import (
    GREY,
    LEAST_COLOURED,
    MOST_APART,
    colour_guides,
    colourfulness,
    evenness,
    guide,
    guides,
    led,
    plainness,
    ranked,
)
from stylestudio.progress import finish


def random_light(height: int, width: int) -> Tensor:
    return torch.rand(1, 1, height, width, generator=torch.Generator().manual_seed(8))


def test_the_guide_keeps_the_order_of_light_and_dark() -> None:
    light = random_light(9, 13)
    assert torch.equal(finish(guide(light, 9, 13)).flatten().argsort(), light.flatten().argsort())


def test_the_guide_keeps_the_order_where_most_of_a_picture_is_nearly_even() -> None:
    light = 0.1 + random_light(8, 8) * 0.01
    light[..., 0, 0] = 1.0
    assert torch.equal(finish(guide(light, 8, 8)).flatten().argsort(), light.flatten().argsort())


def test_the_guide_has_mean_0_and_deviation_about_1() -> None:
    found = finish(guide(random_light(64, 48), 64, 48))
    assert found.mean().item() == pytest.approx(0, abs=1e-3)
    assert found.std().item() == pytest.approx(1, abs=0.1)


def test_the_guide_pools_to_the_grid_that_is_asked_for() -> None:
    dark_and_light = torch.zeros(1, 1, 16, 32)
    dark_and_light[..., 16:] = 1
    found = finish(guide(dark_and_light, 2, 4))
    assert found.shape == (1, 1, 2, 4)
    assert found[..., :2].max() < found[..., 2:].min()


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (7, 5)])
def test_the_guide_of_an_even_picture_is_finite(size: tuple[int, int]) -> None:
    assert finish(guide(torch.full((1, 1, 16, 16), 0.4), *size)).isfinite().all()


def test_evenness_tells_a_wall_from_foliage() -> None:
    light = torch.cat([torch.full((1, 1, 64, 96), 0.5), random_light(64, 96)], 3)
    found = finish(evenness(light, 8, 24))
    assert found.shape == (1, 1, 8, 24)
    assert (found[..., :8] > 1.6).all()
    assert found[..., -8:].mean() < -0.5


def test_evenness_knows_no_light_from_dark() -> None:
    light = random_light(32, 32) * 0.2
    torch.testing.assert_close(finish(evenness(light, 4, 4)), finish(evenness(light + 0.7, 4, 4)), atol=1e-4, rtol=0)


def test_both_guides_come_with_their_weights() -> None:
    light = random_light(24, 28)
    found = finish(guides(light, 6, 7, 0.5, 0.25))
    assert torch.equal(found, torch.cat([finish(guide(light, 6, 7))[0] * 0.5, finish(evenness(light, 6, 7))[0] * 0.25]))


def test_a_sky_is_plain_and_foliage_is_not_and_noise_does_not_count() -> None:
    sky = 0.3 + 0.002 * torch.arange(64.0) / 64 + 0.02 * random_light(64, 64)
    found = finish(plainness(torch.cat([sky, random_light(64, 64)], 3), 8, 16))
    assert found.shape == (8, 16)
    assert (found[:, :7] == 1).all()
    assert (found[:, 9:] < 0.2).all()


def test_a_wall_is_plain_right_up_to_its_edge() -> None:
    wall = torch.zeros(1, 1, 32, 64)
    wall[..., 32:] = 1
    assert (finish(plainness(wall, 4, 8)) == 1).all()


def test_light_and_dark_lead_where_the_content_is_plain_and_evenness_stays() -> None:
    found = led(torch.ones(2, 1, 2), torch.tensor([[0.0, 1.0]]), 2.0)
    assert found.tolist() == [[[1.0, 3.0]], [[1.0, 1.0]]]


def test_equal_values_share_their_rank() -> None:
    found = ranked(torch.tensor([0.5, 0.1, 0.5, 0.9]))
    expected = torch.tensor([1.5, 0.0, 1.5, 3.0]) / 3 * 2 - 1
    torch.testing.assert_close(found, expected * 3**0.5)


def random_colours(height: int, width: int) -> Tensor:
    """(1, 3, height, width) luminance 0..1 and chroma -1..1."""
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(3)) * 2 - 1


def test_colours_count_by_how_they_depart_from_the_pictures_own_mean() -> None:
    colours = random_colours(12, 9) * 0.4
    found = colour_guides(colours)
    torch.testing.assert_close(found.mean((1, 2)), torch.zeros(2))
    assert found.square().mean().item() == pytest.approx(1, rel=1e-4)
    torch.testing.assert_close(colour_guides(colours + 0.1), found)
    torch.testing.assert_close(colour_guides(colours * 2), found)


def test_a_single_flower_outweighs_nothing() -> None:
    flower = torch.zeros(1, 3, 20, 20)
    flower[:, 1, 4, 7] = 1.0
    found = colour_guides(flower).norm(dim=0)
    assert found.max().item() == pytest.approx(2**0.5 * MOST_APART)
    assert found.argmax() == 4 * 20 + 7


def test_a_toned_picture_asks_for_less_colour_and_a_grey_one_for_none() -> None:
    toned = random_colours(12, 9) * 0.01
    assert colourfulness(toned) < GREY
    assert colour_guides(toned).abs().max() < 0.02 * 2 / LEAST_COLOURED
    assert colour_guides(torch.zeros(1, 3, 4, 4)).abs().max() == 0
