"""A running window says what its caches hold, in a file that ends with it."""

import json
import os
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from stylestudio import caches
from stylestudio.caches import Budget, CacheUsage, LruCache
from stylestudio.gui.cache_report import CacheReport
from stylestudio.gui.jobs import FileQueue, TaskRunner
from stylestudio.studio.running import RunningWindow, in_words, running_windows, write_usage

APPLES = Budget("apples", "for pies", 2e6)


@pytest.fixture(autouse=True)
def one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "BUDGETS", (APPLES,))


def written(process: int, started: float, folder: Path) -> Path:
    write_usage(folder, [])
    path = folder / "windows" / f"{process}.json"
    (folder / "windows" / f"{os.getpid()}.json").rename(path)
    path.write_text(json.dumps({"process": process, "started": started, "held": []}))
    return path


def test_a_window_says_what_it_holds_when_that_changes_until_it_is_closed(qtbot: QtBot, tmp_path: Path) -> None:
    tasks = TaskRunner()
    report = CacheReport(FileQueue(tasks), tmp_path)
    report.begin()
    kept: LruCache[str, int] = LruCache(APPLES)
    told = [CacheUsage("apples", 0, 0)], [CacheUsage("apples", 1, 1_500_000)]

    def is_told(held: list[CacheUsage]) -> bool:
        report.write()
        return [window.held for window in running_windows(tmp_path)] == [held]

    qtbot.waitUntil(lambda: is_told(told[0]))
    kept.put("pie", 1, 1_500_000)
    qtbot.waitUntil(lambda: is_told(told[1]))
    [file] = (tmp_path / "windows").iterdir()
    assert [window.process for window in running_windows(tmp_path)] == [os.getpid()]
    assert tasks.close(5)
    report.close()
    assert not file.exists() and running_windows(tmp_path) == []


def test_windows_that_were_killed_are_not_told_of_and_leave_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    own = psutil.Process().create_time()
    killed = written(2**22 + 1, own, tmp_path)  # no system has a process of this number
    earlier = written(os.getppid(), own - 1e6, tmp_path)  # whose number another process has by now
    broken = tmp_path / "windows" / "5.json"
    broken.write_text("{")
    write_usage(tmp_path, [])
    assert running_windows(tmp_path) == [RunningWindow(os.getpid(), own, [])]
    tasks = TaskRunner()
    report = CacheReport(FileQueue(tasks), tmp_path)
    report.begin()
    qtbot.waitUntil(lambda: not any(path.exists() for path in (killed, earlier, broken)))
    assert len(running_windows(tmp_path)) == 1
    assert tasks.close(5)


def test_a_folder_that_cannot_be_written_disturbs_nobody(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "windows").write_text("no folder")
    tasks = TaskRunner()
    queue = FileQueue(tasks)
    report = CacheReport(queue, tmp_path)
    report.begin()
    report.write()
    qtbot.waitUntil(lambda: not queue.is_busy)
    assert tasks.close(5)
    report.close()
    assert running_windows(tmp_path) == []


def test_what_is_held_is_said_with_what_it_may_be_and_what_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stylestudio.studio.running.BUDGETS", (APPLES, Budget("pears", "for jam", entries=3)))
    assert in_words(CacheUsage("apples", 1, 1_500_000)) == "apples: 1, 1.5 MB, at most 2 MB (for pies)"
    assert in_words(CacheUsage("pears", 2, 10_000_000)) == "pears: 2, 10.0 MB, at most 3 (for jam)"
    assert in_words(CacheUsage("plums of another version", 2, 0)) == "plums of another version: 2, 0.0 MB"
