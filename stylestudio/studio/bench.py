"""How fast the program is on this computer, stage by stage, against its own arithmetic and the published swap."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from stylestudio.images.decode import read
from stylestudio.images.scale import scaled, size_for
from stylestudio.progress import finish
from stylestudio.studio.bench_convolutions import convolution_rate, multiply_adds
from stylestudio.studio.render import Renderer, excerpts_of
from stylestudio.studio.samples import sample_pair

if TYPE_CHECKING:
    from stylestudio.engine.pipeline import Networks

T = TypeVar("T")
NAIVE_UP_TO = 1024
"""Beyond this long side the naive swap needs more memory than most computers have."""
NAIVE_SWAP_UP_TO = 512
REPEATED_UP_TO = 512
"""Beyond this long side a stage takes so long that little disturbs it."""
WHOLES = ("whole, single", "whole, coarse to fine")


@dataclass(frozen=True)
class Timing:
    """One size (long side in pixels) of both pictures, networks warm. As JSON it has these keys, in this order.

    - `size`: the long side in pixels; `repeat`: how many times each stage was timed
    - `seconds`: of each stage, the median: "encode content", "encode style", "single: swap" (a part of the next),
      "single: swap and paint", "coarse to fine: match and paint", and the sums "whole, single" and
      "whole, coarse to fine"
    - `naive_ratio`: how many times longer "whole, single" takes with the naive swap, None where that does not fit into
      memory
    - `naive_swap_ratio`: how many times longer the naive swap takes than the fast one, None at sizes beyond 512
    - `megapixels_per_second`: of the content, by "whole, coarse to fine"
    - `peak_memory`: the process' greatest so far, in bytes, before anything naive ran; None where it is unknown
    - `multiply_adds`: of the convolutions that encode both pictures and decode one
    - `convolution_rate`: multiply-adds per second that this computer's convolutions reach
    - `convolutions`: seconds that these multiply-adds take at this rate
    - `convolution_ratios`: "whole, single" and "whole, coarse to fine" over `convolutions`
    """

    size: int
    repeat: int
    seconds: dict[str, float]
    naive_ratio: float | None
    naive_swap_ratio: float | None
    megapixels_per_second: float
    peak_memory: int | None
    multiply_adds: int
    convolution_rate: float
    convolutions: float
    convolution_ratios: dict[str, float]


def default_repeat(size: int) -> int:
    """How many times a stage is timed at this long side in pixels, unless asked for otherwise."""
    return 3 if size <= REPEATED_UP_TO else 1


def timed(work: Callable[[], T], repeat: int = 1) -> tuple[T, float]:
    """The last result of `work`, and the median of the seconds that it took."""
    seconds = []
    while True:
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
        if len(seconds) == repeat:
            return result, statistics.median(seconds)
        del result  # beside the next one it would count as memory that is needed


def peak_memory() -> int | None:
    """The process' greatest resident memory so far in bytes, where the system tells."""
    if sys.platform == "win32":
        return None
    import resource

    factor = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * factor


def bench(size: int, renderer: Renderer, repeat: int, rate: "Callable[[Networks], float]" = convolution_rate) -> Timing:
    """Time every stage on the bundled sample pair, both brought (even enlarged) to this long side.

    A large style is taken in excerpts, as always. `rate` measures multiply-adds per second.
    """
    from stylestudio.engine.encoder import LAYERS
    from stylestudio.engine.maps import HELD_OF_CONTENT
    from stylestudio.engine.matching.method import MatchSettings
    from stylestudio.engine.matching.naive import naive_swap_matches
    from stylestudio.engine.matching.style_swap import swap_matches
    from stylestudio.engine.pipeline import encode, encode_parts, image_of, overfit
    from stylestudio.engine.remembered import forget

    networks, settings, kept = renderer.networks(), MatchSettings(), LAYERS[1:]
    photo, painting = (scaled(picture.stored, size_for(picture.size, size)) for picture in map(read, sample_pair()))
    image, parts = image_of(photo, networks), excerpts_of(painting, networks)
    finish(encode(networks, image[:, :, :64, :64], LAYERS, ""))
    content, encode_content = timed(lambda: finish(encode(networks, image, kept, "", HELD_OF_CONTENT)), repeat)
    style, encode_style = timed(lambda: finish(encode_parts(networks, parts, kept, "")), repeat)
    maps = content.held("relu4_1"), style.held("relu4_1")
    swap = timed(lambda: finish(swap_matches(*maps, settings.patch_size)), repeat)[1]
    forget(content.features.values())  # both begin alike

    def paint(method: str) -> object:
        """With nothing known but the features: what is worked out from them is a part of the work."""
        return finish(overfit(networks, replace(content, known={}), replace(style, known={}), method, settings))

    single, fine = timed(lambda: paint("single"), repeat)[1], timed(lambda: paint("coarse-to-fine"), repeat)[1]
    seconds, peak, naive = with_wholes(encode_content, encode_style, swap, single, fine), peak_memory(), None
    if size <= NAIVE_UP_TO:
        naive = timed(lambda: naive_swap_matches(*maps, settings.patch_size), repeat)[1]
    (height, width), (style_height, style_width) = content.image.shape[2:], style.image.shape[2:]
    needed, reached = multiply_adds(networks, (height, width), (style_height, style_width)), rate(networks)
    return Timing(
        size,
        repeat,
        seconds,
        *naive_ratios(size, seconds, naive),
        image.shape[2] * image.shape[3] / 1e6 / seconds["whole, coarse to fine"],
        peak,
        needed,
        reached,
        needed / reached,
        {whole: seconds[whole] / (needed / reached) for whole in WHOLES},
    )


def with_wholes(
    encode_content: float, encode_style: float, swap: float, single: float, fine: float
) -> dict[str, float]:
    """Seconds by the stages' names, and what they make together."""
    return {
        "encode content": encode_content,
        "encode style": encode_style,
        "single: swap": swap,
        "single: swap and paint": single,
        "coarse to fine: match and paint": fine,
        "whole, single": encode_content + encode_style + single,
        "whole, coarse to fine": encode_content + encode_style + fine,
    }


def naive_ratios(size: int, seconds: dict[str, float], naive: float | None) -> tuple[float | None, float | None]:
    """How many times longer the whole takes with the naive swap of so many seconds, and the swap alone."""
    if naive is None:
        return None, None
    whole, swap = seconds["whole, single"], seconds["single: swap"]
    return (whole - swap + naive) / whole, naive / swap if size <= NAIVE_SWAP_UP_TO else None
