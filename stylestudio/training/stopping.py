"""Stopping a run between two steps, so that nothing is lost."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_requested() -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets; the former handlers come back afterwards."""
    event = threading.Event()
    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in former:
        signal.signal(number, lambda *_: event.set())
    try:
        yield event
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
