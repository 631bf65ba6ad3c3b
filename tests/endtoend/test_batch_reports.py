"""What `batch` says and shows beside the targets: JSON, contact sheets, styles of the library, checks of a dry run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from artist import Outcome, levels, picture

from stylestudio.cli import library_command
from stylestudio.progress import finish
from stylestudio.studio import shelf
from stylestudio.studio.library import Library

Command = Callable[..., Outcome]

SMALL = ("--size", "64", "--refine", "0", "--quiet")
ALL = ("batch", "--content", "photos", "--style", "styles", "-o", "out", *SMALL)

pytestmark = pytest.mark.usefixtures("quick_engine")


@pytest.fixture
def sets(folder: Path) -> Path:
    """Two photos in `photos`, two styles in `styles`."""
    (folder / "photos").mkdir()
    (folder / "styles").mkdir()
    for number, name in enumerate(("photos/harbour.png", "photos/meadow.jpg", "styles/chalk.png", "styles/oil.png")):
        picture(60 + number, 50, seed=number).save(folder / name)
    return folder


@pytest.fixture
def library(sets: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The artist's, which watches the folder `styles`; no style comes with the program."""
    monkeypatch.setattr(library_command, "data_folder", lambda: sets / "data")
    monkeypatch.setattr(shelf, "bundled_styles", list)
    library = Library(sets / "data")
    library.watch_folder(sets / "styles")
    return library


def test_json_alone_on_stdout_says_what_became_of_each_picture(sets: Path, command: Command) -> None:
    (sets / "photos" / "broken.jpg").write_bytes((sets / "photos" / "meadow.jpg").read_bytes()[:700])
    (sets / "photos" / "notes.txt").write_text("buy paint")
    (sets / "out").mkdir()
    (sets / "out" / "harbour in the style of oil.png").write_text("mine")
    said = command(*ALL, "--json")
    found = json.loads(said.out)
    assert said.code == 1
    assert said.err.endswith("3 done, 1 skipped, 2 failed.\n")
    assert [Path(one["file"]).stem for one in found["done"]] == [
        "harbour in the style of chalk",
        "meadow in the style of chalk",
        "meadow in the style of oil",
    ]
    assert found["done"][0].items() >= {"content": "photos/harbour.png", "style": "styles/chalk.png"}.items()
    assert 0 < sum(one["seconds"] for one in found["done"]) < found["seconds"]
    assert [one["file"] for one in found["skipped"]] == ["out/harbour in the style of oil.png"]
    assert all(one["message"].startswith("broken.jpg") and one["hint"].endswith(".") for one in found["failed"])
    assert found["not_taken"] == [{"file": "photos/notes.txt", "reason": "not a picture"}]


def test_a_dry_run_as_json_lists_what_would_be_made_and_makes_nothing(sets: Path, command: Command) -> None:
    found = json.loads(command(*ALL, "--json", "--dry-run", "--sheet", "out/sheet.png").out)
    assert len(found["done"]) == 4
    assert "seconds" not in found["done"][0]
    assert found["sheets"] == ["out/sheet.png"]
    assert not (sets / "out").exists()


def test_a_sheet_shows_all_results_also_those_that_were_there_and_is_made_anew_each_time(
    sets: Path, command: Command
) -> None:
    sheet = ("--sheet", "out/sheet.png")
    assert command(*ALL, *sheet).code == 0
    first = levels(sets / "out" / "sheet.png")
    said = command(*ALL, *sheet, "--json")
    assert json.loads(said.out)["sheets"] == ["out/sheet.png"]
    assert said.err.endswith("0 done, 4 skipped, 0 failed.\n")
    assert (levels(sets / "out" / "sheet.png") == first).all()
    picture(30, 30).save(sets / "mine.png")
    before = (sets / "mine.png").read_bytes()
    assert command(*ALL, "--sheet", "mine.png").code == 2
    assert (sets / "mine.png").read_bytes() == before


@pytest.mark.parametrize("ending", ["ora", "tif", "webp"])
def test_a_sheet_shows_results_of_every_format(sets: Path, command: Command, ending: str) -> None:
    one = ("batch", "--content", "photos/harbour.png", "--style", "styles/oil.png", "-o", "out", *SMALL)
    assert command(*one, "--format", ending, "--sheet", "sheet.png", "--share", "1").code == 0
    shown = levels(sets / "sheet.png")[:, :, :3].reshape(-1, 3)
    negative = 255 - levels(sets / "photos" / "harbour.png").reshape(-1, 3)
    assert set(map(tuple, negative[:200].tolist())) <= set(map(tuple, shown.tolist()))


def test_a_sheet_that_could_not_be_written_is_told_before_anything_is_made(sets: Path, command: Command) -> None:
    said = command(*ALL, "--sheet", "nowhere/sheet.txt")
    assert (said.code, said.out) == (2, "")
    assert not list((sets / "out").iterdir())


def test_styles_of_the_library_are_taken_by_their_tag_or_star(sets: Path, library: Library, command: Command) -> None:
    batch = ("batch", "--content", "photos/harbour.png", "-o", "out", *SMALL, "--dry-run", "--styles-of-library")
    assert command(*batch, "star").code == 2  # none has one yet, but the folder was looked through
    chalk, oil = sorted(library.styles(), key=lambda style: style.picture.name)
    library.set_tags(chalk.picture.sha256, ["Soft"])
    library.set_star(oil.picture.sha256, True)
    assert (
        command(*batch, "soft").out
        == f"out/harbour in the style of chalk.png: photos/harbour.png in the style of {sets}/styles/chalk.png\n"
    )
    assert "style of oil.png" in command(*batch, "star").out
    both = command(*batch, "star", "--style", "styles/chalk.png")
    assert len(both.out.splitlines()) == 2
    said = command(*batch, "stained glass")
    assert said.code == 2
    assert "star, or one of: Soft" in said.err


def test_a_style_whose_file_is_gone_is_told_and_the_others_are_made(
    sets: Path, library: Library, command: Command
) -> None:
    finish(shelf.update_shelf(library))
    for style in library.styles():
        library.set_tags(style.picture.sha256, ["chalky"])
    library.unwatch_folder(sets / "styles")
    (sets / "styles" / "oil.png").unlink()
    said = command("batch", "--content", "photos", "-o", "out", *SMALL, "--styles-of-library", "chalky")
    assert said.code == 0
    assert f"Skipped {sets}/styles/oil.png: a style of the library whose file is not there" in said.err
    assert said.err.endswith("2 done, 0 skipped, 0 failed.\n")


def test_without_any_style_nothing_is_done(sets: Path, command: Command) -> None:
    said = command("batch", "--content", "photos", "-o", "out", *SMALL)
    assert said.code == 2
    assert "--style" in said.err
    assert not (sets / "out").exists()


def test_a_dry_run_tells_what_cannot_be_exported_so_as_the_run_does(sets: Path, command: Command) -> None:
    grey = (Path(__file__).parents[1] / "data" / "icc" / "sGrey-v4.icc").read_bytes()
    picture(60, 40).convert("L").save(sets / "photos" / "grey.png", icc_profile=grey)
    picture(17000, 1).save(sets / "photos" / "pole.png")
    for options, name in ((("--profile", "photo"), "grey"), (("--format", "webp"), "pole")):
        planned, done = command(*ALL, *options, "--dry-run"), command(*ALL, *options)
        told = [line for line in planned.err.splitlines() if line.startswith("Would fail")]
        assert [line.startswith(f"Would fail {name}") for line in told] == [True, True]
        failed = [line for line in done.err.splitlines() if line.startswith("Failed")]
        assert [line.replace("Would fail", "Failed") for line in told] == failed
