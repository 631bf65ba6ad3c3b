import pytest

from stylestudio.errors import SettingError
from stylestudio.studio.recipe import DEFAULT_SHARES, Shares, parse_shares


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
