"""Memory that is free given back to the system."""

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

ENOUGH, SLACK = 1_600_000_000, 400_000_000
"""Bytes: as long as the program has no more of the system's memory, or not so much more than it needed last, it keeps
what is free. Asking for it again, window by window, took a sixth of the time of a picture of 2048 pixels."""


@cache
def find_malloc_trim() -> Callable[[int], object]:
    """The C library's own way to do so, or nothing where it has none."""
    nothing: Callable[[int], object] = int
    return getattr(ctypes.CDLL(None), "malloc_trim", nothing) if sys.platform == "linux" else nothing


def resident_bytes() -> int:
    """Bytes of the system's memory that the program has, on Linux."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class HeapTrimmer:
    """Gives free memory back, but not what will be asked for again at once."""

    def __init__(self) -> None:
        self._needed = 0

    def begin(self) -> None:
        """What was needed so far counts no more: another picture is made."""
        self._needed = 0

    def give_back(self) -> None:
        """Between windows of a large map the library would keep hundreds of megabytes in pieces that fit nothing."""
        if sys.platform == "linux" and resident_bytes() > max(ENOUGH, self._needed + SLACK):
            find_malloc_trim()(0)
            self._needed = resident_bytes()


_trimmer = HeapTrimmer()
begin, give_back = _trimmer.begin, _trimmer.give_back
