"""How long the convolutions' arithmetic alone takes on this computer: what the whole can be measured against.

Imports the engine inside functions alone.
"""

import statistics
import time
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stylestudio.engine.coding import Networks
    from stylestudio.engine.networks.decoder import InverseNetwork
    from stylestudio.engine.networks.encoder import Encoder

CHANNELS, SIDE, KERNEL = 256, 128, 3
"""Of the convolution that is timed: large enough to keep every core busy, small enough for the cache."""
TIMES = 5


def multiply_adds(networks: "Networks", content: tuple[int, int], style: tuple[int, int]) -> int:
    """Of all convolutions that encode both images and decode the content's; sizes (height, width), multiples of 8.

    Each convolution counts once for every position of its map: what tiles overlap is no arithmetic that is needed. One
    of an up-sampled map counts in full, although pairs of equal values make fewer products do.
    """
    encoding = sum(encoding_multiply_adds(networks.encoder, *size) for size in (content, style))
    return encoding + decoding_multiply_adds(networks.inverse, *content)


def encoding_multiply_adds(encoder: "Encoder", height: int, width: int) -> int:
    """From the image to relu4_1, each block of VGG at its own stride."""
    from stylestudio.engine.networks.encoder import STRIDES, convolution_names

    total = 0
    for name in convolution_names(encoder.architecture):
        stride = STRIDES[f"relu{name[4]}_1"]
        total += encoder.get_parameter(f"{name}.weight").numel() * (height // stride) * (width // stride)
    return total


def decoding_multiply_adds(inverse: "InverseNetwork", height: int, width: int) -> int:
    """From relu4_1 back to the image of this size; every up-sampling halves the stride."""
    from stylestudio.engine.networks.decoder import BLOCKS
    from stylestudio.engine.networks.encoder import STRIDES

    total, stride = 0, STRIDES["relu4_1"]
    for step in chain.from_iterable(BLOCKS.values()):
        if step == "up":
            stride //= 2
        else:
            total += inverse.get_parameter(f"{step}.weight").numel() * (height // stride) * (width // stride)
    return total


def convolution_rate(networks: "Networks") -> float:
    """Multiply-adds per second of a float32 3x3 convolution, 256 to 256 channels, where these networks are.

    The median of five, on a channels-last map (1, 256, 128, 128): on processors this is oneDNN at its best.
    """
    import torch

    device, layout = next(networks.inverse.parameters()).device, torch.channels_last
    weight = torch.rand(CHANNELS, CHANNELS, KERNEL, KERNEL, device=device).contiguous(memory_format=layout)
    x = torch.rand(1, CHANNELS, SIDE, SIDE, device=device).contiguous(memory_format=layout)
    seconds = []
    with torch.inference_mode():
        for _ in range(TIMES):
            started = time.perf_counter()
            torch.nn.functional.conv2d(x, weight, padding=KERNEL // 2)
            seconds.append(time.perf_counter() - started)
    return weight.numel() * SIDE**2 / statistics.median(seconds)
