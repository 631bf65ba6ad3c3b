"""How Ctrl-C, SIGTERM and SIGHUP end the program: soon, wherever it is, and without half a file."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from stylestudio.system import SIGNALLED, SIGNALS, Handler, handle_signals
from stylestudio.unfinished import remove_unfinished

PATIENCE = 0.7
"""Seconds that work gets to end in good order; on a quiet machine it reaches a checkpoint within a tenth of one."""
CURSOR = b"\r\x1b[2K\x1b[?25h"
"""Takes away a progress bar, and shows the terminal's cursor, which the bar has hidden."""


class Stopped(KeyboardInterrupt):
    """A signal has ended the work; `status` is the exit status that goes with it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = SIGNALLED + number


def end_process(number: int, frame: FrameType | None = None) -> None:
    """End the process on the spot; a file that is being written is removed."""
    remove_unfinished()
    with suppress(OSError):
        os.write(2, (CURSOR if os.isatty(2) else b"") + b"Stopped.\n")
    os._exit(SIGNALLED + number)


@contextmanager
def handled_by(handler: Handler) -> Iterator[None]:
    """Within, signals call `handler`."""
    before = handle_signals(handler)
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


@contextmanager
def record_signals() -> Iterator[list[int]]:
    """Signals are put down in the list that this gives, for work that looks there now and then.

    Raises `Stopped` at the end where one came. Work that goes on for `PATIENCE` is ended with the process.
    """
    signals: list[int] = []
    try:
        with handled_by(lambda number, frame: signals.append(number)), force_late_exit():
            yield signals
    finally:
        if signals:
            raise Stopped(signals[0]) from None


@contextmanager
def force_late_exit() -> Iterator[None]:
    """Within, a thread ends the process where a signal has not led to an end in time.

    Python calls a handler between two of its own instructions, never within a library's long call. But it sends the
    signal's number to the wakeup socket at once.
    """
    heard, sent = socket.socketpair()
    sent.setblocking(False)
    over = threading.Event()
    watcher = threading.Thread(target=_end_in_time, args=(heard, over), name="signals", daemon=True)
    watcher.start()
    before = signal.set_wakeup_fd(sent.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        over.set()
        sent.close()
        watcher.join()
        heard.close()


def _end_in_time(heard: socket.socket, over: threading.Event) -> None:
    while number := heard.recv(1):
        if number[0] in SIGNALS and not over.wait(PATIENCE):
            end_process(number[0])
