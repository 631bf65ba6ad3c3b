"""What the system allows the program to have, and the signals by which it ends it."""

import signal
import sys
from collections.abc import Callable
from math import inf
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], object]

SIGNALS: list[int] = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
SIGNALLED = 128
"""Plus the signal's number is the exit status of a program that a signal has ended."""


def handle_signals(handler: Handler) -> dict[int, Any]:
    """Let signals call `handler`, but for those that the process was started to ignore. Gives what there was before."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = {number: former for number, former in before.items() if former != signal.SIG_IGN}
    for number in heard:
        signal.signal(number, handler)
    return heard


def free_address_space() -> float:
    """Bytes that the program may still ask for where its address space is limited, as by `ulimit -v` on Linux."""
    if sys.platform != "linux":
        return inf
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return inf
    with open("/proc/self/statm") as pages:  # noqa: PTH123  # before anything is loaded that takes its time
        taken = int(pages.read().split()[0]) * resource.getpagesize()
    return max(0, limit - taken)
