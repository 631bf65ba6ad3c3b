"""What is painted while the mix moves, and when it rests, on a machine that is too slow or fast enough."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas import live_mix
from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.canvas.live_mix import LiveMix
from stylestudio.images.blend import blend
from stylestudio.images.mask import Mask, Point, Stroke, with_stroke
from stylestudio.images.mask_plane import Box, mask_rows
from stylestudio.images.resize import to_8bit, to_floats
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares, shares_of

WIDTH, HEIGHT = 161, 91
CONTENT, OVERFIT = np.random.default_rng(8).integers(0, 256, (2, HEIGHT, WIDTH, 3), dtype=np.uint8)
BOX = Box(0, 0, 1, HEIGHT / WIDTH)
WHOLE = QRect(0, 0, WIDTH, HEIGHT)
CORNER, SURROUND = QPoint(7, 5), 40


class Canvas(QWidget):
    """Notes when it is asked to be painted anew."""

    is_asked = False

    def update(self, *_: object) -> None:
        self.is_asked = True


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    return canvas


@pytest.fixture
def live(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveMix]:
    """One for which every exact mix is too slow, and every other mix a movement."""
    monkeypatch.setattr(live_mix, "FRAME_S", -1)
    monkeypatch.setattr(live_mix, "MOVING_S", float("inf"))
    monkeypatch.setattr(live_mix, "COARSE_FROM", 0)
    live = LiveMix(canvas)
    live.load(CONTENT, OVERFIT, BOX, (WIDTH, HEIGHT))
    yield live
    live.close()


def painted(live: LiveMix, mix: Mix, part: QRect = WHOLE) -> np.ndarray:
    """(HEIGHT, WIDTH, 3): what it paints, and grey where it does not."""
    image = QImage(WIDTH + 20, HEIGHT + 20, QImage.Format.Format_RGB32)
    image.fill(SURROUND * 0x010101)
    with QPainter(image) as painter:
        live.paint(painter, CORNER, part, mix)
    pixels = pixels_of(image)[..., :3].astype(int)
    inside = pixels[CORNER.y() : CORNER.y() + HEIGHT, CORNER.x() : CORNER.x() + WIDTH].copy()
    pixels[CORNER.y() : CORNER.y() + HEIGHT, CORNER.x() : CORNER.x() + WIDTH] = SURROUND
    assert (pixels == SURROUND).all()
    return inside


def formula(content: np.ndarray, overfit: np.ndarray, mix: Mix) -> np.ndarray:
    mixed = blend(content, to_floats(overfit), mix.shares, axes=mix.axes, mask=mask_rows(mix.mask, content))
    return to_8bit(mixed).astype(int)


def coarse_formula(mix: Mix) -> np.ndarray:
    """The mix of the means of two by two pixels, each as large as these."""
    halves = [np.asarray(Image.fromarray(pixels).reduce(2)) for pixels in (CONTENT, OVERFIT)]
    return np.repeat(np.repeat(formula(halves[0], halves[1], mix), 2, axis=0), 2, axis=1)[:HEIGHT, :WIDTH]


MIXES = [
    Mix(shares_of((0.3,))),
    Mix(Shares(0.2, 0.9, 0.6)),
    Mix(Shares(0.2, 0.9, 0.6), "ycc"),
    Mix(shares_of((1.4,))),
    Mix(shares_of((0.4,)), mask=Mask((Stroke((Point(0.2, 0.2), Point(0.7, 0.4)), 0.3),))),
]


@pytest.mark.parametrize("mix", MIXES)
def test_where_it_is_slow_a_mix_that_moves_is_that_of_two_by_two_pixels_in_their_place(live: LiveMix, mix: Mix) -> None:
    first = Mix(shares_of((0.5,)))
    assert np.abs(painted(live, first) - formula(CONTENT, OVERFIT, first)).max() <= 1 and live.is_exact
    moving = painted(live, mix)
    assert not live.is_exact
    assert np.abs(moving - coarse_formula(mix)).max() <= (1 if mix.mask.is_empty else 8)


@pytest.mark.parametrize("mix", MIXES)
def test_as_soon_as_it_rests_it_is_exact(live: LiveMix, canvas: Canvas, qtbot: QtBot, mix: Mix) -> None:
    for one in (Mix(shares_of((0.5,))), mix):
        painted(live, one)
    assert not live.is_exact
    qtbot.waitUntil(lambda: canvas.is_asked)
    assert np.abs(painted(live, mix) - formula(CONTENT, OVERFIT, mix)).max() <= (1 if mix.mask.is_empty else 2)
    assert live.is_exact


def test_a_part_that_is_painted_again_while_it_moves_is_as_coarse_as_the_rest(live: LiveMix) -> None:
    """The circle of a brush is painted over a stroke."""
    for share in (0.5, 0.3):
        whole = painted(live, Mix(shares_of((share,))))
    part = QRect(31, 21, 40, 30)
    again = painted(live, Mix(shares_of((0.3,))), part)
    np.testing.assert_array_equal(again[21:51, 31:71], whole[21:51, 31:71])
    again[21:51, 31:71] = SURROUND
    assert (again == SURROUND).all() and not live.is_exact


def test_a_stroke_that_was_drawn_coarsely_is_exact_at_rest(live: LiveMix, canvas: Canvas, qtbot: QtBot) -> None:
    points = tuple(Point(0.2 + 0.05 * n, 0.1 + 0.03 * n) for n in range(10))
    mix = Mix(shares_of((0.4,)), mask=Mask((Stroke(points[:1], 0.2, goal="less"),)))
    for count in range(1, len(points) + 1):
        mix = replace(mix, mask=with_stroke(mix.mask, Stroke(points[:count], 0.2, goal="less"), again=True))
        painted(live, mix)
    assert not live.is_exact
    qtbot.waitUntil(lambda: canvas.is_asked)
    assert np.abs(painted(live, mix) - formula(CONTENT, OVERFIT, mix)).max() <= 2


@pytest.mark.parametrize(("name", "value"), [("FRAME_S", float("inf")), ("MOVING_S", 0.0), ("COARSE_FROM", 1_000_000)])
def test_where_it_is_fast_enough_does_not_move_or_is_small_every_mix_is_exact(
    live: LiveMix, monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    monkeypatch.setattr(live_mix, name, value)
    for share in (0.5, 0.3, 0.4):
        mix = Mix(shares_of((share,)))
        assert np.abs(painted(live, mix) - formula(CONTENT, OVERFIT, mix)).max() <= 1 and live.is_exact


def test_other_pictures_are_shown_exactly_at_once(live: LiveMix) -> None:
    for share in (0.5, 0.3):
        painted(live, Mix(shares_of((share,))))
    live.load(OVERFIT, CONTENT, BOX, (WIDTH, HEIGHT))
    mix = Mix(shares_of((0.3,)))
    assert np.abs(painted(live, mix) - formula(OVERFIT, CONTENT, mix)).max() <= 1
