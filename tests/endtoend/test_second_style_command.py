"""Two styles on the command line: rendered, made again from their recipe, in a batch, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from artist import Outcome, levels, picture
from numpy.typing import NDArray

from stylestudio.images.decode import Picture
from stylestudio.images.recipe_chunk import recipe_in
from stylestudio.progress import Progress, Work
from stylestudio.studio.recipe_record import Recipe, from_json
from stylestudio.studio.render import Renderer
from stylestudio.studio.settings import Settings

Command = Callable[..., Outcome]

PAIR = ("render", "photo.png", "style.png", "--size", "64", "--refine", "0")


@pytest.fixture
def two(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """mosaic.png beside photo.png and style.png; an overfit picture is the photo in the style's mean colour."""

    def overfit(
        self: object, content: Picture, style: Picture, settings: Settings, **more: object
    ) -> Work[NDArray[np.float32]]:
        yield Progress("Painting", 0.5)
        return (content.pixels + style.pixels.mean((0, 1))) / 2

    monkeypatch.setattr(Renderer, "overfit", overfit)
    picture(60, 48, seed=9).save(folder / "mosaic.png")
    return folder


def recipe_of(path: Path) -> Recipe:
    return from_json(recipe_in(path) or b"", Recipe)


def test_a_target_of_two_styles_lies_between_theirs(two: Path, command: Command) -> None:
    both = ("--second-style", "mosaic.png", "--share", "1", "--balance")
    for name, balance in (("first.png", "0"), ("second.png", "1"), ("both.png", "0.25")):
        assert command(*PAIR, *both, balance, "-o", name).code == 0
    assert command(*PAIR, "--share", "1", "-o", "alone.png").code == 0
    first, second, mixed = (levels(two / name).astype(float) for name in ("first.png", "second.png", "both.png"))
    assert np.array_equal(first, levels(two / "alone.png")) and not np.array_equal(first, second)
    assert np.abs(mixed - (0.75 * first + 0.25 * second)).max() <= 1


def test_it_is_made_again_from_its_own_file_which_names_what_is_missing(two: Path, command: Command) -> None:
    assert command(*PAIR, "--second-style", "mosaic.png", "--balance", "0.3", "-o", "a.png").code == 0
    found = recipe_of(two / "a.png")
    assert found.second and found.second.name == "mosaic" and found.balance == 0.3
    again = ("render", "photo.png", "style.png", "--recipe", "a.png", "-o", "b.png")
    missing = command(*again)
    assert missing.code == 2 and "mosaic" in missing.err and "--second-style" in missing.err
    assert command(*again, "--second-style", "mosaic.png").code == 0
    assert np.array_equal(levels(two / "a.png"), levels(two / "b.png"))
    told = command("recipe", "a.png").out
    assert "mosaic" in told and "0.3" in told


def test_a_batch_puts_both_into_names_and_skips_what_is_there(two: Path, command: Command) -> None:
    batch = ("batch", "--content", "photo.png", "--style", "style.png", "-o", "out", "--size", "64", "--refine", "0")
    both = ("--second-style", "mosaic.png")
    assert command(*batch).code == command(*batch, *both).code == 0
    names = {path.name for path in (two / "out").iterdir()}
    assert names == {"photo in the style of style.png", "photo in the style of style + mosaic.png"}
    told = json.loads(command(*batch, *both, "--balance", "0.9", "--json").out)
    assert [one["second_style"] for one in told["skipped"]] == ["mosaic.png"] and not told["done"]


@pytest.mark.parametrize(
    "more",
    [
        ("--balance", "0.5"),
        ("--second-style", "mosaic.png", "--balance", "2"),
        ("--second-style", "mosaic.png", "--balance", "half"),
        ("--second-style", "nowhere.png"),
        ("--second-style", "out.png"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_made(
    two: Path, command: Command, more: tuple[str, ...]
) -> None:
    (two / "out.png").write_bytes((two / "mosaic.png").read_bytes())
    before = (two / "out.png").read_bytes()
    assert command(*PAIR, *more, "-o", "out.png").code == 2
    assert (two / "out.png").read_bytes() == before


def test_a_dry_run_and_a_batch_refuse_a_second_style_that_is_not_there_before_a_folder_is_made(
    two: Path, command: Command
) -> None:
    batch = ("batch", "--content", "photo.png", "--style", "style.png", "-o", "out", "--second-style", "nothing.png")
    for more in (["--dry-run"], []):
        outcome = command(*batch, *more)
        assert outcome.code == 2 and "nothing.png does not exist" in outcome.err and not (two / "out").exists()
