import json
from typing import Any

import pytest

from stylestudio.errors import SettingError
from stylestudio.images.mask import MOST_STROKES, ByLightness, Gradient, Mask, Point, Stroke
from stylestudio.images.prepared import AS_IT_IS, Preparation
from stylestudio.studio.mix import KEEP_COLOURS, Mix
from stylestudio.studio.mix_record import mask_table, mix_of, mix_table, preparation_of, preparation_table
from stylestudio.studio.recipe import Shares

STROKES = (
    Stroke((Point(0.25, 0.5, 0.75), Point(-0.1, 1.2)), 0.1, 0.2, 0.3, "less"),
    Stroke((Point(0.12345, 0.5),), 0.4, goal="none"),
)
MASK = Mask(STROKES, Gradient((0, 0), (1, 0.5), (-1, 0.5)), ByLightness(1, 0, -0.5), inverted=True)
MIX = Mix(Shares(-0.2, 0.5, 1.25), "ycc", MASK)


@pytest.mark.parametrize("mix", [Mix(), KEEP_COLOURS, MIX, Mix(mask=Mask(STROKES)), Mix(mask=Mask(inverted=True))])
def test_a_mix_comes_back_from_json_as_it_was(mix: Mix) -> None:
    assert mix_of(json.loads(json.dumps(mix_table(mix)))) == mix


def test_a_mix_without_a_mask_says_nothing_of_one() -> None:
    assert mix_table(Mix()) == {"shares": [0.7, 0.7, 0.7], "axes": "rgb"}


def changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    table = place = mix_table(MIX)
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return table


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("shares",), [2, 0, 0]),
        (("shares",), [0.1] * 4),
        (("shares",), "0.5"),
        (("shares",), [True, 0, 0]),
        (("shares",), [10**400, 0, 0]),
        (("axes",), "lab"),
        (("axes",), []),
        (("mask",), []),
        (("mask", "inverted"), 1),
        (("mask", "strokes"), [{}]),
        (("mask", "strokes"), [mask_table(MASK)["strokes"][0]] * (MOST_STROKES + 1)),
        (("mask", "strokes", 0, "points"), []),
        (("mask", "strokes", 0, "points"), [0.1, 0.2]),
        (("mask", "strokes", 0, "points"), [0.1, 0.2, 1.5]),
        (("mask", "strokes", 0, "points"), [1e9, 0.2, 1]),
        (("mask", "strokes", 0, "points"), [float("nan"), 0.2, 1]),
        (("mask", "strokes", 0, "points"), [0.5] * 300_003),
        (("mask", "strokes", 0, "size"), 9),
        (("mask", "strokes", 0, "strength"), None),
        (("mask", "strokes", 0, "goal"), "most"),
        (("mask", "gradient"), [0, 0, 1, 1]),
        (("mask", "gradient"), [0, 0, 1, 1, 2, 0]),
        (("mask", "lightness"), [0, 0]),
        (("mask", "lightness"), {"dark": 1}),
    ],
)
def test_anything_else_is_no_mix(path: tuple[Any, ...], value: object) -> None:
    with pytest.raises(SettingError):
        mix_of(changed(path, value))


@pytest.mark.parametrize("table", [None, 5, [], {}, {"axes": "rgb"}])
def test_nor_is_what_has_no_shares(table: object) -> None:
    with pytest.raises(SettingError):
        mix_of(table)


@pytest.mark.parametrize("how", [AS_IT_IS, Preparation(3, -2.5, (0.1, 0.2, 0.9, 1.0), 1.5, -0.5)])
def test_how_a_photo_was_prepared_comes_back_from_json(how: Preparation) -> None:
    assert preparation_of(json.loads(json.dumps(preparation_table(how)))) == how


@pytest.mark.parametrize(
    "table",
    [
        None,
        {"turns": 1.5},
        {"turns": 4},
        {"angle": 90},
        {"angle": "1"},
        {"crop": [0, 0, 1]},
        {"crop": [0.5, 0, 0.5, 1]},
        {"exposure": 10},
        {"contrast": float("nan")},
    ],
)
def test_anything_else_prepares_no_photo(table: object) -> None:
    with pytest.raises(SettingError):
        preparation_of(table)
