"""Memory that is free given back to the system."""

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

ENOUGH = 1_600_000_000
"""Bytes: as long as the program has no more of the system's memory, it keeps what is free. Asking for it again, window
by window, took a sixth of the time of a picture of 2048 pixels."""


@cache
def trim() -> Callable[[int], object]:
    """The C library's own way to do so, or nothing where it has none."""
    nothing: Callable[[int], object] = int
    return getattr(ctypes.CDLL(None), "malloc_trim", nothing) if sys.platform == "linux" else nothing


def resident() -> int:
    """Bytes of the system's memory that the program has, on Linux."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def give_back() -> None:
    """Between windows of a large map the library would keep several hundred megabytes in pieces that fit nothing."""
    if sys.platform == "linux" and resident() > ENOUGH:
        trim()(0)
