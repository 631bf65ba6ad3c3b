"""Patches of feature maps, and laying them down in another map."""

from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from stylestudio.engine.runtime.lazy import FeatureMap, LazyMap
from stylestudio.engine.runtime.tiling import empty_like, row_chunks
from stylestudio.progress import checkpoint


class Nnf(NamedTuple):
    """A nearest-neighbour field: which style position each content position takes, row and column, each (h, w)."""

    rows: Tensor
    columns: Tensor


def fitting_patch_size(patch_size: int, *maps: FeatureMap) -> int:
    """`patch_size`, or the largest odd size that fits into every one of the maps (B, C, H, W)."""
    shortest = min(extent for features in maps for extent in features.shape[2:])
    return min(patch_size, shortest - 1 + shortest % 2)


@dataclass(frozen=True)
class AveragedPatches(LazyMap):
    """The map (1, C, h, w) where each match brings its patch of the style (1, C, H, W); overlaps are averaged.

    Parts of patches that would lie outside the style's map repeat its border. arXiv 1612.04337, section 3.1.
    """

    style_features: Tensor
    matches: Nnf
    patch_size: int

    @property
    def shape(self) -> tuple[int, int, int, int]:
        height, width = self.matches.rows.shape
        return 1, self.style_features.shape[1], height, width

    def window(self, rows: slice, columns: slice) -> Tensor:
        channels, extent = self.style_features.shape[1], columns.stop - columns.start
        found = empty_like(self.style_features, (1, channels, rows.stop - rows.start, extent))
        for part in row_chunks(rows.stop - rows.start, extent * channels):
            checkpoint()
            moved = slice(rows.start + part.start, rows.start + part.stop)
            found[0, :, part] = self.part(moved, columns).permute(2, 0, 1)
        return found

    def part(self, rows: slice, columns: slice) -> Tensor:
        """(rows, columns, C) of it, at once."""
        style_height, style_width = self.style_features.shape[2:]
        positions = self.style_features[0].permute(1, 2, 0).reshape(style_height * style_width, -1)
        total = positions.new_zeros(rows.stop - rows.start, columns.stop - columns.start, positions.shape[1])
        count = positions.new_zeros(*total.shape[:2], 1)
        offsets = range(-(self.patch_size // 2), self.patch_size // 2 + 1)
        for y in offsets:
            to_y, from_y = overlap_slices(y, self.matches.rows.shape[0], rows)
            for x in offsets:
                to_x, from_x = overlap_slices(x, self.matches.rows.shape[1], columns)
                found_y = (self.matches.rows[from_y, from_x].long() + y).clamp(0, style_height - 1)
                found_x = (self.matches.columns[from_y, from_x].long() + x).clamp(0, style_width - 1)
                piece = positions.index_select(0, (found_y * style_width + found_x).flatten())
                total[to_y, to_x] += piece.view(*found_y.shape, piece.shape[1])
                count[to_y, to_x] += 1
        return total.div_(count)


def overlap_slices(offset: int, length: int, part: slice) -> tuple[slice, slice]:
    """Which of `length` patches bring something to `part` of the map when moved by `offset`: where to, and which.

    Where to is counted from the start of the part.
    """
    first = max(part.start - offset, 0)
    last = max(min(part.stop - offset, length), first)
    return slice(first + offset - part.start, last + offset - part.start), slice(first, last)
