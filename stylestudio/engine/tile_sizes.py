"""Smaller tiles where the graphics card has too little memory for those that are quickest."""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from stylestudio.engine import tiling
from stylestudio.engine.device import empty_cache, is_out_of_memory
from stylestudio.progress import Steps, Work, or_else

SMALLER_PIECES = "Out of graphics memory: smaller pieces"
SMALLEST_TILE = 32
"""Below, a tile is mostly halo, and it is the maps themselves that are too large."""


def by_tiles(
    steps: Callable[[Tensor], Steps[Tensor]],
    x: Tensor,
    *,
    scale: float = 1.0,
    tile: int,
    halo: int,
    multiple: int = 1,
    stage: str,
    steps_per_tile: int,
) -> Work[Tensor]:
    """The same as `tiling.by_tiles`; out of memory on the card, the map is begun again with tiles half as long.

    Raises what the card raises when it is out of memory with the smallest tiles too.
    """

    def at(side: int) -> Work[Tensor]:
        return tiling.by_tiles(
            steps,
            x,
            scale=scale,
            tile=side,
            halo=halo,
            multiple=multiple,
            stage=stage,
            steps_per_tile=steps_per_tile,
        )

    def smaller(side: int) -> Work[Tensor]:
        empty_cache()
        return at(side)

    work = at(tile)
    while tile >= 2 * SMALLEST_TILE:
        tile //= 2
        work = or_else(work, is_out_of_memory, SMALLER_PIECES, partial(smaller, tile))
    return work
