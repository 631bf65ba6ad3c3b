"""torchvision as evaluation and training import it, also beside a torch that its compiled part was not built for.

Linux has one torchvision on the package index, built for CUDA. Beside a CPU build of torch its compiled part cannot be
loaded, and its import ends because two operators that are described in Python were declared there. Nothing here calls
them. They are declared only after that failure: where the compiled part loads, declaring them twice would fail.
"""

import torch
from PIL import Image
from torch import Tensor

try:
    import torchvision  # noqa: F401
except RuntimeError:
    for operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision import models
from torchvision.transforms import v2
from torchvision.utils import make_grid, save_image

__all__ = ["make_grid", "models", "save_image", "to_tensor", "v2"]


def to_tensor(picture: Image.Image) -> Tensor:
    """(3, H, W) float32 in 0..1 of an RGB picture."""
    return v2.functional.to_dtype(v2.functional.pil_to_tensor(picture), torch.float32, scale=True)
