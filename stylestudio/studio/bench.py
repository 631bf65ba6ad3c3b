"""How fast the program is on this computer, stage by stage, against the published form of the swap."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from stylestudio.images.decode import read
from stylestudio.images.scale import scaled, size_for
from stylestudio.progress import finish
from stylestudio.studio.render import Renderer
from stylestudio.studio.samples import sample_pair

T = TypeVar("T")
NAIVE_UP_TO = 1024
"""Beyond this long side the naive swap needs more memory than most computers have."""


@dataclass(frozen=True)
class Timing:
    """Seconds of each stage at one size (long side in pixels) of both pictures, networks warm.

    `naive_ratio` is how many times longer a single swap's whole pipeline takes with the naive swap, None where that
    does not fit into memory; `peak_memory` is the whole process' greatest so far, in bytes, None where it is unknown.
    """

    size: int
    seconds: dict[str, float]
    naive_ratio: float | None
    megapixels_per_second: float
    peak_memory: int | None


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """The result of `work` and the seconds that it took."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def peak_memory() -> int | None:
    """The process' greatest resident memory so far in bytes, where the system tells."""
    if sys.platform == "win32":
        return None
    import resource

    factor = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * factor


def bench(size: int, renderer: Renderer) -> Timing:
    """Time every stage on the bundled sample pair, both brought (even enlarged) to this long side."""
    from stylestudio.engine.encoder import LAYERS
    from stylestudio.engine.matching.method import MatchSettings
    from stylestudio.engine.matching.naive import naive_swap_matches
    from stylestudio.engine.matching.style_swap import swap_matches
    from stylestudio.engine.pipeline import encode, image_of, overfit

    networks = renderer.networks()
    images = [image_of(scaled(p.pixels, size_for(p.size, size)), networks) for p in map(read, sample_pair())]
    finish(encode(networks, images[0][:, :, :64, :64], LAYERS, ""))
    kept = LAYERS[1:]
    content, encode_content = timed(lambda: finish(encode(networks, images[0], kept, "")))
    style, encode_style = timed(lambda: finish(encode(networks, images[1], kept, "")))
    settings = MatchSettings()
    maps = content.features["relu4_1"], style.features["relu4_1"]
    _, swap = timed(lambda: finish(swap_matches(*maps, settings.patch_size)))
    _, single = timed(lambda: finish(overfit(networks, content, style, "single", settings)))
    _, fine = timed(lambda: finish(overfit(networks, content, style, "coarse-to-fine", settings)))
    encoding, ratio = encode_content + encode_style, None
    if size <= NAIVE_UP_TO:
        _, naive = timed(lambda: naive_swap_matches(*maps, settings.patch_size))
        ratio = (encoding + single - swap + naive) / (encoding + single)
    height, width = images[0].shape[2:]
    return Timing(
        size,
        {
            "encode content": encode_content,
            "encode style": encode_style,
            "single: swap": swap,
            "single: swap and paint": single,
            "coarse to fine: match and paint": fine,
            "whole, single": encoding + single,
            "whole, coarse to fine": encoding + fine,
        },
        ratio,
        height * width / 1e6 / (encoding + fine),
        peak_memory(),
    )
