from dataclasses import FrozenInstanceError

import pytest

from stylestudio.errors import SettingError
from stylestudio.studio.recipe import DEFAULT_SHARES, Recipe, Shares, parse_shares
from stylestudio.studio.settings import Settings


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


def test_a_recipe_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Recipe("c", "s").content = "other"  # type: ignore[misc]
