from typing import Any

import numpy as np
import pytest
import torch
from maps import laid, never_falls, random_image, random_map
from torch import Tensor
from work import outcome

from stylestudio.engine import coding
from stylestudio.engine.coding import Networks, decode_lazily, encode, encode_parts, image_of, pad_image
from stylestudio.engine.matching.base import EncodedPicture
from stylestudio.engine.networks.decoder import BLOCKS
from stylestudio.engine.networks.encoder import CHANNELS, LAYERS, convolution_names
from stylestudio.engine.runtime import device
from stylestudio.progress import Cancelled, Work, cancellable, finish


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.no_grad():
        yield


@pytest.mark.parametrize(
    ("size", "expected"), [((1, 1), (16, 16)), ((9, 9), (16, 16)), ((40, 2), (40, 16)), ((17, 24), (24, 24))]
)
def test_images_are_padded_to_multiples_of_8_and_at_least_16(size: tuple[int, int], expected: tuple[int, int]) -> None:
    image = random_image(0, *size)
    found = pad_image(image)
    height, width = size
    assert found.shape == (1, 3, *expected)
    assert torch.equal(found[:, :, :height, :width], image)
    assert (found[:, :, height:, :width] == image[:, :, -1:]).all()
    assert (found[:, :, :height, width:] == image[:, :, :, -1:]).all()


def test_an_image_holds_the_pixels_channel_by_channel(networks: Networks) -> None:
    pixels = np.arange(24, dtype=np.float32).reshape(2, 4, 3)[:, ::-1]
    image = image_of(pixels, networks)
    assert image.shape == (1, 3, 2, 4)
    assert image[0, 1, 0].tolist() == [10, 7, 4, 1]


@pytest.mark.parametrize("size", [(61, 83), (104, 40)])
def test_encoding_in_tiles_is_encoding_at_once(
    size: tuple[int, int], networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = random_image(3, *size) + 0.1 * torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(1))
    whole = finish(encode(networks, image, LAYERS, "Reading"))
    monkeypatch.setattr(coding, "ENCODER_TILES", dict.fromkeys(LAYERS, 10))
    parts = finish(encode(networks, image, LAYERS, "Reading"))
    assert torch.equal(parts.luminance, whole.luminance)
    for name in LAYERS:
        torch.testing.assert_close(parts.feature_tensor(name), whole.feature_tensor(name), atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("layer", BLOCKS)
def test_a_block_in_tiles_is_the_block_at_once(
    layer: str, shipped_networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: False)
    features = random_map(4, CHANNELS[layer], 13, 17)
    features = features.contiguous(memory_format=torch.channels_last)
    whole = laid(decode_lazily(shipped_networks, layer, features))
    assert torch.equal(whole, shipped_networks.inverse.block(layer, features))
    monkeypatch.setattr(coding, "BLOCK_TILES", dict.fromkeys(BLOCKS, 5))
    parts = laid(decode_lazily(shipped_networks, layer, features))
    assert (parts - whole).abs().max() < 1e-4


def test_only_the_layers_that_are_asked_for_are_kept(shipped_networks: Networks) -> None:
    found = finish(encode(shipped_networks, random_image(0, 20, 30), ("relu4_1", "relu2_1"), "Reading"))
    assert set(found.features) == {"relu4_1", "relu2_1"}
    assert found.features["relu4_1"].shape == (1, 512, 3, 4)
    assert found.luminance.shape == (1, 1, 24, 32)


def test_luminance_weighs_green_most(networks: Networks) -> None:
    image = torch.zeros(1, 3, 16, 16)
    image[:, 1] = 1
    found = finish(encode(networks, image, ("relu1_1",), "Reading"))
    torch.testing.assert_close(found.luminance, torch.full((1, 1, 16, 16), 0.7152))


def test_encoding_tells_its_stage_and_ends_at_1(networks: Networks) -> None:
    _, told = outcome(encode(networks, random_image(0, 16, 16), ("relu4_1",), "Reading the photo"))
    assert {progress.stage for progress in told} == {"Reading the photo"}
    assert never_falls(told)
    assert told[-1].fraction == 1


def test_encoding_can_be_given_up_at_every_yield(networks: Networks) -> None:
    def work() -> Work[EncodedPicture]:
        return encode(networks, random_image(1, 16, 16), LAYERS, "Reading")

    for steps in range(len(list(work()))):
        given_up = work()
        for _ in range(steps):
            next(given_up)
        given_up.close()
        with pytest.raises(StopIteration):
            next(given_up)


def test_encoding_can_be_cancelled_before_every_convolution(networks: Networks) -> None:
    for convolutions in range(len(convolution_names(networks.encoder.architecture))):
        wanted = iter([True] * convolutions + [False])
        with pytest.raises(Cancelled), cancellable(lambda wanted=wanted: next(wanted)):
            finish(encode(networks, random_image(1, 16, 16), LAYERS, "Reading"))


def test_a_full_card_goes_on_in_smaller_tiles_with_the_same_picture(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, convolve = random_image(3, 24, 272), torch.nn.functional.conv2d
    expected = finish(encode(networks, image, ("relu2_1",), "Reading"))
    painted = laid(decode_lazily(networks, "relu2_1", expected.feature_tensor("relu2_1")))

    def on_a_small_card(x: Tensor, *rest: Any) -> Tensor:
        if x.shape[3] > 110:
            raise torch.OutOfMemoryError("Full")
        return convolve(x, *rest)

    monkeypatch.setattr(torch.nn.functional, "conv2d", on_a_small_card)
    found = finish(encode(networks, image, ("relu2_1",), "Reading"))
    torch.testing.assert_close(
        found.feature_tensor("relu2_1"), expected.feature_tensor("relu2_1"), atol=1e-4, rtol=1e-4
    )
    again = laid(decode_lazily(networks, "relu2_1", expected.feature_tensor("relu2_1")))
    torch.testing.assert_close(again, painted, atol=0.05, rtol=0.02)


def test_the_parts_of_a_style_lie_one_below_the_other_each_encoded_for_itself(networks: Networks) -> None:
    images, masks = (
        [random_image(seed, 20, 30) for seed in (1, 2)],
        [torch.ones(1, 1, 20, 30), torch.zeros(1, 1, 20, 30)],
    )
    found, told = outcome(encode_parts(networks, images, ("relu4_1", "relu3_1"), "Reading", masks))
    for number, image in enumerate(images):
        alone = finish(encode(networks, image, ("relu4_1", "relu3_1"), "Reading"))
        for layer, height in (("relu4_1", 3), ("relu3_1", 6)):
            part = found.feature_tensor(layer)[:, :, number * height : (number + 1) * height]
            assert torch.equal(part, alone.feature_tensor(layer))
        assert torch.equal(found.luminance[:, :, number * 24 : (number + 1) * 24], alone.luminance)
    usable = found.opaque_positions("relu4_1")
    assert usable is not None and usable.tolist() == [[True] * 4] * 3 + [[False] * 4] * 3
    assert found.parts == 2
    assert never_falls(told) and told[-1].fraction == 1


def test_a_style_that_is_opaque_all_over_or_nowhere_is_usable_all_over(networks: Networks) -> None:
    for opaque in (None, [torch.ones(1, 1, 16, 16)], [torch.zeros(1, 1, 16, 16)]):
        assert (
            finish(encode_parts(networks, [random_image(1, 16, 16)], LAYERS, "", opaque)).opaque_positions("relu4_1")
            is None
        )
