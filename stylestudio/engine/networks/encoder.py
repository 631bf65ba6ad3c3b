"""The encoder: VGG's convolutions up to relu4_1, which turn an image into feature maps.

Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2015, configurations D
(VGG-16) and E (VGG-19). Reflection padding instead of zeros keeps the borders as good as the middle.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylestudio.progress import checkpoint

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
CHANNELS = {"relu1_1": 64, "relu2_1": 128, "relu3_1": 256, "relu4_1": 512}
STRIDES = {"image": 1, "relu1_1": 1, "relu2_1": 2, "relu3_1": 4, "relu4_1": 8}
BLOCK_DEPTHS = {"vgg16": (2, 2, 3, 1), "vgg19": (2, 2, 4, 1)}
KERAS_MEANS_BGR = (103.939, 116.779, 123.68)
"""What the published weights want taken from blue, green and red levels of 255."""


def convolution_names(architecture: str) -> list[str]:
    """The convolutions from the image to relu4_1, such as "conv3_2", in order."""
    depths = BLOCK_DEPTHS[architecture]
    return [f"conv{block}_{index}" for block, depth in enumerate(depths, 1) for index in range(1, depth + 1)]


def convolutions_between(architecture: str, start: str, end: str) -> list[str]:
    """Those from the layer `start`, or "image", to the layer `end`, in order."""
    names = convolution_names(architecture)
    first = 0 if start == "image" else names.index(f"conv{start[4:]}") + 1
    return names[first : names.index(f"conv{end[4:]}") + 1]


def receptive_radius(names: Sequence[str]) -> int:
    """How many positions around it a position depends on after these consecutive convolutions, in those before them."""
    reach, stride = 0, 1
    for name in names:
        stride *= 2 if follows_pooling(name) else 1
        reach += stride
    return reach


def follows_pooling(name: str) -> bool:
    """Whether max-pooling comes before this convolution."""
    return name.endswith("_1") and name != "conv1_1"


def pad_by_reflection(features: Tensor) -> Tensor:
    """Pad by one position on each side, so that a 3x3 convolution keeps the size; needs at least 2x2 positions."""
    return F.pad(features, (1, 1, 1, 1), mode="reflect")


def max_pool(features: Tensor) -> Tensor:
    """The greatest of every 2x2 positions."""
    return F.max_pool2d(features, 2)


class Convolutions(nn.Module):
    """A network of named convolutions."""

    def convolution(self, name: str) -> nn.Conv2d:
        """The convolution of this name."""
        module = self.get_submodule(name)
        assert isinstance(module, nn.Conv2d)
        return module


class Encoder(Convolutions):
    """VGG up to relu4_1 with every channel's mean activation scaled to 1.

    `scales[name]` is what each channel of that convolution was multiplied by; dividing by it gives the published
    network's activations. `share` is how many of VGG's channels each layer has: fewer for a network to try things on.
    """

    def __init__(self, architecture: str = "vgg16", share: float = 1.0) -> None:
        super().__init__()
        self.architecture = architecture
        self.channels = {layer: round(count * share) for layer, count in CHANNELS.items()}
        channels = 3
        for name in convolution_names(architecture):
            width = self.channels[f"relu{name[4]}_1"]
            self.add_module(name, nn.Conv2d(channels, width, 3))
            self.register_buffer(f"{name}_scale", torch.ones(width))
            channels = width

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """Feature maps at `LAYERS` of an RGB image (B, 3, H, W) in 0..1, H and W multiples of 8, at least 16."""
        return self.run_convolutions(image, convolution_names(self.architecture))

    def run_convolutions(self, x: Tensor, names: Sequence[str]) -> dict[str, Tensor]:
        """The feature maps that these consecutive convolutions lead to.

        `x` (B, C, h, w) is the image where they begin with conv1_1, else what the convolution before them gives.
        """
        features: dict[str, Tensor] = {}
        for name in names:
            checkpoint()
            x = self.step(name, x)
            if name.endswith("_1"):
                features[f"relu{name[4:]}"] = x
        return features

    def step(self, name: str, x: Tensor) -> Tensor:
        """One convolution with its ReLU, behind the max-pooling where a new block of VGG begins."""
        x = pad_by_reflection(max_pool(x) if follows_pooling(name) else x)
        x = self.convolution(name)(x)
        return torch.relu(x)

    def channel_scale(self, layer: str) -> Tensor:
        """(C,) what this layer's channels were multiplied by; `layer` is one of `LAYERS`."""
        return self.get_buffer(f"conv{layer[4:]}_scale")
