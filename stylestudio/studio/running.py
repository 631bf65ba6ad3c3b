"""What running windows hold in their caches: each says so in a small file, which `stylestudio info` reads."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from stylestudio.caches import BUDGETS, CacheUsage
from stylestudio.images.atomic import open_replacing

FOLDER = "windows"
SAME_START = 60.0
"""Seconds by which clocks may tell the same process' start apart; another process gets its number much later."""


@dataclass(frozen=True)
class RunningWindow:
    """The number of its process, when that started, in seconds since 1970, and what it holds."""

    process: int
    started: float
    held: list[CacheUsage]


def write_usage(folder: Path, held: list[CacheUsage]) -> None:
    """Put down what this process holds, in its file in the data folder. Raises `OSError`."""
    import psutil  # here, so that the window starts without it

    path = _file(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = msgspec.json.encode(RunningWindow(os.getpid(), psutil.Process().create_time(), held))
    with open_replacing(path) as stream:
        stream.write(data)


def remove_usage(folder: Path) -> None:
    """Remove this process' file."""
    with suppress(OSError):
        _file(folder).unlink()


def running_windows(folder: Path) -> list[RunningWindow]:
    """The windows that run now, by the number of their process."""
    windows = [window for _, window in _told(folder) if window is not None and _lives(window)]
    return sorted(windows, key=lambda window: window.process)


def remove_stale(folder: Path) -> None:
    """Remove the files of windows that were killed."""
    for path, window in _told(folder):
        if window is None or not _lives(window):
            with suppress(OSError):
                path.unlink()


def in_words(held: CacheUsage) -> str:
    """What one kind of cache holds, of how much, and what for."""
    budget = next((one for one in BUDGETS if one.name == held.name), None)
    line = f"{held.name}: {held.entries}, {held.bytes / 1e6:.1f} MB"
    if budget is None:  # of another version's window
        return line
    most = f"{budget.entries:g}" if budget.bytes == float("inf") else f"{budget.bytes / 1e6:.0f} MB"
    return f"{line}, at most {most} ({budget.about})"


def _file(folder: Path) -> Path:
    return folder / FOLDER / f"{os.getpid()}.json"


def _told(folder: Path) -> list[tuple[Path, RunningWindow | None]]:
    """Each file with what it says, None for nothing that can be read."""
    found: list[tuple[Path, RunningWindow | None]] = []
    for path in (folder / FOLDER).glob("*.json"):
        window = None
        with suppress(OSError, ValueError):
            window = msgspec.json.decode(path.read_bytes(), type=RunningWindow)
        found.append((path, window))
    return found


def _lives(window: RunningWindow) -> bool:
    import psutil

    try:
        return abs(psutil.Process(window.process).create_time() - window.started) < SAME_START
    except psutil.Error:
        return False
