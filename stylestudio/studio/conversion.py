"""Between pictures' pixels and the engine's images: what it is given, and what it tells and makes."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.decode import Picture
from stylestudio.images.resize import Pixels, excerpts, resample, to_floats
from stylestudio.images.upsample import enlarge_along_edges
from stylestudio.progress import Preview, Progress, Work, checkpoint
from stylestudio.studio.settings import MOST_OF_STYLE

if TYPE_CHECKING:
    from torch import Tensor

    from stylestudio.engine.coding import Networks
    from stylestudio.engine.runtime.lazy import FeatureMap

Size = tuple[int, int]

ROWS = 128
"""Of a picture, that are copied at once."""
SHOWN_EVERY = 0.4
"""Seconds between two previews."""


def pixels_of(image: "FeatureMap", inside: tuple[int, int]) -> NDArray[np.float32]:
    """(h, w, 3) of a padded image (1, 3, H, W), lazy or not, of which the first `inside` (width, height) counts."""
    from stylestudio.engine.runtime.lazy import window

    width, height = inside
    found = np.empty((height, width, 3), np.float32)
    for top in range(0, height, ROWS):
        checkpoint()
        part = window(image, slice(top, min(top + ROWS, height)), slice(0, width))
        found[top : top + ROWS] = part[0].permute(1, 2, 0).cpu().numpy()
    return found


def with_previews(refining: "Work[Tensor]", inside: Size, content: Pixels) -> "Work[Tensor]":
    """The same work; what there is after a step is told as pixels of the content's size, but not all the time."""
    from stylestudio.engine.refine import RefinedImage

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
            and isinstance(progress.picture, RefinedImage)
            and now - max(shown, began) >= max(SHOWN_EVERY, 2 * spent)
        ):
            pixels = enlarge_along_edges(pixels_of(progress.picture, inside), content)
            shown, spent = time.monotonic(), time.monotonic() - now
            yield replace(progress, picture=pixels)
            del pixels  # a large picture's would be held beside the next step
        else:
            yield Progress(progress.stage, progress.fraction)


def as_drafts(painting: "Work[Tensor]") -> "Work[Tensor]":
    """The same work, each scale's picture told as pixels (h, w, 3) that are a draft."""
    from torch import Tensor

    while True:
        try:
            progress = next(painting)
        except StopIteration as stop:
            return stop.value
        if isinstance(progress, Preview):
            assert isinstance(progress.picture, Tensor)
            height, width = progress.picture.shape[2:]
            progress = replace(progress, picture=pixels_of(progress.picture, (width, height)), draft=True)
        yield progress


def pixels_at_sizes(pixels: Pixels, size: Size, fractions: Sequence[float]) -> list[Pixels]:
    """Pixels (H, W, C) at these fractions, rising to 1, of `size` (width, height); each made of the next larger one."""
    found = [pixels]
    for share in reversed(fractions):
        width, height = (max(1, round(extent * share)) for extent in size)
        same = (width, height) == size_of(found[0])
        found.insert(0, found[0] if same else resample(found[0], (width, height)))
    return found[:-1]


def alpha_at_sizes(style: Picture, size: Size, fractions: Sequence[float]) -> Sequence[Pixels | None]:
    """The same of a style's alpha (H, W, 1); None for each where there is none."""
    if style.alpha is None:
        return [None] * len(fractions)
    return pixels_at_sizes(style.alpha[..., None], size, fractions)


def size_of(pixels: Pixels) -> Size:
    """Width and height of pixels (H, W, C)."""
    return pixels.shape[1], pixels.shape[0]


def excerpts_of(pixels: Pixels, networks: "Networks") -> "list[Tensor]":
    """A style's pixels (H, W, C) as images (1, C, h, w): one of all, or of the places that stand for it."""
    from stylestudio.engine.coding import image_of

    height, width = pixels.shape[:2]
    return [image_of(to_floats(pixels[place]), networks) for place in excerpts((width, height), MOST_OF_STYLE)]
