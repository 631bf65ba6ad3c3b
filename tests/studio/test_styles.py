"""The shelf's bundled styles: listed, licensed, readable, large enough and together small."""

import tomllib

import pytest
from PIL import Image

from stylestudio.paths import resource
from stylestudio.studio.bundled_styles import BundledStyle, bundled_styles
from stylestudio.studio.samples import samples

STYLES = bundled_styles()
OWN = [style for style in STYLES if style.path.parent == resource("styles")]
MANNERS = {
    "oil",
    "ink",
    "ukiyo-e",
    "mosaic",
    "pencil",
    "watercolour",
    "cubist",
    "pixel art",
    "woodcut",
    "poster",
    "textile",
    "stained glass",
}
LICENCES = {
    "Public domain": "https://creativecommons.org/publicdomain/mark/1.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
}
MOST_BYTES = 6_000_000


def test_there_are_at_least_twenty_four_in_every_manner() -> None:
    assert len(OWN) >= 24
    assert {style.manner for style in OWN} == MANNERS


def test_the_folder_holds_exactly_the_listed_files_and_the_list() -> None:
    files = {path.name for path in resource("styles").iterdir()}
    assert files == {style.path.name for style in OWN} | {"styles.toml"}
    assert len({style.path for style in STYLES}) == len(STYLES)


def test_every_sample_style_is_on_the_shelf_too() -> None:
    assert set(samples("style")) == {style.path for style in STYLES} - {style.path for style in OWN}


def test_all_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in resource("styles").iterdir()) < MOST_BYTES


@pytest.mark.parametrize("style", STYLES, ids=[style.path.stem for style in STYLES])
def test_every_style_says_who_made_it_and_what_may_be_done_with_it(style: BundledStyle) -> None:
    assert all((style.title, style.author, style.year, style.source))
    assert LICENCES[style.licence] == style.licence_url
    assert style.manner in MANNERS
    assert style.tags and all(tag == tag.strip().lower() for tag in style.tags)


@pytest.mark.parametrize("style", OWN, ids=[style.path.stem for style in OWN])
def test_every_style_opens_in_full_colour_at_a_useful_size(style: BundledStyle) -> None:
    with Image.open(style.path) as picture:
        picture.load()
        assert picture.mode == "RGB"
        assert 700 <= max(picture.size) <= 1024
        assert not {"icc_profile", "exif", "xmp", "comment"} & picture.info.keys()


def test_no_two_styles_have_one_title() -> None:
    assert len({style.title for style in STYLES}) == len(STYLES)


def test_what_packaging_makes_is_what_is_listed() -> None:
    recipes = resource("styles").parents[1] / "packaging" / "styles" / "styles.toml"
    made = tomllib.loads(recipes.read_text(encoding="utf-8"))["style"]
    assert {f"{entry['name']}.webp" for entry in made} == {style.path.name for style in OWN}
