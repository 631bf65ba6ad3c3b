"""A very large picture represented by some of its places, at its own scale."""

from math import sqrt

import numpy as np

SIDE = 512
"""Pixels a side: large enough that whole strokes and their surroundings are in it."""

Place = tuple[slice, slice]


def excerpts(size: tuple[int, int], most: int, seed: int = 0) -> list[Place]:
    """Rows and columns of equally large places of a picture of `size` (width, height), about `most` pixels in all.

    The picture is cut into as many equal fields; of each comes one place, chosen at random, but always the same. A
    picture that has no more pixels is one place.
    """
    width, height = size
    if width * height <= most:
        return [(slice(0, height), slice(0, width))]
    high, wide = min(SIDE, height), min(SIDE, width)
    count = max(1, most // (high * wide))
    rows = min(max(1, round(sqrt(count * height / width))), count)
    columns = count // rows
    random = np.random.default_rng(seed)
    found = []
    for row in range(rows):
        for column in range(columns):
            top = within(height / rows, row, high, height, random.random())
            left = within(width / columns, column, wide, width, random.random())
            found.append((slice(top, top + high), slice(left, left + wide)))
    return found


def within(field: float, number: int, side: int, length: int, chance: float) -> int:
    """Where in 0..`length` an excerpt of this side begins, in the field of this number; `chance` 0..1 says where."""
    start = number * field + chance * max(field - side, 0)
    return min(int(start), length - side)
