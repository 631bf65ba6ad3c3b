import math
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import Encoder
from stylestudio.evaluation.torchvision import to_tensor
from stylestudio.training import report as report_module
from stylestudio.training.losses import FINER, true_features
from stylestudio.training.report import ErrorShares, contact_sheet, held_out_crops, report


class Remembering(InverseNetwork):
    """A network that has seen all the pictures: it knows each map's finer one."""

    def __init__(self, encoder: Encoder, crops: Tensor, shift: float = 0.0) -> None:
        nn.Module.__init__(self)
        self.some = nn.Parameter(torch.zeros(1))
        self.known = [true_features(encoder, crop[None]) for crop in crops]
        self.shift = shift

    def block(self, layer: str, features: Tensor) -> Tensor:
        truth = min(self.known, key=lambda known: (known[layer] - features).abs().sum().item())
        finer = truth[FINER[layer]]
        return finer + self.shift if layer == "relu1_1" else finer


@pytest.fixture(scope="module")
def crops(batch: Tensor) -> Tensor:
    return batch * 0.8 + 0.1


def test_a_perfect_network_reconstructs_without_error(encoder: Encoder, crops: Tensor) -> None:
    found = report(encoder, Remembering(encoder, crops), crops, per_folder=2)
    assert found.psnr == math.inf
    assert found.relu4_1 == 0
    assert found.colour_shift == (0, 0, 0)
    assert set(found.chained) == set(found.true) == set(FINER.values())
    assert not any([*found.chained.values(), *found.true.values()])
    assert found.folders == (math.inf, math.inf)


def test_a_picture_too_light_is_told_in_decibels_and_levels(encoder: Encoder, crops: Tensor) -> None:
    found = report(encoder, Remembering(encoder, crops, shift=0.02), crops, per_folder=4)
    assert found.psnr == pytest.approx(-20 * math.log10(0.02), abs=1e-2)
    assert found.colour_shift == pytest.approx((5.1, 5.1, 5.1), abs=1e-2)
    assert found.folders == pytest.approx((found.psnr,))
    assert found.true["relu1_1"] == 0 < found.true["image"]


def test_the_shipped_network_reconstructs_far_better_than_grey(shipped_networks: Networks, crops: Tensor) -> None:
    found = report(shipped_networks.encoder, shipped_networks.inverse, crops, per_folder=4)
    assert found.psnr > 15
    assert found.relu4_1 < 1
    assert found.true["image"] < 0.1
    assert len(found.colour_shift) == 3


def test_the_line_and_the_facts_say_the_same(encoder: Encoder, crops: Tensor) -> None:
    found = report(encoder, Remembering(encoder, crops, shift=0.1), crops, per_folder=4)
    assert found.line().startswith("PSNR 20.00 dB, relu4_1 error")
    assert found.facts()["psnr"] == found.psnr
    assert found.facts()["chained"] == found.chained


def test_an_even_crop_does_not_weigh_more_than_a_rich_one() -> None:
    shares = ErrorShares()
    rich, even = torch.tensor([-1.0, 1]).view(1, 1, 1, 2), torch.tensor([-0.01, 0.01]).view(1, 1, 1, 2)
    shares.add({"x": rich * 0}, {"x": rich})
    shares.add({"x": even + 0.1}, {"x": even})
    assert shares.shares()["x"] == pytest.approx((1 + 0.01) / (1 + 0.0001), rel=1e-4)


def test_held_out_crops_are_the_middles(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_module, "CROP", 24)
    paths = sorted(photos.iterdir())[:3]
    found = held_out_crops(paths)
    assert found.shape == (3, 3, 24, 24)
    with Image.open(paths[0]) as picture:
        middle = to_tensor(picture.crop((16, 8, 40, 32)))
    assert torch.equal(found[0], middle)


def test_the_sheet_has_each_crop_above_its_reconstruction(encoder: Encoder, crops: Tensor, tmp_path: Path) -> None:
    contact_sheet(encoder, Remembering(encoder, crops), crops, tmp_path / "sheet.png", columns=2)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (128, 256)
        assert sheet.crop((0, 0, 128, 64)).tobytes() == sheet.crop((0, 64, 128, 128)).tobytes()
        assert sheet.crop((0, 128, 128, 192)).tobytes() == sheet.crop((0, 192, 128, 256)).tobytes()
        assert sheet.crop((0, 0, 64, 64)).tobytes() != sheet.crop((64, 0, 128, 64)).tobytes()
