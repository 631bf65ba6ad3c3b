"""What a matching method is."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from stylestudio.engine.patches import Matches
from stylestudio.progress import Work

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""What red, green and blue add to it, on the sRGB values: Rec. 709."""


def luminance_of(image: Tensor) -> Tensor:
    """(1, 1, H, W), in 0..1 like the RGB image (1, 3, H, W)."""
    return torch.einsum("bchw,c->bhw", image, image.new_tensor(LUMINANCE))[:, None]


@dataclass(frozen=True)
class MatchSettings:
    """How to match: `patch_size` 1, 3, 5 or 7 positions; `fidelity` 0..1, how much the content's own features lead;
    `finest_layer`, the last one where features are replaced, of those that the method has; `light_weight` and
    `even_weight` of the guides against all channels; `seed` of every choice."""

    patch_size: int = 3
    fidelity: float = 0.5
    finest_layer: str = "relu2_1"
    light_weight: float = 0.45
    even_weight: float = 0.15
    seed: int = 0


@dataclass(frozen=True)
class Encoded:
    """A picture as the engine knows it: feature maps (1, C, h, w) by layer, and the RGB image (1, 3, H, W) in 0..1."""

    features: dict[str, Tensor]
    image: Tensor

    @property
    def luminance(self) -> Tensor:
        """(1, 1, H, W), 0..1."""
        return luminance_of(self.image)


@dataclass(frozen=True)
class Layer:
    """All that is known at one layer before its features are replaced; the maps are (1, C, h, w).

    `decoded` is what the inverse network made of the coarser layer, and `coarse` the matches there; both are None
    at the first layer.
    """

    name: str
    content: Encoded
    style: Encoded
    decoded: Tensor | None = None
    coarse: Matches | None = None


@dataclass(frozen=True)
class MatchingMethod:
    """`replace` gives the overfit features of a layer, and the matches for the next finer one, at each of `layers`."""

    layers: tuple[str, ...]
    replace: Callable[[Layer, MatchSettings], Work[tuple[Tensor, Matches]]]
