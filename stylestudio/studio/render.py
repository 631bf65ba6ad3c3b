"""From pictures to the overfit picture and the target, as work that can be watched and cancelled.

The engine is loaded inside `Renderer.overfit` alone, so that importing this costs nothing.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stylestudio.caches import FEATURES, IMAGES, LOOKS, LruCache
from stylestudio.errors import SettingError, StudioError, lacks_memory, out_of_memory_error
from stylestudio.images.blend import blend
from stylestudio.images.decode import Picture
from stylestudio.images.mask_plane import mask_rows
from stylestudio.images.resize import Pixels, resample
from stylestudio.images.upsample import enlarge_along_edges
from stylestudio.paths import resource
from stylestudio.progress import Preview, Progress, Work
from stylestudio.progress import as_part as part
from stylestudio.studio.conversion import (
    alpha_at_sizes,
    as_drafts,
    excerpts_of,
    pixels_at_sizes,
    pixels_of,
    size_of,
    with_previews,
)
from stylestudio.studio.fallback import retry_when_out_of_memory
from stylestudio.studio.looks import (
    LOOKED,
    START,
    Look,
    LookStatistics,
    SmallPhotos,
    bytes_of,
    extend_to_scales,
    measure_statistics,
    shifts,
    starts,
)
from stylestudio.studio.memory import check_memory, working_sizes
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import RunKey, Shares
from stylestudio.studio.render_job import FeatureKey, RenderJob
from stylestudio.studio.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from torch import Tensor

    from stylestudio.engine.coding import Networks
    from stylestudio.engine.config import Config
    from stylestudio.engine.matching.base import EncodedPicture
    from stylestudio.engine.runtime.lazy import LazyPixels as LazyImage
    from stylestudio.engine.transport import Moments

    Statistics = dict[str, Moments]

Size = tuple[int, int]

PAINTED = 0.98
"""Of the whole work, where the picture is there and only has to be enlarged."""
REMARK = "The graphics card ran out of memory. From now on the processor does the work, more slowly."
PHOTO, STYLE = "Looking at the photo", "Looking at the style"
STEP = 0.12
"""What a step of refining takes, over the time of the picture that it begins with."""
DESCRIBED = 1.5
"""What a style's features need with the descriptors that are made of them, over what they need alone."""


def target(content: Picture, overfit: NDArray[np.float32], mix: Mix | Shares) -> NDArray[np.float32]:
    """The content mixed with its overfit picture: (H, W, 3) sRGB 0..1 at the content's size.

    Shares alone are those of red, green and blue.
    """
    if not isinstance(mix, Mix):
        mix = Mix(mix)
    return blend(content.stored, overfit, mix.shares, axes=mix.axes, mask=mask_rows(mix.mask, content.stored))


@contextmanager
def explaining_memory_errors() -> Generator[None]:
    """Turn running out of memory into a `SettingError` that says what helps, a `SystemLacks` where no size would."""
    try:
        yield
    except StudioError:
        raise
    except Exception as error:
        if not lacks_memory(error):
            raise
        if isinstance(error, ImportError):  # not even the engine can be loaded
            raise out_of_memory_error() from error
        raise SettingError("There is not enough memory for this size.", hint="Choose a smaller size.") from error


class Renderer:
    """Makes overfit pictures; keeps the networks and what it made lately, so that nothing runs twice."""

    def __init__(self, config: "Config | None" = None, networks: "Networks | None" = None) -> None:
        """`config` holds the engine's tuned numbers, None for those that ship; None for `networks` loads them."""
        self._config = config
        self.remark = ""
        """What the artist should know of the runs so far, a sentence or two; empty for nothing."""
        self._networks = networks
        self._features: LruCache[FeatureKey, EncodedPicture] = LruCache(FEATURES)
        self._images: LruCache[RunKey, Tensor] = LruCache(IMAGES)
        self._looks: LruCache[RunKey, LookStatistics] = LruCache(LOOKS)
        self.small_photos = SmallPhotos()

    @property
    def config(self) -> "Config":
        if self._config is None:
            from stylestudio.engine.config import DEFAULT

            self._config = DEFAULT
        return self._config

    def networks(self) -> "Networks":
        """The networks, loaded at the first call, on a graphics card if a trial run proves it right.

        Raises `WeightsError`.
        """
        if self._networks is None:
            from stylestudio.engine.networks.weights import load_on_best_device

            self._networks = load_on_best_device(resource("weights"))
        return self._networks

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, look: Look | None = None, others: int = 0
    ) -> Work[NDArray[np.float32]]:
        """The overfit picture (H, W, 3) sRGB 0..1 at the content's size, with the `look` of a set or its own.

        Memory is to suffice for so many `others` beside it, which are to be made after it. Raises `WeightsError`.

        One that was computed at a smaller size is brought up to it along the content's edges. On the way come
        previews: the coarser scales' pictures, which are drafts, and, where it is refined, the finished picture and
        its refined steps, at the content's size.
        """
        yield Progress("Getting ready", 0.0)
        sizes = working_sizes(content.size, style.size, settings)
        begin = partial(self._overfit_image, RenderJob(content, style, *sizes, settings, look, others))
        image = yield from part(retry_when_out_of_memory(begin, self._make_room, self._leave_card), 0.0, PAINTED)
        found = enlarge_along_edges(pixels_of(image, sizes[0]), content.filled)
        yield Progress("Painting", 1.0)
        return found

    def _overfit_image(self, job: RenderJob) -> "Work[Tensor]":
        """The padded overfit picture; one that was made lately is there at once."""
        image = self._images.get(job.key)
        if image is None:
            check_memory(job.content.size, job.style.size, job.settings, job.others)
            image = yield from (self._refined(job) if job.settings.refine else self._painted(job))
            self._images.put(job.key, image, image.numel() * image.element_size())
        return image

    def release_memory(self) -> None:
        """For when nothing is wanted: keep only the networks, and looks, which are small and take long to measure."""
        if self._networks is not None:  # else nothing was made, and the engine may not even be loaded
            from stylestudio.engine.runtime.heap import find_malloc_trim

            self._forget_pictures()
            find_malloc_trim()(0)

    def _make_room(self) -> None:
        """Keep nothing on the graphics card but the networks."""
        self._looks.clear()
        self._forget_pictures()

    def _forget_pictures(self) -> None:
        from stylestudio.engine.runtime.device import empty_cache

        self._features.clear()
        self._images.clear()
        empty_cache()

    def _leave_card(self) -> None:
        from stylestudio.engine.networks.weights import load_networks

        self._networks = load_networks(resource("weights"))
        self._make_room()
        self.remark = REMARK

    def _painted(self, job: RenderJob) -> "Work[Tensor]":
        common = [] if job.look is None else (yield from part(self._measured(job), 0.0, LOOKED))
        return (yield from part(self._painted_by(job, [*common]), LOOKED if common else 0.0, 1.0))

    def _measured(self, job: RenderJob) -> "Work[list[Statistics]]":
        """What the job's look has in common for its style; measured once, and on where a run was cancelled."""
        assert job.look is not None
        found = self._looks.get(job.look_key) or LookStatistics()
        self._looks.put(job.look_key, found, bytes_of(found.common))
        yield from measure_statistics(job.look, found, lambda photo, own: self._measured_alone(job.of_look(photo), own))
        return found.common

    def _measured_alone(self, job: RenderJob, statistics: "list[Statistics]") -> Work[None]:
        image = yield from self._painted_by(job, statistics)
        width, height = job.content_size
        own = starts(self.networks(), image[:, :, :height, :width])
        statistics[0] |= {f"{START}{layer}": moments for layer, moments in own.items()}

    def _painted_by(self, job: RenderJob, statistics: "list[Statistics]") -> "Work[Tensor]":
        """The padded picture by these `statistics` of each scale; the list is filled with its own if it is empty."""
        # all from where the window's thread begins to load too: each would wait for what the other has begun
        from stylestudio.engine.coding import lazy_image_of
        from stylestudio.engine.pipeline import MatchSettings, ScaleInputs, needed_layers, overfit, scale_sizes

        settings = job.settings
        networks, layers = self.networks(), needed_layers(settings.method)
        yield Progress("Getting ready", 0.02)
        longest = max(job.content_size)
        shares = [side / longest for side in scale_sizes(longest, settings.method, self.config.scales)]
        statistics[:] = extend_to_scales(statistics, len(shares)) if statistics else [{} for _ in shares]
        pictures = zip(
            pixels_at_sizes(job.content.filled, job.content_size, shares),
            pixels_at_sizes(job.style.filled, job.style_size, shares),
            alpha_at_sizes(job.style, job.style_size, shares),
            statistics,
            strict=True,
        )
        known = {one.name: getattr(settings, one.name) for one in fields(MatchSettings) if one.name in SETTINGS}
        how = MatchSettings(**known, config=self.config)
        work = overfit(
            networks,
            [
                ScaleInputs(
                    image := lazy_image_of(photo, networks),
                    partial(self._encoded, job.content, image, layers),
                    partial(self._encoded_style, job.style, style, mask, layers),
                    common,
                )
                for photo, style, mask, common in pictures
            ],
            settings.method,
            how,
        )
        del pictures, image  # the pictures of a scale are to go when it is painted
        return (yield from part(as_drafts(work), 0.02, 1.0))

    def _refined(self, job: RenderJob) -> "Work[Tensor]":
        from stylestudio.engine.refine import downscale, refine_picture, refining_scale

        steps, inside = job.settings.refine, job.content_size
        refined_from = 1 / (1 + STEP * steps)
        unrefined = replace(job, settings=replace(job.settings, refine=0))
        image = yield from part(self._overfit_image(unrefined), 0.0, refined_from)
        yield Preview("Painting", refined_from, enlarge_along_edges(pixels_of(image, inside), job.content.filled))
        share = refining_scale(*inside)
        sizes = [(ceil(width * share), ceil(height * share)) for width, height in (inside, job.style_size)]
        content, style = (self._image(*one) for one in zip((job.content.filled, job.style.filled), sizes, strict=True))
        opaque = None if job.style.alpha is None else self._image(job.style.alpha[..., None], sizes[1])
        image = image[:, :, : inside[1], : inside[0]]
        shift: dict[str, Tensor] = {}
        if job.look:
            common = yield from part(self._measured(unrefined), refined_from, refined_from)
            own = starts(self.networks(), downscale(image, (content.shape[2], content.shape[3])))
            shift = shifts(self.networks(), own, common[0])
        work = refine_picture(self.networks(), image, content, style, steps, self.config, opaque, shift)
        return (yield from part(with_previews(work, inside, job.content.filled), refined_from, 1.0))

    def _image(self, pixels: Pixels, size: Size) -> "Tensor":
        """(1, C, h, w) of these pixels (H, W, C) at this size, on the networks' device."""
        from stylestudio.engine.coding import image_of

        return image_of(resample(pixels, size), self.networks())

    def _encoded(self, picture: Picture, image: "LazyImage", layers: tuple[str, ...]) -> "Work[EncodedPicture]":
        """The photo's features at one scale."""
        from stylestudio.engine.coding import encode
        from stylestudio.engine.runtime.lazy import HELD_OF_CONTENT

        key = FeatureKey(picture.sha256, size_of(image.pixels), layers, "content")
        found = self._features.get(key)
        if found is None:
            found = yield from encode(self.networks(), image, layers, PHOTO, HELD_OF_CONTENT)
            self._features.put(key, found, image.pixels.nbytes + found.bytes)
        return found

    def _encoded_style(
        self, picture: Picture, pixels: Pixels, alpha: Pixels | None, layers: tuple[str, ...]
    ) -> "Work[EncodedPicture]":
        """The style's features at one scale."""
        from stylestudio.engine.coding import encode_parts

        key = FeatureKey(picture.sha256, size_of(pixels), layers, "style")
        found = self._features.get(key)
        if found is None:
            masks = None if alpha is None else excerpts_of(alpha, self.networks())
            images = excerpts_of(pixels, self.networks())
            found = yield from encode_parts(self.networks(), images, layers, STYLE, masks)
            self._features.put(key, found, round(DESCRIBED * found.bytes))
        return found
