"""How fast the program is on this computer, stage by stage, against its own arithmetic and the published swap."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from stylestudio.bench.convolutions import convolution_rate, multiply_adds
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.resize import resample, size_for
from stylestudio.progress import finish
from stylestudio.studio.render import Renderer, excerpts_of
from stylestudio.studio.samples import sample_pair
from stylestudio.studio.settings import Settings

if TYPE_CHECKING:
    from stylestudio.engine.coding import Networks
    from stylestudio.engine.matching.base import EncodedPicture

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
      "single: swap and paint", "whole, single", which is their sum, and "whole, coarse to fine", over all its scales
    - `naive_ratio`: how many times longer "whole, single" takes with the naive swap, None where that does not fit into
      memory
    - `naive_swap_ratio`: how many times longer the naive swap takes than the fast one, None at sizes beyond 512
    - `megapixels_per_second`: of the content, by "whole, coarse to fine"
    - `peak_memory`: the process' greatest so far, in bytes, before anything naive ran; None where it is unknown
    - `multiply_adds`: of the convolutions that encode both pictures and decode one, by whole; coarse to fine at every
      scale
    - `convolution_rate`: multiply-adds per second that this computer's convolutions reach
    - `convolutions`: seconds that the multiply-adds of "whole, coarse to fine" take at this rate
    - `convolution_ratios`: "whole, single" and "whole, coarse to fine" over what their own multiply-adds take
    """

    size: int
    repeat: int
    seconds: dict[str, float]
    naive_ratio: float | None
    naive_swap_ratio: float | None
    megapixels_per_second: float
    peak_memory: int | None
    multiply_adds: dict[str, int]
    convolution_rate: float
    convolutions: float
    convolution_ratios: dict[str, float]


def default_repeat(size: int) -> int:
    """How many times a stage is timed at this long side in pixels, unless asked for otherwise."""
    return 3 if size <= REPEATED_UP_TO else 1


def time_median(work: Callable[[], T], repeat: int = 1) -> tuple[T, float]:
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
    from stylestudio.engine.matching.reference import naive_swap_matches
    from stylestudio.engine.networks.encoder import LAYERS

    networks = renderer.networks()
    pictures = [
        from_pixels(resample(one.stored, size_for(one.size, size)), one.name) for one in map(read, sample_pair())
    ]
    stages = Stages(networks, pictures, LAYERS[1:])
    stages.warm_up()
    content, encode_content = time_median(stages.encode_content, repeat)
    style, encode_style = time_median(stages.encode_style, repeat)
    maps = content.feature_tensor("relu4_1"), style.feature_tensor("relu4_1")
    patch_size = Settings().patch_size
    seconds = {"encode content": encode_content, "encode style": encode_style}
    seconds["single: swap"] = time_median(lambda: stages.swap(content, style), repeat)[1]
    seconds["single: swap and paint"] = time_median(lambda: stages.paint(content, style), repeat)[1]
    seconds["whole, single"] = encode_content + encode_style + seconds["single: swap and paint"]
    seconds["whole, coarse to fine"] = time_median(lambda: stages.run_whole(size), repeat)[1]
    peak, naive = peak_memory(), None
    if size <= NAIVE_UP_TO:
        naive = time_median(lambda: naive_swap_matches(*maps, patch_size), repeat)[1]
    needed, reached = stages.multiply_adds(), rate(networks)
    megapixels = content.image.shape[2] * content.image.shape[3] / 1e6
    return Timing(
        size,
        repeat,
        seconds,
        *naive_ratios(size, seconds, naive),
        megapixels / seconds["whole, coarse to fine"],
        peak,
        needed,
        reached,
        needed["whole, coarse to fine"] / reached,
        {whole: seconds[whole] / (needed[whole] / reached) for whole in WHOLES},
    )


@dataclass(frozen=True)
class Stages:
    """What is timed: the parts of *Single*, and the whole of *coarse to fine*, on two `pictures`, content and style."""

    networks: "Networks"
    pictures: list[Picture]
    layers: tuple[str, ...]

    def warm_up(self) -> None:
        from stylestudio.engine.coding import encode, image_of

        image = image_of(self.pictures[0].pixels[:64, :64], self.networks)
        finish(encode(self.networks, image, self.layers, ""))

    def encode_content(self) -> "EncodedPicture":
        from stylestudio.engine.coding import encode, lazy_image_of
        from stylestudio.engine.runtime.lazy import HELD_OF_CONTENT

        image = lazy_image_of(self.pictures[0].stored, self.networks)
        return finish(encode(self.networks, image, self.layers, "", HELD_OF_CONTENT))

    def encode_style(self) -> "EncodedPicture":
        from stylestudio.engine.coding import encode_parts

        return finish(encode_parts(self.networks, excerpts_of(self.pictures[1].stored, self.networks), self.layers, ""))

    def swap(self, content: "EncodedPicture", style: "EncodedPicture") -> object:
        """With nothing known but the features: what is computed from them is a part of the work."""
        from stylestudio.engine.matching.base import LayerInputs, MatchSettings
        from stylestudio.engine.methods import METHODS

        content, style = replace(content, known={}), replace(style, known={})
        return finish(METHODS["single"].replace(LayerInputs("relu4_1", content, style), MatchSettings()))

    def paint(self, content: "EncodedPicture", style: "EncodedPicture") -> object:
        """With nothing known but the features, as in `swap`."""
        from stylestudio.engine.pipeline import MatchSettings, match_and_decode

        content, style = replace(content, known={}), replace(style, known={})
        return finish(match_and_decode(self.networks, content, style, 0, "single", MatchSettings()))

    def run_whole(self, size: int) -> object:
        """With warm networks and nothing else known."""
        content, style = self.pictures
        return finish(Renderer(networks=self.networks).overfit(content, style, Settings(size=size, refine=0)))

    def multiply_adds(self) -> dict[str, int]:
        """Of each whole, at its scales."""
        from stylestudio.engine.config import DEFAULT
        from stylestudio.engine.pipeline import scale_sizes

        found = {}
        for whole, method in zip(WHOLES, ("single", "coarse-to-fine"), strict=True):
            longest, total = max(self.pictures[0].size), 0
            for side in scale_sizes(longest, method, DEFAULT.scales):
                content, style = (size_for(one.size, round(max(one.size) * side / longest)) for one in self.pictures)
                total += multiply_adds(self.networks, padded_size(content), padded_size(style))
            found[whole] = total
        return found


def padded_size(size: tuple[int, int]) -> tuple[int, int]:
    """The (height, width) at which a picture of this (width, height) is encoded."""
    from stylestudio.engine.coding import padded_extent

    return padded_extent(size[1]), padded_extent(size[0])


def naive_ratios(size: int, seconds: dict[str, float], naive: float | None) -> tuple[float | None, float | None]:
    """How many times longer the whole takes with the naive swap of so many seconds, and the swap alone."""
    if naive is None:
        return None, None
    whole, swap = seconds["whole, single"], seconds["single: swap"]
    return (whole - swap + naive) / whole, naive / swap if size <= NAIVE_SWAP_UP_TO else None
