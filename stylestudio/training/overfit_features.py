"""Overfit features of random pairs, made by the real matching: what the inverse network is fed in use."""

from collections.abc import Callable

import torch
from torch import Tensor

from stylestudio.engine.decoder import BLOCKS, InverseNetwork
from stylestudio.engine.matching import METHODS
from stylestudio.engine.matching.method import Encoded, Layer, MatchSettings
from stylestudio.progress import finish

METHOD = METHODS["coarse-to-fine"]


def encoded(truth: dict[str, Tensor], index: int) -> Encoded:
    """One picture of a batch as matching wants it."""
    features = {layer: truth[layer][index : index + 1].float() for layer in METHOD.layers}
    image = truth["image"][index : index + 1].float()
    return Encoded(features, image)


def replaced_pair(network: InverseNetwork, content: Encoded, style: Encoded, seed: int) -> dict[str, Tensor]:
    """The overfit features at every replaced layer, each decoded from the coarser one's."""
    features, matches, replaced = None, None, {}
    for name in BLOCKS:
        if name not in METHOD.layers:
            break
        layer = Layer(name, content, style, features, matches)
        replaced[name], matches = finish(METHOD.replace(layer, MatchSettings(seed=seed)))
        features = network.block(name, replaced[name])
    return replaced


def overfit_features(network: InverseNetwork) -> Callable[[dict[str, Tensor], dict[str, Tensor]], dict[str, Tensor]]:
    """For two batches' true features: each content in the style that stands in its place, styles going round."""

    @torch.no_grad()
    def replace(contents: dict[str, Tensor], styles: dict[str, Tensor]) -> dict[str, Tensor]:
        count = len(styles["image"])
        with torch.autocast(contents["image"].device.type, enabled=False):
            pairs = [
                replaced_pair(network, encoded(contents, i), encoded(styles, i % count), i)
                for i in range(len(contents["image"]))
            ]
        return {layer: torch.cat([pair[layer] for pair in pairs]) for layer in METHOD.layers}

    return replace
