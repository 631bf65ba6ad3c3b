"""From pictures to the overfit picture and the target, as work that can be watched and cancelled.

The engine is loaded inside `Renderer.overfit` alone, so that importing this costs nothing.
"""

import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stylestudio.errors import SettingError
from stylestudio.images.blend import blend
from stylestudio.images.decode import Picture
from stylestudio.images.enlarge import enlarging
from stylestudio.images.excerpt import excerpts
from stylestudio.images.levels import Pixels, floats
from stylestudio.images.scale import scaling
from stylestudio.paths import resource
from stylestudio.progress import Preview, Progress, Steps, Work, told
from stylestudio.progress import scaled as part
from stylestudio.studio.fallback import REMARK, outlasting
from stylestudio.studio.kept import Kept
from stylestudio.studio.memory_need import check, worked_on
from stylestudio.studio.recipe import FINEST_LAYERS, MOST_OF_STYLE, Settings, Shares

if TYPE_CHECKING:
    from torch import Tensor

    from stylestudio.engine.maps import FeatureMap
    from stylestudio.engine.matching.method import Encoded
    from stylestudio.engine.pipeline import Networks

Size = tuple[int, int]

DRAFT_SIDE, DRAFT_FINEST = 160, "relu3_1"
"""Pixels, and the finest layer: so small, what is replaced below it costs likeness, and a fifth of the time."""
ROWS = 128
"""Of a picture, that are copied at once."""
PAINTED = 0.98
"""Of the whole work, where the picture is there and only has to be enlarged."""
PHOTO, STYLE = "Looking at the photo", "Looking at the style"
REFINED_FROM = 0.6
"""Of the whole work, where refining begins."""
SHOWN_EVERY = 0.4
"""Seconds between two previews."""
FEATURES_BUDGET, IMAGES_BUDGET = 1 << 30, 1 << 28
"""Bytes of features and of overfit pictures that are kept: both pictures' at up to about 1800 pixels a side."""
DESCRIBED = 1.5
"""What a style's features need with the descriptors that are made of them, over what they need alone."""


def target(content: Picture, overfit: NDArray[np.float32], shares: Shares) -> NDArray[np.float32]:
    """The content mixed with its overfit picture: (H, W, 3) sRGB 0..1 at the content's size."""
    return blend(content.stored, overfit, shares)


def pixels_of(image: "FeatureMap", inside: tuple[int, int]) -> Steps[NDArray[np.float32]]:
    """(h, w, 3) of a padded image (1, 3, H, W), lazy or not, of which the first `inside` (width, height) counts."""
    from stylestudio.engine.maps import window

    width, height = inside
    found = np.empty((height, width, 3), np.float32)
    for top in range(0, height, ROWS):
        part = yield from window(image, slice(top, min(top + ROWS, height)), slice(0, width))
        found[top : top + ROWS] = part[0].permute(1, 2, 0).cpu().numpy()
        yield
    return found


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
            pixels = yield from told(pixels_of(progress.picture, inside), progress.stage, progress.fraction)
            pixels = yield from told(scaling(pixels, size), progress.stage, progress.fraction)
            shown, spent = time.monotonic(), time.monotonic() - now
            yield replace(progress, picture=pixels)
            del pixels  # a large picture's would be held beside the next step
        else:
            yield Progress(progress.stage, progress.fraction)


def at_size(picture: Picture, size: Size) -> Steps[Pixels]:
    """Its pixels (H, W, 3) at this size (width, height): as they are stored where that is its own, else floats."""
    return picture.stored if size == picture.size else (yield from scaling(picture.stored, size))


def excerpts_of(pixels: Pixels, networks: "Networks") -> "list[Tensor]":
    """A style's pixels (H, W, 3) as images (1, 3, h, w): one of all, or of the places that stand for it."""
    from stylestudio.engine.pipeline import image_of

    height, width = pixels.shape[:2]
    return [image_of(floats(pixels[place]), networks) for place in excerpts((width, height), MOST_OF_STYLE)]


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
    """Which features these are: of which picture, at which size in pixels, at which layers, and whether of a content or
    a style."""

    picture: str
    size: Size
    layers: tuple[str, ...]
    role: str


@dataclass(frozen=True)
class Job:
    """An overfit picture to be made, with the sizes (width, height) at which its two pictures are looked at."""

    content: Picture
    style: Picture
    content_size: Size
    style_size: Size
    settings: Settings

    @property
    def key(self) -> Hashable:
        """All that the overfit picture depends on."""
        sizes = self.content_size, self.style_size
        return self.content.sha256, self.style.sha256, sizes, replace(self.settings, size=None, texture_scale=1.0)


class Renderer:
    """Makes overfit pictures; keeps the networks and what it made lately, so that nothing runs twice."""

    def __init__(self) -> None:
        self.remark = ""
        """What the artist should know of the runs so far, a sentence or two; empty for nothing."""
        self._networks: Networks | None = None
        self._features: Kept[FeatureKey, Encoded] = Kept(FEATURES_BUDGET)
        self._images: Kept[Hashable, Tensor] = Kept(IMAGES_BUDGET)

    def networks(self) -> "Networks":
        """The networks, loaded at the first call, on a graphics card if a trial run proves it right.

        Raises `WeightsError`.
        """
        if self._networks is None:
            from stylestudio.engine.weights import load_tried

            self._networks = load_tried(resource("weights"))
        return self._networks

    def overfit(self, content: Picture, style: Picture, settings: Settings) -> Work[NDArray[np.float32]]:
        """The overfit picture (H, W, 3) sRGB 0..1 at the content's size. Raises `WeightsError`.

        One that was computed at a smaller size is brought up to it along the content's edges.
        """
        pixels = yield from part(self._pixels(content, style, settings), 0.0, PAINTED)
        found = yield from told(enlarging(pixels, content.stored), "Painting", 1.0)
        yield Progress("Painting", 1.0)
        return found

    def draft(self, content: Picture, style: Picture, settings: Settings) -> Work[NDArray[np.float32]]:
        """The same in a hurry: small, at most down to the middle layer, not refined, not brought up to its size.

        Raises `WeightsError`.
        """
        finest = min(settings.finest_layer, DRAFT_FINEST, key=FINEST_LAYERS.index)
        return self._pixels(content, style, replace(settings, size=DRAFT_SIDE, finest_layer=finest, refine=0))

    def _pixels(self, content: Picture, style: Picture, settings: Settings) -> Work[NDArray[np.float32]]:
        """The overfit picture (h, w, 3) at the size at which it is computed."""
        yield Progress("Getting ready", 0.0)
        sizes = worked_on(content.size, style.size, settings)
        begin = partial(self._overfit_image, Job(content, style, *sizes, settings))
        image = yield from outlasting(begin, self._make_room, self._leave_card)
        return (yield from told(pixels_of(image, sizes[0]), "Painting", 1.0))

    def _overfit_image(self, job: Job) -> "Work[Tensor]":
        """The padded overfit picture; one that was made lately is there at once."""
        image = self._images.get(job.key)
        if image is None:
            check(job.content.size, job.style.size, job.settings)
            image = yield from (self._refined(job) if job.settings.refine else self._painted(job))
            self._images.put(job.key, image, image.numel() * image.element_size())
        return image

    def _make_room(self) -> None:
        """Keep nothing on the graphics card but the networks."""
        from stylestudio.engine.device import empty_cache

        self._features, self._images = Kept(FEATURES_BUDGET), Kept(IMAGES_BUDGET)
        empty_cache()

    def _leave_card(self) -> None:
        from stylestudio.engine.weights import load_networks

        self._networks = load_networks(resource("weights"))
        self._make_room()
        self.remark = REMARK

    def _painted(self, job: Job) -> "Work[Tensor]":
        # all from where the window's thread begins to load too: each would wait for what the other has begun
        from stylestudio.engine.pipeline import MatchSettings, forget, layers_kept, overfit

        settings = job.settings
        networks, layers = self.networks(), layers_kept(settings.method)
        yield Progress("Getting ready", 0.02)
        content = yield from part(self._encoded(job.content, job.content_size, layers, PHOTO), 0.02, 0.28)
        try:
            style = yield from part(self._encoded_style(job.style, job.style_size, layers), 0.28, 0.48)
            how = MatchSettings(settings.patch_size, settings.fidelity, settings.finest_layer)
            return (yield from part(overfit(networks, content, style, settings.method, how), 0.48, 1.0))
        finally:
            forget(content.features.values())

    def _refined(self, job: Job) -> "Work[Tensor]":
        from stylestudio.engine.refining import refined, share_of

        unrefined = replace(job, settings=replace(job.settings, refine=0))
        image = yield from part(self._overfit_image(unrefined), 0.0, REFINED_FROM)
        share = share_of(image)
        sizes = [(ceil(width * share), ceil(height * share)) for width, height in (job.content_size, job.style_size)]
        content = yield from told(self._image(job.content, sizes[0]), PHOTO, REFINED_FROM)
        style = yield from told(self._image(job.style, sizes[1]), STYLE, REFINED_FROM)
        work = refined(self.networks(), image, content, style, job.settings.refine, given=share)
        return (yield from part(with_previews(work, job.content_size, job.content.size), REFINED_FROM, 1.0))

    def _image(self, picture: Picture, size: Size) -> "Steps[Tensor]":
        """(1, 3, h, w) at this size, on the networks' device."""
        from stylestudio.engine.pipeline import image_of

        return image_of((yield from scaling(picture.stored, size)), self.networks())

    def _encoded(self, picture: Picture, size: Size, layers: tuple[str, ...], stage: str) -> "Work[Encoded]":
        from stylestudio.engine.maps import HELD_OF_CONTENT
        from stylestudio.engine.pipeline import encode, lazy_image_of

        key = FeatureKey(picture.sha256, size, layers, "content")
        found = self._features.get(key)
        if found is None:
            pixels = yield from told(at_size(picture, size), stage)
            image = lazy_image_of(pixels, self.networks())
            found = yield from encode(self.networks(), image, layers, stage, HELD_OF_CONTENT)
            self._features.put(key, found, pixels.nbytes + found.bytes)
        return found

    def _encoded_style(self, picture: Picture, size: Size, layers: tuple[str, ...]) -> "Work[Encoded]":
        from stylestudio.engine.pipeline import encode_parts

        key = FeatureKey(picture.sha256, size, layers, "style")
        found = self._features.get(key)
        if found is None:
            pixels = yield from told(at_size(picture, size), STYLE)
            found = yield from encode_parts(self.networks(), excerpts_of(pixels, self.networks()), layers, STYLE)
            self._features.put(key, found, round(DESCRIBED * found.bytes))
        return found
