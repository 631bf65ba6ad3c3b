"""How long the target takes to follow a slider: from the slider's change to the painted frame, on the real widgets."""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from stylestudio.bench.engine_workload import keep_engine_busy
from stylestudio.bench.full_size import FULL, large_content
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.gui.canvas.view import View
from stylestudio.gui.display import has_display
from stylestudio.gui.document import Document
from stylestudio.gui.overfit import OverfitRenderer, OverfitRun
from stylestudio.gui.panes.mix_pane import MixPane
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.mask import ByLightness, Gradient, Mask, Point, Stroke
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.render import Renderer as EngineRenderer
from stylestudio.studio.samples import sample_pair
from stylestudio.studio.session import Session, with_share
from stylestudio.studio.settings import Settings

VIEWS = {"1080p": (1920, 1080), "2160p": (3840, 2160)}
MOVES, WARM_UP = 200, 10
RESTS, BEFORE_REST = 7, 5
"""How often it is waited until the slider rests, each time after so many moves."""
STRIDE = 37
"""The slider's step from move to move, in percent: it comes by every value before it comes back."""
PATIENCE_MS = 5000
MASK = Mask(
    (Stroke((Point(0.1, 0.1), Point(0.6, 0.4)), 0.2),), Gradient((0.0, 0.0), (1.0, 0.5)), ByLightness(0.5, 0.0, -0.5)
)


LINKED, APART = Mix(), Mix(Shares(0.7, 0.4, 0.9), "ycc")


@dataclass(frozen=True)
class SliderCase:
    """What is moved: the slider of this `channel`, over a session of this `mix`, between these percents."""

    mix: Mix = LINKED
    channel: int = 0
    linked: bool = True
    travel: tuple[int, int] = (0, 100)


BEYOND = (-25, 150)
USUAL = {"": SliderCase()}
CASES = {
    **USUAL,
    "_one": SliderCase(linked=False),
    "_y": SliderCase(APART, 0, False),
    "_cb": SliderCase(APART, 1, False),
    "_cr": SliderCase(APART, 2, False),
    "_beyond": SliderCase(travel=BEYOND),
    "_mask": SliderCase(Mix(mask=MASK)),
    "_all": SliderCase(Mix(APART.shares, "ycc", MASK), 0, False, BEYOND),
}
"""The three sliders linked, on red, green, blue; one of them; one of light and colours; and what else there is."""


class MoveTime(NamedTuple):
    """Milliseconds of the clock, and of the processor on all its cores; whether every pixel was mixed."""

    clock: float
    processor: float
    is_exact: bool = True


class Moves(NamedTuple):
    """Every move of a slider, and for some after which it rests, milliseconds until the exact frame is painted."""

    moved: list[MoveTime]
    rested: list[float]


BUSY_CONTENT, BUSY_SIZE = FULL, 2048
"""The photo's width and height in pixels, and the long side that the engine works at, while the sliders are moved."""


def measure_sliders() -> dict[str, float | str]:
    """Milliseconds of `MOVES` slider moves in every view, nothing else running. These keys stay.

    - `slider_ms_1080p`, `slider_ms_2160p`: median; `slider_ms_1080p_p95`, `slider_ms_2160p_p95`: 95th percentile
    - `slider_ms_1080p_y`, `slider_ms_1080p_y_p95` and so on: likewise for each of `CASES`
    - `slider_coarse_1080p` and so on: the part 0..1 of the frames that are coarser, because exact ones take longer
    - `slider_rest_ms_1080p` and so on: median from the last move until the frame is exact, the wait for rest in it
    - `slider_cpu_1080p_y` and so on: median of the processor's time, in that of the first case at 1080p: what can be
      compared between machines, and on one that is busy
    - `platform`: Qt's
    """
    application = ensure_application()
    found = {view + case: time_moves(size, of) for view, size in VIEWS.items() for case, of in CASES.items()}
    clocks = {f"slider_ms_{name}": [one.clock for one in moves.moved] for name, moves in found.items()}
    coarse = {f"slider_coarse_{name}": coarse_part(moves.moved) for name, moves in found.items()}
    rests = {f"slider_rest_ms_{name}": round(statistics.median(moves.rested), 2) for name, moves in found.items()}
    processor = {name: statistics.median(one.processor for one in moves.moved) for name, moves in found.items()}
    unit = next(iter(processor.values()))
    ratios = {f"slider_cpu_{name}": round(value / unit, 2) for name, value in processor.items()}
    return summarise(clocks) | coarse | rests | ratios | {"platform": application.platformName()}


def measure_busy(make_renderer: Callable[[], OverfitRenderer] = EngineRenderer) -> dict[str, float | str]:
    """As `measure_sliders`, then the same while the engine makes a picture of a large photo in the same process.

    Raises `StudioError`. It adds keys, which stay too:
    - `slider_busy_ms_1080p` and so on: milliseconds meanwhile
    - `slider_busy_ratio_1080p` and so on: how many times longer than without, of each of these
    """
    application = ensure_application()
    idle = measure_all_views("slider_ms")
    run = OverfitRun(large_content(*BUSY_CONTENT), read(sample_pair()[1]), Settings(size=BUSY_SIZE))
    with keep_engine_busy(run, make_renderer):
        busy = measure_all_views("slider_busy_ms")
    pairs = zip(idle.values(), busy.items(), strict=True)
    ratios = {name.replace("_ms_", "_ratio_"): round(meanwhile / alone, 2) for alone, (name, meanwhile) in pairs}
    return idle | busy | ratios | {"platform": application.platformName()}


def ensure_application() -> QApplication:
    """The application, on a real display if there is one."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    return application


def measure_all_views(name: str) -> dict[str, float]:
    """Median and 95th percentile in milliseconds for every view, of the usual case, by names that begin with `name`."""
    return summarise({f"{name}_{view}": [one.clock for one in time_moves(size).moved] for view, size in VIEWS.items()})


def coarse_part(moved: list[MoveTime]) -> float:
    """Which part of the frames is not exact, 0..1."""
    return round(sum(not one.is_exact for one in moved) / len(moved), 2)


def summarise(times: Mapping[str, list[float]]) -> dict[str, float]:
    """Median and, by the same name with "_p95", 95th percentile of each."""
    found = {}
    for name, some in times.items():
        found[name] = round(statistics.median(some), 2)
        found[f"{name}_p95"] = round(statistics.quantiles(some, n=20)[-1], 2)
    return found


def time_moves(size: tuple[int, int], case: SliderCase = USUAL[""]) -> Moves:
    """How long each slider move takes over a target of this size in pixels, all of it in view."""
    pixels = np.random.default_rng(1).random((2, *reversed(size), 3), dtype=np.float32)
    session = Session(shares=case.mix.shares, axes=case.mix.axes, mask=case.mix.mask, linked=case.linked)
    document, mix = Document(session), MixPane()
    mix.show_session(session)
    mix.shares_edited.connect(lambda channel, share, step: document.apply("", with_share, channel, share, step=step))
    with target_on_screen(size, from_pixels(pixels[0], "photo"), pixels[1], case.mix, beside=mix) as canvas:
        document.changed.connect(lambda old, new: (mix.show_session(new), canvas.set_mix(new.mix)))
        # From 1: the sliders stand at 0, so that a move there would change nothing and be waited for in vain.
        moved = [time_move(mix, canvas, case, number) for number in range(1, 1 + WARM_UP + MOVES)][WARM_UP:]
        return Moves(moved, [time_rest(mix, canvas, case, 1 + WARM_UP + MOVES + number) for number in range(RESTS)])


@contextmanager
def target_on_screen(
    size: tuple[int, int],
    content: Picture,
    overfit: NDArray[np.float32],
    mix: Mix = LINKED,
    beside: QWidget | None = None,
) -> Iterator[TargetCanvas]:
    """A canvas of this size in pixels, and what else is shown, until the end; all of the target is in view."""
    canvas = TargetCanvas(View())
    canvas.set_mix(mix)
    canvas.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    ratio = canvas.devicePixelRatioF()
    canvas.resize(round(size[0] / ratio), round(size[1] / ratio))
    canvas.set_pictures(content, overfit)
    widgets = [widget for widget in (canvas, beside) if widget is not None]
    for widget in widgets:
        widget.show()
    try:
        wait_for(canvas.frame_painted)
        yield canvas
    finally:
        canvas.stop_mixer()
        for widget in widgets:
            widget.close()
            widget.deleteLater()
        QCoreApplication.sendPostedEvents()


def time_move(mix: MixPane, canvas: TargetCanvas, case: SliderCase, number: int) -> MoveTime:
    """How long it takes until the frame for another value of the slider is painted."""
    least, most = case.travel
    goal = mix.sliders[case.channel] if case.travel == (0, 100) else mix.boxes[case.channel]
    started, processor = time.perf_counter(), time.process_time()
    goal.setValue(least + number * STRIDE % (most - least + 1))
    wait_for(canvas.frame_painted)
    clock, used = time.perf_counter() - started, time.process_time() - processor
    return MoveTime(1000 * clock, 1000 * used, canvas.is_exact)


def time_rest(mix: MixPane, canvas: TargetCanvas, case: SliderCase, number: int) -> float:
    """Milliseconds from the last of some moves until the frame is exact."""
    moves = [time_move(mix, canvas, case, number * BEFORE_REST + step) for step in range(BEFORE_REST)]
    started = time.perf_counter()
    while not canvas.is_exact:
        wait_for(canvas.frame_painted)
    return moves[-1].clock + 1000 * (time.perf_counter() - started)


def wait_for(painted) -> None:
    loop = QEventLoop()
    painted.connect(loop.quit)
    QTimer.singleShot(PATIENCE_MS, loop, loop.quit)
    loop.exec()
    painted.disconnect(loop.quit)
