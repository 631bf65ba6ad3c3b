"""Large maps worked on tile by tile, with so much overlap that the tiles cannot be seen.

A tile takes along a halo at least as wide as the convolutions reach; where it ends at the map's own border, the
border's reflection padding acts just as it does without tiles.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from traceback import clear_frames
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.runtime.device import empty_cache, is_out_of_memory

T = TypeVar("T")

CHUNK_VALUES = 1 << 21
"""How many values of a map are worked on at once: such pieces stay in the processor's cache, nearly."""
SMALLEST_TILE = 32
"""Below, a tile is mostly halo, and it is the maps themselves that are too large."""


@dataclass(frozen=True)
class Span:
    """Along one axis: the tile `start`..`end`, and with its halo `outer_start`..`outer_end`."""

    start: int
    end: int
    outer_start: int
    outer_end: int


def spans(length: int, tile: int, halo: int, multiple: int) -> list[Span]:
    """Cut 0..`length` into equal spans of at most about `tile`, each starting at a multiple of `multiple`."""
    count = max(1, -(-length // tile))
    step = -(-length // (count * multiple)) * multiple
    return [
        Span(start, min(start + step, length), max(start - halo, 0), min(start + step + halo, length))
        for start in range(0, length, step)
    ]


def tiles(height: int, width: int, tile: int, halo: int, multiple: int) -> Iterator[tuple[Span, Span]]:
    """All tiles as (rows, columns), row by row."""
    for rows in spans(height, tile, halo, multiple):
        for columns in spans(width, tile, halo, multiple):
            yield rows, columns


def row_chunks(height: int, values_per_row: int) -> list[slice]:
    """Rows 0..`height` in groups of about `CHUNK_VALUES` values, at least one row each."""
    step = max(1, CHUNK_VALUES // values_per_row)
    return [slice(start, min(start + step, height)) for start in range(0, height, step)]


def empty_like(model: Tensor, shape: tuple[int, int, int, int]) -> Tensor:
    """An empty map of this shape (1, C, h, w), channels last: a position's values lie together, as they are used."""
    return torch.empty(shape, dtype=model.dtype, device=model.device, memory_format=torch.channels_last)


def retry_with_smaller_tiles(run: Callable[[int], T], tile: int) -> T:
    """`run(tile)`; out of memory on the card, it is run again with tiles half as long.

    Raises what the card raises when it is out of memory with the smallest tiles too.
    """
    while True:
        try:
            return run(tile)
        except Exception as error:
            if tile < 2 * SMALLEST_TILE or not is_out_of_memory(error):
                raise
            clear_frames(error.__traceback__)  # it would hold on to all that the first attempt has made
        empty_cache()
        tile //= 2


def crop_halo(found: Tensor, rows: Span, columns: Span, scale: float) -> Tensor:
    """A tile's result without its halo; `scale` is output positions per input position."""
    top, left = (
        int((rows.start - rows.outer_start) * scale),
        int((columns.start - columns.outer_start) * scale),
    )
    height, width = int((rows.end - rows.start) * scale), int((columns.end - columns.start) * scale)
    return found[:, :, top : top + height, left : left + width]


def apply_in_tiles(
    convolve: Callable[[Tensor], Tensor], x: Tensor, *, scale: float = 1.0, tile: int, halo: int, multiple: int = 1
) -> Tensor:
    """`convolve` all tiles of `x` (1, C, H, W) and put together what comes out, `scale` times as large."""
    height, width = x.shape[2:]
    parts = list(tiles(height, width, tile, halo, multiple))
    if len(parts) == 1:
        return convolve(x)
    whole: Tensor | None = None
    for rows, columns in parts:
        found = convolve(x[:, :, rows.outer_start : rows.outer_end, columns.outer_start : columns.outer_end])
        piece = crop_halo(found, rows, columns, scale)
        if whole is None:
            whole = empty_like(piece, (1, piece.shape[1], int(height * scale), int(width * scale)))
        top, left = int(rows.start * scale), int(columns.start * scale)
        whole[:, :, top : top + piece.shape[2], left : left + piece.shape[3]] = piece
    assert whole is not None
    return whole


def enlarge_window(small: Tensor, size: tuple[int, int], rows: slice, columns: slice) -> Tensor:
    """These rows and columns of a map (1, C, h, w) enlarged bilinearly to `size` (height, width).

    `small` itself is never returned.
    """
    for axis, extent, part in ((2, size[0], rows), (3, size[1], columns)):
        length = small.shape[axis]
        places = torch.arange(part.start, part.stop, device=small.device)
        places = ((places + 0.5) * (length / extent) - 0.5).clamp(0, length - 1)
        below = places.long()
        weights = (places - below)[:, None] if axis == 2 else places - below
        above = (below + 1).clamp_max(length - 1)
        small = torch.lerp(small.index_select(axis, below), small.index_select(axis, above), weights)
    return small


def box_filter(values: Tensor, side: int) -> Tensor:
    """Means of (1, C, H, W) over `side` x `side` positions, an odd number, of those that there are; down and across in
    turn, which is several times faster."""
    reach = side // 2
    down = F.avg_pool2d(values, (side, 1), 1, (reach, 0), count_include_pad=False)
    return F.avg_pool2d(down, (1, side), 1, (0, reach), count_include_pad=False)
