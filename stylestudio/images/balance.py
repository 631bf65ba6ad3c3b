"""Two overfit pictures made one by a balance t: `first * (1 - t) + second * t`; for files and for the screen."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

_ROWS = 64
_THREADS = 2
_BLOCK = 1 << 17
"""Values that are balanced at once, so that what this takes beside them stays in the processor's cache."""


def balance_overfits(first: NDArray[np.float32], second: NDArray[np.float32], balance: float) -> NDArray[np.float32]:
    """The overfit picture (H, W, 3) of two styles, float32: at 0 `first` itself, at 1 `second` itself.

    Raises `ValueError` unless they go together and `balance` is 0..1.
    """
    _check(first, second, balance)
    if balance in (0, 1):
        return second if balance else first
    found = np.empty(first.shape, np.float32)
    for top in range(0, len(first), _ROWS):
        rows = slice(top, top + _ROWS)
        part = np.subtract(second[rows], first[rows], out=found[rows])
        part *= np.float32(balance)
        part += first[rows]
    return found


def balance_levels(first: NDArray[np.uint8], second: NDArray[np.uint8], balance: float) -> NDArray[np.uint8]:
    """The same of levels 0..255, to the nearest level, as fast as a slider moves."""
    _check(first, second, balance)
    if balance in (0, 1):
        return second if balance else first
    found = np.empty(first.shape, np.uint8)
    height = len(found)

    def band(start: int, stop: int) -> None:
        step = max(1, _BLOCK * height // max(1, found.size))
        for top in range(start, stop, step):
            rows = slice(top, min(top + step, stop))
            part = np.subtract(second[rows], first[rows], dtype=np.float32)
            part *= np.float32(balance)
            part += first[rows]
            part += np.float32(0.5)
            found[rows] = part  # cut off to whole levels

    edges = [height * n // _THREADS for n in range(_THREADS + 1)]
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="balance") as pool:
        list(pool.map(band, edges[:-1], edges[1:]))
    return found


def _check(first: np.ndarray, second: np.ndarray, balance: float) -> None:
    if first.shape != second.shape or not 0 <= balance <= 1:
        raise ValueError(f"overfit pictures {first.shape} and {second.shape} have no balance {balance}")
