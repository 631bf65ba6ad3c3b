"""The matching methods, one record each, known without loading the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

MEGABYTE = 1e6


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes of memory, measured at 0.2 to 24 megapixels.

    For each of the content's pixels each of the maps that are `held`, and what is at `work`, which is `most_work` at
    most, as larger maps are worked out part by part; for each of the style's pixels `style`.
    """

    held: tuple[int, ...]
    work: float
    most_work: float
    style: float


@dataclass(frozen=True)
class MatchingMethod:
    """A rule that gives each content position the style's features.

    `module` has the function `replace(layer, settings)`, which makes the overfit features of a layer, and the matches
    for the next finer one, at each of `layers`; see `matching/base.py`. `knows` are the settings that it goes by, of
    those that methods differ in. `scaled` says whether it runs over the picture's scales, or at its full size alone.
    """

    label: str
    module: str
    layers: tuple[str, ...]
    knows: frozenset[str]
    need: MemoryNeed
    scaled: bool = False

    @property
    def replace(self) -> Callable[..., Any]:
        """Loads the module at the first call, and with it PyTorch."""
        return import_module(self.module).replace


METHODS: dict[str, MatchingMethod] = {
    "coarse-to-fine": MatchingMethod(
        "Coarse to fine",
        "stylestudio.engine.matching.coarse_to_fine",
        ("relu4_1", "relu3_1", "relu2_1"),
        frozenset({"patch_size", "fidelity", "finest_layer"}),
        MemoryNeed((32, 64, 128), 850, 1000 * MEGABYTE, 330),
        scaled=True,
    ),
    "single": MatchingMethod(
        "Single",
        "stylestudio.engine.matching.style_swap",
        ("relu4_1",),
        frozenset({"patch_size"}),
        MemoryNeed((32,), 480, 750 * MEGABYTE, 150),
    ),
}
"""By the name that the command line and recipes call them by, the usual one first."""
DEFAULT_METHOD = next(iter(METHODS))
