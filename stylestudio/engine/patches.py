"""Patches of feature maps: their norms, and laying them down in another map."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.device import able, doubled
from stylestudio.engine.maps import FeatureMap, Lazy
from stylestudio.engine.tiling import empty_like, row_chunks
from stylestudio.progress import Steps


class Matches(NamedTuple):
    """For each content patch the style patch that replaces it: row and column, each (h, w) long.

    Both maps' patches are numbered by their first (top left) position, or both by their middle.
    """

    rows: Tensor
    columns: Tensor


def fitting_patch_size(patch_size: int, *maps: FeatureMap) -> int:
    """`patch_size`, or the largest odd size that fits into every one of the maps (B, C, H, W)."""
    shortest = min(extent for features in maps for extent in features.shape[2:])
    return min(patch_size, shortest - 1 + shortest % 2)


def patch_norms(features: Tensor, patch_size: int) -> Tensor:
    """(H-k+1, W-k+1) Euclidean norm of every k x k patch of a map (1, C, H, W)."""
    if able(features.device) == features.device:
        squares = torch.linalg.vector_norm(features, dim=1, keepdim=True, dtype=torch.float64).square()
    else:  # the map itself would take long to move
        squares = doubled(features.square().sum(1, keepdim=True))
    sums = F.avg_pool2d(squares, patch_size, stride=1, divisor_override=1)
    return sums[0, 0].clamp_min(1e-12).sqrt().to(features.dtype).to(features.device)


@dataclass(frozen=True)
class Laid(Lazy):
    """The map (1, C, `height`, `width`) where each match brings the style (1, C, H, W) at these `offsets` from it, both
    ways; overlaps are averaged. Parts of patches that would lie outside the style's map repeat its border.

    arXiv 1612.04337, section 3.1.
    """

    style_features: Tensor
    matches: Matches
    offsets: range
    height: int
    width: int

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return 1, self.style_features.shape[1], self.height, self.width

    def window(self, rows: slice, columns: slice) -> Steps[Tensor]:
        channels, extent = self.style_features.shape[1], columns.stop - columns.start
        found = empty_like(self.style_features, (1, channels, rows.stop - rows.start, extent))
        for part in row_chunks(rows.stop - rows.start, extent * channels):
            moved = slice(rows.start + part.start, rows.start + part.stop)
            found[0, :, part] = self.part(moved, columns).permute(2, 0, 1)
            yield
        return found

    def part(self, rows: slice, columns: slice) -> Tensor:
        """(rows, columns, C) of it, at once."""
        style_height, style_width = self.style_features.shape[2:]
        positions = self.style_features[0].permute(1, 2, 0).reshape(style_height * style_width, -1)
        total = positions.new_zeros(rows.stop - rows.start, columns.stop - columns.start, positions.shape[1])
        count = positions.new_zeros(*total.shape[:2], 1)
        for y in self.offsets:
            to_y, from_y = landing(y, self.matches.rows.shape[0], rows)
            for x in self.offsets:
                to_x, from_x = landing(x, self.matches.rows.shape[1], columns)
                found_y = (self.matches.rows[from_y, from_x].long() + y).clamp(0, style_height - 1)
                found_x = (self.matches.columns[from_y, from_x].long() + x).clamp(0, style_width - 1)
                piece = positions.index_select(0, (found_y * style_width + found_x).flatten())
                total[to_y, to_x] += piece.view(*found_y.shape, piece.shape[1])
                count[to_y, to_x] += 1
        return total.div_(count)


def lay_down(style_features: Tensor, matches: Matches, patch_size: int) -> Laid:
    """The map (1, C, h+k-1, w+k-1) made of style patches, which are numbered by their first position."""
    height, width = (extent + patch_size - 1 for extent in matches.rows.shape)
    return Laid(style_features, matches, range(patch_size), height, width)


def lay_down_centred(style_features: Tensor, matches: Matches, patch_size: int) -> Laid:
    """The map (1, C, h, w) made of style patches, which are numbered by their middle position."""
    reach = patch_size // 2
    return Laid(style_features, matches, range(-reach, reach + 1), *matches.rows.shape)


def landing(offset: int, length: int, part: slice) -> tuple[slice, slice]:
    """Which of `length` patches bring something to `part` of the map when moved by `offset`: where to, and which.

    Where to is counted from the start of the part.
    """
    first = max(part.start - offset, 0)
    last = max(min(part.stop - offset, length), first)
    return slice(first + offset - part.start, last + offset - part.start), slice(first, last)
