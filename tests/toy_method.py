"""A matching method of one line, for tests: the style's features in the content's places, repeated to fill them."""

from collections.abc import Iterator

import torch
from torch import Tensor

from stylestudio.engine.matching.base import LayerInputs, MatchSettings
from stylestudio.engine.matching.nnf import Nnf
from stylestudio.progress import Progress


def replace(layer: LayerInputs, settings: MatchSettings) -> Iterator[Progress]:
    yield Progress("Strokes", 0.0)
    style, (height, width) = layer.style.feature_tensor(layer.name), layer.content.features[layer.name].shape[2:]
    rows, columns = torch.meshgrid(
        torch.arange(height) % style.shape[2], torch.arange(width) % style.shape[3], indexing="ij"
    )
    features: Tensor = style[:, :, rows, columns]
    return features, Nnf(rows, columns)
