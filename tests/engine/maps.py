"""Small seeded maps, sample pictures as images, and long work run to its end."""

from collections.abc import Sequence
from functools import partial
from math import inf
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from stylestudio.engine.coding import Networks, encode, encode_parts, image_of, lazy_image_of
from stylestudio.engine.matching.base import EncodedPicture
from stylestudio.engine.matching.nnf import Nnf
from stylestudio.engine.pipeline import ScaleInputs, needed_layers
from stylestudio.engine.runtime.lazy import FeatureMap, materialise
from stylestudio.paths import resource
from stylestudio.progress import Progress, finish

T = TypeVar("T")


def random_map(seed: int, channels: int, height: int, width: int) -> Tensor:
    """(1, C, h, w) of values as behind a ReLU."""
    return torch.randn(1, channels, height, width, generator=torch.Generator().manual_seed(seed)).relu()


def random_image(seed: int, height: int, width: int) -> Tensor:
    """(1, 3, H, W) of smooth colours in 0..1."""
    coarse = torch.rand(1, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear")


def random_encoded(seed: int, height: int, width: int, channels: int = 8) -> EncodedPicture:
    """A picture of 8 height x 8 width pixels as the engine knows it, with few channels."""
    maps = {
        f"relu{block}_1": random_map(seed + block, channels, *(n << (4 - block) for n in (height, width)))
        for block in (4, 3, 2)
    }
    return EncodedPicture.from_features(
        maps, torch.rand(1, 3, 8 * height, 8 * width, generator=torch.Generator().manual_seed(seed))
    )


def sample_image(name: str, long_side: int) -> Tensor:
    """(1, 3, H, W) of a bundled picture, such as "contents/koala.jpg"."""
    with Image.open(resource("samples", *name.split("/"))) as picture:
        picture.thumbnail((long_side, long_side))
        pixels = np.asarray(picture.convert("RGB"), dtype=np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous()


def pixels_of(image: Tensor) -> NDArray[np.float32]:
    """(H, W, 3) of an image (1, 3, H, W)."""
    return np.ascontiguousarray(image[0].permute(1, 2, 0).numpy())


def scales_of(
    networks: Networks,
    content: Tensor,
    style: Tensor,
    method: str = "coarse-to-fine",
    shares: Sequence[float] = (1.0,),
    limit: float = inf,
    opaque: Tensor | None = None,
) -> list[ScaleInputs]:
    """Two images (1, 3, H, W) at these shares of their sizes; the photo's maps of more than `limit` bytes are lazy.

    `opaque` (1, 1, H, W) is the style's alpha.
    """
    layers, found = needed_layers(method), []
    for share in shares:
        photo, model, mask = (None if one is None else at_share(one, share) for one in (content, style, opaque))
        assert photo is not None and model is not None
        image, painting = lazy_image_of(pixels_of(photo), networks), image_of(pixels_of(model), networks)
        masks = None if mask is None else [image_of(pixels_of(mask), networks)]
        read_content = partial(encode, networks, image, layers, "Reading", limit)
        found.append(
            ScaleInputs(image, read_content, partial(encode_parts, networks, [painting], layers, "Reading", masks))
        )
    return found


def at_share(image: Tensor, share: float) -> Tensor:
    """An image (1, C, H, W) at this share of its size."""
    return torch.nn.functional.interpolate(image, [max(1, round(extent * share)) for extent in image.shape[2:]])


def never_falls(told: list[Progress]) -> bool:
    fractions = [progress.fraction for progress in told]
    return fractions == sorted(fractions) and fractions[0] >= 0 and fractions[-1] <= 1


def laid(features: FeatureMap) -> Tensor:
    """A map that may be lazy, as a tensor."""
    return finish(materialise(features, ""))


def descriptors(seed: int, height: int, width: int) -> Tensor:
    """(h, w, 6) of length 1."""
    found = torch.randn(height, width, 6, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(found, dim=2)


def random_matches(height: int, width: int, rows: int, columns: int) -> Nnf:
    generator = torch.Generator().manual_seed(5)
    return Nnf(
        torch.randint(rows, (height, width), generator=generator),
        torch.randint(columns, (height, width), generator=generator),
    )


class LargestTensor(TorchDispatchMode):
    """Notes how many values the largest new tensor has."""

    values = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        if isinstance(found, Tensor):
            self.values = max(self.values, found.numel())
        return found
