"""What a reader finds in a file: rows of samples as they are stored, and what they mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.metadata import NO_METADATA, Metadata

Samples = NDArray[Any]
"""0..255 as uint8, 0..65535 as uint16 or 0..1 as float32."""
Space = Literal["grey", "rgb", "cmyk", "lab"]
CHANNELS: dict[str, int] = {"grey": 1, "rgb": 3, "cmyk": 4, "lab": 3}
_BLOCK = 1 << 20


@dataclass(frozen=True, eq=False)
class Raster:
    """A decoded picture, its colours still as the file means them.

    `rows` gives a slice of rows, (n, W, C) samples, those of colour first, then those of alpha if there is one; each
    slice is asked for once, from the top. "lab" is L* 0..100, a*, b*; "cmyk" is 1 where there is full ink.
    `profile` is the ICC profile to go by, `own_profile` the one that the file holds. `orientation` is EXIF's, 1..8.
    `room` is memory for the result (H, W, 3), whose end may hold the samples themselves.
    """

    rows: Callable[[slice], Samples]
    size: tuple[int, int]
    space: Space
    alpha: bool = False
    deep: bool = False
    profile: bytes | None = None
    own_profile: bytes | None = None
    orientation: int = 1
    metadata: Metadata = NO_METADATA
    remark: str | None = None
    room: NDArray[np.float32] | None = None

    def blocks(self) -> Iterator[tuple[slice, Samples]]:
        """All rows, about a million pixels at a time."""
        width, height = self.size
        count = max(1, _BLOCK // width)
        for top in range(0, height, count):
            part = slice(top, min(top + count, height))
            yield part, self.rows(part)


def rows_of_array(samples: Samples) -> Callable[[slice], Samples]:
    """`Raster.rows` of samples (H, W) or (H, W, C)."""
    return lambda part: samples[part].reshape(part.stop - part.start, samples.shape[1], -1)


def deep_room(size: tuple[int, int], channels: int) -> tuple[NDArray[np.float32], NDArray[np.uint16] | None]:
    """Room for a deep result (H, W, 3), and its end as (H, W, channels) of 16 bits, where a decoder may write.

    Widened from the top, a row is written only where samples were read before. None for more than six channels, which
    the room does not hold.
    """
    width, height = size
    room = np.empty((height, width, 3), np.float32)
    if channels > 6:
        return room, None
    end = room.reshape(-1).view(np.uint16)[-width * height * channels :]
    return room, end.reshape(height, width, channels)


def moved_to_room(samples: NDArray[np.uint16]) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
    """Room for a deep result, and (H, W, C) samples of up to six channels moved to its end."""
    height, width, channels = samples.shape
    room, end = deep_room((width, height), channels)
    assert end is not None
    end[...] = samples
    return room, end
