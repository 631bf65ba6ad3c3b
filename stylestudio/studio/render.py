"""From pictures to the overfit picture and the target, as work that can be watched and cancelled.

The engine is loaded inside `Renderer.overfit` alone, so that importing this costs nothing.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stylestudio.errors import SettingError
from stylestudio.images.blend import blend
from stylestudio.images.decode import Picture
from stylestudio.images.enlarge import enlarging
from stylestudio.images.scale import scaling, size_for
from stylestudio.paths import resource
from stylestudio.progress import Preview, Progress, Work, told
from stylestudio.progress import scaled as part
from stylestudio.studio.recipe import Settings, Shares

if TYPE_CHECKING:
    from torch import Tensor

    from stylestudio.engine.matching.method import Encoded
    from stylestudio.engine.pipeline import Networks

DRAFT_SIDE = 256
PAINTED = 0.98
"""Of the whole work, where the picture is there and only has to be enlarged."""
REFINED_FROM = 0.6
"""Of the whole work, where refining begins."""
SHOWN_EVERY = 0.4
"""Seconds between two previews."""
KEPT_FEATURES = 4
"""Of how many pictures features are kept: content and style, at the real size and at the draft's."""


def target(content: Picture, overfit: NDArray[np.float32], shares: Shares) -> NDArray[np.float32]:
    """The content mixed with its overfit picture: (H, W, 3) sRGB 0..1 at the content's size."""
    return blend(content.pixels, overfit, shares)


def pixels_of(image: "Tensor", inside: tuple[int, int]) -> NDArray[np.float32]:
    """(h, w, 3) of a padded image (1, 3, H, W), of which the first `inside` (width, height) counts."""
    width, height = inside
    return np.ascontiguousarray(image[0, :, :height, :width].permute(1, 2, 0).cpu().numpy())


def with_previews(refining: "Work[Tensor]", inside: tuple[int, int], size: tuple[int, int]) -> "Work[Tensor]":
    """The same work; what there is after a step is told as pixels (H, W, 3) of `size`, but not all the time."""
    from stylestudio.engine.refining import Refined

    began = time.monotonic()
    shown = spent = 0.0
    while True:
        try:
            progress = next(refining)
        except StopIteration as stop:
            return stop.value
        now = time.monotonic()
        if (
            isinstance(progress, Preview)
            and isinstance(progress.picture, Refined)
            and now - max(shown, began) >= max(SHOWN_EVERY, 2 * spent)
        ):
            picture = yield from told(progress.picture.picture(), progress.stage, progress.fraction)
            pixels = yield from told(scaling(pixels_of(picture, inside), size), progress.stage, progress.fraction)
            shown, spent = time.monotonic(), time.monotonic() - now
            yield replace(progress, picture=pixels)
        else:
            yield Progress(progress.stage, progress.fraction)


@contextmanager
def memory_explained() -> Iterator[None]:
    """Turn running out of memory into a `SettingError` that says what helps."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise SettingError("There is not enough memory for this size.", hint="Choose a smaller size.") from error


@dataclass(frozen=True)
class FeatureKey:
    """Which features these are: of which picture, at which size in pixels, at which layers."""

    picture: str
    size: tuple[int, int]
    layers: tuple[str, ...]


class Renderer:
    """Makes overfit pictures; keeps the networks and the features of the last pictures, so that nothing runs twice."""

    def __init__(self) -> None:
        self._networks: Networks | None = None
        self._features: OrderedDict[FeatureKey, Encoded] = OrderedDict()

    def networks(self) -> "Networks":
        """The networks, loaded at the first call. Raises `WeightsError`."""
        if self._networks is None:
            from stylestudio.engine.device import pick
            from stylestudio.engine.weights import load_networks

            self._networks = load_networks(resource("weights"), pick())
        return self._networks

    def overfit(self, content: Picture, style: Picture, settings: Settings) -> Work[NDArray[np.float32]]:
        """The overfit picture (H, W, 3) sRGB 0..1 at the content's size. Raises `WeightsError`.

        One that was computed at a smaller size is brought up to it along the content's edges.
        """
        pixels = yield from part(self._painted(content, style, settings), 0.0, PAINTED)
        return (yield from told(enlarging(pixels, content.pixels), "Painting", 1.0))

    def draft(self, content: Picture, style: Picture, settings: Settings) -> Work[NDArray[np.float32]]:
        """The same in a hurry: small, not refined, and plainly enlarged. Raises `WeightsError`."""
        hurried = replace(settings, size=DRAFT_SIDE, refine=0)
        pixels = yield from part(self._painted(content, style, hurried), 0.0, PAINTED)
        return (yield from told(scaling(pixels, content.size), "Painting", 1.0))

    def _painted(self, content: Picture, style: Picture, settings: Settings) -> Work[NDArray[np.float32]]:
        """The overfit picture (h, w, 3) at the size at which it is computed."""
        yield Progress("Getting ready", 0.0)
        from stylestudio.engine.matching.method import MatchSettings
        from stylestudio.engine.pipeline import layers_kept, overfit
        from stylestudio.engine.refining import refined

        networks, layers = self.networks(), layers_kept(settings.method)
        yield Progress("Getting ready", 0.02)
        content_size = size_for(content.size, settings.content_side(content.size))
        style_size = size_for(style.size, settings.style_side(content.size, style.size))
        of_content = yield from part(self._encoded(content, content_size, layers, "Looking at the photo"), 0.02, 0.28)
        of_style = yield from part(self._encoded(style, style_size, layers, "Looking at the style"), 0.28, 0.48)
        how = MatchSettings(settings.patch_size, settings.fidelity, settings.finest_layer)
        work = overfit(networks, of_content, of_style, settings.method, how)
        painted = REFINED_FROM if settings.refine else 1.0
        image = yield from part(work, 0.48, painted)
        if settings.refine:
            refining = refined(networks, image, of_content.image, of_style.image, settings.refine)
            image = yield from part(with_previews(refining, content_size, content.size), painted, 1.0)
        return pixels_of(image, content_size)

    def _encoded(self, picture: Picture, size: tuple[int, int], layers: tuple[str, ...], stage: str) -> "Work[Encoded]":
        from stylestudio.engine.pipeline import encode, image_of

        key = FeatureKey(picture.sha256, size, layers)
        if key in self._features:
            self._features.move_to_end(key)
            return self._features[key]
        networks = self.networks()
        pixels = yield from told(scaling(picture.pixels, size), stage)
        encoded = yield from encode(networks, image_of(pixels, networks), layers, stage)
        while len(self._features) >= KEPT_FEATURES:
            self._features.popitem(last=False)
        self._features[key] = encoded
        return encoded
