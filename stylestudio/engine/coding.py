"""The two networks at work on images of any size: image to feature maps, and features to the next finer layer's."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from math import inf

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from stylestudio.caches import PHOTO_MAP
from stylestudio.engine.colour import luminance_of
from stylestudio.engine.matching.base import EncodedPicture
from stylestudio.engine.networks.decoder import BLOCKS, InverseNetwork
from stylestudio.engine.networks.encoder import STRIDES, Encoder, convolutions_between, receptive_radius
from stylestudio.engine.runtime.device import PROCESSOR, bfloat16_where_fast, make_contiguous
from stylestudio.engine.runtime.lazy import (
    CachedMap,
    ConvolvedMap,
    FeatureMap,
    JoinedMap,
    LazyMap,
    LazyPixels,
    materialise,
    materialise_if_small,
)
from stylestudio.engine.runtime.tiling import empty_like
from stylestudio.progress import Progress, Work, as_part

COARSEST_STRIDE = 8
FINEST = "relu1_1"
SMALLEST_SIDE = 16
"""Reflection padding at relu4_1 needs two positions."""
BLOCK_TILES = {"relu4_1": 64, "relu3_1": 128, "relu2_1": 128, "relu1_1": 256}
BLOCK_HALO = 3
QUICK_BLOCKS = ("relu4_1", "relu2_1")
"""Those in which bfloat16 does no harm. The image itself would have too few levels; and what is decoded of features
that were worked out in other tiles would be rounded another way, so that other pieces of the style are chosen."""
ENCODER_TILES = {"relu1_1": 256, "relu2_1": 256, "relu3_1": 128, "relu4_1": 96}
"""Positions, of the layer before, that are worked on at once, by the layer where the convolutions end. A tile's buffers
are small enough to be used again and again instead of being asked of the system."""
ENCODER_SHARES = {"relu1_1": 0.1, "relu2_1": 0.3, "relu3_1": 0.3, "relu4_1": 0.4}
REMEMBERED = "relu3_1"
"""Of the layers whose maps are lazy the one that saves most for its memory."""
NEXT = {"relu4_1": "relu3_1", "relu3_1": "relu2_1", "relu2_1": "relu1_1", "relu1_1": "image"}


@dataclass(frozen=True)
class Networks:
    """The encoder and the inverse network that undoes it."""

    encoder: Encoder
    inverse: InverseNetwork


def padded_extent(extent: int) -> int:
    """The next multiple of 8, at least 16."""
    return max(-(-extent // COARSEST_STRIDE) * COARSEST_STRIDE, SMALLEST_SIDE)


def pad_image(image: Tensor) -> Tensor:
    """An image (1, 3, H, W) with its last row and column repeated up to multiples of 8, at least 16."""
    height, width = map(padded_extent, image.shape[2:])
    return F.pad(image, (0, width - image.shape[3], 0, height - image.shape[2]), mode="replicate")


def image_of(pixels: NDArray[np.float32], networks: Networks) -> Tensor:
    """(1, 3, H, W) on the networks' device, of pixels (H, W, 3)."""
    image = torch.as_tensor(np.moveaxis(pixels, 2, 0).copy())[None]
    return image.to(next(networks.inverse.parameters()).device)


def lazy_image_of(pixels: NDArray[np.float32] | NDArray[np.uint8], networks: Networks) -> LazyPixels:
    """The padded image of pixels (H, W, 3), of which only windows come to the networks' device.

    They are floats 0..1 or levels 0..255 as bytes.
    """
    height, width = map(padded_extent, pixels.shape[:2])
    return LazyPixels(pixels, height, width, next(networks.inverse.parameters()).device)


def encode(
    networks: Networks, image: FeatureMap, layers: tuple[str, ...], stage: str, limit: float = inf
) -> Work[EncodedPicture]:
    """Feature maps at `layers` of an RGB image (1, 3, H, W) in 0..1, padded to multiples of 8.

    A map of more than `limit` bytes stays lazy.
    """
    image = pad_image(image) if isinstance(image, Tensor) else image
    light = yield from as_part(materialise(JoinedMap((image,), luminance_of, 1), stage), 0.0, 0.0)
    features: dict[str, FeatureMap] = {}
    source, start, done = image, "image", 0.0
    for end, share in ENCODER_SHARES.items():
        if end == FINEST and end not in layers:
            continue
        work = materialise_if_small(convolve_lazily(networks.encoder, source, start, end), stage, limit)
        source = yield from as_part(work, done, min(done + share, 1.0))
        if end == REMEMBERED and end in layers and isinstance(source, ConvolvedMap):
            source = cache_map(source, next(networks.inverse.parameters()).device)
        start, done = end, min(done + share, 1.0)
        if end in layers:
            features[end] = source
    yield Progress(stage, 1.0)
    return EncodedPicture(features, image, light)


def cache_map(features: ConvolvedMap, device: torch.device) -> LazyMap:
    """The same map, remembered while it is in use if that does not take too much memory.

    A card has little of that, and works fast.
    """
    _, channels, height, width = features.shape
    fits = device == PROCESSOR and 2 * channels * height * width <= PHOTO_MAP.bytes
    return CachedMap(features) if fits else features


def encode_parts(
    networks: Networks,
    images: Sequence[Tensor],
    layers: tuple[str, ...],
    stage: str,
    opaque: Sequence[Tensor] | None = None,
) -> Work[EncodedPicture]:
    """A style: equally large images (1, 3, H, W) in 0..1, each encoded for itself, as one picture in which they lie
    one below the other. `opaque` (1, 1, H, W) each, 0..1, is their alpha; None where all can be seen."""
    features: dict[str, Tensor] = {}
    for number, image in enumerate(images):
        work = encode(networks, image, layers, stage)
        found = yield from as_part(work, number / len(images), (number + 1) / len(images))
        for layer in layers:
            part = found.feature_tensor(layer)
            if len(images) == 1:
                features[layer] = part
                continue
            _, channels, height, width = part.shape
            if layer not in features:
                features[layer] = empty_like(part, (1, channels, len(images) * height, width))
            features[layer][:, :, number * height : (number + 1) * height] = part
    whole_image = torch.cat([pad_image(image) for image in images], 2)
    mask = None if opaque is None else torch.cat([pad_image(one) for one in opaque], 2)
    return EncodedPicture.from_features(features, whole_image, len(images), mask)


def convolve_lazily(encoder: Encoder, source: FeatureMap, start: str, end: str) -> ConvolvedMap:
    """The map at the layer `end` of the one at `start`, or of the image."""
    names = convolutions_between(encoder.architecture, start, end)
    multiple = STRIDES[end] // STRIDES[start]

    def convolve(part: Tensor) -> Tensor:
        return encoder.run_convolutions(make_contiguous(part), names)[end]

    halo = -(-receptive_radius(names) // multiple) * multiple
    return ConvolvedMap(source, convolve, encoder.channels[end], 1 / multiple, ENCODER_TILES[end], halo, multiple)


def decode_lazily(networks: Networks, layer: str, features: FeatureMap) -> ConvolvedMap:
    """The map at the next finer layer, or the image.

    Some blocks in bfloat16 where that is fast: the picture changes by about a level of 255.
    """

    def convolve(part: Tensor) -> Tensor:
        with bfloat16_where_fast(part.device) if layer in QUICK_BLOCKS else nullcontext():
            # in another order of memory, bfloat16 would round some values another way
            return networks.inverse.block(layer, make_contiguous(part)).float()

    scale, channels = 2.0 if "up" in BLOCKS[layer] else 1.0, networks.encoder.channels.get(NEXT[layer], 3)
    return ConvolvedMap(features, convolve, channels, scale, BLOCK_TILES[layer], BLOCK_HALO, 1)
