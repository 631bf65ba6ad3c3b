"""The inverse network: nine convolutions that undo the encoder, in four blocks that end at its own layers.

Chinese patent application CN112233015A (the nine-layer inverse network); trained so that each block's output is the
encoder's feature map at the next finer layer, the last one's the image.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylestudio.engine.encoder import reflect
from stylestudio.progress import Steps, finish

BLOCKS = {
    "relu4_1": ("conv1", "up", "conv2", "conv3", "conv4"),
    "relu3_1": ("conv5", "up", "conv6"),
    "relu2_1": ("conv7", "up", "conv8"),
    "relu1_1": ("conv9",),
}
"""Which steps lead from a layer to the next finer one."""

WIDTHS = (512, 256, 256, 256, 256, 128, 128, 64, 64, 3)


class InverseNetwork(nn.Module):
    """Nine 3x3 convolutions from relu4_1 back to the image, nearest up-sampling, ReLU between."""

    def __init__(self) -> None:
        super().__init__()
        for index, (before, after) in enumerate(pairwise(WIDTHS), 1):
            self.add_module(f"conv{index}", nn.Conv2d(before, after, 3))

    def block(self, layer: str, features: Tensor) -> Tensor:
        """From the feature map at `layer` (B, C, h, w) to the next finer one (B, C', 2h, 2w), or to the image.

        The image (B, 3, H, W) comes from relu1_1 at the same size; it is RGB, meant for 0..1 but not clamped.
        """
        return finish(self.steps(layer, features))

    def steps(self, layer: str, features: Tensor) -> Steps[Tensor]:
        """The same as `block`, yielding after every convolution."""
        x = features
        for step in BLOCKS[layer]:
            if step == "up":
                x = F.interpolate(x, scale_factor=2, mode="nearest")
                continue
            x = self.get_submodule(step)(reflect(x))
            x = x if step == "conv9" else torch.relu(x)
            yield
        return x

    def forward(self, features: Tensor) -> Tensor:
        """The image (B, 3, 8h, 8w) of relu4_1 features (B, 512, h, w); h and w at least 2."""
        x = features
        for layer in BLOCKS:
            x = self.block(layer, x)
        return x
