"""Timing in processes of their own, since the greatest memory of a process only grows; also another version's."""

import json
import os
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from stylestudio.bench.stages import default_repeat
from stylestudio.errors import SettingError, StudioError
from stylestudio.progress import Progress, Work, as_part

LOOK_EVERY = 0.1
"""Seconds between two looks whether the process has ended."""
PATIENCE = 5.0
"""Seconds that a process gets to stop by itself: it may have one of its own to stop."""
CANNOT_BE_DONE = 2
KILLED = -9
"""Which Linux does to a process where memory runs out."""


class ProcessFailed(Exception):
    """A process ended without success."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(code, said)
        self.code, self.said = code, said.strip()


def run_program(arguments: Sequence[str], stage: str, folder: Path | None = None) -> Work[str]:
    """What the program writes to stdout when it runs with these arguments; that in `folder`, if one is given.

    Its process is gone when this ends or is closed. Raises `ProcessFailed`.
    """
    path = [*([str(folder)] if folder else []), *filter(None, sys.path)]
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "stylestudio", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        try:
            said, complained = yield from read_output(process, stage)
        finally:
            stop(process)
    if process.returncode:
        raise ProcessFailed(process.returncode, complained)
    return said


def read_output(process: subprocess.Popen[str], stage: str) -> Work[tuple[str, str]]:
    """All that the process writes to stdout and stderr until it ends."""
    while True:
        yield Progress(stage, 0.0)
        with suppress(subprocess.TimeoutExpired):  # it goes on; its output so far is not lost
            return process.communicate(timeout=LOOK_EVERY)


def stop(process: subprocess.Popen[str]) -> None:
    """End a process that still runs: as Ctrl-C does where there is such a thing, then by force."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.terminate()
    else:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


def time_in_process(what: str, repeat: int | None) -> Work[dict[str, Any]]:
    """The JSON of a size's `Timing`, or of the `FullTiming` for "full". Raises `StudioError`."""
    stage = "Timing a photo of 24 megapixels" if what == "full" else f"Timing {what} pixels"
    repeated = [] if repeat is None else ["--repeat", str(repeat)]
    try:
        return json.loads((yield from run_program(["bench", "--here", what, *repeated], stage)))
    except ProcessFailed as ended:
        raise timing_error(ended) from ended


def timing_error(ended: ProcessFailed) -> StudioError:
    """Why a process of this version gave no timing."""
    last = ended.said.rpartition("\n")[2]
    if ended.code == CANNOT_BE_DONE:
        message, _, hint = last.partition(". ")
        return StudioError(f"{message}.", hint=hint)
    if ended.code == KILLED:
        return SettingError("There is not enough memory for this size.", hint="Choose a smaller size.")
    reason = last or f"exit status {ended.code}"
    return StudioError(f"The timing broke off ({reason}).", hint="Run it again, with smaller --sizes.")


def time_all(sizes: Iterable[int], full: Sequence[str], repeat: int | None) -> Work[list[dict[str, Any]]]:
    """The JSON of one `Timing` for every size, then of what is in `full`. Raises `StudioError`."""
    parts = [*map(str, sizes), *full]
    found = []
    for number, part in enumerate(parts):
        work = time_in_process(part, repeat)
        found.append((yield from as_part(work, number / len(parts), (number + 1) / len(parts))))
    return found


def compare_versions(folder: Path, sizes: Sequence[int], repeat: int | None) -> Work[list[dict[str, Any]]]:
    """This version and the one in `folder` by turns; for every size a dictionary that JSON can hold.

    - `size`: the long side in pixels; `turns`: how many each had
    - `seconds`, `other_version_seconds`: of each stage that both name, the medians of this version and of the other one
    - `ratios`: how many times longer the other one takes

    Raises `SettingError` where `folder` holds no program that can be timed.
    """
    folder = folder.resolve()
    options = yield from supported_bench_options(folder)
    turns = [default_repeat(size) if repeat is None else repeat for size in sizes]
    found, done = [], 0
    for size, count in zip(sizes, turns, strict=True):
        ours, theirs = [], []
        for _ in range(count):
            both = time_both_versions(folder, size, options)
            one, other = yield from as_part(both, done / sum(turns), (done + 1) / sum(turns))
            ours.append(one)
            theirs.append(other)
            done += 1
        found.append(medians_and_ratios(size, ours, theirs))
    return found


def time_both_versions(
    folder: Path, size: int, options: Sequence[str]
) -> Work[tuple[dict[str, float], dict[str, float]]]:
    """Seconds by stage of this version, then of the one in `folder`."""
    here = yield from as_part(time_in_process(str(size), 1), 0.0, 0.5)
    there = yield from as_part(other_version_seconds(folder, size, options), 0.5, 1.0)
    return here["seconds"], there


def other_version_seconds(folder: Path, size: int, options: Sequence[str]) -> Work[dict[str, float]]:
    """Seconds by stage that the version in `folder` tells of itself. Raises `SettingError`."""
    arguments = ["bench", "--json", "--sizes", str(size), *options]
    try:
        [timing] = json.loads((yield from run_program(arguments, f"Timing {size} pixels in {folder.name}", folder)))
        return {stage: float(seconds) for stage, seconds in timing["seconds"].items()}
    except (ProcessFailed, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SettingError(
            f"The program in {folder} told no times for {size} pixels.",
            hint=f"See what it says there: {Path(sys.executable).name} -m stylestudio {' '.join(arguments)}.",
        ) from error


def supported_bench_options(folder: Path) -> Work[list[str]]:
    """What makes the program in `folder` time each stage once, as the turns want it. Raises `SettingError`."""
    try:
        # Without either one Python would look further and find this version.
        if not all((folder / "stylestudio" / name).is_file() for name in ("__init__.py", "__main__.py")):
            raise ProcessFailed(CANNOT_BE_DONE, "")
        said = yield from run_program(["bench", "--help"], "Getting ready", folder)
        if "--json" not in said:
            raise ProcessFailed(CANNOT_BE_DONE, said)
    except (ProcessFailed, OSError) as error:
        raise SettingError(
            f"{folder} holds no Style Studio that can be timed.",
            hint="Give the folder of another checkout, the one with the folder stylestudio in it.",
        ) from error
    return ["--repeat", "1"] if "--repeat" in said else []


def medians_and_ratios(size: int, ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> dict[str, Any]:
    """Medians of the stages that all turns name, and their ratios."""
    stages = [stage for stage in ours[0] if all(stage in seconds for seconds in theirs)]
    medians = [{s: statistics.median(seconds[s] for seconds in runs) for s in stages} for runs in (ours, theirs)]
    return {
        "size": size,
        "turns": len(ours),
        "seconds": medians[0],
        "other_seconds": medians[1],
        "ratios": {stage: medians[1][stage] / medians[0][stage] for stage in stages},
    }
