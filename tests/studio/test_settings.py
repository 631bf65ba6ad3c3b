"""The table of settings, and what is made of it."""

from pathlib import Path

import numpy as np
import pytest

from stylestudio.engine.methods import METHODS
from stylestudio.errors import SettingError
from stylestudio.images.decode import from_pixels
from stylestudio.studio.recipe import run_key
from stylestudio.studio.settings import MOST_REFINING, SETTINGS, Settings

WHOLE = (400, 300)
ROOT = Path(__file__).parents[2]


def test_the_usual_settings_are_coarse_to_fine_patches_of_three_1024_pixels_and_light_refining() -> None:
    assert Settings() == Settings(size=1024, texture_scale=1.0, patch_size=3, method="coarse-to-fine")
    assert Settings() == Settings(fidelity=0.5, finest_layer="relu2_1", refine=15)


@pytest.mark.parametrize(
    "settings",
    [
        {"size": 63},
        {"size": 0},
        {"size": -1024},
        {"texture_scale": 0.0},
        {"texture_scale": 4.1},
        {"texture_scale": float("nan")},
        {"texture_scale": float("inf")},
        {"patch_size": 4},
        {"patch_size": 9},
        {"method": "finest"},
        {"fidelity": -0.01},
        {"fidelity": 1.01},
        {"fidelity": float("nan")},
        {"finest_layer": "relu1_1"},
        {"finest_layer": "fine"},
        {"refine": -1},
        {"refine": MOST_REFINING + 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict) -> None:
    with pytest.raises(SettingError):
        Settings(**settings)


@pytest.mark.parametrize(("size", "side"), [(64, 64), (266, 266), (399, 400), (400, 400), (1024, 400), (None, 400)])
def test_the_content_is_worked_on_at_the_size_but_never_above_its_own(size: int | None, side: int) -> None:
    assert Settings(size=size).content_side(WHOLE) == side
    assert Settings(size=size).content_side((300, 400)) == side


@pytest.mark.parametrize(("longest", "side"), [(1023, 1023), (1024, 1024), (1025, 1025), (1535, 1535), (1536, 1024)])
def test_a_content_less_than_one_and_a_half_times_as_large_is_worked_on_at_its_own_size(
    longest: int, side: int
) -> None:
    assert Settings(size=1024).content_side((longest, 700)) == side
    assert Settings(size=1024).content_side((700, longest)) == side


@pytest.mark.parametrize(
    ("settings", "style", "side"),
    [
        (Settings(size=200), (1000, 500), 200),
        (Settings(size=200), (90, 120), 120),
        (Settings(size=None), (1000, 500), 400),
        (Settings(size=300), (1000, 500), 400),
        (Settings(size=300, texture_scale=0.5), (1000, 500), 200),
        (Settings(size=1024), (1000, 500), 400),
        (Settings(size=200, texture_scale=1.5), (1000, 500), 300),
        (Settings(size=200, texture_scale=0.5), (90, 120), 60),
        (Settings(size=200, texture_scale=0.25), (1, 1), 1),
    ],
)
def test_the_style_is_brought_to_the_contents_long_side_but_never_above_its_own(
    settings: Settings, style: tuple[int, int], side: int
) -> None:
    assert settings.style_side(WHOLE, style) == side


@pytest.mark.parametrize("name", SETTINGS)
def test_what_the_command_line_calls_a_value_is_read_as_that_value(name: str) -> None:
    setting = SETTINGS[name]
    values = [choice.value for choice in setting.choices()] + [getattr(Settings(), name)]
    assert [setting.parse(setting.word(value)) for value in values] == values


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("size", "big", "big is no size. Give 64 or more, or full."),
        ("size", "", "Nothing is no size. Give 64 or more, or full."),
        ("fidelity", "half", "half is no fidelity. Give 0 to 1."),
        ("patch_size", "x", "x is no patch size. Give 1, 3, 5 or 7."),
    ],
)
def test_what_is_no_value_is_told_with_what_would_be_one(name: str, text: str, said: str) -> None:
    with pytest.raises(SettingError) as refused:
        SETTINGS[name].parse(text)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"size": 63}, "A size of 63 px is out of range. Give 64 or more, or full."),
        ({"texture_scale": 5.0}, "A texture size of 5 × is out of range. Give 0.25 to 4."),
        ({"patch_size": 4}, "There is no patch size 4. Give 1, 3, 5 or 7."),
        ({"finest_layer": ""}, "There is no layer without a name. Give coarse, middle or fine."),
        ({"method": "finest"}, f"There is no matching method finest. Give {SETTINGS['method'].values}."),
        ({"refine": 201}, "A number of steps of 201 steps is out of range. Give 0 to 200."),
    ],
)
def test_what_is_out_of_range_is_told_with_the_range(settings: dict, said: str) -> None:
    with pytest.raises(SettingError) as refused:
        Settings(**settings)
    assert str(refused.value) == said


def test_coarse_to_fine_knows_fidelity_and_finest_layer_and_single_does_not() -> None:
    fine, single = Settings(method="coarse-to-fine"), Settings(method="single")
    for name in ("fidelity", "finest_layer"):
        assert fine.has_effect(name) and not single.has_effect(name)
    assert fine.has_effect("patch_size") and single.has_effect("patch_size")
    assert all(Settings(method=method).has_effect(name) for method in METHODS for name in ("size", "refine"))


def test_a_setting_that_the_method_does_not_know_starts_no_other_run() -> None:
    content, style = (from_pixels(np.zeros((side, 40, 3), np.float32), str(side)) for side in (30, 50))
    single, other = (run_key(content, style, Settings(method="single", fidelity=one)) for one in (0.1, 0.9))
    assert single == other
    fine, coarser = (run_key(content, style, Settings(fidelity=one)) for one in (0.1, 0.9))
    assert fine != coarser


def test_a_setting_stands_in_the_table_and_where_it_acts_and_nowhere_else() -> None:
    found = {path.name for path in (ROOT / "stylestudio").rglob("*.py") if "texture_scale" in path.read_text("utf-8")}
    assert found == {"settings.py", "recipe.py", "words.py"}
