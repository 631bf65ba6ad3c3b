"""What the command line says, while it works and at the end."""

import math
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from stylestudio.cli.stopping import Stopped, record_signals
from stylestudio.cli.streams import checked_stdout
from stylestudio.errors import StudioError, lacks_memory, out_of_memory_error
from stylestudio.progress import TimeEstimator, Work, cancellable, checkpoint

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.table import Table

T = TypeVar("T")
CANNOT_BE_DONE, INTERRUPTED = 2, 130
WIDTH = 120
LINE_EVERY = 2.0
"""Seconds between two plain lines of the same stage."""


def print_result(text: str) -> None:
    """A result, on stdout. Raises as `checked_stdout` does."""
    with checked_stdout():
        sys.stdout.write(f"{text}\n")


def print_tables(tables: "Iterable[Table]", width: int = WIDTH) -> None:
    """Write tables to stdout, `width` characters wide where that is a file. Raises as `checked_stdout` does."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = width
    with checked_stdout():
        for one in tables:
            console.print(one)


def print_remark(text: str) -> None:
    """A remark, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def exit_status(run: Callable[[], int]) -> int:
    """What `run` gives; an error or a signal is told, and is 2 or 128 and the signal's number."""
    try:
        return run()
    except StudioError as error:
        print_remark(str(error))
    except KeyboardInterrupt as signal:
        print_remark("Stopped.")
        return signal.status if isinstance(signal, Stopped) else INTERRUPTED
    except BrokenPipeError:  # whoever read the results has seen enough
        pass
    except Exception as error:
        if not lacks_memory(error):
            raise
        print_remark(str(out_of_memory_error()))
    return CANNOT_BE_DONE


def run_with_progress(work: Work[T], quiet: bool = False) -> T:
    """Run the work to its end and give its result, with a bar on a terminal, plain lines elsewhere, or quietly."""
    if quiet:
        return run_with_reporter(work, lambda stage, fraction: None)
    if not sys.stderr.isatty():
        return run_with_reporter(work, progress_line_printer())
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        return run_with_reporter(work, bar_updater(bar))


def run_with_reporter(work: Work[T], show) -> T:
    """Raises `Stopped` at the first yield or checkpoint after a signal."""
    with record_signals() as signals, cancellable(lambda: not signals), closing(work):
        while True:
            try:
                progress = next(work)
            except StopIteration as stop:
                return stop.value
            checkpoint()
            show(progress.stage, progress.fraction)


def bar_updater(bar: "Bar"):
    """A function that moves the bar; a new stage is shown at once, however short it is."""
    task, last_stage, pace = bar.add_task("", total=1.0, left=""), "", TimeEstimator()

    def show(stage: str, fraction: float) -> None:
        nonlocal last_stage
        left = format_time_left(pace.update(fraction, time.monotonic()))
        bar.update(task, description=stage, completed=fraction, left=left, refresh=stage != last_stage)
        last_stage = stage

    return show


def format_time_left(seconds: float) -> str:
    """In words; empty for nan."""
    if math.isnan(seconds):
        return ""
    return f"{seconds:.0f} s left" if seconds < 90 else f"{seconds / 60:.0f} min left"


def progress_line_printer():
    """A function that writes a line when the stage changes, and now and then within one."""
    last_stage, last_time = "", 0.0

    def show(stage: str, fraction: float) -> None:
        nonlocal last_stage, last_time
        now = time.monotonic()
        if stage != last_stage or now - last_time >= LINE_EVERY:
            print_remark(f"{fraction:4.0%}  {stage}")
            last_stage, last_time = stage, now

    return show
