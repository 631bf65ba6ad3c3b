import json

import numpy as np
import pytest

from stylestudio.errors import SettingError
from stylestudio.images.decode import from_pixels
from stylestudio.images.mask import MOST_POINTS, MOST_STROKES, NO_MASK, ByLightness, Gradient, Mask, Point, Stroke
from stylestudio.images.prepared import AS_IT_IS, Preparation, prepare_photo
from stylestudio.studio.mix import KEEP_COLOURS, Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.recipe_record import MOST_BYTES, PictureReference, Recipe, from_json, recipe_of, to_json
from stylestudio.studio.session import Session, with_mask, with_mix, with_preparation
from stylestudio.studio.settings import Settings

PHOTO = from_pixels(np.zeros((2, 3, 3)), "harbour")
STYLE = from_pixels(np.ones((2, 3, 3)), "wave")
STROKES = (
    Stroke((Point(0.25, 1 / 3, 0.75), Point(-0.1, 1.2)), 0.1, 0.2, 0.3, "less"),
    Stroke((Point(0.12345, 0.5),), 0.4, goal="none"),
)
MASK = Mask(STROKES, Gradient((0, 0), (1, 0.5), (-1, 0.5)), ByLightness(1, 0, -0.5), inverted=True)
MIX = Mix(Shares(-0.2, 0.5, 1.25), "ycc", MASK)
HOW = Preparation(3, -2.5, (0.1, 0.2, 0.9, 1.0), 1.5, -0.5)
WHOLE = with_mix(with_preparation(Session(PHOTO, STYLE), HOW, prepare_photo(PHOTO, HOW)), MIX)
"""A session with all that there is."""


def test_a_recipe_comes_back_as_it_was() -> None:
    settings = Settings(size=None, texture_scale=1.25, method="single", refine=0)
    recipe = recipe_of(Session(PHOTO, STYLE, settings, Shares(0.1, 0.2, 0.3), linked=False))
    assert from_json(to_json(recipe), Recipe) == recipe
    assert recipe.content == PictureReference("harbour", PHOTO.sha256)


@pytest.mark.parametrize("mix", [Mix(), KEEP_COLOURS, MIX, Mix(mask=Mask(STROKES)), Mix(mask=Mask(inverted=True))])
def test_a_mix_comes_back_to_the_last_digit(mix: Mix) -> None:
    assert from_json(to_json(recipe_of(with_mix(Session(PHOTO, STYLE), mix))), Recipe).mix == mix


def test_a_prepared_photo_is_named_as_it_was_read_and_made_again_under_the_same_hash() -> None:
    recipe = from_json(to_json(recipe_of(WHOLE)), Recipe)
    assert recipe.content == PictureReference("harbour", PHOTO.sha256) and recipe.preparation == HOW
    assert WHOLE.content and prepare_photo(PHOTO, recipe.preparation).sha256 == WHOLE.content.sha256
    whole = Preparation(1, 2, (0, 0, 1, 1), 1)
    again = from_json(
        to_json(recipe_of(with_preparation(WHOLE, whole, prepare_photo(PHOTO, whole)))), Recipe
    ).preparation
    assert prepare_photo(PHOTO, again).sha256 == prepare_photo(PHOTO, whole).sha256


def test_a_recipe_of_before_masks_is_one_without() -> None:
    older = json.loads(to_json(recipe_of(Session(PHOTO, STYLE))))
    for name in ("axes", "mask", "preparation"):
        del older[name]
    recipe = from_json(json.dumps(older).encode(), Recipe)
    assert (recipe.axes, recipe.mask, recipe.preparation) == ("rgb", NO_MASK, AS_IT_IS)


def test_the_largest_mask_fits_a_record() -> None:
    values = np.random.default_rng(1).uniform(-0.01, 1, (MOST_STROKES, MOST_POINTS // MOST_STROKES, 3)).tolist()
    strokes = tuple(Stroke(tuple(Point(x, y, abs(p)) for x, y, p in one), 0.123, 0.456, 0.789) for one in values)
    data = to_json(recipe_of(with_mask(Session(PHOTO, STYLE), Mask(strokes))))
    assert MOST_BYTES / 2 < len(data) < MOST_BYTES
    assert from_json(data, Recipe).mask == Mask(strokes)


def test_a_recipe_names_no_folder_and_no_file() -> None:
    assert set(json.loads(to_json(recipe_of(Session(PHOTO, STYLE))))["content"]) == {"name", "sha256"}


def test_a_name_that_is_no_text_or_very_long_can_still_be_written() -> None:
    odd = from_pixels(np.zeros((2, 3, 3)), "caf\udce9" + "x" * 500)
    recipe = recipe_of(Session(odd))
    assert from_json(to_json(recipe), Recipe) == recipe
    assert recipe.content and recipe.content.name.startswith("caf?x")


def test_what_a_later_version_may_add_is_passed_over() -> None:
    recipe = recipe_of(Session(PHOTO, STYLE))
    more = json.loads(to_json(recipe)) | {"weather": "fine"}
    assert from_json(json.dumps(more).encode(), Recipe) == recipe


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("settings", "size"), 63, "A size of 63 px is out of range"),
        (("settings", "size"), 512.5, "makes no sense at settings.size"),
        (("settings", "size"), True, "makes no sense at settings.size"),
        (("settings", "size"), 10**400, "out of range"),
        (("settings", "refine"), -1, "out of range"),
        (("settings", "method"), "../single", "no matching method"),
        (("settings", "texture_scale"), "1", "makes no sense at settings.texture_scale"),
        (("shares",), [0.5, 0.5], "makes no sense at shares"),
        (("shares",), [0.5, 0.5, 1.6], "style share"),
        (("content", "sha256"), "A" * 64, "makes no sense at content.sha256"),
        (("content", "sha256"), "a" * 64 + "\n", "makes no sense at content.sha256"),
        (("content", "name"), "x" * 256, "makes no sense at content.name"),
        (("content",), "harbour.png", "makes no sense at content"),
        (("axes",), "lab", "makes no sense at axes"),
        (("axes",), [], "makes no sense at axes"),
        (("mask",), [], "makes no sense at mask"),
        (("mask", "inverted"), 1, "makes no sense at mask.inverted"),
        (("mask", "strokes"), [{}], "makes no sense at mask.strokes[0]"),
        (("mask", "strokes", 0, "points"), [], "makes no sense at mask.strokes[0].points"),
        (("mask", "strokes", 0, "points"), [[0.1]], "makes no sense at mask.strokes[0].points[0]"),
        (("mask", "strokes", 0, "points"), [[0.1, 0.2, 1.5]], "makes no sense at mask.strokes[0].points[0][2]"),
        (("mask", "strokes", 0, "points"), [[1e9, 0.2, 1]], "makes no sense at mask.strokes[0].points[0][0]"),
        (("mask", "strokes", 0, "points"), [[float("nan"), 0.2, 1]], "damaged"),
        (("mask", "strokes", 0, "points"), [[0.5, 0.5]] * (MOST_POINTS + 1), "makes no sense at mask"),
        (("mask", "strokes"), [{"points": [[0, 0]], "size": 0.1}] * (MOST_STROKES + 1), "makes no sense at mask"),
        (("mask", "strokes", 0, "size"), 9, "makes no sense at mask.strokes[0].size"),
        (("mask", "strokes", 0, "strength"), None, "makes no sense at mask.strokes[0].strength"),
        (("mask", "strokes", 0, "goal"), "most", "makes no sense at mask.strokes[0].goal"),
        (("mask", "gradient"), [0, 0, 1, 1], "makes no sense at mask.gradient"),
        (("mask", "gradient", "values"), [2, 0], "makes no sense at mask.gradient.values[0]"),
        (("mask", "lightness"), {"dark": "1"}, "makes no sense at mask.lightness.dark"),
        (("preparation",), None, "makes no sense at preparation"),
        (("preparation", "turns"), 1.5, "makes no sense at preparation.turns"),
        (("preparation", "turns"), 4, "makes no sense at preparation"),
        (("preparation", "angle"), 90, "makes no sense at preparation"),
        (("preparation", "crop"), [0, 0, 1], "makes no sense at preparation.crop"),
        (("preparation", "crop"), [0.5, 0, 0.5, 1], "makes no sense at preparation"),
        (("preparation", "exposure"), 10, "makes no sense at preparation"),
        (("preparation", "contrast"), True, "makes no sense at preparation.contrast"),
        (("version",), 0, "makes no sense"),
        (("version",), 2, "newer Style Studio"),
    ],
)
def test_a_recipe_is_checked_field_by_field(path: tuple[str | int, ...], value: object, words: str) -> None:
    record = json.loads(to_json(recipe_of(WHOLE)))
    *folders, last = path
    place = record
    for one in folders:
        place = place[one]
    place[last] = value
    with pytest.raises(SettingError) as refused:
        from_json(json.dumps(record).encode(), Recipe)
    assert words in refused.value.message


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"null", b"[]", b"{}", b'{"version":1', b"[" * 60000, b'{"version":1,"a":"' + b"a" * MOST_BYTES],
)
def test_anything_else_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(SettingError, match="This recipe"):
        from_json(data, Recipe)
