from dataclasses import dataclass, field

import pytest
import torch
from maps import random_image, random_map
from torch import Tensor

from stylestudio.engine import pipeline
from stylestudio.engine.decoder import InverseNetwork
from stylestudio.engine.encoder import Encoder
from stylestudio.engine.maps import Lazy, Place, whole, window
from stylestudio.engine.matching.method import MatchSettings
from stylestudio.engine.pipeline import Networks, convolved, encode, lazy_image_of, overfit
from stylestudio.engine.remembered import Remembered, forget, remember
from stylestudio.progress import Steps, finish

HEIGHT, WIDTH = 22, 27


@dataclass
class Counted(Lazy):
    """Notes what it was asked for."""

    values: Tensor
    asked: list[Place] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        one, channels, height, width = self.values.shape
        return one, channels, height, width

    def window(self, rows: slice, columns: slice) -> Steps[Tensor]:
        self.asked.append((rows, columns))
        yield
        return self.values[:, :, rows, columns]


@pytest.fixture
def counted() -> Counted:
    return Counted(random_map(1, 3, HEIGHT, WIDTH))


def place(top: int, bottom: int, left: int, right: int) -> Place:
    return slice(top, bottom), slice(left, right)


@pytest.mark.parametrize("where", [place(0, 22, 0, 27), place(3, 9, 8, 20), place(20, 22, 25, 27), place(5, 6, 5, 6)])
def test_a_window_is_the_source_s_own_in_half_precision_at_first_and_later(where: Place, counted: Counted) -> None:
    features = Remembered(counted)
    expected = counted.values[:, :, *where].half().float()
    for _ in range(2):
        assert torch.equal(finish(window(features, *where)), expected)


def test_what_was_worked_out_is_not_asked_for_again(counted: Counted) -> None:
    features = Remembered(counted)
    finish(window(features, *place(0, 12, 0, 12)))
    finish(window(features, *place(1, 11, 2, 12)))
    assert len(counted.asked) == 1


def test_what_lies_partly_outside_of_what_is_known_is_worked_out(counted: Counted) -> None:
    features = Remembered(counted)
    finish(window(features, *place(0, 12, 0, 12)))
    finish(window(features, *place(0, 13, 0, 12)))
    assert len(counted.asked) == 2


@pytest.mark.parametrize("side", [5, 6, 7, 11])
def test_windows_that_overlap_by_a_cell_leave_no_gap(side: int, counted: Counted) -> None:
    features = Remembered(counted)
    for top in range(0, HEIGHT, side):
        for left in range(0, WIDTH, side):
            far = min(top + side + 4, HEIGHT), min(left + side + 4, WIDTH)
            finish(window(features, *place(max(top - 4, 0), far[0], max(left - 4, 0), far[1])))
    before = len(counted.asked)
    assert torch.equal(finish(whole(features, "")), counted.values.half().float())
    assert len(counted.asked) == before


def test_what_is_forgotten_is_worked_out_each_time_until_it_is_to_be_remembered_again(counted: Counted) -> None:
    features = Remembered(counted)
    everything = place(0, HEIGHT, 0, WIDTH)
    finish(window(features, *everything))
    forget([features, counted.values])
    for _ in range(2):
        finish(window(features, *everything))
    assert len(counted.asked) == 3
    remember([features, counted.values])
    for _ in range(2):
        finish(window(features, *everything))
    assert len(counted.asked) == 4


@pytest.fixture
def networks() -> Networks:
    torch.manual_seed(0)
    return Networks(Encoder().requires_grad_(False), InverseNetwork().requires_grad_(False))


def encoded(networks: Networks) -> pipeline.Encoded:
    pixels = random_image(3, 64, 80)[0].permute(1, 2, 0).numpy()
    return finish(encode(networks, lazy_image_of(pixels, networks), ("relu4_1", "relu3_1", "relu2_1"), "", 0))


def test_a_picture_is_the_same_whether_its_photo_s_features_are_remembered_or_not(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    style = finish(encode(networks, random_image(4, 64, 64), ("relu4_1", "relu3_1", "relu2_1"), ""))
    photo = encoded(networks)
    assert isinstance(photo.features["relu3_1"], Remembered)
    pictures = [finish(overfit(networks, photo, style, "coarse-to-fine", MatchSettings())) for _ in range(2)]
    monkeypatch.setattr(pipeline, "remember", forget)
    pictures.append(finish(overfit(networks, encoded(networks), style, "coarse-to-fine", MatchSettings())))
    assert torch.equal(pictures[0], pictures[1])
    torch.testing.assert_close(pictures[0], pictures[2], atol=1 / 255, rtol=0)


def remembers(photo: pipeline.Encoded) -> bool:
    """Whether anything of relu3_1 is held just now."""
    features = photo.features["relu3_1"]
    assert isinstance(features, Remembered)
    return features._values is not None


def test_nothing_is_remembered_once_the_picture_is_there(networks: Networks) -> None:
    style = finish(encode(networks, random_image(4, 64, 64), ("relu4_1", "relu3_1", "relu2_1"), ""))
    photo = encoded(networks)
    work, ever = overfit(networks, photo, style, "coarse-to-fine", MatchSettings()), False
    for _ in work:
        ever = ever or remembers(photo)
    assert ever and not remembers(photo)


def test_no_graphics_card_is_asked_to_remember(networks: Networks) -> None:
    features = convolved(networks.encoder, random_map(1, 128, 32, 32), "relu2_1", "relu3_1")
    assert isinstance(pipeline.memorised(features, torch.device("cpu")), Remembered)
    assert pipeline.memorised(features, torch.device("cuda")) is features


def test_a_map_that_would_take_too_much_is_not_remembered(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MOST_REMEMBERED", 1000)
    assert not isinstance(encoded(networks).features["relu3_1"], Remembered)
