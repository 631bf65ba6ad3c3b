"""Ctrl-C, which says "Stopped.", gives 130 and leaves no half-written file, whenever it comes.

Python's own way, an exception wherever it happens to be, ends the process with an abort or a traceback where that is in
the midst of loading a large library.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130


@contextmanager
def at_once() -> Iterator[None]:
    """Ctrl-C ends the process on the spot: for loading, and for work that writes no file."""
    with handled_by(lambda number, frame: _end()):
        yield


@contextmanager
def noted() -> Iterator[list[int]]:
    """Ctrl-C is put down in the list that this gives: for work that looks there now and then."""
    signals: list[int] = []
    with handled_by(lambda number, frame: signals.append(number)):
        yield signals


@contextmanager
def handled_by(handler) -> Iterator[None]:
    """Ctrl-C calls `handler`; where the process was started to ignore it, it stays ignored."""
    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end() -> None:
    os.write(2, b"Stopped.\n")
    os._exit(INTERRUPTED)
