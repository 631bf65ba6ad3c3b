"""The gradient of a loss over an encoder's feature maps, brought back to the image, in little memory.

By hand, not by PyTorch's graph: that keeps what went into every convolution, its padding, and what came out, three
times what the way back needs, and its first use takes a second. All goes band by band.
The single steps back are PyTorch's own, `torch.ops.aten`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylestudio.engine.networks.encoder import Encoder, convolution_names, follows_pooling, max_pool
from stylestudio.engine.runtime.device import bfloat16_where_fast, make_contiguous
from stylestudio.engine.runtime.tiling import empty_like, row_chunks
from stylestudio.progress import checkpoint


class EncoderPart(NamedTuple):
    """A part of the encoder: the feature map `y` (1, C, h, w) that came out, which is that at `layer`, if any.

    `back` turns the gradient over `y` into that over what went in.
    """

    layer: str
    y: Tensor
    back: Callable[[Tensor], Tensor]


def run_encoder_parts(encoder: Encoder, image: Tensor) -> list[EncoderPart]:
    """All of the encoder's parts in a row, of an RGB image (1, 3, H, W) in 0..1."""
    passed = list[EncoderPart]()
    y = image.contiguous(memory_format=torch.channels_last)
    for name in convolution_names(encoder.architecture):
        if follows_pooling(name):
            x, y = y, max_pool(y)
            passed.append(EncoderPart("", y, partial(max_pooled_backward, x)))
        convolution = encoder.convolution(name)
        y = convolve(convolution, y)
        layer = f"relu{name[4:]}" if name.endswith("_1") else ""
        passed.append(EncoderPart(layer, y, partial(convolved_backward, convolution, y)))
    return passed


def max_pooled_backward(x: Tensor, gradient: Tensor) -> Tensor:
    """The gradient over what went in, `x` (1, C, h, w), from that over what `max_pool` makes of it."""
    found, twos = torch.empty_like(x, dtype=gradient.dtype), (2, 2)
    for rows in row_chunks(gradient.shape[2], 2 * x.shape[3] * x.shape[1]):
        checkpoint()
        place = slice(2 * rows.start, 2 * rows.stop)
        _, chosen = F.max_pool2d(x[:, :, place], twos, return_indices=True)
        found[:, :, place] = torch.ops.aten.max_pool2d_with_indices_backward(
            make_contiguous(gradient[:, :, rows]), x[:, :, place], twos, twos, (0, 0), (1, 1), False, chosen
        )
    return found


def row_bands(convolution: nn.Conv2d, height: int, width: int) -> Iterator[slice]:
    """Rows of a map of this size that are convolved at once."""
    yield from row_chunks(height, width * max(convolution.in_channels, convolution.out_channels))


def convolve(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """A convolution with its ReLU, the map (1, C, h, w) padded by reflection."""
    height, width = x.shape[2:]
    y: Tensor | None = None
    for rows in row_bands(convolution, height, width):
        checkpoint()
        around = x[:, :, max(rows.start - 1, 0) : rows.stop + 1]
        with bfloat16_where_fast(x.device):
            around = F.pad(around, (1, 1, int(rows.start == 0), int(rows.stop == height)), mode="reflect")
            part = torch.relu_(convolution(make_contiguous(around)))
        y = empty_like(part, (1, part.shape[1], height, width)) if y is None else y
        y[:, :, rows] = part
    assert y is not None
    return y


def convolved_backward(convolution: nn.Conv2d, y: Tensor, gradient: Tensor) -> Tensor:
    """The gradient over what went in, from the `gradient` over `y`, both (1, C, h, w), that came out of the ReLU."""
    height, width = y.shape[2:]
    around: Tensor | None = None
    for rows in row_bands(convolution, height, width):
        checkpoint()
        with bfloat16_where_fast(y.device):
            part = torch.ops.aten.threshold_backward(gradient[:, :, rows], y[:, :, rows], 0)
            piece = F.conv_transpose2d(make_contiguous(part), convolution.weight)
        if around is None:
            around = empty_like(piece, (1, piece.shape[1], height + 2, width + 2))
        else:
            piece[:, :, :2] += around[:, :, rows.start : rows.start + 2]
        around[:, :, rows.start : rows.stop + 2] = piece
    assert around is not None
    return fold_padding(around)


def fold_padding(gradient: Tensor) -> Tensor:
    """The gradient over a map, from that over the map padded by reflection, which is used up."""
    for part in (gradient, gradient.mT):
        part[:, :, 2] += part[:, :, 0]
        part[:, :, -3] += part[:, :, -1]
    return gradient[:, :, 1:-1, 1:-1]
