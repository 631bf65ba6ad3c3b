"""How fast a photo as cameras take them is worked on at its full size."""

import time
from dataclasses import dataclass

import numpy as np

from stylestudio.bench.stages import peak_memory
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.resize import resample
from stylestudio.progress import finish
from stylestudio.studio.render import Renderer
from stylestudio.studio.samples import sample_pair
from stylestudio.studio.settings import Settings

FULL = (6000, 4000)
"""Width and height in pixels of a 24-megapixel photo."""
GRAIN = 0.04
"""How far the texture goes either way: an enlarged picture alone has nothing fine in it."""
ROWS = 256


@dataclass(frozen=True)
class FullTiming:
    """A whole coarse-to-fine overfit picture at the content's full size. As JSON it has these keys, in this order.

    - `size`: "full", where a `Timing` has a number
    - `width`, `height`: of the content in pixels
    - `seconds`: "whole, coarse to fine", with networks loaded
    - `cpu_seconds`: the processor's, of all threads; `cpu_seconds_per_megapixel`: per million pixels of the content
    - `megapixels_per_second`: of the content, by `seconds`
    - `peak_memory`: the process' greatest so far, in bytes, both pictures included; None where it is unknown
    """

    size: str
    width: int
    height: int
    seconds: dict[str, float]
    cpu_seconds: float
    cpu_seconds_per_megapixel: float
    megapixels_per_second: float
    peak_memory: int | None


def large_content(width: int, height: int) -> Picture:
    """The sample photo brought to this size in pixels, with fine texture that is the same every time."""
    pixels, random = resample(read(sample_pair()[0]).stored, (width, height)).copy(), np.random.default_rng(1)
    for top in range(0, height, ROWS):
        rows = pixels[top : top + ROWS]
        rows += GRAIN * (2 * random.random(rows.shape, np.float32) - 1)
        rows.clip(0, 1, out=rows)
    return from_pixels(pixels, "large photo")


def bench_full(renderer: Renderer, size: tuple[int, int] = FULL) -> FullTiming:
    """Time a whole run on a photo of this (width, height) in pixels and the sample style."""
    content, style = large_content(*size), read(sample_pair()[1])
    renderer.networks()
    started, cpu_started = time.perf_counter(), time.process_time()
    finish(renderer.overfit(content, style, Settings(size=None, refine=0)))
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    megapixels = size[0] * size[1] / 1e6
    return FullTiming(
        "full",
        *size,
        {"whole, coarse to fine": seconds},
        cpu_seconds,
        cpu_seconds / megapixels,
        megapixels / seconds,
        peak_memory(),
    )
