"""What the inverse network is trained to make small: errors as shares of variance, so that all layers weigh alike.

`truth` is always the encoder's feature maps at `LAYERS` (B, C, h, w) and the "image" (B, 3, H, W) that they are of.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.networks.decoder import BLOCKS, InverseNetwork
from stylestudio.engine.networks.encoder import LAYERS, Encoder

FINER = {"relu4_1": "relu3_1", "relu3_1": "relu2_1", "relu2_1": "relu1_1", "relu1_1": "image"}
Maps = Mapping[str, Tensor]


@torch.no_grad()
def true_features(encoder: Encoder, image: Tensor) -> dict[str, Tensor]:
    """The encoder's features of an image (B, 3, H, W) at `LAYERS`, and the "image" itself."""
    features = encoder(image)
    return {layer: features[layer] for layer in LAYERS} | {"image": image}


@torch.no_grad()
def variances(truth: Maps) -> dict[str, Tensor]:
    """Each map's mean variance about its channel means, over the whole batch."""
    return {
        name: (features.float() - features.float().mean((0, 2, 3), keepdim=True)).square().mean().clamp_min(1e-6)
        for name, features in truth.items()
    }


def error_shares(estimates: Maps, truth: Maps, variance: Maps) -> dict[str, Tensor]:
    """Mean squared error over the variance, for every estimate; 0 is perfect, 1 knows the channel means only."""
    return {name: F.mse_loss(estimate, truth[name]) / variance[name] for name, estimate in estimates.items()}


def decode_each_block(network: InverseNetwork, truth: Maps) -> dict[str, Tensor]:
    """What each block gives on the encoder's true features: relu3_1, relu2_1, relu1_1 and "image"."""
    return {FINER[layer]: network.block(layer, truth[layer]) for layer in BLOCKS}


def decode_chained(network: InverseNetwork, features: Tensor, layer: str = "relu4_1") -> dict[str, Tensor]:
    """All that the blocks give, one after the other, from the features at `layer` on, down to the "image"."""
    found = {}
    while layer != "image":
        features = network.block(layer, features)
        layer = FINER[layer]
        found[layer] = features
    return found
