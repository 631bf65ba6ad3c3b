import pytest
import torch
from maps import random_encoded, random_map
from torch.nn import functional as F

from stylestudio.engine.matching.method import Encoded
from stylestudio.engine.matching.structure import LITTLE, MUCH, REACH, Light, averaged, light_of
from stylestudio.progress import finish

LIGHT = Light(torch.tensor([1.0, 0.0]), 1.0)


def features(light: torch.Tensor) -> torch.Tensor:
    """(1, 2, h, w) whose first channel is this light (h, w), while the other one is of no account."""
    return torch.stack([light, torch.rand(light.shape)])[None]


def eye(side: int = 48, strength: float = 2.0) -> torch.Tensor:
    """(side, side) even but for a round spot of four positions in the middle."""
    away = torch.arange(side) - side / 2 + 0.5
    return strength * (away[:, None] ** 2 + away**2 < 8).float()


def test_a_style_s_light_is_read_off_its_features() -> None:
    values = random_map(1, 6, 20, 24)
    luminance = 0.1 * values[:, :1] - 0.05 * values[:, 3:4] + 0.4
    style = Encoded({"relu2_1": values}, values, luminance)
    light = finish(light_of(style, "relu2_1"))
    found = torch.einsum("chw,c->hw", values[0], light.weights)
    wanted = luminance[0, 0]
    torch.testing.assert_close(found - found.mean(), wanted - wanted.mean(), atol=0.01, rtol=0)
    assert light.deviation == pytest.approx(float(found.std(correction=0)), rel=0.01)


def test_in_a_style_of_a_single_colour_there_is_no_light_to_lose() -> None:
    values = torch.tensor([0.3, 7.1, 0, 2.7]).view(1, 4, 1, 1).expand(1, 4, 96, 96) + 1e-6 * random_map(5, 4, 96, 96)
    light = finish(light_of(Encoded({"relu2_1": values}, values, torch.full((1, 1, 192, 192), 0.381)), "relu2_1"))
    assert light.weights.abs().max() < 1e-3
    assert light.lost(random_map(2, 4, 20, 20), values[:, :, :20, :20]).max() == 0


def test_a_style_s_light_is_learned_once() -> None:
    style = random_encoded(3, 8, 8)
    assert finish(light_of(style, "relu2_1")) is finish(light_of(style, "relu2_1"))


def test_nothing_is_lost_of_what_is_there_even_with_other_strength() -> None:
    photo = features(eye())
    assert LIGHT.lost(photo, photo).max() == 0
    assert LIGHT.lost(photo, 0.5 * photo).max() == 0


def test_an_eye_that_is_not_there_is_lost_all_and_only_around_itself() -> None:
    lost = LIGHT.lost(features(eye()), features(torch.zeros(48, 48)))[0, 0]
    assert lost[22:26, 22:26].min() == 1
    assert lost[:10].max() == 0 and lost[:, :10].max() == 0


def test_an_eye_that_is_dark_instead_of_light_is_lost() -> None:
    assert LIGHT.lost(features(eye()), features(-eye()))[0, 0, 24, 24] == 1


def test_strokes_in_an_even_area_are_no_loss() -> None:
    assert LIGHT.lost(features(torch.zeros(48, 48)), features(3 * eye())).max() == 0


def test_fine_strokes_of_the_photo_are_hardly_structure_and_its_large_areas_are_none() -> None:
    rows = torch.arange(60)[:, None].expand(60, 60)
    strokes, slope = (rows % 2).float(), rows / 60
    nothing = features(torch.zeros(60, 60))
    assert LIGHT.lost(features(strokes), nothing)[0, 0, 12:-12, 12:-12].max() < 0.05
    assert LIGHT.lost(features(slope), nothing)[0, 0, 12:-12, 12:-12].max() == 0


def test_a_little_is_no_loss_and_much_is_all() -> None:
    nothing = features(torch.zeros(48, 48))
    losses = [LIGHT.lost(features(eye(strength=by)), nothing).max() for by in (LITTLE / 2, (LITTLE + MUCH), 20 * MUCH)]
    assert losses[0] == 0 and 0 < losses[1] < 1 and losses[2] == 1


def test_the_loss_at_a_position_depends_on_nothing_further_away_than_it_says() -> None:
    photo, laid = random_map(1, 2, 60, 60), random_map(2, 2, 60, 60)
    part = slice(20 - REACH, 30 + REACH)
    whole = LIGHT.lost(photo, laid)[:, :, 20:30, 20:30]
    alone = LIGHT.lost(photo[:, :, part, part], laid[:, :, part, part])[:, :, REACH:-REACH, REACH:-REACH]
    torch.testing.assert_close(alone, whole)


def test_means_in_two_steps_are_those_in_one() -> None:
    values = torch.rand(1, 1, 9, 12)
    expected = F.avg_pool2d(F.pad(values, (2, 2, 2, 2), mode="replicate"), 5, 1)
    torch.testing.assert_close(averaged(values, 5), expected)
