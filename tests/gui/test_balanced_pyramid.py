"""The target of two styles on the screen, against the formula; and that a moving balance resamples nothing."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas.balanced_pyramid import BalancedPyramid
from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.canvas.picture_canvas import Canvas
from stylestudio.gui.canvas.pyramid import Pyramid
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.gui.canvas.view import View
from stylestudio.images.balance import balance_levels
from stylestudio.images.decode import from_pixels
from stylestudio.images.mask import Gradient, Mask, Point, Stroke
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import shares_of

BALANCES = (0.0, 0.01, 0.27, 0.5, 0.99, 1.0)


def noise(seed: int, height: int = 60, width: int = 90) -> np.ndarray:
    levels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return levels.astype(np.float32) / 255


@pytest.mark.parametrize("balance", BALANCES)
def test_levels_are_balanced_to_the_nearest_one(balance: float) -> None:
    first, second = (np.rint(255 * noise(seed, 67, 33)).astype(np.uint8) for seed in (1, 2))
    exact = first * (1 - balance) + second * balance
    assert np.abs(balance_levels(first, second, balance) - exact).max() <= 0.5 + 1e-4


@pytest.mark.parametrize("balance", BALANCES)
@pytest.mark.parametrize("share", [0.0, 0.33, 0.7, 1.0])
def test_the_screen_shows_the_formula_to_one_level(qtbot: QtBot, balance: float, share: float) -> None:
    photo, first, second = (noise(seed) for seed in (1, 2, 3))
    canvas = TargetCanvas(View())
    qtbot.addWidget(canvas)
    canvas.resize(90, 60)
    canvas.set_pictures(from_pixels(photo, "photo"), first, "", second)
    canvas.set_mix(Mix(shares_of((0.5,))))
    canvas.grab()
    canvas.set_mix(replace(Mix(shares_of((share,))), balance=balance))
    shown = pixels_of(canvas.grab().toImage())[..., :3].astype(np.float64)
    exact = 255 * (photo * (1 - share) + (first * (1 - balance) + second * balance) * share)
    assert np.abs(shown - np.rint(exact)).max() <= 1
    canvas.stop_mixer()


def test_a_moving_balance_keeps_the_mask_as_if_it_had_always_been_there(qtbot: QtBot) -> None:
    photo, first, second = from_pixels(noise(1), "photo"), noise(2), noise(3)
    mix = Mix(
        shares_of((0.5,)), mask=Mask((Stroke((Point(0.1, 0.1), Point(0.7, 0.4)), 0.3),), Gradient((0, 0), (1, 1)))
    )

    def shown(*balances: float) -> np.ndarray:
        canvas = TargetCanvas(View())
        qtbot.addWidget(canvas)
        canvas.resize(90, 60)
        canvas.set_pictures(photo, first, "", second)
        for balance in balances:
            canvas.set_mix(replace(mix, balance=balance))
            canvas.grab()
        pixels = pixels_of(canvas.grab().toImage())
        canvas.peek("overfit")
        overfit = pixels_of(canvas.grab().toImage())
        canvas.stop_mixer()
        return np.stack((pixels, overfit))

    moved, there = shown(0.2, 0.9, 0.8), shown(0.8)
    assert np.array_equal(moved, there) and not np.array_equal(moved, shown(0.2))


def test_a_draft_of_the_second_style_is_stretched_over_the_first(qtbot: QtBot) -> None:
    canvas, small = TargetCanvas(View()), np.full((4, 6, 3), 0.5, np.float32)
    qtbot.addWidget(canvas)
    canvas.resize(90, 60)
    first = noise(2)
    canvas.set_pictures(from_pixels(noise(1), "photo"), first, "Draft", small)
    canvas.set_mix(replace(Mix(shares_of((1.0,))), balance=0.5))
    shown = pixels_of(canvas.grab().toImage())[:20, :, :3].astype(np.float64)
    assert np.abs(shown - 255 * (first[:20] / 2 + 0.25)).max() <= 1.5
    canvas.set_pictures(from_pixels(noise(1), "photo"), first)  # the second style is taken away
    shown = pixels_of(canvas.grab().toImage())[..., :3].astype(np.float64)
    assert np.abs(shown - 255 * first).max() <= 1
    canvas.stop_mixer()


def test_a_canvas_of_its_own_shows_the_balance_too(qtbot: QtBot) -> None:
    canvas, first, second = Canvas(View()), noise(1), noise(2)
    qtbot.addWidget(canvas)
    canvas.resize(90, 60)
    canvas.set_balance(0.25)
    canvas.set_picture((first, second))
    for balance in (0.25, 0.8):
        canvas.set_balance(balance)
        shown = pixels_of(canvas.grab().toImage())[..., :3].astype(np.float64)
        assert np.abs(shown - 255 * (first * (1 - balance) + second * balance)).max() <= 1


def test_at_another_balance_nothing_is_resampled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[object]()
    layers = Pyramid.build(noise(1)), Pyramid.build(noise(2))
    window = Pyramid.window
    monkeypatch.setattr(Pyramid, "window", lambda self, *place: (asked.append(self), window(self, *place))[1])
    pyramid = BalancedPyramid(layers)
    place = (0.0, 0.0, 90.0, 60.0), (45, 30), Image.Resampling.HAMMING
    frames = [pyramid.at(balance).window(*place) for balance in (0.1, 0.5, 0.9)]
    assert asked == [*layers] and pyramid.at(0.0) is pyramid
    assert len({frame.tobytes() for frame in frames}) == 3
