"""The inverse network: nine convolutions that undo the encoder, in four blocks that end at its own layers.

Chinese patent application CN112233015A (the nine-layer inverse network); trained so that each block's output is the
encoder's feature map at the next finer layer, the last one's the image.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylestudio.engine.networks.encoder import Convolutions, pad_by_reflection
from stylestudio.engine.runtime.device import make_contiguous
from stylestudio.engine.runtime.tiling import empty_like
from stylestudio.progress import checkpoint

BLOCKS = {
    "relu4_1": ("conv1", "up", "conv2", "conv3", "conv4"),
    "relu3_1": ("conv5", "up", "conv6"),
    "relu2_1": ("conv7", "up", "conv8"),
    "relu1_1": ("conv9",),
}
"""Which steps lead from a layer to the next finer one."""

WIDTHS = (512, 256, 256, 256, 256, 128, 128, 64, 64, 3)


def upsample(features: Tensor) -> Tensor:
    """(B, C, 2h, 2w) every position of (B, C, h, w) four times."""
    return F.interpolate(features, scale_factor=2, mode="nearest")


def fold_weights(weights: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Three weights along this axis as two: for the first and for the second of two equal values in every pair."""
    first, middle, last = torch.split(weights, 1, axis)
    return torch.cat([first, middle + last], axis), torch.cat([first + middle, last], axis)


def upsample_and_convolve(features: Tensor, convolution: nn.Conv2d) -> Tensor:
    """A 3x3 convolution of features (B, C, h, w) brought to twice their size by nearest up-sampling: (B, C', 2h, 2w).

    Pairs of equal values share a product, so that a position takes four instead of nine: one 2x2 convolution for each
    of its four places in a pair of pairs. Reflection of such pairs is repetition of the features.
    Shi et al., "Is the deconvolution layer the same as a convolutional layer?", 2016.
    """
    (batch, _, height, width), around = features.shape, F.pad(features, (1, 1, 1, 1), mode="replicate")
    found: Tensor | None = None
    for y, weights in enumerate(fold_weights(convolution.weight, 2)):
        for x, part in enumerate(fold_weights(weights, 3)):
            near = make_contiguous(around[:, :, y : y + height + 1, x : x + width + 1])
            piece = F.conv2d(near, part, convolution.bias)
            if found is None:
                found = empty_like(piece, (batch, piece.shape[1], 2 * height, 2 * width))
            found[:, :, y::2, x::2] = piece
    assert found is not None
    return found


class InverseNetwork(Convolutions):
    """Nine 3x3 convolutions from relu4_1 back to the image, nearest up-sampling, ReLU between.

    `share` of the channels as in `Encoder`.
    """

    def __init__(self, share: float = 1.0) -> None:
        super().__init__()
        widths = [*(round(width * share) for width in WIDTHS[:-1]), WIDTHS[-1]]
        for index, (before, after) in enumerate(pairwise(widths), 1):
            self.add_module(f"conv{index}", nn.Conv2d(before, after, 3))

    def block(self, layer: str, features: Tensor) -> Tensor:
        """From the feature map at `layer` (B, C, h, w) to the next finer one (B, C', 2h, 2w), or to the image.

        The image (B, 3, H, W) comes from relu1_1 at the same size; it is RGB, meant for 0..1 but not clamped.
        """
        x, before = features, ""
        # in bfloat16 the sums of weights would be rounded another way, so that other pieces of the style are chosen
        kind = features.device.type
        exact = not (torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind))
        for step in BLOCKS[layer]:
            if step != "up":
                checkpoint()
                convolution = self.convolution(step)
                if before == "up" and exact:
                    x = upsample_and_convolve(x, convolution)
                else:
                    x = convolution(pad_by_reflection(upsample(x) if before == "up" else x))
                x = x if step == "conv9" else torch.relu(x)
            before = step
        return x

    def forward(self, features: Tensor) -> Tensor:
        """The image (B, 3, 8h, 8w) of relu4_1 features (B, 512, h, w); h and w at least 2."""
        x = features
        for layer in BLOCKS:
            x = self.block(layer, x)
        return x
