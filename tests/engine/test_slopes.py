import pytest
import torch
from maps import random_image
from torch import Tensor

from stylestudio.engine import slopes, tiling
from stylestudio.engine.encoder import LAYERS, Encoder, begins_block, convolution_names
from stylestudio.engine.pipeline import Networks
from stylestudio.engine.slopes import forward
from stylestudio.progress import finish


@pytest.fixture(autouse=True)
def in_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slopes, "has_fast_bfloat16", lambda _: False)


def slopes_of_all_layers(encoder: Encoder, image: Tensor) -> Tensor:
    """The slope over the image (1, 3, H, W) of the sum of all layers' squares."""
    with torch.no_grad():
        passed = finish(forward(encoder, image))
        slope = torch.zeros(())
        while passed:
            part = passed.pop()
            slope = finish(part.back(slope + 2 * part.y if part.layer else slope))
        return slope


def slopes_by_pytorch(encoder: Encoder, image: Tensor) -> Tensor:
    image = image.clone().requires_grad_()
    with torch.enable_grad():
        total = sum(features.square().sum() for features in encoder(image).values())
        assert isinstance(total, Tensor)
        (slope,) = torch.autograd.grad(total, image)
    return slope


@pytest.mark.parametrize("chunk", [1 << 21, 64 * 24 * 3])
@pytest.mark.parametrize("even", [False, True])
def test_slopes_are_those_that_pytorch_finds_whatever_the_bands(
    chunk: int, even: bool, networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = torch.full((1, 3, 16, 24), 0.4) if even else random_image(1, 16, 24)
    expected = slopes_by_pytorch(networks.encoder, image)
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    found = slopes_of_all_layers(networks.encoder, image)
    torch.testing.assert_close(found, expected, atol=1e-5 * expected.abs().max().item(), rtol=1e-4)


def test_the_maps_on_the_way_are_the_encoder_s(networks: Networks) -> None:
    image = random_image(1, 16, 24)
    with torch.no_grad():
        passed = {part.layer: part.y for part in finish(forward(networks.encoder, image))}
        for layer, features in networks.encoder(image).items():
            torch.testing.assert_close(passed[layer], features, atol=1e-5, rtol=1e-4)


def test_only_what_comes_out_of_each_part_is_kept(networks: Networks) -> None:
    names = convolution_names(networks.encoder.architecture)
    with torch.no_grad():
        passed = finish(forward(networks.encoder, random_image(1, 16, 24)))
    assert len(passed) == len(names) + sum(map(begins_block, names))
    assert [part.layer for part in passed if part.layer] == list(LAYERS)
    assert not any(part.y.requires_grad for part in passed)
