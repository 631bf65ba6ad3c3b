"""How long the target takes to follow a slider: from the slider's change to the painted frame, on the real widgets."""

import os
import statistics
import time

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from stylestudio.gui.display import has_display
from stylestudio.gui.document import Document
from stylestudio.gui.panes.mix_pane import MixPane
from stylestudio.gui.target_canvas import TargetCanvas
from stylestudio.gui.view import View
from stylestudio.images.decode import from_pixels
from stylestudio.studio.session import Session, with_share

VIEWS = {"1080p": (1920, 1080), "2160p": (3840, 2160)}
MOVES, WARM_UP = 200, 10
STRIDE = 37
"""The slider's step from move to move, in percent: it comes by every value before it comes back."""
PATIENCE_MS = 5000


def measure() -> dict[str, float | str]:
    """Median and 95th percentile in milliseconds of `MOVES` slider moves for every view, and the Qt platform."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    found: dict[str, float | str] = {}
    for name, size in VIEWS.items():
        times = moves(size)
        found[f"slider_ms_{name}"] = round(statistics.median(times), 2)
        found[f"slider_ms_{name}_p95"] = round(statistics.quantiles(times, n=20)[-1], 2)
    return found | {"platform": application.platformName()}


def moves(size: tuple[int, int]) -> list[float]:
    """Milliseconds of each slider move over a target of this size in pixels, all of it in view."""
    width, height = size
    pixels = np.random.default_rng(1).random((2, height, width, 3), dtype=np.float32)
    document, mix, canvas = Document(Session()), MixPane(), TargetCanvas(View())
    mix.shares_edited.connect(lambda channel, share, step: document.apply("", with_share, channel, share, step=step))
    document.changed.connect(lambda old, new: (mix.show_session(new), canvas.set_shares(new.shares)))
    canvas.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    ratio = canvas.devicePixelRatioF()
    canvas.resize(round(width / ratio), round(height / ratio))
    canvas.set_pictures(from_pixels(pixels[0], "photo"), pixels[1])
    canvas.show()
    mix.show()
    try:
        wait_for(canvas.frame_painted)
        return [move(mix, canvas, number) for number in range(MOVES + WARM_UP)][WARM_UP:]
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
