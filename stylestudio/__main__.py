"""Where the program starts: a command goes to the command line, everything else to the window."""

import math
import os
import signal
import sys
import threading

LEAST_MEMORY = 300_000_000
"""Bytes of address space; with 200 million NumPy's library ends the process, and PyTorch alone takes 500."""
PER_THREAD = 400_000_000
"""Where the address space is limited: a thread's stack and heap take up to 140 of it, and its work the rest."""


def main() -> int:
    """Run Style Studio with the process' arguments and give the exit status."""
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # from the first moment Ctrl-C is no traceback
    from stylestudio.cli import console, stopping, streams
    from stylestudio.system import SIGNALLED, handle_signals

    handle_signals(stopping.end_process)
    streams.protect_standard_streams()
    # NumPy reads it when it is loaded. Collecting huge pages for a photo took longer than copying the photo.
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
    status = console.exit_status(lambda: run(sys.argv[1:]))
    if status > SIGNALLED:
        os._exit(status)  # the interpreter takes seconds to take the engine apart
    return status


def run(arguments: list[str]) -> int:
    """Load the part of the program that these arguments are for, and run it. Raises what loading raises."""
    check_start()
    from stylestudio import app

    if not arguments:  # the window, which is to be there soon
        return app.main(arguments)
    from stylestudio.cli import parser

    if arguments[0] in parser.COMMANDS or arguments[0].startswith("-"):
        return parser.main(arguments)
    return app.main(arguments)


def check_start() -> None:
    """Raise `SystemLacks`, or `RuntimeError` for a thread, where libraries would end the process in their own words."""
    from stylestudio.errors import SystemLacks, out_of_memory_error
    from stylestudio.system import free_address_space

    try:
        os.getcwd()  # noqa: PTH109
    except FileNotFoundError as error:  # MKL cannot find itself then
        raise SystemLacks(
            "The folder that Style Studio was started in is gone.", hint="Start it from another one."
        ) from error
    threading.Thread(target=int).start()  # one that cannot be started is as Ctrl-C to OpenBLAS
    room = free_address_space()
    if room < LEAST_MEMORY:
        raise out_of_memory_error()
    if room < math.inf:
        threads = max(1, min(os.cpu_count() or 1, int(room // PER_THREAD)))
        os.environ.setdefault("OMP_NUM_THREADS", str(threads))
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


if __name__ == "__main__":
    sys.exit(main())
