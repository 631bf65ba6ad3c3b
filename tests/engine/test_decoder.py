from collections.abc import Callable

import pytest
import torch
from maps import random_map, sample_image
from torch import nn

from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.decoder import BLOCKS, InverseNetwork, upsample, upsample_and_convolve
from stylestudio.engine.networks.encoder import CHANNELS, STRIDES, pad_by_reflection

FINER = {"relu4_1": (256, 2), "relu3_1": (128, 2), "relu2_1": (64, 2), "relu1_1": (3, 1)}
"""Channels of the block's result, and how much larger it is."""


@pytest.fixture(scope="module")
def network() -> InverseNetwork:
    torch.manual_seed(4)
    return InverseNetwork().requires_grad_(False)


def test_there_are_nine_convolutions_of_three_by_three(network: InverseNetwork) -> None:
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    widths = [(c.in_channels, c.out_channels) for c in convolutions]
    assert widths == [
        (512, 256), (256, 256), (256, 256), (256, 256), (256, 128), (128, 128), (128, 64), (64, 64), (64, 3),
    ]  # fmt: skip
    assert {c.kernel_size for c in convolutions} == {(3, 3)}


def test_blocks_have_four_two_two_and_one_layers() -> None:
    assert [sum(step != "up" for step in steps) for steps in BLOCKS.values()] == [4, 2, 2, 1]
    assert [step for steps in BLOCKS.values() for step in steps if step != "up"] == [f"conv{i}" for i in range(1, 10)]


@pytest.mark.parametrize("layer", BLOCKS)
def test_each_block_ends_at_the_next_finer_layer(layer: str, network: InverseNetwork) -> None:
    channels, larger = FINER[layer]
    found = network.block(layer, random_map(0, CHANNELS[layer], 3, 5))
    assert found.shape == (1, channels, 3 * larger, 5 * larger)


def test_decoding_can_be_cancelled_before_every_convolution(
    network: InverseNetwork, checkpoints: Callable[..., int]
) -> None:
    assert checkpoints(lambda: network(random_map(0, 512, 2, 2))) == 9


@pytest.mark.parametrize("layer", ["relu4_1", "relu3_1", "relu2_1"])
def test_what_stands_for_feature_maps_is_never_negative(layer: str, network: InverseNetwork) -> None:
    assert network.block(layer, random_map(1, CHANNELS[layer], 4, 4)).min() >= 0


@pytest.mark.parametrize(("height", "width"), [(1, 2), (5, 4)])
def test_the_short_way_to_convolve_what_is_up_sampled_gives_what_the_plain_one_gives(height: int, width: int) -> None:
    torch.manual_seed(7)
    convolution = nn.Conv2d(6, 5, 3).requires_grad_(False)
    features = torch.cat([random_map(4, 6, height, width), random_map(5, 6, height, width)])
    plain = convolution(pad_by_reflection(upsample(features)))
    torch.testing.assert_close(upsample_and_convolve(features, convolution), plain)


def test_in_bfloat16_the_plain_way_is_taken(network: InverseNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stylestudio.engine.networks.decoder.upsample_and_convolve", None)
    with torch.autocast("cpu", torch.bfloat16):
        network.block("relu2_1", random_map(6, 128, 2, 2))


def test_the_image_is_not_held_above_zero(network: InverseNetwork) -> None:
    assert network.block("relu1_1", random_map(1, 64, 16, 16)).min() < 0


def test_blocks_one_after_the_other_are_the_whole_network(network: InverseNetwork) -> None:
    features = random_map(2, 512, 3, 2)
    chained = features
    for layer in BLOCKS:
        chained = network.block(layer, chained)
    assert torch.equal(chained, network(features))
    assert chained.shape == (1, 3, 3 * STRIDES["relu4_1"], 2 * STRIDES["relu4_1"])


def test_the_border_of_the_picture_is_reflected(network: InverseNetwork) -> None:
    """With kernels that are alike from left and right, a map followed by its mirror image decodes as it does alone."""
    symmetric = InverseNetwork().requires_grad_(False)
    convolution = symmetric.get_submodule("conv9")
    assert isinstance(convolution, nn.Conv2d)
    convolution.weight.copy_((convolution.weight + convolution.weight.flip(3)) / 2)
    features = random_map(3, 64, 5, 6)
    mirrored = torch.cat([features.flip(3)[..., :-1], features], 3)
    whole = symmetric.block("relu1_1", mirrored)
    torch.testing.assert_close(whole[..., 5:], symmetric.block("relu1_1", features))


def test_shipped_blocks_are_true_to_the_encoder(shipped_networks: Networks) -> None:
    with torch.no_grad():
        truth = shipped_networks.encoder(sample_image("contents/castle.jpg", 256)[:, :, :128, :128])
        for layer, finer in (("relu3_1", "relu2_1"), ("relu2_1", "relu1_1")):
            error = (shipped_networks.inverse.block(layer, truth[layer]) - truth[finer]).square().mean()
            variance = (truth[finer] - truth[finer].mean((2, 3), keepdim=True)).square().mean()
            assert error / variance < 0.35, layer
