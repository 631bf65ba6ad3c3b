"""What refining brings the encoder's features to: the style's Gram matrices, and at two layers features that hold.

Held are half the overfit picture's own features and half the photo's at the style's statistics.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from stylestudio.engine.coding import Networks, encode, padded
from stylestudio.engine.config import Config
from stylestudio.engine.device import doubled
from stylestudio.engine.encoder import LAYERS
from stylestudio.engine.maps import HELD
from stylestudio.engine.matching.transport import Moments, moments, transported
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Progress, Work, scaled

STAGE = "Refining the picture"
HELD_LAYERS = ("relu4_1", "relu2_1")
LEAST_SPREAD = 0.01
"""Of the held features' mean square: an even picture's errors count against this."""


@dataclass(frozen=True)
class Aim:
    """What a layer's features should come to.

    `scale` (C,) is what the encoder multiplied the published network's channels by; at the published scale are `gram`
    (C, C), the style's, and `spread`, the variance of `held` (positions, C). Nothing is held where that is None.
    """

    scale: Tensor
    gram: Tensor
    held: Tensor | None = None
    spread: float = 1.0


def aims_of(
    networks: Networks, image: Tensor, photo: Tensor, style: Tensor, opaque: Tensor | None, config: Config
) -> Work[dict[str, Aim]]:
    """What every layer's features should come to; `image` and `photo` have the same padded size.

    `opaque` (1, 1, H', W') is the style's alpha, None where all can be seen.
    """
    model = yield from scaled(encode(networks, style, LAYERS, STAGE, HELD), 0.0, 0.3)
    model = replace(model, opaque=None if opaque is None else padded(opaque))
    own = yield from scaled(encode(networks, image, HELD_LAYERS, STAGE), 0.3, 0.5)
    photos = yield from scaled(encode(networks, photo, HELD_LAYERS, STAGE), 0.5, 0.7)
    aims = {}
    for number, layer in enumerate(LAYERS):
        yield Progress(STAGE, 0.7 + 0.3 * number / len(LAYERS))
        scale, wanted = networks.encoder.scale(layer), model.moments(layer)
        products = wanted.covariance + torch.outer(wanted.mean, wanted.mean)
        gram = (products / doubled(torch.outer(scale, scale))).float().to(scale.device)
        aims[layer] = Aim(scale, gram)
        if layer in HELD_LAYERS:
            held = held_rows(own.held(layer), photos.held(layer), wanted, config)
            aims[layer] = Aim(scale, gram, held, spread_of(held, scale))
    yield Progress(STAGE, 1.0)
    return aims


def held_rows(own: Tensor, photo: Tensor, wanted: Moments, config: Config) -> Tensor:
    """(positions, C) between a layer's `own` map (1, C, h, w) and the photo's, that brought to these moments."""
    features = transported(photo, moments(photo), wanted, config.replacement.ridge)
    for rows in row_chunks(features.shape[2], features.shape[1] * features.shape[3]):
        features[:, :, rows] = torch.lerp(own[:, :, rows], features[:, :, rows], config.refining.photo)
    return rows_of(features)


def spread_of(rows: Tensor, scale: Tensor) -> float:
    """Mean variance of the columns of (positions, C), each over its `scale` (C,); never nothing."""
    mean = rows.mean(0)
    variances = (rows - mean).square().mean(0)
    variance, square = ((found / scale.square()).mean() for found in (variances, variances + mean.square()))
    return max(variance.item(), LEAST_SPREAD * square.item(), 1e-6)


def rows_of(features: Tensor) -> Tensor:
    """A map (1, C, h, w) as (positions, C)."""
    return features[0].permute(1, 2, 0).flatten(0, 1)
