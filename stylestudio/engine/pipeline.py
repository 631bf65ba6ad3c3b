"""From two images to the overfit picture, step by step: extract, match, replace, decode. Read this file first.

Chinese patent application CN112233015A, with the matching of Chen and Schmidt (arXiv 1612.04337); coarse to fine, the
features are replaced at every layer that the inverse network passes on its way back to the picture.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.decoder import BLOCKS, InverseNetwork
from stylestudio.engine.device import quickly
from stylestudio.engine.encoder import STRIDES, Encoder, convolutions_between
from stylestudio.engine.flat_areas import evened
from stylestudio.engine.matching import METHODS
from stylestudio.engine.matching.method import Encoded, Layer, MatchSettings
from stylestudio.engine.palette import in_palette, within_range
from stylestudio.engine.tiling import by_tiles
from stylestudio.progress import Progress, Steps, Work, scaled, told

COARSEST_STRIDE = 8
FINEST = "relu1_1"
SMALLEST_SIDE = 16
"""Reflection padding at relu4_1 needs two positions."""
BLOCK_TILES = {"relu4_1": 64, "relu3_1": 128, "relu2_1": 128, "relu1_1": 256}
BLOCK_HALO = 3
BLOCK_SHARES = {"relu4_1": 0.35, "relu3_1": 0.3, "relu2_1": 0.3, "relu1_1": 0.05}


@dataclass(frozen=True)
class EncoderPart:
    """Convolutions that follow on the map `start`, run on tiles of so many of its positions; their `share` of all the
    time. A tile's buffers are small enough to be used again and again instead of being asked of the system."""

    start: str
    tile: int
    halo: int
    share: float


ENCODER_PARTS = {
    "relu2_1": EncoderPart("image", tile=256, halo=4, share=0.3),
    "relu3_1": EncoderPart("relu2_1", tile=128, halo=4, share=0.3),
    "relu4_1": EncoderPart("relu3_1", tile=96, halo=6, share=0.4),
}
"""By the layer where they end. The first goes on past relu1_1, which would be the largest map of all."""


@dataclass(frozen=True)
class Networks:
    """The encoder and the inverse network that undoes it."""

    encoder: Encoder
    inverse: InverseNetwork


def padded(image: Tensor) -> Tensor:
    """An image (1, 3, H, W) with its last row and column repeated up to multiples of 8, at least 16."""
    height, width = (max(-(-extent // COARSEST_STRIDE) * COARSEST_STRIDE, SMALLEST_SIDE) for extent in image.shape[2:])
    return F.pad(image, (0, width - image.shape[3], 0, height - image.shape[2]), mode="replicate")


def image_of(pixels: NDArray[np.float32], networks: Networks) -> Tensor:
    """(1, 3, H, W) on the networks' device, of pixels (H, W, 3)."""
    image = torch.from_numpy(np.moveaxis(pixels, 2, 0).copy())[None]
    return image.to(next(networks.inverse.parameters()).device)


def layers_kept(method: str, finest: str = "relu2_1") -> tuple[str, ...]:
    """The layers whose feature maps this matching method needs, none finer than `finest`."""
    return tuple(layer for layer in METHODS[method].layers if STRIDES[layer] >= STRIDES[finest])


def encode(networks: Networks, image: Tensor, layers: tuple[str, ...], stage: str) -> Work[Encoded]:
    """Feature maps at `layers` of an RGB image (1, 3, H, W) in 0..1, padded to multiples of 8."""
    image = padded(image)
    features: dict[str, Tensor] = {}
    x, done = image.contiguous(memory_format=torch.channels_last), 0.0
    for end, part in ENCODER_PARTS.items():
        names = convolutions_between(networks.encoder.architecture, part.start, end)
        kept = [f"relu{name[4:]}" for name in names if name.endswith("_1")]
        work = by_tiles(
            partial(networks.encoder.steps, names=names),
            x,
            {layer: STRIDES[part.start] / STRIDES[layer] for layer in kept if layer in (*layers, end)},
            tile=part.tile,
            halo=part.halo,
            multiple=2,
            stage=stage,
            steps_per_tile=len(names),
        )
        found = yield from scaled(work, done, done + part.share)
        features |= {layer: found[layer] for layer in layers if layer in found}
        x, done = found[end], done + part.share
    return Encoded(features, image)


def decode_block(networks: Networks, layer: str, features: Tensor) -> Work[Tensor]:
    """The feature map at the next finer layer, or the image, tile by tile.

    Feature maps in bfloat16 where that is fast: the picture changes by about a level of 255. The image itself would
    have too few levels, and the encoder's features would change which pieces of the style are chosen.
    """

    def steps(part: Tensor) -> Steps[dict[str, Tensor]]:
        work = networks.inverse.steps(layer, part)
        return {"finer": (yield from (work if layer == FINEST else quickly(work, part.device)))}

    scales = {"finer": 2.0 if "up" in BLOCKS[layer] else 1.0}
    convolutions = sum(step != "up" for step in BLOCKS[layer])
    found = yield from by_tiles(
        steps,
        features,
        scales,
        tile=BLOCK_TILES[layer],
        halo=BLOCK_HALO,
        stage="Painting",
        steps_per_tile=convolutions,
    )
    return found["finer"]


def overfit(networks: Networks, content: Encoded, style: Encoded, method: str, settings: MatchSettings) -> Work[Tensor]:
    """The overfit picture (1, 3, H, W), RGB in 0..1, at the content's padded size."""
    matching, replaced = METHODS[method], layers_kept(method, settings.finest_layer)
    features, matches, done = None, None, 0.0
    for name in BLOCKS:
        half = BLOCK_SHARES[name] / 2
        if name in replaced:
            layer = Layer(name, content, style, features, matches)
            features, matches = yield from scaled(matching.replace(layer, settings), done, done + half)
        assert features is not None
        features = yield from scaled(decode_block(networks, name, features), done + half, done + 2 * half)
        done += 2 * half
    assert features is not None
    image = yield from told(in_palette(features, style.image), "Painting", 1.0)
    image = yield from told(evened(image, content.image, style.image), "Painting", 1.0)
    image = yield from told(within_range(image, style.image), "Painting", 1.0)
    yield Progress("Painting", 1.0)
    return image
