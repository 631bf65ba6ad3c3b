"""Overfit features of random pairs, made by the real matching: what the inverse network is fed in use."""

import torch
from torch import Tensor

from stylestudio.engine.matching.base import EncodedPicture, LayerInputs, MatchSettings
from stylestudio.engine.methods import METHODS
from stylestudio.engine.runtime.lazy import materialise
from stylestudio.progress import finish

LAYER = "relu4_1"


def encoded_picture(truth: dict[str, Tensor], index: int) -> EncodedPicture:
    """One picture of a batch as matching wants it."""
    features, image = (truth[name][index : index + 1].float() for name in (LAYER, "image"))
    return EncodedPicture.from_features({LAYER: features}, image)


@torch.no_grad()
def overfit_features(contents: dict[str, Tensor], styles: dict[str, Tensor]) -> Tensor:
    """(B, 512, h, w) at relu4_1, of two batches' true features: each content in the style that stands in its place,
    styles going round."""
    count, found = len(styles["image"]), []
    with torch.autocast(contents["image"].device.type, enabled=False):
        for index in range(len(contents["image"])):
            layer = LayerInputs(LAYER, encoded_picture(contents, index), encoded_picture(styles, index % count))
            replaced, _ = finish(METHODS["coarse-to-fine"].replace(layer, MatchSettings(seed=index)))
            found.append(finish(materialise(replaced, "")))
    return torch.cat(found)
