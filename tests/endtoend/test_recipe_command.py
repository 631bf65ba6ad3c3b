"""A picture that says how it was made: shown, made again to the pixel, and its look given to other photos."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from artist import Outcome, levels, picture

from stylestudio.cli.options import mix_maker_from_options, settings_of
from stylestudio.cli.parser import build_parser
from stylestudio.images.decode import read
from stylestudio.images.mask import Gradient, Mask, Point, Stroke
from stylestudio.images.prepared import Preparation
from stylestudio.images.recipe_chunk import recipe_in
from stylestudio.studio.look_files import LookFiles, LookReference
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.recipe_record import Recipe, from_json, recipe_for, to_json
from stylestudio.studio.settings import Settings

Command = Callable[..., Outcome]

pytestmark = pytest.mark.usefixtures("quick_engine")
MASK = Mask((Stroke((Point(0.2, 0.3), Point(0.7, 1 / 3, 0.4)), 0.2, goal="less"),), Gradient((0, 0), (1, 1)))
HOW = Preparation(1, 2.5, (0.1, 0, 1, 0.9), 0.5)
MIX = Mix(Shares(1.2, 0.4, -0.1), "ycc", MASK)
SETTINGS = Settings(size=64, fidelity=1 / 3, refine=0)


@pytest.fixture
def recipe_file(folder: Path) -> Path:
    """recipe.json: of the two pictures, with a crop and a mask."""
    recipe = recipe_for(read(folder / "photo.png"), read(folder / "style.png"), SETTINGS, MIX, HOW)
    (folder / "recipe.json").write_bytes(to_json(recipe))
    return folder / "recipe.json"


def recipe_of(path: Path) -> Recipe:
    data = recipe_in(path)
    assert data is not None
    return from_json(data, Recipe)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tif", "a.ora"])
def test_a_target_is_made_again_from_its_own_file(folder: Path, command: Command, recipe_file: Path, name: str) -> None:
    assert command("render", "photo.png", "style.png", "-o", name, "--recipe", "recipe.json").code == 0
    found = recipe_of(folder / name)
    assert (found.settings, found.mix, found.preparation) == (SETTINGS, MIX, HOW)
    assert found.content and found.content.sha256 == read(folder / "photo.png").sha256
    assert found.program and len(found.weights) == 2
    for again, source in (("b.png", "recipe.json"), ("c.png", name)):
        assert command("render", "photo.png", "style.png", "-o", again, "--recipe", source).code == 0
    assert np.array_equal(levels(folder / "b.png"), levels(folder / "c.png"))
    assert recipe_of(folder / "b.png") == recipe_of(folder / "c.png")


def test_the_overfit_picture_says_that_it_is_one(folder: Path, command: Command) -> None:
    command("render", "photo.png", "style.png", "-o", "a.png", "--overfit", "raw.png", "--share", "0.5")
    assert recipe_of(folder / "raw.png").shares == (1, 1, 1)
    assert recipe_of(folder / "a.png").shares == (0.5, 0.5, 0.5)


def test_what_is_given_beside_a_recipe_wins(folder: Path, command: Command, recipe_file: Path) -> None:
    more = ("--share", "0.2,0.3,0.4", "--fidelity", "1")
    assert command("render", "photo.png", "style.png", "-o", "a.png", "--recipe", "recipe.json", *more).code == 0
    found = recipe_of(folder / "a.png")
    assert found.settings == replace(SETTINGS, fidelity=1.0)
    assert found.mix == replace(MIX, shares=Shares(0.2, 0.3, 0.4)) and found.preparation == HOW
    assert command("render", "photo.png", "style.png", "-o", "b.png", "--recipe", "a.png", "--axes", "rgb").code == 0
    assert recipe_of(folder / "b.png").axes == "rgb"


def test_the_look_of_a_set_is_told_and_never_left_out_silently(
    folder: Path, command: Command, recipe_file: Path
) -> None:
    recipe = replace(from_json(recipe_file.read_bytes(), Recipe), look=LookReference(12, "a" * 64))
    recipe_file.write_bytes(to_json(recipe))
    assert "of a set of 12 photos (aaaaaaaaaaaa)" in command("recipe", "recipe.json").out
    made = command("render", "photo.png", "style.png", "-o", "a.png", "--recipe", "recipe.json")
    assert made.code == 0 and "only batch --same-look with all of them makes it again" in made.err
    assert recipe_of(folder / "a.png").look is None
    options = ("--content", "photo.png", "--style", "style.png", "-o", "out", "--recipe", "recipe.json")
    assert "only batch" not in command("batch", *options, "--same-look").err
    [target] = (folder / "out").iterdir()
    assert recipe_of(target).look == LookFiles((folder / "photo.png",)).reference


def test_crop_and_mask_are_for_their_own_photo_alone(folder: Path, command: Command, recipe_file: Path) -> None:
    picture(80, 60, seed=7).save(folder / "other.png")
    arguments = ("--content", "photo.png", "other.png", "--style", "style.png", "-o", "out", "--recipe", "recipe.json")
    assert command("batch", *arguments).code == 0
    own = recipe_of(folder / "out" / "photo in the style of style.png")
    other = recipe_of(folder / "out" / "other in the style of style.png")
    assert (own.mix, own.preparation) == (MIX, HOW)
    assert (other.mix, other.preparation) == (Mix(MIX.shares, "ycc"), Preparation())
    assert read(folder / "out" / "other in the style of style.png").size == (80, 60)
    assert command("render", "photo.png", "style.png", "-o", "a.png", "--recipe", "recipe.json").code == 0
    assert np.array_equal(levels(folder / "a.png"), levels(folder / "out" / "photo in the style of style.png"))


def test_a_recipe_can_be_left_out(folder: Path, command: Command) -> None:
    assert command("render", "photo.png", "style.png", "-o", "a.png", "--no-recipe").code == 0
    assert recipe_in(folder / "a.png") is None
    refused = command("recipe", "a.png")
    assert refused.code == 2 and "a.png does not say how it was made." in refused.err


def test_a_recipe_is_shown_in_words(folder: Path, command: Command, recipe_file: Path) -> None:
    command("render", "photo.png", "style.png", "-o", "a.jpg", "--recipe", "recipe.json")
    lines = dict(line.split("  ", 1) for line in command("recipe", "a.jpg").out.splitlines())
    said = {name.strip(): fact.strip() for name, fact in lines.items()}
    assert said["Photo"].startswith("photo (") and said["Style"].startswith("style (")
    assert said["Style share"] == "lightness 1.2, blue – yellow 0.4, red – green -0.1"
    assert said["Mask"] == "1 stroke, a gradient"
    assert said["Prepared"].startswith("turned by 90°, straightened by 2.5°, cropped to 90% of its width")
    assert said["Size"] == "64" and said["Refine"] == "Off" and said["Made by"] == "Style Studio 0.1.0"


def test_a_recipe_as_json_is_one_that_render_takes(folder: Path, command: Command, recipe_file: Path) -> None:
    command("render", "photo.png", "style.png", "-o", "a.png", "--recipe", "recipe.json")
    shown = command("recipe", "a.png", "--json").out
    (folder / "again.json").write_text(shown, encoding="utf-8")
    assert json.loads(shown)["axes"] == "ycc"
    assert from_json(shown.encode(), Recipe) == recipe_of(folder / "a.png")


@pytest.mark.parametrize("content", [b"", b"words", b"{}", b'{"version":1}', b"\x89PNG\r\n\x1a\n", b"{" * 9_000_000])
def test_what_is_no_recipe_is_refused_in_words(folder: Path, command: Command, content: bytes) -> None:
    (folder / "bad").write_bytes(content)
    for outcome in (
        command("recipe", "bad"),
        command("render", "photo.png", "style.png", "-o", "a.png", "--recipe", "bad"),
    ):
        assert outcome.code == 2 and outcome.err.count("\n") == 1 and "Traceback" not in outcome.err
    assert not (folder / "a.png").exists()
    assert command("recipe", "gone.png").code == 2


def test_a_recipe_opens_no_path_that_it_names(folder: Path, command: Command, recipe_file: Path) -> None:
    table = json.loads(recipe_file.read_bytes())
    table["content"]["name"] = "../../../etc/passwd"
    recipe_file.write_text(json.dumps(table))
    assert command("recipe", "recipe.json").out.count("../../../etc/passwd") == 1
    assert command("render", "photo.png", "style.png", "-o", "a.png", "--recipe", "recipe.json").code == 0


def test_without_a_recipe_all_is_as_usual() -> None:
    options = build_parser().parse_args(["render", "a.png", "b.png", "-o", "c.png"])
    assert settings_of(options) == Settings() and mix_maker_from_options(options) == Mix()
    options = build_parser().parse_args(["evaluate"])
    assert settings_of(options) == Settings(size=512)
