"""Files are written one after the other, and none is lost at closing."""

import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from stylestudio.errors import StudioError
from stylestudio.gui.jobs import FileQueue, TaskRunner


def never(error: StudioError) -> None:
    pytest.fail(str(error))


def test_everything_that_waits_is_done_before_closing(qtbot: QtBot) -> None:
    tasks, done = TaskRunner(), []
    file_queue = FileQueue(tasks)

    def slow(name: str) -> str:
        time.sleep(0.1)
        return name

    for name in ("target", "overfit"):
        file_queue.run(lambda name=name: slow(name), done.append, never)
    file_queue.finish(5)
    assert done == ["target", "overfit"]
    assert not file_queue.is_busy
    assert tasks.close(5)


def test_finishing_gives_up_when_the_time_is_over(qtbot: QtBot) -> None:
    tasks = TaskRunner()
    file_queue = FileQueue(tasks)
    go = threading.Event()
    file_queue.run(lambda: go.wait(60), lambda _: None, never)
    file_queue.finish(0.1)
    assert file_queue.is_busy
    go.set()
    assert tasks.close(5)
