"""One look for a set: what its photos have in common, by which each of them is made.

An overfit picture depends on statistics of its photo (means and covariances of features, light and colours), so that
the same object comes out in other colours where there is another sky behind it. With a look they are those of all
photos together, measured on small versions: the same at all scales that are too fine for these.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio.caches import LOOK_PHOTOS, LruCache
from stylestudio.errors import PictureError
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.resize import resample, size_for, to_8bit, to_floats
from stylestudio.progress import Progress, Work, finish
from stylestudio.progress import as_part as part
from stylestudio.studio.look_files import LookFiles, LookReference
from stylestudio.studio.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

    from stylestudio.engine.coding import Networks
    from stylestudio.engine.transport import Moments

    Statistics = dict[str, Moments]

SIDE = 256
"""Long side in pixels up to which photos are measured. To measure them whole would take as long as to make them, and
at half of this strokes come out coarser."""
STAGE = "Looking at the set"
START = "start of refining: "
READ, LOOKED = 0.1, 0.3
"""Of the work on a set's picture, where its files are read; then of the first picture, where all are measured."""


@dataclass(frozen=True, eq=False)
class Look:
    """What the overfit pictures of a set go by: small versions of its photos, and a `key` by which looks are equal.

    `reference` is what a recipe says of it, where the photos came from files.
    """

    photos: tuple[Picture, ...]
    key: str
    reference: LookReference | None = None


def look_of(photos: Iterable[Picture], reference: LookReference | None = None) -> Look:
    """The look of a set, of the `small_version` of each of its photos, at least one.

    It is the same to the last digit in whatever order they come; of photos that show the same one counts.
    """
    small = {photo.sha256: photo for photo in photos}
    names = sorted(small)
    key = hashlib.sha256(" ".join(names).encode()).hexdigest()
    return Look(tuple(small[name] for name in names), key, reference)


class SmallPhotos:
    """The small versions of sets' photos: a file is read once, and again where it was changed. For one thread."""

    def __init__(self) -> None:
        self._made: LruCache[object, Picture] = LruCache(LOOK_PHOTOS)

    def look(self, files: LookFiles, settings: Settings) -> Work[Look | None]:
        """The look of all photos that can be read, as they lie in their files; None where none can."""
        small: list[Picture] = []
        for number, path in enumerate(files.paths):
            yield Progress(STAGE, number / len(files.paths))
            with suppress(PictureError, OSError):  # whoever makes its own picture will say so
                small.append(self._small_version(path, settings))
        return look_of(small, files.reference) if small else None

    def _small_version(self, path: Path, settings: Settings) -> Picture:
        """Raises `PictureError` or `OSError`."""
        state = path.stat()
        key = path, state.st_size, state.st_mtime_ns, settings.size
        found = self._made.get(key)
        if found is None:
            found = small_version(read(path), settings)
            self._made.put(key, found, found.stored.nbytes)
        return found


def small_version(photo: Picture, settings: Settings) -> Picture:
    """The photo at one of the coarser scales that it is painted at: halved until it is no longer than `SIDE`.

    It is of 8 bits where the photo is: sets are large.
    """
    side = settings.content_side(photo.size)
    while side > SIDE:
        side = round(side / 2)
    values = resample(photo.filled, size_for(photo.size, side))
    return from_pixels(values if photo.deep else to_floats(to_8bit(values)), photo.name)


@dataclass
class LookStatistics:
    """The statistics of a look's first `count` photos by scale, the coarsest first; every photo counts alike."""

    common: "list[Statistics]" = field(default_factory=list["Statistics"])
    count: int = 0


def measure_statistics(
    look: Look, found: LookStatistics, paint: "Callable[[Picture, list[Statistics]], Work[object]]"
) -> Work[None]:
    """Have `found` be those of the whole look. It goes on from where it was cancelled: a set takes long.

    `paint` makes the overfit picture of one photo, and fills the list with its statistics.
    """
    for number, photo in enumerate(look.photos[found.count :], found.count):
        own: list[Statistics] = []
        done, then = number / len(look.photos), (number + 1) / len(look.photos)
        for progress in part(paint(photo, own), done, then):
            yield Progress(STAGE, progress.fraction)
        found.common, found.count = blend_statistics(found.common, own, 1 / (number + 1)), number + 1


def blend_statistics(common: "list[Statistics]", own: "list[Statistics]", share: float) -> "list[Statistics]":
    """`common` statistics with this share of a photo's `own`, at scales and of maps that both have."""
    return [
        {name: merge_moments(one[name], other[name], share) for name in one.keys() & other.keys()}
        for one, other in zip(common or own, own, strict=False)
    ]


def merge_moments(one: "Moments", other: "Moments", share: float) -> "Moments":
    """The moments of both maps together, of which the `other` is this share."""
    away = other.mean - one.mean
    within = (1 - share) * one.covariance + share * other.covariance
    return replace(one, mean=one.mean + share * away, covariance=within + share * (1 - share) * away * away[:, None])


def extend_to_scales(common: "list[Statistics]", count: int) -> "list[Statistics]":
    """The statistics for each of so many scales; the last ones are those of all finer scales."""
    return [dict(common[min(number, len(common) - 1)]) for number in range(count)]


def bytes_of(common: "list[Statistics]") -> int:
    """Bytes; some 15 MB for the scales of a photo."""
    return sum(one.covariance.nbytes for scale in common for one in scale.values())


def starts(networks: "Networks", image: "Tensor") -> "Statistics":
    """The moments at every layer of an overfit picture (1, 3, H, W), from which refining begins."""
    from stylestudio.engine.coding import encode
    from stylestudio.engine.networks.encoder import LAYERS

    found = finish(encode(networks, image, LAYERS, STAGE))
    return {layer: found.moments(layer) for layer in LAYERS}


def shifts(networks: "Networks", own: "Statistics", common: "Statistics") -> "dict[str, Tensor]":
    """By layer, what a picture's Gram matrix (C, C) has over the one that its set begins with.

    Aimed so much beside the style's, it goes the way that all of the set together have to go, and stays beside them.
    """
    return {
        layer: gram(networks, layer, moments) - gram(networks, layer, common[f"{START}{layer}"])
        for layer, moments in own.items()
    }


def gram(networks: "Networks", layer: str, of: "Moments") -> "Tensor":
    """(C, C) at the published network's scale, as refining aims at it."""
    scale = networks.encoder.channel_scale(layer)
    return ((of.covariance + of.mean * of.mean[:, None]).to(scale.device) / (scale * scale[:, None])).float()
