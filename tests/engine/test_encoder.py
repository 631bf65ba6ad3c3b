from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from maps import random_image, sample_image
from published_vgg import fold_keras_preprocessing
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torchvision_vgg import empty_features, fill, layer

from stylestudio.engine.coding import Networks
from stylestudio.engine.networks.encoder import CHANNELS, LAYERS, STRIDES, Encoder, convolution_names, pad_by_reflection
from stylestudio.training.vgg_weights import (
    encoder_of,
    fold_torchvision_preprocessing,
    read_torchvision_convolutions,
    scale_channels,
)

PUBLISHED = Path(__file__).parents[1] / "data" / "vgg16_published.safetensors"
IMAGENET_MEANS, IMAGENET_DEVIATIONS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.fixture(scope="module")
def published() -> dict[str, Tensor]:
    return load_file(PUBLISHED)


def as_published(image: Tensor) -> Tensor:
    """BGR 0..255 less the means."""
    return image.flip(1) * 255 - torch.tensor([103.939, 116.779, 123.68])[None, :, None, None]


def away_from_border(features: Tensor, stride: int) -> Tensor:
    edge = 32 // stride
    return features[:, :, edge:-edge, edge:-edge]


def relative_error(found: Tensor, truth: Tensor) -> float:
    return ((found - truth).norm() / truth.norm()).item()


@pytest.mark.parametrize("sample", ["contents/koala.jpg", "styles/wave.jpg"])
def test_features_are_those_of_the_published_network(
    sample: str, shipped_networks: Networks, published: dict[str, Tensor]
) -> None:
    image = sample_image(sample, 400)[:, :, 40:200, 40:232]
    reference = empty_features("vgg16")
    fill(reference, published)
    found = shipped_networks.encoder(image)
    for name in LAYERS:
        truth = away_from_border(layer(reference, "vgg16", name, as_published(image)), STRIDES[name])
        plain = found[name] / shipped_networks.encoder.channel_scale(name)[:, None, None]
        assert truth.numel() > 0
        assert relative_error(away_from_border(plain, STRIDES[name]), truth) < 1e-2, name


def test_shipped_encoder_is_the_published_one_folded_and_scaled(
    shipped_networks: Networks, published: dict[str, Tensor]
) -> None:
    made = encoder_of(fold_keras_preprocessing(published), "vgg16")
    shipped = shipped_networks.encoder.state_dict()
    scale_channels(made, {name: shipped[f"{name}_scale"] for name in convolution_names("vgg16")})
    for name, tensor in made.state_dict().items():
        # Half precision keeps 11 bits; below its normal range steps are 2^-24. Scaling twice rounds twice.
        torch.testing.assert_close(shipped[name], tensor, rtol=2**-10, atol=2**-23, msg=name)


def test_shipped_encoder_speaks_of_every_channel_in_its_own_scale(shipped_networks: Networks) -> None:
    for name in LAYERS:
        scale = shipped_networks.encoder.channel_scale(name)
        assert scale.shape == (CHANNELS[name],)
        assert (scale > 0).all()
        assert scale.std() > 0


def test_channels_hardly_differ_in_strength_on_a_picture_they_never_saw(shipped_networks: Networks) -> None:
    with torch.no_grad():
        found = shipped_networks.encoder(sample_image("contents/castle.jpg", 256)[:, :, :160, :160])
    for name in LAYERS:
        assert 0.5 < found[name].mean().item() < 2, name


@pytest.mark.parametrize(("architecture", "count"), [("vgg16", 8), ("vgg19", 9)])
def test_convolutions_come_in_order_and_end_at_conv4_1(architecture: str, count: int) -> None:
    names = convolution_names(architecture)
    assert len(names) == count
    assert names == sorted(names)
    assert (names[0], names[-1]) == ("conv1_1", "conv4_1")


@pytest.mark.parametrize("architecture", ["vgg16", "vgg19"])
def test_feature_maps_have_the_channels_and_strides_of_their_layers(architecture: str) -> None:
    found = Encoder(architecture).requires_grad_(False)(random_image(0, 24, 40))
    assert tuple(found) == LAYERS
    for name, features in found.items():
        assert features.shape == (1, CHANNELS[name], 24 // STRIDES[name], 40 // STRIDES[name])
        assert features.min() >= 0


def test_padding_repeats_the_rows_beside_the_border() -> None:
    grid = torch.arange(9.0).view(1, 1, 3, 3)
    assert pad_by_reflection(grid)[0, 0].tolist() == [
        [4, 3, 4, 5, 4],
        [1, 0, 1, 2, 1],
        [4, 3, 4, 5, 4],
        [7, 6, 7, 8, 7],
        [4, 3, 4, 5, 4],
    ]


def test_an_even_picture_has_no_border_in_its_features(shipped_networks: Networks) -> None:
    with torch.no_grad():
        features = shipped_networks.encoder(torch.full((1, 3, 64, 64), 0.3))["relu4_1"]
    torch.testing.assert_close(features, features[:, :, 4:5, 4:5].expand_as(features), rtol=1e-3, atol=1e-3)


def test_encoding_can_be_cancelled_before_every_convolution(checkpoints: Callable[..., int]) -> None:
    encoder = Encoder().requires_grad_(False)
    assert checkpoints(lambda: encoder(random_image(0, 16, 16))) == len(convolution_names("vgg16"))


def test_vgg19_of_torchvision_gives_the_same_features_here(tmp_path: Path) -> None:
    reference = empty_features("vgg19")
    torch.manual_seed(19)
    for module in reference:
        if isinstance(module, nn.Conv2d) and module.bias is not None:
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.normal_(module.bias, std=0.1)
    save_file(
        {f"features.{name}": tensor for name, tensor in reference.state_dict().items()}, tmp_path / "vgg19.safetensors"
    )
    tensors = read_torchvision_convolutions(tmp_path / "vgg19.safetensors", "vgg19")
    encoder = encoder_of(fold_torchvision_preprocessing(tensors), "vgg19")
    image = sample_image("contents/bridge.jpg", 300)[:, :, :120, :136]
    means, deviations = (torch.tensor(v)[None, :, None, None] for v in (IMAGENET_MEANS, IMAGENET_DEVIATIONS))
    truth = layer(reference, "vgg19", "relu4_1", (image - means) / deviations)
    found = encoder(image)["relu4_1"]
    assert relative_error(away_from_border(found, 8), away_from_border(truth, 8)) < 1e-4
