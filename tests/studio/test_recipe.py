import numpy as np
import pytest

from stylestudio.engine.methods import METHODS
from stylestudio.errors import SettingError
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.studio.recipe import DEFAULT_SHARES, Shares, parse_balance, parse_shares, run_key, shares_of
from stylestudio.studio.settings import SETTINGS, Settings


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
        ("-0.25,1.5,1.2", (-0.25, 1.5, 1.2)),
    ],
)
def test_shares_are_read_as_a_person_writes_them(text: str, shares: tuple[float, float, float]) -> None:
    assert parse_shares(text) == Shares(*shares)


@pytest.mark.parametrize(
    "text",
    ["", "a", "1.51", "-0.26", "nan", "inf", "0,5", "0.1,0.2,0.3,0.4", "0.5;0.5;0.5", "0.5,,0.5", "0.5,nan,0.5", "70%"],
)
def test_anything_else_is_no_style_share(text: str) -> None:
    with pytest.raises(SettingError):
        parse_shares(text)


def test_the_default_style_share_is_seven_tenths_in_every_channel() -> None:
    assert DEFAULT_SHARES == (0.7, 0.7, 0.7)


@pytest.mark.parametrize("values", [(), (0.5, 0.5), (0.5,) * 4, (0.5, 1.51, 0.5), (-0.26,)])
def test_shares_are_one_number_or_three_within_their_ends(values: tuple[float, ...]) -> None:
    with pytest.raises(SettingError) as caught:
        shares_of(values)
    assert str(caught.value) == (
        "The style share must be one number or three, each from -0.25 to 1.5. "
        "Write for example 0.7, or 0.9,0.7,0.4 for red, green and blue; 0 is the photo, 1 the style."
    )


def test_a_balance_of_two_styles_is_a_number_from_0_to_1() -> None:
    assert [parse_balance(text) for text in ("0", "0.35", "1")] == [0, 0.35, 1]
    for text in ("-0.01", "1.01", "2", "nan", "half", ""):
        with pytest.raises(SettingError, match=r"^The balance of two styles must be a number from 0 to 1\. Write for"):
            parse_balance(text)


def plain(width: int, height: int, value: float) -> Picture:
    return from_pixels(np.full((height, width, 3), value), "a")


@pytest.mark.parametrize("method", METHODS)
def test_a_run_is_known_by_both_pictures_their_sizes_and_all_that_its_method_goes_by(method: str) -> None:
    content, style = plain(160, 120, 0.25), plain(48, 96, 0.5)
    settings = Settings(method=method, size=80, texture_scale=0.5)
    key = run_key(content, style, settings)
    assert (key.content, key.style, key.content_side, key.style_side) == (content.sha256, style.sha256, 80, 40)
    others = {name for name in SETTINGS if settings.has_effect(name)} - {"size", "texture_scale"}
    assert dict(key.others) == {name: getattr(settings, name) for name in others}
    assert len(key.others) == len(others) and {"size", "texture_scale"} < set(SETTINGS)
    assert run_key(style, content, settings) != key
