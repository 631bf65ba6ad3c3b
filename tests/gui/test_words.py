import numpy as np
import pytest

from stylestudio.engine.methods import METHODS
from stylestudio.engine.pipeline import shapes_at
from stylestudio.gui.words import REMARKS, STAGES
from stylestudio.images.decode import from_pixels
from stylestudio.images.icc import BROKEN, UNFIT
from stylestudio.studio.render import ON_PROCESSOR, ONCE_MORE, REMARK, Renderer
from stylestudio.studio.settings import SETTINGS, Settings


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


def test_the_scales_tell_a_story_of_words_that_are_translated() -> None:
    scales, stages = 5, ("Looking at the photo", "Looking at the style", "Strokes", "Painting")
    told = [[shapes_at(number, scales, stage) for stage in stages] for number in range(scales)]
    assert told[0] == ["Looking at the photo", "Looking at the style", "Large shapes", "Large shapes"]
    assert [set(one) for one in told[1:4]] == [{"Large shapes"}, {"Smaller shapes"}, {"Smaller shapes"}]
    assert told[4] == list(stages)
    assert [shapes_at(0, 1, stage) for stage in stages] == list(stages)
    assert {stage for one in told for stage in one} <= set(STAGES)


def test_no_stage_is_called_like_a_setting() -> None:
    settings = [word.casefold() for setting in SETTINGS.values() for word in (setting.label, setting.noun)]
    assert not [stage for stage in STAGES if any(word in stage.casefold() for word in settings)]
