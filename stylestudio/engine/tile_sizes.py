"""Smaller tiles where the graphics card has too little memory for those that are quickest."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from stylestudio.engine.device import empty_cache, is_out_of_memory
from stylestudio.progress import Work, or_else

T = TypeVar("T")

SMALLER_PIECES = "Out of graphics memory: smaller pieces"
SMALLEST_TILE = 32
"""Below, a tile is mostly halo, and it is the maps themselves that are too large."""


def fitting(begin: Callable[[int], Work[T]], tile: int) -> Work[T]:
    """The work that `begin(tile)` begins; out of memory on the card, it is begun again with tiles half as long.

    Raises what the card raises when it is out of memory with the smallest tiles too.
    """

    def smaller(side: int) -> Work[T]:
        empty_cache()
        return begin(side)

    work = begin(tile)
    while tile >= 2 * SMALLEST_TILE:
        tile //= 2
        work = or_else(work, is_out_of_memory, SMALLER_PIECES, partial(smaller, tile))
    return work
