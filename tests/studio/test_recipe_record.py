import json

import numpy as np
import pytest

from stylestudio.errors import SettingError
from stylestudio.images.decode import from_pixels
from stylestudio.studio.recipe import Shares
from stylestudio.studio.recipe_record import Named, Recipe, from_json, recipe_of, to_json
from stylestudio.studio.session import Session
from stylestudio.studio.settings import Settings

PHOTO = from_pixels(np.zeros((2, 3, 3)), "harbour")
STYLE = from_pixels(np.ones((2, 3, 3)), "wave")


def test_a_recipe_comes_back_as_it_was() -> None:
    settings = Settings(size=None, texture_scale=1.25, method="single", refine=0)
    recipe = recipe_of(Session(PHOTO, STYLE, settings, Shares(0.1, 0.2, 0.3), linked=False))
    assert from_json(to_json(recipe), Recipe) == recipe
    assert recipe.content == Named("harbour", PHOTO.sha256)


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
        (("version",), 0, "makes no sense"),
        (("version",), 2, "newer Style Studio"),
    ],
)
def test_a_recipe_is_checked_field_by_field(path: tuple[str, ...], value: object, words: str) -> None:
    record = json.loads(to_json(recipe_of(Session(PHOTO, STYLE))))
    *folders, last = path
    place = record
    for one in folders:
        place = place[one]
    place[last] = value
    with pytest.raises(SettingError) as refused:
        from_json(json.dumps(record).encode(), Recipe)
    assert words in refused.value.message


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"null", b"[]", b"{}", b'{"version":1', b"[" * 60000, b'{"version":1,"a":"' + b"a" * 70000]
)
def test_anything_else_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(SettingError, match="This recipe"):
        from_json(data, Recipe)
