"""Memory that is free given back to the system."""

import ctypes
import sys
from collections.abc import Callable
from functools import cache


@cache
def trim() -> Callable[[int], object]:
    """The C library's own way to do so, or nothing where it has none."""
    nothing: Callable[[int], object] = int
    return getattr(ctypes.CDLL(None), "malloc_trim", nothing) if sys.platform == "linux" else nothing


def give_back() -> None:
    """Between windows of a large map the library would keep several hundred megabytes in pieces that fit nothing."""
    trim()(0)
