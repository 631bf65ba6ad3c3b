import json
import os
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from stylestudio.bench import sliders, strokes, window_start
from stylestudio.bench.engine_workload import keep_engine_busy
from stylestudio.cli import parser
from stylestudio.errors import StudioError, WeightsError
from stylestudio.gui.canvas import live_mix
from stylestudio.gui.overfit import OverfitRun
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.progress import Progress, Work
from stylestudio.studio.looks import SmallPhotos
from stylestudio.studio.settings import Settings

VIEWS = ("1080p", "2160p")
PICTURE = from_pixels(np.zeros((30, 40, 3)), "small")
RUN = OverfitRun(PICTURE, PICTURE, Settings())


class Engine:
    """Makes pictures in `steps` steps of a few milliseconds each; one that lacks its weights fails.

    It takes `loading` steps more until it is loaded.
    """

    def __init__(self, steps: int = 1_000_000, broken: bool = False, loading: int = 1) -> None:
        self._steps, self._broken, self._loading = steps, broken, loading
        self.is_loaded = False
        self.asked: list[tuple[tuple[int, int], Settings]] = []
        self.threads: set[int] = set()
        self.running = 0
        self.remark, self.small_photos = "", SmallPhotos()

    def release_memory(self) -> None: ...

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, look: object = None, *, others: int = 0
    ) -> Work[NDArray[np.float32]]:
        self.asked.append((content.size, settings))
        self.threads.add(threading.get_ident())
        self.running += 1
        try:
            for _ in range(self._loading):
                yield Progress("Getting ready", 0.0)
                time.sleep(0.002)
            self.is_loaded = True
            for step in range(self._steps):
                yield Progress("Going on", step / self._steps)
                time.sleep(0.002)
                if self._broken:
                    raise WeightsError("The weights are gone.", hint="Install them.")
            return content.pixels
        finally:
            self.running -= 1


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few moves over small views, and a small photo for the engine."""
    monkeypatch.setattr(sliders, "MOVES", 5)
    monkeypatch.setattr(sliders, "VIEWS", {"1080p": (320, 180), "2160p": (640, 360)})
    monkeypatch.setattr(sliders, "CASES", {name: sliders.CASES[name] for name in ("", "_cb", "_all")})
    monkeypatch.setattr(sliders, "BUSY_CONTENT", (90, 60))
    monkeypatch.setattr(sliders, "BUSY_SIZE", 64)
    monkeypatch.setattr(strokes, "CONTENT", (90, 60))
    monkeypatch.setattr(strokes, "POINTS", strokes.WARM_UP + 4)
    monkeypatch.setattr(window_start, "seconds_until_painted", lambda _: 0.25)


@pytest.mark.usefixtures("small", "qtbot")
def test_bench_sliders_writes_its_figures_as_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert parser.main(["bench", "--sliders", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["platform"] == "offscreen" and found["window_start_s"] == 0.25
    for name in (f"{view}{case}" for view in VIEWS for case in sliders.CASES):
        assert 0 < found[f"slider_ms_{name}"] <= found[f"slider_ms_{name}_p95"] < sliders.PATIENCE_MS
        assert found[f"slider_cpu_{name}"] > 0
        assert found[f"slider_coarse_{name}"] == 0 < found[f"slider_rest_ms_{name}"]
    assert found["slider_cpu_1080p"] == 1
    for view in VIEWS:
        assert 0 < found[f"stroke_ms_{view}"] <= found[f"stroke_ms_{view}_p95"] < sliders.PATIENCE_MS


@pytest.mark.usefixtures("small", "qtbot")
def test_busy_sliders_are_moved_without_and_with_the_engine_at_work_and_compared(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, at_work = Engine(), []

    def moves(size: tuple[int, int]) -> sliders.Moves:
        at_work.append(engine.running)
        return sliders.Moves([sliders.MoveTime(3.0, 9.0) if engine.running else sliders.MoveTime(2.0, 4.0)] * 2, [])

    monkeypatch.setattr(sliders, "time_moves", moves)
    monkeypatch.setattr(sliders, "measure_busy", partial(sliders.measure_busy, lambda: engine))
    assert parser.main(["bench", "--sliders", "--busy", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert at_work == [0, 0, 1, 1]
    for name in (f"{view}{end}" for view in VIEWS for end in ("", "_p95")):
        assert (found[f"slider_ms_{name}"], found[f"slider_busy_ms_{name}"]) == (2, 3)
        assert found[f"slider_busy_ratio_{name}"] == 1.5
    assert engine.running == 0
    assert engine.asked == [((90, 60), Settings(size=64))]
    assert threading.get_ident() not in engine.threads


@pytest.mark.usefixtures("small", "qtbot")
def test_real_sliders_move_while_the_engine_is_at_work() -> None:
    engine = Engine()
    with keep_engine_busy(RUN, lambda: engine):
        assert len(sliders.time_moves((320, 180)).moved) == sliders.MOVES
        assert engine.running == 1
    assert engine.running == 0


@pytest.mark.usefixtures("qtbot")
def test_no_slider_is_moved_until_the_engine_is_loaded() -> None:
    engine = Engine(loading=100)
    with keep_engine_busy(RUN, lambda: engine):
        assert engine.is_loaded


def test_the_engine_begins_anew_when_its_picture_is_made(qtbot: QtBot) -> None:
    engines: list[Engine] = []

    def make() -> Engine:
        engines.append(Engine(steps=5))
        return engines[-1]

    with keep_engine_busy(RUN, make):
        qtbot.waitUntil(lambda: len(engines) > 2)
    assert not any(engine.running for engine in engines)


@pytest.mark.usefixtures("qtbot")
def test_an_engine_that_fails_is_told_and_no_slider_is_waited_for() -> None:
    with pytest.raises(StudioError, match="weights are gone"), keep_engine_busy(RUN, lambda: Engine(broken=True)):
        pytest.fail("Nothing works here.")


@pytest.mark.usefixtures("small", "qtbot")
def test_frames_that_are_coarser_while_a_slider_moves_are_counted_and_rest_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_mix, "COARSE_FROM", 0)
    monkeypatch.setattr(live_mix, "FRAME_S", -1)
    monkeypatch.setattr(live_mix, "MOVING_S", float("inf"))
    moves = sliders.time_moves((320, 180))
    assert sliders.coarse_part(moves.moved) == 1
    assert min(moves.rested) >= live_mix.REST_MS - 1


def test_every_move_is_another_value() -> None:
    for values in (101, 176):
        moved = [number * sliders.STRIDE % values for number in range(sliders.MOVES)]
        assert all(one != other for one, other in pairwise(moved))
        assert set(moved) == set(range(values))


def test_a_start_of_the_window_ends_when_it_has_been_painted(tmp_path: Path) -> None:
    folders = {name: str(tmp_path) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    assert window_start.seconds_until_painted(os.environ | folders) > 0


def test_a_window_that_does_not_come_is_said() -> None:
    with pytest.raises(StudioError, match="could not be started"):
        window_start.seconds_until_painted({"QT_QPA_PLATFORM": "nowhere"})
