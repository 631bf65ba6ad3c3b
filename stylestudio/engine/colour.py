"""Luminance, and chroma: what is left of red and blue without it."""

import torch
from torch import Tensor

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""What red, green and blue add to it, on the sRGB values: Rec. 709."""


def luminance_of(image: Tensor) -> Tensor:
    """(1, 1, H, W), in 0..1 like the RGB image (1, 3, H, W)."""
    return torch.einsum("bchw,c->bhw", image, image.new_tensor(LUMINANCE))[:, None]


def chroma(image: Tensor) -> Tensor:
    """(1, 2, H, W) red and blue less luminance, of an RGB image (1, 3, H, W)."""
    return image[:, 0::2] - luminance_of(image)


def combine_chroma(luminance: Tensor, colours: Tensor) -> Tensor:
    """The RGB image (1, 3, H, W) of this luminance (1, 1, H, W) and chroma (1, 2, H, W)."""
    red, green, blue = LUMINANCE
    less = (red * colours[:, :1] + blue * colours[:, 1:]) / green
    return luminance + torch.cat([colours[:, :1], -less, colours[:, 1:]], 1)
