"""Exports that meet a fault, or are killed, at their N-th write, flush, rename, link or folder sync."""

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from exported import PIXELS, photo

from stylestudio.images import export
from stylestudio.images.output import ExportOptions, Ingredients

SEEDS = {"old": 1, "new": 2}
WRITERS = {"write": export.write, "write_new": export.write_new}


class Counted:
    """A file whose writes and flushes are counted; without a number of its own, so that encoders cannot pass it by."""

    def __init__(self, file: IO[bytes], count: Callable[[], None]) -> None:
        self._file, self._count = file, count

    def write(self, data: Any) -> int:
        self._count()
        return self._file.write(data)

    def flush(self) -> None:
        self._count()
        self._file.flush()

    def fileno(self) -> int:
        if sys._getframe(1).f_code.co_filename.endswith("atomic.py"):  # noqa: SLF001
            return self._file.fileno()
        raise io.UnsupportedOperation("no number")

    def __enter__(self) -> "Counted":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def failing(at: int, fault: Callable[[], None]) -> Iterator[list[int]]:
    """Calls `fault` at the operation of this number, counted from 1; the list grows by one at each."""
    done: list[int] = []

    def count() -> None:
        done.append(1)
        if len(done) == at:
            fault()

    def counted(before: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*arguments: Any, **options: Any) -> Any:
            count()
            return before(*arguments, **options)

        return operation

    was = Path.open, Path.replace, Path.hardlink_to, os.fsync

    def opened(self: Path, mode: str = "r", **options: Any) -> Any:
        file = was[0](self, mode, **options)
        return Counted(file, count) if mode == "x+b" else file

    Path.open, Path.replace, Path.hardlink_to = opened, counted(was[1]), counted(was[2])  # pyright: ignore
    os.fsync = counted(was[3])
    try:
        yield done
    finally:
        Path.open, Path.replace, Path.hardlink_to, os.fsync = was  # pyright: ignore


def write(path: Path, which: str, writer: str = "write") -> None:
    """One of two pictures, with metadata and layers."""
    content = photo()
    pixels = np.random.default_rng(SEEDS[which]).random(PIXELS.shape, np.float32)
    made_of = Ingredients(content, pixels, (1.0, 0.5, 1.0))
    WRITERS[writer](path, pixels, None, "", made_of, ExportOptions(bits=16))


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_until_it_survives(path: Path, writer: str, check: Callable[[int], None]) -> int:
    """Write the new picture again and again in processes that are killed at operation 1, 2, and so on.

    `check` is called after each; how many were killed. Forks, and so has to be called where there are no threads.
    """
    for number in range(1, 1000):
        child = os.fork()
        if child == 0:
            with failing(number, kill):
                write(path, "new", writer)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        check(number)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return number - 1
    raise AssertionError("it never survives")


def all_killed(folder: Path, suffix: str, writer: str) -> tuple[int, int]:
    """Have the new picture written over the old one, killed at each operation; how many times, and what is left.

    After each kill there may be nothing but the old file or the new one, whole, beside unfinished ones.
    """
    path, others = folder / f"a{suffix}", folder / "others"
    others.mkdir(parents=True)
    for which in SEEDS:
        write(others / f"{which}{suffix}", which)
    old, new = ((others / f"{which}{suffix}").read_bytes() for which in SEEDS)
    path.write_bytes(old)

    def check(number: int) -> None:
        files = [one for one in folder.iterdir() if one.is_file() and one.suffix != ".part"]
        assert path in files
        for one in files:
            assert one.read_bytes() in (old, new), (one, number)

    killed = killed_until_it_survives(path, writer, check)
    return killed, len(list(folder.glob(".*.part")))


if __name__ == "__main__":  # forks, and so needs a process without threads
    for argument in sys.argv[2:]:
        suffix, _, writer = argument.partition(":")
        killed, left = all_killed(Path(sys.argv[1]) / f"{writer}{suffix}", suffix, writer)
        sys.stdout.write(f"{argument} {killed} {left}\n")
