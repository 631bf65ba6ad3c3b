"""From two pictures to the overfit picture, step by step. Read this file first.

Chinese patent application CN112233015A, with the matching of Chen and Schmidt (arXiv 1612.04337): extract, match,
replace, decode. Two ladders make a painting of it. Coarse to fine, features are replaced at every layer that the
inverse network passes on its way back to the picture. And all of that runs over the picture's scales, each of which
begins with the picture of the one before: Kolkin et al., "Neural Neighbor Style Transfer", 2022 (arXiv 2203.13215),
which optimises where we decode.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf

import torch
from torch import Tensor

from stylestudio.engine.coding import NEXT, REMEMBERED, Networks, decode_lazily, encode
from stylestudio.engine.config import ScaleConfig
from stylestudio.engine.matching.base import EncodedPicture, LayerInputs, MatchSettings
from stylestudio.engine.methods import METHODS
from stylestudio.engine.networks.decoder import BLOCKS
from stylestudio.engine.networks.encoder import STRIDES
from stylestudio.engine.postprocess import PaletteContext, postprocess_image
from stylestudio.engine.runtime import heap
from stylestudio.engine.runtime.lazy import (
    HELD,
    HELD_OF_CONTENT,
    FeatureMap,
    LazyMap,
    LazyPixels,
    clear_caches,
    materialise_if_small,
    start_caching,
)
from stylestudio.engine.runtime.tiling import enlarge_window
from stylestudio.engine.transport import Moments
from stylestudio.progress import Preview, Work, as_part, rename_stages

PHOTO, STYLE = LOOKING = "Looking at the photo", "Looking at the style"
SHAPES = "Large shapes", "Smaller shapes"
"""What comes at the coarser scales; the finest names its own stages."""


@dataclass(frozen=True)
class ScaleInputs:
    """One size of both pictures: the photo's image, what encodes photo and style when their turn comes, and the
    `statistics` to go by, as far as they are known; what is not is measured and put there."""

    photo: LazyPixels
    content: Callable[[], Work[EncodedPicture]]
    style: Callable[[], Work[EncodedPicture]]
    statistics: dict[str, Moments] = field(default_factory=dict[str, Moments])


def scale_sizes(side: int, method: str, scales: ScaleConfig) -> list[int]:
    """The long sides in pixels of the scales at which a picture of this long side is painted, the coarsest first.

    Each is half the next one; the coarsest is the one nearest to `scales.coarsest`, by ratio.
    """
    found = [side]
    while METHODS[method].scaled and found[0] >= 2**0.5 * scales.coarsest:
        found.insert(0, round(found[0] / 2))
    return found


def needed_layers(method: str, finest: str = "relu2_1") -> tuple[str, ...]:
    """The layers whose feature maps this matching method needs, none finer than `finest`."""
    return tuple(layer for layer in METHODS[method].layers if STRIDES[layer] >= STRIDES[finest])


def overfit(networks: Networks, scales: Sequence[ScaleInputs], method: str, settings: MatchSettings) -> Work[Tensor]:
    """The overfit picture (1, 3, H, W), RGB in 0..1, at the padded size of the last scale's photo.

    Every coarser scale's picture, without padding, is told as a `Preview` as soon as it is there.
    """
    heap.begin()
    pixels = [height * width for height, width in (scale.photo.pixels.shape[:2] for scale in scales)]
    waiting, number = deque(scales), 0
    del scales  # the pictures of a scale go when it is painted
    before: Tensor | None = None
    while True:
        scale = waiting.popleft()
        height, width = scale.photo.pixels.shape[:2]
        done, then = (sum(pixels[:end]) / sum(pixels) for end in (number, number + 1))
        painting = paint_scale(networks, scale, before, number, method, settings)
        image = yield from as_part(rename_stages(painting, partial(stage_name, number, len(pixels))), done, then)
        if not waiting:
            return image
        before, number = image[:, :, :height, :width], number + 1
        yield Preview("Painting", then, before)


def stage_name(number: int, scales: int, stage: str) -> str:
    """What a stage of the scale of this number, of so many `scales`, is called: by what can be seen to come of it."""
    coarser = scales - 1
    if number == coarser or (number == 0 and stage in LOOKING):
        return stage
    return SHAPES[len(SHAPES) * number // coarser]


def paint_scale(
    networks: Networks, scale: ScaleInputs, before: Tensor | None, number: int, method: str, settings: MatchSettings
) -> Work[Tensor]:
    """The overfit picture (1, 3, H, W) at one scale, which begins with the picture of the scale `before`."""
    weight = settings.config.scales.mix * (1 - settings.fidelity)
    if before is None or not weight:
        encoding = scale.content()
    else:
        layers = needed_layers(method, settings.finest_layer)
        encoding = encode(networks, MixedContent(scale.photo, before, weight), layers, PHOTO, HELD_OF_CONTENT)
    content = replace((yield from as_part(encoding, 0.0, 0.3)), statistics=scale.statistics)
    try:
        style = yield from as_part(scale.style(), 0.3, 0.5)
        return (yield from as_part(match_and_decode(networks, content, style, number, method, settings), 0.5, 1.0))
    finally:
        clear_caches(content.features.values())


def match_and_decode(
    networks: Networks,
    content: EncodedPicture,
    style: EncodedPicture,
    number: int,
    method: str,
    settings: MatchSettings,
) -> Work[Tensor]:
    """Match and replace at every layer on the way from relu4_1 back to the picture (1, 3, H, W), in 0..1.

    `number` counts the scales from the coarsest, 0.
    """
    match, replaced = METHODS[method].replace, needed_layers(method, settings.finest_layer)
    features: FeatureMap | None = None
    matches = None
    start_caching(content.features.values())
    for rung, name in enumerate(BLOCKS):
        start, middle, end = (2 * rung / 8, (2 * rung + 1) / 8, (2 * rung + 2) / 8)
        if name == NEXT[REMEMBERED]:
            clear_caches(
                content.features.values()
            )  # the largest windows come now: the memory is worth more than the time
        if name in replaced:
            layer = LayerInputs(name, content, style, number, features, matches)
            features, matches = yield from as_part(match(layer, settings), start, middle)
        assert features is not None
        limit = inf if NEXT[name] == "image" else HELD
        finer = materialise_if_small(decode_lazily(networks, name, features), "Painting", limit)
        features = yield from as_part(finer, middle, end)
    assert isinstance(features, Tensor) and isinstance(style.image, Tensor)
    context = PaletteContext.of(
        style.image, style.opaque, settings.config.palette, partial(content.get_moments, "chroma")
    )
    return postprocess_image(features, context)


@dataclass(frozen=True)
class MixedContent(LazyMap):
    """What is looked for at a scale, (1 - weight) · photo + weight · overfit picture of the scale before, enlarged.

    `before` (1, 3, h, w) has no padding.
    """

    photo: LazyPixels
    before: Tensor
    weight: float

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self.photo.shape

    def window(self, rows: slice, columns: slice) -> Tensor:
        photo = self.photo.window(rows, columns)
        height, width = self.photo.pixels.shape[:2]
        return torch.lerp(photo, enlarge_window(self.before, (height, width), rows, columns), self.weight)
