"""torchvision's own VGG, as an independent answer."""

import torch
from torch import Tensor, nn

from stylestudio.evaluation.torchvision import models

DEPTHS = {"vgg16": {"relu1_1": 1, "relu2_1": 6, "relu3_1": 11, "relu4_1": 18}, "vgg19": {"relu4_1": 20}}
"""Where in torchvision's `features` each layer stands."""


def empty_features(architecture: str) -> nn.Sequential:
    """Its convolutional part up to relu4_1, not filled yet; the large rest is never made."""
    with torch.device("meta"):
        network = getattr(models, architecture)(weights=None, init_weights=False)
    features = network.features[: DEPTHS[architecture]["relu4_1"] + 1].to_empty(device="cpu")
    for module in features:
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return features.eval().requires_grad_(False)


def fill(features: nn.Sequential, tensors: dict[str, Tensor]) -> None:
    """Put values named "conv1_1.weight" and so on, in their order of depth, into its convolutions."""
    names = sorted({name.split(".")[0] for name in tensors})
    convolutions = [module for module in features if isinstance(module, nn.Conv2d)]
    for name, convolution in zip(names, convolutions, strict=True):
        convolution.load_state_dict({kind: tensors[f"{name}.{kind}"] for kind in ("weight", "bias")})


def layer(features: nn.Sequential, architecture: str, name: str, x: Tensor) -> Tensor:
    """Its feature map at a layer such as "relu4_1"."""
    return features[: DEPTHS[architecture][name] + 1](x)
