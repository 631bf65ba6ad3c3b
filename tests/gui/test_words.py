import numpy as np
import pytest

from stylestudio.engine.methods import METHODS
from stylestudio.gui.words import REMARKS, STAGES
from stylestudio.images.decode import from_pixels
from stylestudio.images.icc import BROKEN, UNFIT
from stylestudio.studio.render import ON_PROCESSOR, ONCE_MORE, REMARK, Renderer
from stylestudio.studio.settings import Settings


@pytest.mark.parametrize("method", METHODS)
def test_every_stage_that_a_run_names_is_among_those_that_are_translated(method: str) -> None:
    picture = from_pixels(np.random.default_rng(1).random((32, 48, 3), np.float32), "noise")
    named = {progress.stage for progress in Renderer().overfit(picture, picture, Settings(method=method))}
    assert named and named <= set(STAGES)


def test_what_is_said_of_a_full_graphics_card_is_translated_too() -> None:
    assert {ONCE_MORE, ON_PROCESSOR} <= set(STAGES)
    assert REMARK in REMARKS


def test_what_is_said_of_a_colour_profile_is_translated_too() -> None:
    assert {BROKEN, UNFIT} < set(REMARKS)
