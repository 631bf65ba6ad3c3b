"""How long the target takes to follow a slider: from the slider's change to the painted frame, on the real widgets."""

import os
import statistics
import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from stylestudio.bench.engine_load import engine_at_work
from stylestudio.bench.full_size import FULL, large_content
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.gui.canvas.view import View
from stylestudio.gui.display import has_display
from stylestudio.gui.document import Document
from stylestudio.gui.overfit import Renderer, Run
from stylestudio.gui.panes.mix_pane import MixPane
from stylestudio.images.decode import from_pixels, read
from stylestudio.studio.render import Renderer as EngineRenderer
from stylestudio.studio.samples import sample_pair
from stylestudio.studio.session import Session, with_share
from stylestudio.studio.settings import Settings

VIEWS = {"1080p": (1920, 1080), "2160p": (3840, 2160)}
MOVES, WARM_UP = 200, 10
STRIDE = 37
"""The slider's step from move to move, in percent: it comes by every value before it comes back."""
PATIENCE_MS = 5000
BUSY_CONTENT, BUSY_SIZE = FULL, 2048
"""The photo's width and height in pixels, and the long side that the engine works at, while the sliders are moved."""


def measure() -> dict[str, float | str]:
    """Milliseconds of `MOVES` slider moves in every view, nothing else running. These keys stay.

    - `slider_ms_1080p`, `slider_ms_2160p`: median; `slider_ms_1080p_p95`, `slider_ms_2160p_p95`: 95th percentile
    - `platform`: Qt's
    """
    application = application_here()
    return in_all_views("slider_ms") | {"platform": application.platformName()}


def measure_busy(make_renderer: Callable[[], Renderer] = EngineRenderer) -> dict[str, float | str]:
    """As `measure`, then the same while the engine makes a picture of a large photo in the same process.

    Raises `StudioError`. It adds keys, which stay too:
    - `slider_busy_ms_1080p` and so on: milliseconds meanwhile
    - `slider_busy_ratio_1080p` and so on: how many times longer than without, of each of these
    """
    application = application_here()
    idle = in_all_views("slider_ms")
    run = Run(large_content(*BUSY_CONTENT), read(sample_pair()[1]), Settings(size=BUSY_SIZE))
    with engine_at_work(run, make_renderer):
        busy = in_all_views("slider_busy_ms")
    pairs = zip(idle.values(), busy.items(), strict=True)
    ratios = {name.replace("_ms_", "_ratio_"): round(meanwhile / alone, 2) for alone, (name, meanwhile) in pairs}
    return idle | busy | ratios | {"platform": application.platformName()}


def application_here() -> QApplication:
    """The application, on a real display if there is one."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    return application


def in_all_views(name: str) -> dict[str, float]:
    """Median and 95th percentile in milliseconds for every view, by names that begin with `name`."""
    found = {}
    for view, size in VIEWS.items():
        times = moves(size)
        found[f"{name}_{view}"] = round(statistics.median(times), 2)
        found[f"{name}_{view}_p95"] = round(statistics.quantiles(times, n=20)[-1], 2)
    return found


def moves(size: tuple[int, int]) -> list[float]:
    """Milliseconds of each slider move over a target of this size in pixels, all of it in view."""
    width, height = size
    pixels = np.random.default_rng(1).random((2, height, width, 3), dtype=np.float32)
    document, mix, canvas = Document(Session()), MixPane(), TargetCanvas(View())
    mix.shares_edited.connect(lambda channel, share, step: document.apply("", with_share, channel, share, step=step))
    document.changed.connect(lambda old, new: (mix.show_session(new), canvas.set_mix(new.mix)))
    canvas.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    ratio = canvas.devicePixelRatioF()
    canvas.resize(round(width / ratio), round(height / ratio))
    canvas.set_pictures(from_pixels(pixels[0], "photo"), pixels[1])
    canvas.show()
    mix.show()
    try:
        wait_for(canvas.frame_painted)
        # From 1: the sliders stand at 0, so that a move there would change nothing and be waited for in vain.
        return [move(mix, canvas, number) for number in range(1, 1 + WARM_UP + MOVES)][WARM_UP:]
    finally:
        canvas.release()
        for widget in (canvas, mix):
            widget.close()
            widget.deleteLater()
        QCoreApplication.sendPostedEvents()


def move(mix: MixPane, canvas: TargetCanvas, number: int) -> float:
    """Milliseconds until the frame for another value of the first slider is painted."""
    started = time.perf_counter()
    mix.sliders[0].setValue(number * STRIDE % 101)
    wait_for(canvas.frame_painted)
    return 1000 * (time.perf_counter() - started)


def wait_for(painted) -> None:
    loop = QEventLoop()
    painted.connect(loop.quit)
    QTimer.singleShot(PATIENCE_MS, loop, loop.quit)
    loop.exec()
    painted.disconnect(loop.quit)
