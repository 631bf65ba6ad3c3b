"""VGG-16 as Keras published it, whose values the shipped encoder was made of."""

from collections.abc import Mapping

import torch
from torch import Tensor

from stylestudio.engine.networks.encoder import KERAS_MEANS_BGR


def fold_keras_preprocessing(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same network for RGB 0..1 instead of BGR 0..255 less the means."""
    weight, bias = tensors["conv1_1.weight"].double(), tensors["conv1_1.bias"].double()
    means = torch.tensor(KERAS_MEANS_BGR, dtype=torch.float64)
    return dict(tensors) | {
        "conv1_1.weight": (weight.flip(1) * 255).float(),
        "conv1_1.bias": (bias - (weight.sum((2, 3)) * means).sum(1)).float(),
    }
