"""What refining brings the encoder's features to: the style's Gram matrices, and at two layers features that hold.

Held are half the overfit picture's own features and half the photo's at the style's statistics.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.coding import Networks, encode, padded
from stylestudio.engine.config import Config
from stylestudio.engine.device import doubled
from stylestudio.engine.encoder import LAYERS, STRIDES
from stylestudio.engine.matching.transport import Moments, moments, transported
from stylestudio.engine.tiling import row_chunks, tiles
from stylestudio.progress import Progress, Steps, Work, scaled, told

STAGE = "Refining the picture"
STYLE_TILE = 512
HELD = ("relu4_1", "relu2_1")
HALF = 0.5
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
    products, means = yield from scaled(style_statistics(networks, style, opaque), 0.0, 0.4)
    own = yield from scaled(encode(networks, image, HELD, STAGE), 0.4, 0.6)
    photos = yield from scaled(encode(networks, photo, HELD, STAGE), 0.6, 0.8)
    aims = {}
    for layer in LAYERS:
        scale = networks.encoder.scale(layer)
        gram = (products[layer] / doubled(torch.outer(scale, scale))).float().to(scale.device)
        aims[layer] = Aim(scale, gram)
        if layer in HELD:
            away = torch.outer(means[layer], means[layer])
            wanted = Moments(means[layer], products[layer] - away, scale.device)
            held = yield from told(held_rows(own.held(layer), photos.held(layer), wanted, config), STAGE, 0.8)
            aims[layer] = Aim(scale, gram, held, spread_of(held, scale))
            yield Progress(STAGE, 0.8)
    return aims


def held_rows(own: Tensor, photo: Tensor, wanted: Moments, config: Config) -> Steps[Tensor]:
    """(positions, C) between a layer's `own` map (1, C, h, w) and the photo's, that brought to these moments."""
    start = yield from moments(photo)
    features = yield from transported(photo, start, wanted, config.replacement.ridge)
    for rows in row_chunks(features.shape[2], features.shape[1] * features.shape[3]):
        features[:, :, rows] = torch.lerp(own[:, :, rows], features[:, :, rows], config.refining.photo)
        yield
    return rows_of(features)


def spread_of(rows: Tensor, scale: Tensor) -> float:
    """Mean variance of the columns of (positions, C), each over its `scale` (C,); never nothing."""
    mean = rows.mean(0)
    variances = (rows - mean).square().mean(0)
    variance, square = ((found / scale.square()).mean() for found in (variances, variances + mean.square()))
    return max(variance.item(), LEAST_SPREAD * square.item(), 1e-6)


def style_statistics(
    networks: Networks, style: Tensor, opaque: Tensor | None = None
) -> Work[tuple[dict[str, Tensor], dict[str, Tensor]]]:
    """At every layer the mean products (C, C) of the channels of the style (1, 3, H, W), and their means (C,), in
    double precision, of positions that are mostly `opaque` (1, 1, H, W); computed part by part, so that a large style
    needs no large maps."""
    products: dict[str, Tensor] = dict.fromkeys(LAYERS, torch.zeros(()))
    means = dict(products)
    counts: dict[str, int] = dict.fromkeys(LAYERS, 0)
    parts = list(tiles(*style.shape[2:], tile=STYLE_TILE, halo=0, multiple=8))
    seen = {layer: visible_at(layer, opaque) for layer in LAYERS}
    for number, (rows, columns) in enumerate(parts):
        piece = style[:, :, rows.start : rows.end, columns.start : columns.end]
        work = encode(networks, piece, LAYERS, STAGE)
        encoded = yield from scaled(work, number / len(parts), (number + 1) / len(parts))
        for layer in LAYERS:
            mask = seen[layer]
            part = None if mask is None else mask[:, :, rows.start : rows.end, columns.start : columns.end]
            features = visible_rows(encoded.held(layer), part)
            products[layer] = products[layer] + doubled(features.t() @ features)
            means[layer] = means[layer] + doubled(features.sum(0))
            counts[layer] += len(features)
            yield Progress(STAGE, (number + 1) / len(parts))
    return averages(products, counts), averages(means, counts)


def visible_at(layer: str, opaque: Tensor | None) -> Tensor | None:
    """The alpha (1, 1, H, W), or None where at this layer no position is mostly opaque: then all count."""
    if opaque is None or not (F.avg_pool2d(padded(opaque), STRIDES[layer]) > HALF).any():
        return None
    return opaque


def averages(sums: dict[str, Tensor], counts: dict[str, int]) -> dict[str, Tensor]:
    return {layer: found / max(counts[layer], 1) for layer, found in sums.items()}


def visible_rows(features: Tensor, opaque: Tensor | None) -> Tensor:
    """A map (1, C, h, w) as (positions, C), of those positions that are mostly opaque by an alpha (1, 1, H, W)."""
    rows = rows_of(features)
    if opaque is None:
        return rows
    size = features.shape[2], features.shape[3]
    return rows[(F.adaptive_avg_pool2d(padded(opaque), size) > HALF).flatten()]


def rows_of(features: Tensor) -> Tensor:
    """A map (1, C, h, w) as (positions, C)."""
    return features[0].permute(1, 2, 0).flatten(0, 1)
