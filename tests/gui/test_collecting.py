import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from stylestudio.gui.collecting import GarbageCollector


class Circle:
    """Refers to itself; says on which thread it was collected."""

    def __init__(self, said: list[int]) -> None:
        self.me, self.said = self, said

    def __del__(self) -> None:
        self.said.append(threading.get_ident())


@pytest.fixture
def collector() -> Iterator[GarbageCollector]:
    collector = GarbageCollector()
    yield collector
    collector.close()
    gc.disable()  # as in all tests of the window


def allocate_on_a_thread() -> None:
    def allocate() -> list[list[int]]:
        return [[number] for number in range(100_000)]

    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()


def test_left_to_python_a_circle_is_collected_on_any_thread() -> None:
    said: list[int] = []
    gc.collect()
    gc.enable()
    Circle(said)
    allocate_on_a_thread()
    gc.disable()
    assert said and threading.get_ident() not in said


def test_a_circle_is_collected_on_the_windows_thread_alone(collector: GarbageCollector, qtbot: QtBot) -> None:
    said: list[int] = []
    Circle(said)
    allocate_on_a_thread()
    assert said == []
    kept = [[number] for number in range(1000)]
    qtbot.waitUntil(lambda: said == [threading.get_ident()])
    del kept


def test_old_circles_are_collected_too(collector: GarbageCollector) -> None:
    said: list[int] = []
    circle = Circle(said)
    gc.collect()
    del circle  # it has come into the oldest generation
    for _ in range(200):
        kept = [[number] for number in range(1000)]
        collector.collect_due()
        del kept
    assert said == [threading.get_ident()]


def test_closed_it_is_left_to_python_again() -> None:
    GarbageCollector().close()
    assert gc.isenabled()
    gc.disable()
