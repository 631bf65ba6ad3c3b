from pathlib import Path

import pytest
import torch
from published_vgg import fold_keras_preprocessing
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.networks.encoder import LAYERS, convolution_names
from stylestudio.errors import WeightsError
from stylestudio.training.vgg_weights import (
    encoder_of,
    fold_torchvision_preprocessing,
    normalise_channels,
    read_torchvision_convolutions,
    scale_channels,
)

PUBLISHED = Path(__file__).parents[1] / "data" / "vgg16_published.safetensors"
WIDTHS = {"1": 64, "2": 128, "3": 256, "4": 512}


@pytest.fixture(scope="module")
def published() -> dict[str, Tensor]:
    return load_file(PUBLISHED)


@pytest.fixture
def image() -> Tensor:
    return torch.rand(1, 3, 24, 32, generator=torch.Generator().manual_seed(0))


def first_convolution(tensors: dict[str, Tensor], x: Tensor) -> Tensor:
    return F.conv2d(x, tensors["conv1_1.weight"], tensors["conv1_1.bias"])


def test_folding_keras_preprocessing_gives_what_preprocessing_gives(
    published: dict[str, Tensor], image: Tensor
) -> None:
    bgr = image.flip(1) * 255 - torch.tensor([103.939, 116.779, 123.68])[None, :, None, None]
    folded = fold_keras_preprocessing(published)
    torch.testing.assert_close(
        first_convolution(folded, image), first_convolution(published, bgr), atol=2e-2, rtol=1e-4
    )
    assert torch.equal(folded["conv2_1.weight"], published["conv2_1.weight"])


def test_folding_torchvision_preprocessing_gives_what_preprocessing_gives(image: Tensor) -> None:
    torch.manual_seed(1)
    tensors = {"conv1_1.weight": torch.randn(64, 3, 3, 3), "conv1_1.bias": torch.randn(64)}
    means, deviations = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    prepared = (image - means[None, :, None, None]) / deviations[None, :, None, None]
    folded = fold_torchvision_preprocessing(tensors)
    torch.testing.assert_close(
        first_convolution(folded, image), first_convolution(tensors, prepared), atol=1e-4, rtol=1e-4
    )


def test_an_encoder_starts_unscaled(published: dict[str, Tensor]) -> None:
    encoder = encoder_of(fold_keras_preprocessing(published), "vgg16")
    assert all((encoder.channel_scale(layer) == 1).all() for layer in LAYERS)
    assert torch.equal(encoder.convolution("conv3_2").weight, published["conv3_2.weight"])


def test_a_convolution_that_lacks_is_not_made_up(published: dict[str, Tensor]) -> None:
    lacking = {name: tensor for name, tensor in published.items() if name != "conv2_2.weight"}
    with pytest.raises(RuntimeError, match=r"conv2_2\.weight"):
        encoder_of(lacking, "vgg16")


def test_scaling_channels_multiplies_features_and_nothing_else(published: dict[str, Tensor], image: Tensor) -> None:
    encoder = encoder_of(fold_keras_preprocessing(published), "vgg16")
    before = encoder(image)
    generator = torch.Generator().manual_seed(3)
    scales = {n: 0.5 + torch.rand(WIDTHS[n[4]], generator=generator) for n in convolution_names("vgg16")}
    scale_channels(encoder, scales)
    after = encoder(image)
    for layer in LAYERS:
        scale = scales[f"conv{layer[4:]}"][:, None, None]
        torch.testing.assert_close(
            after[layer], before[layer] * scale, rtol=1e-3, atol=before[layer].max().item() * 1e-5
        )
        assert torch.equal(encoder.channel_scale(layer), scale.flatten())


def test_normalised_channels_have_mean_activation_1(published: dict[str, Tensor]) -> None:
    encoder = encoder_of(fold_keras_preprocessing(published), "vgg16")
    images = [torch.rand(1, 3, 48, 48, generator=torch.Generator().manual_seed(seed)) for seed in range(3)]
    plain = [encoder(image) for image in images]
    normalise_channels(encoder, images)
    found = [encoder(image) for image in images]
    for layer in LAYERS:
        before, after = (torch.stack([f[layer].mean((0, 2, 3)) for f in maps]).mean(0) for maps in (plain, found))
        alive = before > 1e-3
        assert alive.float().mean() > 0.3, layer
        torch.testing.assert_close(after[alive], torch.ones_like(after[alive]), rtol=1e-2, atol=1e-2)
        assert (after[~alive] < 1.1).all()


def torchvision_names(architecture: str) -> dict[str, Tensor]:
    """A VGG of this architecture with random values, all of its convolutions numbered as torchvision does."""
    depths = {"vgg16": (2, 2, 3, 3), "vgg19": (2, 2, 4, 4)}[architecture]
    tensors, index, before = {"classifier.0.weight": torch.zeros(2, 2)}, 0, 3
    for depth, width in zip(depths, WIDTHS.values(), strict=True):
        for _ in range(depth):
            tensors[f"features.{index}.weight"] = torch.full((width, before, 3, 3), float(index))
            tensors[f"features.{index}.bias"] = torch.full((width,), float(index))
            before, index = width, index + 2
        index += 1
    return tensors


@pytest.mark.parametrize(
    ("architecture", "indices"),
    [("vgg16", [0, 2, 5, 7, 10, 12, 14, 17]), ("vgg19", [0, 2, 5, 7, 10, 12, 14, 16, 19])],
)
def test_torchvision_convolutions_come_in_order_of_depth(architecture: str, indices: list[int], tmp_path: Path) -> None:
    save_file(torchvision_names(architecture), tmp_path / "vgg.safetensors")
    found = read_torchvision_convolutions(tmp_path / "vgg.safetensors", architecture)
    names = convolution_names(architecture)
    assert [found[f"{name}.weight"][0, 0, 0, 0].item() for name in names] == indices
    assert [found[f"{name}.bias"][0].item() for name in names] == indices


def refused(path: Path, architecture: str = "vgg19") -> None:
    with pytest.raises(WeightsError, match=path.name):
        read_torchvision_convolutions(path, architecture)


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    save_file(torchvision_names("vgg16"), tmp_path / "vgg.safetensors")
    refused(tmp_path / "vgg.safetensors")


@pytest.mark.parametrize("lacking", ["features.5.bias", "features.0.weight"])
def test_a_file_that_lacks_a_value_is_refused(lacking: str, tmp_path: Path) -> None:
    tensors = torchvision_names("vgg19")
    del tensors[lacking]
    save_file(tensors, tmp_path / "vgg.safetensors")
    refused(tmp_path / "vgg.safetensors")


def test_other_names_are_refused(tmp_path: Path) -> None:
    save_file({"conv1.weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    refused(tmp_path / "other.safetensors")


def test_a_pickle_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    torch.save(torchvision_names("vgg16"), tmp_path / "vgg.pth")
    refused(tmp_path / "vgg.pth")
    refused(tmp_path / "nothing.safetensors")
