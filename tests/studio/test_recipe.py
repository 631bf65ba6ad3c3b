from dataclasses import FrozenInstanceError

import pytest

from stylestudio.errors import SettingError
from stylestudio.studio.recipe import (
    DEFAULT_SHARES,
    LAYER_WORDS,
    METHODS,
    MOST_REFINING,
    REFINING,
    Recipe,
    Settings,
    Shares,
    has_strength,
    parse_shares,
)

WHOLE = (400, 300)


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("0", (0, 0, 0)),
        ("1", (1, 1, 1)),
        ("0.7", (0.7, 0.7, 0.7)),
        (".5", (0.5, 0.5, 0.5)),
        ("0.9,0.7,0.4", (0.9, 0.7, 0.4)),
        (" 0.9, 0.7 ,0.4 ", (0.9, 0.7, 0.4)),
        ("1e-1", (0.1, 0.1, 0.1)),
        ("0,0,1", (0, 0, 1)),
    ],
)
def test_shares_are_read_as_a_person_writes_them(text: str, shares: tuple[float, float, float]) -> None:
    assert parse_shares(text) == Shares(*shares)


@pytest.mark.parametrize(
    "text",
    ["", "a", "1.01", "-0.1", "nan", "inf", "0,5", "0.1,0.2,0.3,0.4", "0.5;0.5;0.5", "0.5,,0.5", "0.5,nan,0.5", "70%"],
)
def test_anything_else_is_no_style_share(text: str) -> None:
    with pytest.raises(SettingError):
        parse_shares(text)


def test_the_default_style_share_is_seven_tenths_in_every_channel() -> None:
    assert DEFAULT_SHARES == (0.7, 0.7, 0.7)
    assert Recipe("c", "s").shares == DEFAULT_SHARES


def test_the_usual_settings_are_coarse_to_fine_patches_of_three_1024_pixels_and_light_refining() -> None:
    assert Settings() == Settings(size=1024, texture_scale=1.0, patch_size=3, method="coarse-to-fine")
    assert Settings() == Settings(fidelity=0.5, finest_layer="relu2_1", refine=REFINING[1])


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


def test_a_recipe_is_written_down_as_plain_values() -> None:
    facts = Recipe("abc", "def", Settings(size=None, refine=30), Shares(0.1, 0.2, 0.3)).facts()
    assert facts == {
        "content": "abc",
        "style": "def",
        "settings": {
            "size": None,
            "texture_scale": 1.0,
            "patch_size": 3,
            "method": "coarse-to-fine",
            "fidelity": 0.5,
            "finest_layer": "relu2_1",
            "refine": 30,
        },
        "shares": [0.1, 0.2, 0.3],
    }


def test_every_layer_that_has_a_word_and_every_refining_that_is_offered_can_be_set() -> None:
    assert list(LAYER_WORDS) == ["coarse", "middle", "fine"]
    assert {Settings(finest_layer=layer).finest_layer for layer in LAYER_WORDS.values()} == set(LAYER_WORDS.values())
    assert [Settings(refine=steps).refine for steps in REFINING] == sorted(REFINING)
    assert LAYER_WORDS["fine"] == Settings().finest_layer


def test_only_coarse_to_fine_has_a_strength() -> None:
    assert [has_strength(Settings(method=method)) for method in METHODS] == [True, False]


def test_a_recipe_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Recipe("c", "s").content = "other"  # type: ignore[misc]
