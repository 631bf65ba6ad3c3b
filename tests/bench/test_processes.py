import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stylestudio.bench import processes
from stylestudio.bench.processes import ProcessFailed, compare_versions, run_program, time_all, timing_error
from stylestudio.errors import SettingError, StudioError
from stylestudio.progress import Progress, Work, finish

Program = Callable[[str], Path]

SLEEPING = """
import os, pathlib, time
pathlib.Path("started").write_text(str(os.getpid()))
time.sleep(60)
"""
DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)" + SLEEPING
OTHER_VERSION = """
import json, pathlib, sys
if "--help" in sys.argv:
    print("usage: bench [--json] {known}")
else:
    with pathlib.Path("asked").open("a") as file:
        print(*sys.argv[1:], file=file)
    print(json.dumps([{{"size": 64, "seconds": {{"swap": 3, "paint": 8, "only there": 1}}}}]))
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A folder with a program of this text in place of Style Studio."""

    def make(text: str) -> Path:
        (tmp_path / "stylestudio").mkdir()
        (tmp_path / "stylestudio" / "__init__.py").touch()
        (tmp_path / "stylestudio" / "__main__.py").write_text(text)
        return tmp_path

    return make


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None]]:
    """This version's timings, asked for without its process; each takes longer than the one before."""
    asked: list[tuple[str, int | None]] = []

    def timing_of(what: str, repeat: int | None) -> Work[dict[str, Any]]:
        yield Progress("Timing", 0.5)
        asked.append((what, repeat))
        return {"size": what, "seconds": {"only here": 1.0, "swap": float(len(asked)), "paint": 4.0}}

    monkeypatch.setattr(processes, "time_in_process", timing_of)
    return asked


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_program_in_a_folder_is_run_there_with_the_arguments(program: Program) -> None:
    folder = program("import pathlib, sys; print(*sys.argv[1:], pathlib.Path.cwd().name)")
    assert finish(run_program(["bench", "--json"], "Timing", folder)) == f"bench --json {folder.name}\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot ask for a process in this way.")
@pytest.mark.parametrize("text", [SLEEPING, DEAF], ids=["willing", "deaf"])
def test_work_that_is_closed_leaves_no_process_behind(
    program: Program, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.1)
    folder = program(text)
    work = run_program([], "Timing", folder)
    while not ((started := folder / "started").exists() and started.read_text()):
        assert next(work).stage == "Timing"
    process, closing = int(started.read_text()), time.monotonic()
    assert is_running(process)
    work.close()
    assert not is_running(process)
    assert time.monotonic() - closing < 5


def test_every_size_has_a_process_of_its_own_and_the_large_photo_comes_last(ours: list[tuple[str, int | None]]) -> None:
    work, fractions = time_all([64, 128], ["full"], 2), []
    while True:
        try:
            fractions.append(next(work).fraction)
        except StopIteration as stop:
            assert [timing["size"] for timing in stop.value] == ["64", "128", "full"]
            break
    assert ours == [("64", 2), ("128", 2), ("full", 2)]
    assert fractions == sorted(fractions)


@pytest.mark.parametrize(
    ("ended", "message", "hint"),
    [
        (
            ProcessFailed(2, "Some warning.\nIt is too large. Make it smaller.\n"),
            "It is too large.",
            "Make it smaller.",
        ),
        (ProcessFailed(-9, ""), "There is not enough memory for this size.", "Choose a smaller size."),
        (ProcessFailed(1, "Traceback\nOSError: gone"), "The timing broke off (OSError: gone).", "Run it again"),
        (ProcessFailed(-11, ""), "The timing broke off (exit status -11).", "Run it again"),
    ],
    ids=["told", "killed", "traceback", "silent"],
)
def test_a_timing_that_ends_early_is_told_as_every_error_is(ended: ProcessFailed, message: str, hint: str) -> None:
    error = timing_error(ended)
    assert error.message == message
    assert error.hint.startswith(hint)


def test_a_size_that_cannot_be_timed_stops_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*arguments: object) -> Work[str]:
        yield Progress("Timing", 0.0)
        raise ProcessFailed(2, "It is too large. Make it smaller.")

    monkeypatch.setattr(processes, "run_program", failing)
    with pytest.raises(StudioError, match="too large"):
        finish(time_all([64], [], None))


def test_two_versions_take_turns_and_only_stages_of_both_are_compared(
    program: Program, ours: list[tuple[str, int | None]]
) -> None:
    folder = program(OTHER_VERSION.format(known="--repeat N"))
    assert finish(compare_versions(folder, [64], 3)) == [
        {
            "size": 64,
            "turns": 3,
            "seconds": {"swap": 2.0, "paint": 4.0},
            "other_seconds": {"swap": 3.0, "paint": 8.0},
            "ratios": {"swap": 1.5, "paint": 2.0},
        }
    ]
    assert ours == [("64", 1)] * 3
    assert (folder / "asked").read_text().splitlines() == ["bench --json --sizes 64 --repeat 1"] * 3


@pytest.mark.usefixtures("ours")
def test_a_version_that_cannot_repeat_is_not_asked_to(program: Program) -> None:
    folder = program(OTHER_VERSION.format(known=""))
    finish(compare_versions(folder, [64], 1))
    assert (folder / "asked").read_text() == "bench --json --sizes 64\n"


@pytest.mark.parametrize("text", ["raise SystemExit(2)", "print('usage: bench')"], ids=["no bench", "an older bench"])
def test_a_program_that_cannot_be_timed_is_refused(program: Program, text: str) -> None:
    with pytest.raises(SettingError, match="holds no Style Studio that can be timed"):
        finish(compare_versions(program(text), [64], 1))


@pytest.mark.parametrize("name", ["missing", "empty", "file"])
def test_a_folder_without_a_program_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match=f"{name} holds no Style Studio"):
        finish(compare_versions(tmp_path / name, [64], 1))


def test_a_folder_that_would_not_hide_this_version_is_refused(program: Program) -> None:
    folder = program(OTHER_VERSION.format(known=""))
    (folder / "stylestudio" / "__init__.py").unlink()
    with pytest.raises(SettingError, match="holds no Style Studio"):
        finish(compare_versions(folder, [64], 1))


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("told", ["nothing", json.dumps([{"size": 64}]), json.dumps([{"seconds": [1]}]), "[]"])
def test_a_program_that_tells_no_times_is_refused(program: Program, told: str) -> None:
    with pytest.raises(SettingError, match="told no times for 64 pixels"):
        finish(
            compare_versions(program(f"print('--json' if '--help' in __import__('sys').argv else {told!r})"), [64], 1)
        )
