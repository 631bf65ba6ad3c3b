"""The overfit picture's colours brought to the style's palette; its light and dark stay as they are."""

import torch
from torch import Tensor

from stylestudio.engine.colour import chroma, coloured, luminance_of
from stylestudio.engine.maps import Joined
from stylestudio.engine.matching.transport import moments, transport
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

STRENGTH = 0.5
"""How far the chroma's mean and covariance go to the style's: all the way, large areas would become grey or gaudy."""
RANGE = 0.001
"""The share of the style's chroma at either end that does not count for its range."""
MOST_COUNTED = 1 << 16
PURE = 0.05
"""The share of a style's values that are wholly black or white from which on the picture's may be so too."""
KNEE, LAST = 0.02, 0.6 / 255
"""How far from black and white values begin to bend, and how far from it they stay."""


def chroma_range(colours: Tensor) -> tuple[Tensor, Tensor]:
    """(1, 2, 1, 1) the least and the greatest value of chroma (1, 2, H, W), but for a few."""
    values = colours[0].flatten(1)
    values = values[:, :: -(-values.shape[1] // MOST_COUNTED)].sort(1).values
    skipped = int(values.shape[1] * RANGE)
    return values[:, skipped][None, :, None, None], values[:, -1 - skipped][None, :, None, None]


def in_palette(image: Tensor, style: Tensor) -> Steps[Tensor]:
    """An image (1, 3, H, W) with its chroma brought towards that of the style (1, 3, H', W') and kept within its range.

    A style in black and white gives black and white. `image` is used up.
    """
    wanted = chroma(style)
    yield
    own = yield from moments(Joined((image,), chroma, 2))
    move = yield from transport(own, (yield from moments(wanted)))
    least, greatest = chroma_range(wanted)
    for rows in row_chunks(image.shape[2], image.shape[3] * 3):
        part = image[:, :, rows]
        own = chroma(part)
        colours = torch.minimum(torch.maximum(torch.lerp(own, move(own), STRENGTH), least), greatest)
        image[:, :, rows] = coloured(luminance_of(part), colours)
        yield
    return image


def bent(values: Tensor) -> Tensor:
    """Any values, brought between black and white without reaching either; most of those within stay."""
    room = KNEE - LAST
    over, under = (values - (1 - KNEE)).clamp_min(0), (KNEE - values).clamp_min(0)
    return values.clamp(KNEE, 1 - KNEE) + room * (torch.tanh(over / room) - torch.tanh(under / room))


def is_pure(style: Tensor) -> bool:
    """Whether a style (1, 3, H, W) in 0..1 is itself made of pure black and white."""
    return bool(((style <= 0) | (style >= 1)).float().mean() > PURE)


def within_range(image: Tensor, pure: bool) -> Steps[Tensor]:
    """An image (1, 3, H, W) of any values in 0..1; `image` is used up.

    Values bend before they reach black or white, so that nothing burns out; not so for a `pure` style.
    """
    for rows in row_chunks(image.shape[2], image.shape[3] * 3):
        image[:, :, rows] = image[:, :, rows].clamp(0, 1) if pure else bent(image[:, :, rows])
        yield
    return image
