"""What a matching method is given."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar, cast

from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.colour import luminance_of
from stylestudio.engine.config import DEFAULT, Config
from stylestudio.engine.matching.nnf import Nnf
from stylestudio.engine.runtime.lazy import FeatureMap
from stylestudio.engine.transport import Moments, moments

T = TypeVar("T")


@dataclass(frozen=True)
class MatchSettings:
    """How to match: `patch_size` 1, 3, 5 or 7 positions; `fidelity` 0..1, how far the photo's forms hold against the
    style's; `finest_layer`, the last one where features are replaced, of those that the method has; `seed` of every
    random choice; `config`, the tuned numbers."""

    patch_size: int = 3
    fidelity: float = 0.5
    finest_layer: str = "relu2_1"
    seed: int = 0
    config: Config = DEFAULT


@dataclass(frozen=True)
class EncodedPicture:
    """A picture as the engine knows it.

    Feature maps (1, C, h, w) by layer, those of a large picture lazy; the RGB image (1, 3, H, W) and its `luminance`
    (1, 1, H, W), both in 0..1. `parts` is of how many equally high pictures it is made, which lie one below the other.
    `opaque` (1, 1, H, W), 0..1, says what of a style is there to be taken; None means all. `known` caches what was
    computed from these and is asked for again; `statistics` are moments by name, which photos may have in common.
    """

    features: dict[str, FeatureMap]
    image: FeatureMap
    luminance: Tensor
    parts: int = 1
    opaque: Tensor | None = None
    known: dict[Hashable, object] = field(default_factory=dict[Hashable, object])
    statistics: dict[str, Moments] = field(default_factory=dict[str, Moments])

    @classmethod
    def from_features(
        cls, features: Mapping[str, FeatureMap], image: Tensor, parts: int = 1, opaque: Tensor | None = None
    ) -> Self:
        """With the luminance of this image (1, 3, H, W)."""
        return cls(dict(features), image, luminance_of(image), parts, opaque)

    @property
    def bytes(self) -> int:
        """Of memory that all maps and images need which are not lazy."""
        everything = (*self.features.values(), self.image, self.luminance)
        return sum(one.numel() * one.element_size() for one in everything if isinstance(one, Tensor))

    def feature_tensor(self, layer: str) -> Tensor:
        """A layer's map, of which it is known that it is not lazy."""
        features = self.features[layer]
        assert isinstance(features, Tensor)
        return features

    def opaque_positions(self, layer: str) -> Tensor | None:
        """(h, w) which positions of a layer's map are mostly opaque; None if all are, or none is."""
        if self.opaque is None:
            return None
        _, _, height, width = self.features[layer].shape
        found = F.adaptive_avg_pool2d(self.opaque, (height, width))[0, 0] > 0.5
        return found if found.any() and not found.all() else None

    def mean_luminance(self, layer: str) -> Tensor:
        """(h, w) the mean luminance at the positions of a layer's map, computed once."""
        _, _, height, width = self.features[layer].shape
        return self.get_or_compute(
            ("luminance", layer), lambda: F.adaptive_avg_pool2d(self.luminance, (height, width))[0, 0]
        )

    def moments(self, layer: str) -> Moments:
        """Mean and covariance of a layer's map, transparent positions left out, computed once."""
        return self.get_moments(layer, self.features[layer], self.opaque_positions(layer))

    def get_moments(self, what: str, values: FeatureMap, counted: Tensor | None = None) -> Moments:
        """The `moments` of values that this picture has or leads to, unless they are in the `statistics` already."""
        if what not in self.statistics:
            self.statistics[what] = moments(values, counted)
        return self.statistics[what]

    def get_or_compute(self, key: Hashable, work: Callable[[], T]) -> T:
        """What this work gives, done only the first time that this key is asked for."""
        if key not in self.known:
            self.known[key] = work()
        return cast(T, self.known[key])


@dataclass(frozen=True)
class LayerInputs:
    """All that is known at one layer before its features are replaced; the maps are (1, C, h, w).

    `decoded` is what the inverse network made of the coarser layer, and `coarse` the matches there; both are None
    at the first layer. The style's maps are not lazy. `scale` counts the picture's scales from the coarsest, 0.
    """

    name: str
    content: EncodedPicture
    style: EncodedPicture
    scale: int = 0
    decoded: FeatureMap | None = None
    coarse: Nnf | None = None
