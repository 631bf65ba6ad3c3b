"""How long the target takes to follow the brush: from a stroke's next point to the painted frame, on a large photo."""

import time
from math import cos, sin, tau

import numpy as np

from stylestudio.bench import sliders
from stylestudio.bench.full_size import FULL
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.images.decode import from_pixels
from stylestudio.images.mask import Mask, Point, Stroke
from stylestudio.studio.mix import Mix

CONTENT = FULL
"""Width and height of the photo in pixels."""
SIZE = 0.3
"""Of the brush, in the photo's long side."""
POINTS, WARM_UP = 160, 20
CENTRE, RADIUS = (0.5, 0.33), 0.15
"""Of the circle that the stroke goes twice round, in the photo's long side."""


def measure_strokes() -> dict[str, float]:
    """Milliseconds for every point of a stroke, nothing else running. These keys stay.

    `stroke_ms_1080p`, `stroke_ms_2160p`: median, and with `_p95` the 95th percentile.
    """
    sliders.ensure_application()
    return sliders.summarise({f"stroke_ms_{view}": time_stroke(size) for view, size in sliders.VIEWS.items()})


def time_stroke(size: tuple[int, int]) -> list[float]:
    """Milliseconds for each point of a stroke over a photo that is shown whole in this size."""
    width, height = CONTENT
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    overfit = np.divide(pixels[::-2, ::2], 255, dtype=np.float32)
    with sliders.target_on_screen(size, from_pixels(pixels, "photo"), overfit) as canvas:
        turns = [2 * tau * number / POINTS for number in range(POINTS)]
        points = tuple(Point(CENTRE[0] + RADIUS * cos(turn), CENTRE[1] + RADIUS * sin(turn)) for turn in turns)
        return [time_point(canvas, points[:count]) for count in range(1, POINTS + 1)][WARM_UP:]


def time_point(canvas: TargetCanvas, points: tuple[Point, ...]) -> float:
    """Milliseconds until the stroke as far as these points is painted."""
    started = time.perf_counter()
    canvas.set_mix(Mix(mask=Mask((Stroke(points, SIZE, goal="less"),))))
    sliders.wait_for(canvas.frame_painted)
    return 1000 * (time.perf_counter() - started)
