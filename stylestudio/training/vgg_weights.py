"""Makes the encoder's weights file out of VGG's published weights.

Three exact changes: the published preprocessing goes into the first convolution, so that the encoder takes RGB 0..1;
every channel is scaled to mean activation 1, which ReLU and max-pooling let pass (Gatys et al. 2016, "Image Style
Transfer Using Convolutional Neural Networks", section 2, scale their network the same way); padding is by reflection.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from stylestudio.engine.networks.encoder import Encoder, convolution_names
from stylestudio.errors import WeightsError
from stylestudio.evaluation.torchvision import models

SMALLEST_MEAN = 1e-4
"""Channels that hardly ever fire are not blown up beyond this."""


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
    with torch.device("meta"):  # names and shapes alone: the values would be 0.5 GB
        layout = models.get_model(architecture, weights=None, init_weights=False).state_dict()
    ours = [f"{name}.{kind}" for name in convolution_names(architecture) for kind in ("weight", "bias")]
    theirs = list(layout)[: len(ours)]
    if any(name not in tensors or tensors[name].shape != layout[name].shape for name in theirs):
        raise WeightsError(
            f"{path.name} does not hold a {architecture.upper()} with torchvision's names.",
            hint="Save the network's state as safetensors, with names like features.0.weight.",
        )
    return {name: tensors[other] for name, other in zip(ours, theirs, strict=True)}


def fold_torchvision_preprocessing(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same network for RGB 0..1 instead of RGB less ImageNet's means, over its deviations."""
    weight, bias = tensors["conv1_1.weight"].double(), tensors["conv1_1.bias"].double()
    published = models.VGG16_Weights.IMAGENET1K_V1.transforms()  # VGG-19's are the same
    means, deviations = (torch.tensor(v, dtype=torch.float64) for v in (published.mean, published.std))
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
