"""What the system allows the program to have."""

import sys
from math import inf


def address_space() -> float:
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
