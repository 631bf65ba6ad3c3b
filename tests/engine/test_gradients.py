from collections.abc import Iterator
from functools import partial

import pytest
import torch
from maps import random_image
from torch import Tensor

from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.encoder import LAYERS, Encoder, convolution_names, follows_pooling
from stylestudio.engine.runtime import device, tiling
from stylestudio.engine.runtime.gradients import EncoderPart, run_encoder_parts


@pytest.fixture(autouse=True)
def in_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: False)


def slopes_of_all_layers(encoder: Encoder, image: Tensor) -> Tensor:
    """The gradient over the image (1, 3, H, W) of the sum of all layers' squares."""
    with torch.no_grad():
        passed = run_encoder_parts(encoder, image)
        gradient = torch.zeros(())
        while passed:
            part = passed.pop()
            gradient = part.back(gradient + 2 * part.y if part.layer else gradient)
        return gradient


def slopes_by_pytorch(encoder: Encoder, image: Tensor) -> Tensor:
    image = image.clone().requires_grad_()
    with torch.enable_grad():
        total = sum(features.square().sum() for features in encoder(image).values())
        assert isinstance(total, Tensor)
        (gradient,) = torch.autograd.grad(total, image)
    return gradient


def noise(height: int, width: int) -> Tensor:
    """An image (1, 3, H, W) without places alike: which of these max-pooling takes, rounding decides."""
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("short", "tolerance"), [(False, 1e-3), (True, 5e-2)])
@pytest.mark.parametrize("size", [(16, 24), (40, 56)])
@pytest.mark.parametrize("rows", [1 << 10, 3])
def test_slopes_are_those_that_pytorch_finds_whatever_the_bands(
    short: bool,
    tolerance: float,
    size: tuple[int, int],
    rows: int,
    shipped_networks: Networks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = noise(*size)
    expected = slopes_by_pytorch(shipped_networks.encoder, image)
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: short)
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 64 * size[1] * rows)
    found = slopes_of_all_layers(shipped_networks.encoder, image)
    assert (found - expected).norm() <= tolerance * expected.norm()


@pytest.mark.parametrize("rows", [1 << 10, 3])
def test_in_an_even_picture_slopes_go_where_pytorch_s_go(
    rows: int, shipped_networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = torch.full((1, 3, 16, 24), 0.4)
    expected = slopes_by_pytorch(shipped_networks.encoder, image)
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 64 * image.shape[3] * rows)
    found = slopes_of_all_layers(shipped_networks.encoder, image)
    # equal values that bands round by one bit otherwise are pooled otherwise
    assert (found - expected).norm() <= 0.05 * expected.norm()


def test_the_maps_on_the_way_are_the_encoder_s(shipped_networks: Networks) -> None:
    image = random_image(1, 16, 24)
    with torch.no_grad():
        passed = {part.layer: part.y for part in run_encoder_parts(shipped_networks.encoder, image)}
        for layer, features in shipped_networks.encoder(image).items():
            torch.testing.assert_close(passed[layer], features, atol=1e-4, rtol=1e-4)


def kept_by(part: EncoderPart) -> Iterator[Tensor]:
    """All maps that are there for as long as this part is."""
    assert isinstance(part.back, partial)
    yield part.y
    yield from (one for one in (*part.back.args, *part.back.keywords.values()) if isinstance(one, Tensor))


def test_only_what_comes_out_of_each_part_is_kept(shipped_networks: Networks) -> None:
    names = convolution_names(shipped_networks.encoder.architecture)
    image = random_image(1, 16, 24)
    with torch.no_grad():
        passed = run_encoder_parts(shipped_networks.encoder, image)
    assert len(passed) == len(names) + sum(map(follows_pooling, names))
    assert [part.layer for part in passed if part.layer] == list(LAYERS)
    storages = [one.untyped_storage() for part in passed for one in kept_by(part)]
    kept = {storage.data_ptr(): storage.nbytes() for storage in storages}
    assert len(kept) <= len(passed) + 1
    assert sum(kept.values()) <= sum(part.y.nbytes for part in passed) + image.nbytes
