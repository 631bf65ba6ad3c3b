"""What a matching method is."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar, cast

from torch import Tensor

from stylestudio.engine.cells import colour_cells
from stylestudio.engine.colour import luminance_of
from stylestudio.engine.maps import FeatureMap
from stylestudio.engine.matching.transport import Moments, moments
from stylestudio.engine.patches import Matches
from stylestudio.progress import Steps, Work

T = TypeVar("T")


@dataclass(frozen=True)
class MatchSettings:
    """How to match: `patch_size` 1, 3, 5 or 7 positions; `fidelity` 0..1, how much the content's own features lead;
    `finest_layer`, the last one where features are replaced, of those that the method has; `light_weight`,
    `even_weight` and `colour_weight` of the guides against all channels; `seed` of every choice."""

    patch_size: int = 3
    fidelity: float = 0.5
    finest_layer: str = "relu2_1"
    light_weight: float = 0.45
    even_weight: float = 0.15
    colour_weight: float = 0.2
    seed: int = 0


@dataclass(frozen=True)
class Encoded:
    """A picture as the engine knows it.

    Feature maps (1, C, h, w) by layer, those of a large picture lazy; the RGB image (1, 3, H, W) and its `luminance`
    (1, 1, H, W), both in 0..1. `parts` is of how many equally high pictures it is made, which lie one below the other.
    `known` is what was worked out from these and is asked for again.
    """

    features: dict[str, FeatureMap]
    image: FeatureMap
    luminance: Tensor
    parts: int = 1
    known: dict[Hashable, object] = field(default_factory=dict)

    @classmethod
    def of(cls, features: Mapping[str, FeatureMap], image: Tensor, parts: int = 1) -> Self:
        """With the luminance of this image (1, 3, H, W)."""
        return cls(dict(features), image, luminance_of(image), parts)

    @property
    def bytes(self) -> int:
        """Of memory that all maps and images need which are not lazy."""
        everything = (*self.features.values(), self.image, self.luminance)
        return sum(one.numel() * one.element_size() for one in everything if isinstance(one, Tensor))

    def held(self, layer: str) -> Tensor:
        """A layer's map, of which it is known that it is not lazy."""
        features = self.features[layer]
        assert isinstance(features, Tensor)
        return features

    def moments(self, layer: str) -> Steps[Moments]:
        """Of a layer's map, worked out once."""
        return self.once(("moments", layer), lambda: moments(self.features[layer]))

    def colours(self) -> Steps[Tensor]:
        """(1, 3, H/8, W/8) the mean luminance and chroma of every cell, worked out once."""
        return self.once("colours", lambda: colour_cells(self.image))

    def once(self, key: Hashable, work: Callable[[], Steps[T]]) -> Steps[T]:
        """What this work gives, done only the first time that this key is asked for."""
        if key not in self.known:
            self.known[key] = yield from work()
        return cast(T, self.known[key])


@dataclass(frozen=True)
class Layer:
    """All that is known at one layer before its features are replaced; the maps are (1, C, h, w).

    `decoded` is what the inverse network made of the coarser layer, and `coarse` the matches there; both are None
    at the first layer. The style's maps are not lazy.
    """

    name: str
    content: Encoded
    style: Encoded
    decoded: FeatureMap | None = None
    coarse: Matches | None = None


@dataclass(frozen=True)
class MatchingMethod:
    """`replace` gives the overfit features of a layer, and the matches for the next finer one, at each of `layers`."""

    layers: tuple[str, ...]
    replace: Callable[[Layer, MatchSettings], Work[tuple[FeatureMap, Matches]]]
