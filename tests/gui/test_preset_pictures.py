"""What presets do to the pictures of a canvas, as far as no window is needed for it."""

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.gui.canvas.view import View
from stylestudio.gui.preset_pictures import PresetPreviews
from stylestudio.images.decode import from_pixels
from stylestudio.images.mask import NO_MASK
from stylestudio.studio.mix import Mix
from stylestudio.studio.presets import presets


def test_a_season_taken_while_the_balance_moves_is_that_of_the_balance_it_is_taken_at(qtbot: QtBot) -> None:
    photo, first, second = (
        np.random.default_rng(3).random((3, 40, 60, 3), np.float32)
        * (np.array([[1, 1, 1], [1, 0.5, 0.2], [0.2, 0.5, 1]], np.float32)[:, None, None])
    )
    canvas = TargetCanvas(View())
    qtbot.addWidget(canvas)
    canvas.set_pictures(from_pixels(photo, "photo"), first, "", second)
    previews = PresetPreviews(canvas)
    seasons = [preset for preset in presets().values() if preset.grade]
    previews.show_presets(seasons)

    def at(balance: float) -> Mix:
        canvas.set_mix(replace(Mix(), balance=balance))
        previews.show_mask(NO_MASK, balance)
        return previews.get(seasons[0].name).mix

    one, other = at(0.0), at(1.0)
    assert one != other and at(0.0) == one
    previews.show_presets(seasons)
    assert previews.get(seasons[0].name).mix == one
