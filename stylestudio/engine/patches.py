"""Patches of feature maps: their norms, and laying them down in another map."""

from typing import NamedTuple

from torch import Tensor
from torch.nn import functional as F


class Matches(NamedTuple):
    """For each content patch the style patch that replaces it: row and column, each (h, w) long.

    Both maps' patches are numbered by their first (top left) position, or both by their middle.
    """

    rows: Tensor
    columns: Tensor


def fitting_patch_size(patch_size: int, *maps: Tensor) -> int:
    """`patch_size`, or the largest odd size that fits into every one of the maps (B, C, H, W)."""
    shortest = min(extent for features in maps for extent in features.shape[2:])
    return min(patch_size, shortest - 1 + shortest % 2)


def patch_norms(features: Tensor, patch_size: int) -> Tensor:
    """(H-k+1, W-k+1) Euclidean norm of every k x k patch of a map (1, C, H, W)."""
    squares = features.double().square().sum(1, keepdim=True)
    sums = F.avg_pool2d(squares, patch_size, stride=1, divisor_override=1)
    return sums[0, 0].clamp_min(1e-12).sqrt().to(features.dtype)


def lay_down(style_features: Tensor, matches: Matches, patch_size: int) -> Tensor:
    """The map (1, C, h+k-1, w+k-1) made of style patches, overlaps averaged; patches numbered by their first position.

    arXiv 1612.04337, section 3.1.
    """
    height, width = matches.rows.shape
    channels = style_features.shape[1]
    total = style_features.new_zeros(channels, height + patch_size - 1, width + patch_size - 1)
    count = total.new_zeros(total.shape[1:])
    for y in range(patch_size):
        for x in range(patch_size):
            total[:, y : y + height, x : x + width] += style_features[0][:, matches.rows + y, matches.columns + x]
            count[y : y + height, x : x + width] += 1
    return (total / count)[None]


def lay_down_centred(style_features: Tensor, matches: Matches, patch_size: int) -> Tensor:
    """The map (1, C, h, w) made of style patches, overlaps averaged; patches numbered by their middle position.

    Parts of patches that would lie outside the style's map repeat its border.
    """
    style_height, style_width = style_features.shape[2:]
    height, width = matches.rows.shape
    flat = style_features[0].flatten(1).t().contiguous()
    total = flat.new_zeros(height, width, flat.shape[1])
    count = flat.new_zeros(height, width, 1)
    reach = patch_size // 2
    for y in range(-reach, reach + 1):
        for x in range(-reach, reach + 1):
            to_y, from_y = shifted(y, height)
            to_x, from_x = shifted(x, width)
            rows = (matches.rows[from_y, from_x] + y).clamp(0, style_height - 1)
            columns = (matches.columns[from_y, from_x] + x).clamp(0, style_width - 1)
            piece = flat[(rows * style_width + columns).flatten()]
            total[to_y, to_x] += piece.view(*rows.shape, flat.shape[1])
            count[to_y, to_x] += 1
    return (total / count).permute(2, 0, 1)[None].contiguous()


def shifted(offset: int, length: int) -> tuple[slice, slice]:
    """Where a map of `length` lands when moved by `offset`, and which part of it does."""
    return slice(max(offset, 0), length + min(offset, 0)), slice(max(-offset, 0), length - max(offset, 0))
