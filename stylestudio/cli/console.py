"""What the command line says, and how it stops at Ctrl-C."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from stylestudio.errors import StudioError
from stylestudio.progress import Cancelled, Work, cancellable, checkpoint

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

T = TypeVar("T")
CANNOT_BE_DONE = 2
LINE_EVERY = 2.0
"""Seconds between two plain lines of the same stage."""


def say(text: str) -> None:
    """A result, on stdout."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """A remark, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def exit_status(run: Callable[[], int]) -> int:
    """What `run` gives; an error or Ctrl-C is told, and is 2 or 130."""
    try:
        return run()
    except StudioError as error:
        tell(str(error))
        return CANNOT_BE_DONE
    except KeyboardInterrupt:
        tell("Stopped.")
        return INTERRUPTED


def watch(work: Work[T], quiet: bool = False) -> T:
    """Run the work to its end and give its result, with a bar on a terminal, plain lines elsewhere, or quietly."""
    if quiet:
        return shown_as(work, lambda stage, fraction: None)
    if not sys.stderr.isatty():
        return shown_as(work, plain_lines())
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        return shown_as(work, on_bar(bar))


def shown_as(work: Work[T], show) -> T:
    """Raises `KeyboardInterrupt` at the first yield or checkpoint after Ctrl-C."""
    with noted() as signals, cancellable(lambda: not signals):
        try:
            while True:
                progress = next(work)
                checkpoint()
                show(progress.stage, progress.fraction)
        except StopIteration as stop:
            if signals:
                raise KeyboardInterrupt from None
            return stop.value
        except Cancelled:
            work.close()
            raise KeyboardInterrupt from None


def on_bar(bar: "Bar"):
    """A function that moves the bar; a new stage is shown at once, however short it is."""
    task, last_stage = bar.add_task("", total=1.0), ""

    def show(stage: str, fraction: float) -> None:
        nonlocal last_stage
        bar.update(task, description=stage, completed=fraction, refresh=stage != last_stage)
        last_stage = stage

    return show


def plain_lines():
    """A function that writes a line when the stage changes, and now and then within one."""
    last_stage, last_time = "", 0.0

    def show(stage: str, fraction: float) -> None:
        nonlocal last_stage, last_time
        now = time.monotonic()
        if stage != last_stage or now - last_time >= LINE_EVERY:
            tell(f"{fraction:4.0%}  {stage}")
            last_stage, last_time = stage, now

    return show


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
