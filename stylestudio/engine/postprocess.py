"""The overfit picture's colours brought to the style's palette; its light and dark stay as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from stylestudio.engine.colour import chroma, combine_chroma, luminance_of
from stylestudio.engine.config import PaletteConfig
from stylestudio.engine.runtime.lazy import JoinedMap
from stylestudio.engine.runtime.tiling import box_filter, row_chunks
from stylestudio.engine.transport import Moments, moments, transport
from stylestudio.progress import checkpoint

Measure = Callable[[JoinedMap], Moments]
MOST_COUNTED = 1 << 16
COLOUR_RIDGE = 1e-9
"""Two channels need none."""
LAST = 0.6 / 255
"""How far from black and white values stay: they round to neither."""


@dataclass(frozen=True)
class PaletteContext:
    """What post-processing goes by: the style's pixels that can be seen, as an image (1, 3, N, 1), its numbers, and
    what gives the moments of a picture's chroma (1, 2, H, W)."""

    style: Tensor
    tuning: PaletteConfig
    measured: Measure = moments

    @classmethod
    def of(cls, style: Tensor, opaque: Tensor | None, tuning: PaletteConfig, measured: Measure = moments) -> Self:
        """Of a style's image (1, 3, H, W) and its alpha (1, 1, H, W); without any pixel to be seen, all count."""
        pixels = style.flatten(2)
        seen = None if opaque is None else opaque.flatten() > 0.5
        return cls((pixels if seen is None or not seen.any() else pixels[:, :, seen])[..., None], tuning, measured)


def postprocess_image(image: Tensor, context: PaletteContext) -> Tensor:
    """The decoded image (1, 3, H, W), of any values, in the style's palette and in 0..1. Modifies it in place."""
    return bring_into_range(match_palette(image, context), context)


def chroma_range(colours: Tensor, skip: float) -> tuple[Tensor, Tensor]:
    """(1, 2, 1, 1) the least and the greatest value of chroma (1, 2, H, W), but for a few."""
    values = colours[0].flatten(1)
    values = values[:, :: -(-values.shape[1] // MOST_COUNTED)].sort(1).values
    skipped = int(values.shape[1] * skip)
    return values[:, skipped][None, :, None, None], values[:, -1 - skipped][None, :, None, None]


def match_palette(image: Tensor, context: PaletteContext) -> Tensor:
    """An image (1, 3, H, W) with its chroma brought towards the style's and kept within its range.

    Modifies it in place. A style in black and white gives black and white. Chroma is softened first: where neighbouring
    features come from different places of the style, the inverse network makes specks of colour.
    """
    wanted, tuning = chroma(context.style), context.tuning

    def soft_chroma(part: Tensor) -> Tensor:
        return smooth_chroma(chroma(part), tuning.softened)

    own = context.measured(JoinedMap((image,), soft_chroma, 2, reach=1))
    move = transport(own, moments(wanted), COLOUR_RIDGE)
    least, greatest = chroma_range(wanted, tuning.skipped)
    above = image[:, :, :0]
    for rows in row_chunks(image.shape[2], image.shape[3] * 3):
        checkpoint()
        around = torch.cat([above, image[:, :, rows.start : rows.stop + 1]], 2)
        inside = slice(above.shape[2], above.shape[2] + rows.stop - rows.start)
        own = smooth_chroma(chroma(around), tuning.softened)[:, :, inside]
        above = image[:, :, rows.stop - 1 : rows.stop].clone()
        colours = torch.minimum(torch.maximum(torch.lerp(own, move(own), tuning.strength), least), greatest)
        image[:, :, rows] = combine_chroma(luminance_of(image[:, :, rows]), colours)
    return image


def smooth_chroma(colours: Tensor, share: float) -> Tensor:
    """Chroma (1, 2, H, W), this share of it replaced by its mean over 3 x 3 pixels."""
    return torch.lerp(colours, box_filter(colours, 3), share)


def soft_clip(values: Tensor, knee: float) -> Tensor:
    """Any values, brought between black and white without reaching either; most of those within stay."""
    room = knee - LAST
    over, under = (values - (1 - knee)).clamp_min(0), (knee - values).clamp_min(0)
    return values.clamp(knee, 1 - knee) + room * (torch.tanh(over / room) - torch.tanh(under / room))


def bring_into_range(image: Tensor, context: PaletteContext) -> Tensor:
    """An image (1, 3, H, W) of any values in 0..1. Modifies it in place.

    Values bend before they reach black or white, so that nothing burns out; not so for a style that is itself made of
    pure black and white.
    """
    style, tuning = context.style, context.tuning
    pure = bool(((style <= 0) | (style >= 1)).float().mean() > tuning.pure)
    for rows in row_chunks(image.shape[2], image.shape[3] * 3):
        checkpoint()
        image[:, :, rows] = image[:, :, rows].clamp(0, 1) if pure else soft_clip(image[:, :, rows], tuning.knee)
    return image
