"""`batch` as an artist runs it: a set with one look, one photo in many looks, and whatever lies about in folders."""

from collections.abc import Callable
from math import inf
from pathlib import Path

import numpy as np
import pytest
from artist import Outcome, levels, picture

from stylestudio.engine import coding
from stylestudio.images.decode import read

Command = Callable[..., Outcome]

SMALL = ("--size", "64", "--refine", "0", "--quiet")


@pytest.fixture
def sets(folder: Path) -> Path:
    """Two photos in `photos`, two styles in `styles`."""
    (folder / "photos").mkdir()
    (folder / "styles").mkdir()
    picture(70, 50, seed=1).save(folder / "photos" / "harbour.png")
    picture(50, 70, seed=2).save(folder / "photos" / "meadow.jpg")
    picture(64, 64, seed=3).save(folder / "styles" / "chalk.png")
    picture(80, 66, seed=4).save(folder / "styles" / "oil.png")
    return folder


ALL = ("batch", "--content", "photos", "--style", "styles", "-o", "out")

EVERY_TARGET = [
    "harbour in the style of chalk.png",
    "harbour in the style of oil.png",
    "meadow in the style of chalk.png",
    "meadow in the style of oil.png",
]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_every_photo_meets_every_style_in_a_folder_that_is_made(sets: Path, command: Command) -> None:
    said = command(*ALL, *SMALL)
    assert said == Outcome(0, "", "4 done, 0 skipped, 0 failed.\n")
    assert list(files(sets / "out")) == EVERY_TARGET
    assert levels(sets / "out" / EVERY_TARGET[0]).shape == (50, 70, 3)
    assert levels(sets / "out" / EVERY_TARGET[3]).shape == (70, 50, 3)


def test_a_batch_gives_what_render_gives(sets: Path, command: Command) -> None:
    command(*ALL, *SMALL, "--share", "0.9,0.5,0.1")
    command("render", "photos/meadow.jpg", "styles/oil.png", "-o", "one.png", *SMALL, "--share", "0.9,0.5,0.1")
    assert (sets / "out" / "meadow in the style of oil.png").read_bytes() == (sets / "one.png").read_bytes()


@pytest.mark.usefixtures("quick_engine")
def test_files_and_folders_may_be_mixed(sets: Path, command: Command) -> None:
    said = command(
        "batch", "--content", "photos", "photo.png", "--style", "style.png", "styles/oil.png", "-o", "out", *SMALL
    )
    assert said.code == 0
    assert len(files(sets / "out")) == 6


def test_each_style_is_looked_at_once(sets: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(60, 70, seed=9).save(sets / "photos" / "third.png")
    stages: list[str] = []
    encode = coding.encode

    def counted(networks, image, layers, stage: str, limit: float = inf):
        stages.append(stage)
        return encode(networks, image, layers, stage, limit)

    monkeypatch.setattr(coding, "encode", counted)
    assert command(*ALL, *SMALL).code == 0
    assert stages.count("Looking at the style") == 2


@pytest.mark.usefixtures("quick_engine")
def test_equal_names_are_told_apart(sets: Path, command: Command) -> None:
    picture(60, 40, seed=5).save(sets / "photos" / "harbour.jpg")
    command(*ALL, *SMALL)
    made = [name for name in files(sets / "out") if name.startswith("harbour")]
    assert len(made) == 4
    assert {levels(sets / "out" / name).shape for name in made} == {(50, 70, 3), (40, 60, 3)}


@pytest.mark.usefixtures("quick_engine")
def test_existing_files_are_skipped_and_said(sets: Path, command: Command) -> None:
    (sets / "out").mkdir()
    kept = sets / "out" / EVERY_TARGET[1]
    kept.write_text("mine")
    said = command(*ALL, *SMALL)
    assert (said.code, said.out) == (0, "")
    assert f"Skipped out/{EVERY_TARGET[1]}" in said.err
    assert said.err.endswith("3 done, 1 skipped, 0 failed.\n")
    assert kept.read_text() == "mine"


@pytest.mark.usefixtures("quick_engine")
def test_overwrite_replaces_existing_files(sets: Path, command: Command) -> None:
    (sets / "out").mkdir()
    old = sets / "out" / EVERY_TARGET[1]
    old.write_text("old")
    said = command(*ALL, *SMALL, "--overwrite")
    assert said == Outcome(0, "", "4 done, 0 skipped, 0 failed.\n")
    assert levels(old).shape == (50, 70, 3)


@pytest.mark.usefixtures("quick_engine")
def test_an_existing_overfit_picture_is_kept_too(sets: Path, command: Command) -> None:
    (sets / "raw").mkdir()
    kept = sets / "raw" / "harbour in the style of chalk (overfit).png"
    kept.write_text("mine")
    said = command(*ALL, *SMALL, "--overfit", "raw")
    assert said.err.endswith("3 done, 1 skipped, 0 failed.\n")
    assert kept.read_text() == "mine"


@pytest.mark.usefixtures("quick_engine")
def test_what_is_no_picture_in_a_folder_is_skipped_and_said(sets: Path, command: Command) -> None:
    (sets / "photos" / "notes.txt").write_text("buy paint")
    (sets / "photos" / ".harbour.png").write_bytes(b"left behind by the system")
    (sets / "styles" / "more").mkdir()
    said = command(*ALL, *SMALL)
    assert said.code == 0
    for name in ("photos/notes.txt", "photos/.harbour.png", "styles/more"):
        assert f"Skipped {name}" in said.err
    assert list(files(sets / "out")) == EVERY_TARGET


@pytest.mark.usefixtures("quick_engine")
def test_a_damaged_photo_fails_alone(sets: Path, command: Command) -> None:
    (sets / "photos" / "broken.jpg").write_bytes((sets / "photos" / "meadow.jpg").read_bytes()[:700])
    said = command(*ALL, *SMALL)
    assert (said.code, said.out) == (1, "")
    lines = said.err.splitlines()
    assert [line.startswith("Failed broken in the style of") for line in lines] == [True, True, False]
    assert lines[-1] == "4 done, 0 skipped, 2 failed."
    assert list(files(sets / "out")) == EVERY_TARGET


@pytest.mark.usefixtures("quick_engine")
def test_what_is_to_be_known_of_a_picture_is_said_once_and_not_where_quiet_is_wanted(
    sets: Path, command: Command
) -> None:
    picture(60, 40).save(sets / "photos" / "odd.png", icc_profile=b"no profile")
    said = command(*ALL, "--size", "64", "--refine", "0")
    assert said.code == 0
    assert [line for line in said.err.splitlines() if line.startswith("photos/odd.png: ")] == [
        f"photos/odd.png: {read(sets / 'photos' / 'odd.png').remark}"
    ]
    assert command(*ALL, *SMALL, "--overwrite").err == "6 done, 0 skipped, 0 failed.\n"


@pytest.mark.usefixtures("quick_engine")
def test_targets_in_another_format_are_made_beside_those_that_are_there(sets: Path, command: Command) -> None:
    assert command(*ALL, *SMALL).code == 0
    for format_ in ("jpg", "tif", "webp", "ora"):
        assert command(*ALL, *SMALL, "--format", format_).err == "4 done, 0 skipped, 0 failed.\n"
        again = command(*ALL, *SMALL, "--format", format_)
        assert again.err.endswith("0 done, 4 skipped, 0 failed.\n")
    assert len(files(sets / "out")) == 20


@pytest.mark.usefixtures("quick_engine")
def test_a_damaged_style_fails_alone(sets: Path, command: Command) -> None:
    (sets / "styles" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    said = command(*ALL, *SMALL)
    assert said.code == 1
    assert said.err.endswith("4 done, 0 skipped, 2 failed.\n")
    assert list(files(sets / "out")) == EVERY_TARGET


@pytest.mark.usefixtures("quick_engine")
def test_overfit_pictures_go_to_a_folder_of_their_own(sets: Path, command: Command) -> None:
    said = command(*ALL, *SMALL, "--overfit", "deep/raw", "--share", "0.5")
    assert said.code == 0
    raw = files(sets / "deep" / "raw")
    assert list(raw) == [name.replace(".png", " (overfit).png") for name in EVERY_TARGET]
    photo = levels(sets / "photos" / "harbour.png")
    overfit = levels(sets / "deep" / "raw" / "harbour in the style of oil (overfit).png")
    target = levels(sets / "out" / "harbour in the style of oil.png")
    assert np.abs(target - (photo / 2 + overfit / 2)).max() <= 1


@pytest.mark.usefixtures("quick_engine")
def test_overfit_pictures_may_lie_beside_the_targets(sets: Path, command: Command) -> None:
    assert command(*ALL, *SMALL, "--overfit", "out").code == 0
    assert len(files(sets / "out")) == 8


@pytest.mark.usefixtures("quick_engine")
@pytest.mark.parametrize("options", [(), ("--overwrite",)])
def test_pictures_that_are_read_are_never_written_over(sets: Path, command: Command, options: tuple[str, ...]) -> None:
    picture(60, 40, seed=7).save(sets / "photos" / "harbour in the style of chalk.png")
    before = files(sets / "photos"), files(sets / "styles")
    said = command("batch", "--content", "photos", "--style", "styles", "-o", "photos", *SMALL, *options)
    after = files(sets / "photos"), files(sets / "styles")
    assert before[0].items() <= after[0].items()
    assert before[1] == after[1]
    assert said.code == (1 if options else 0)


def test_plain_lines_name_the_picture_and_the_stage_and_never_fall(sets: Path, command: Command) -> None:
    said = command(*ALL, "--size", "64", "--refine", "0")
    *lines, last = said.err.splitlines()
    percentages = [int(line.split("%")[0]) for line in lines]
    assert percentages == sorted(percentages)
    assert any("harbour in the style of oil: Painting" in line for line in lines)
    assert last == "4 done, 0 skipped, 0 failed."


def test_altered_weights_stop_the_batch_or_every_job_but_never_with_a_traceback(
    sets: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stylestudio.studio.render.resource", sets.joinpath)
    said = command(*ALL, *SMALL)
    assert said.code in (1, 2)
    assert "Install Style Studio again" in said.err
    assert files(sets / "out") == {}


@pytest.mark.usefixtures("quick_engine")
def test_results_in_the_photos_own_folder_are_no_photos_the_next_time(sets: Path, command: Command) -> None:
    beside = ("batch", "--content", "photos", "--style", "styles", "-o", "photos", *SMALL)
    assert command(*beside).err == "4 done, 0 skipped, 0 failed.\n"
    before = files(sets / "photos")
    said = command(*beside)
    assert said.code == 0
    assert said.err.count("made by Style Studio") == 4
    assert said.err.endswith("0 done, 4 skipped, 0 failed.\n")
    assert files(sets / "photos") == before


@pytest.mark.usefixtures("quick_engine")
def test_a_dry_run_lists_what_would_be_made_and_why_the_rest_is_not_and_makes_nothing(
    sets: Path, command: Command
) -> None:
    (sets / "photos" / "notes.txt").write_text("buy paint")
    said = command(*ALL, *SMALL, "--dry-run")
    assert said.code == 0
    assert [line.split(":")[0] for line in said.out.splitlines()] == [
        f"out/{name} in the style of {style}.png" for style in ("chalk", "oil") for name in ("harbour", "meadow")
    ]
    assert said.err == "Skipped photos/notes.txt: not a picture.\n4 to be made, 0 skipped, 0 failed.\n"
    assert not (sets / "out").exists()
    command("batch", "--content", "photos", "--style", "styles/oil.png", "-o", "out", *SMALL)
    before = files(sets / "out")
    said = command(*ALL, *SMALL, "--dry-run")
    assert said.err.count("Would skip out/") == 2
    assert said.err.endswith("2 to be made, 2 skipped, 0 failed.\n")
    assert files(sets / "out") == before


def test_with_the_same_look_a_photo_comes_out_as_its_set_asks_for(sets: Path, command: Command) -> None:
    one = ("batch", "--content", "photos/harbour.png", "--style", "styles/oil.png", *SMALL, "--same-look", "-o")
    both = ("batch", "--content", "photos", "--style", "styles/oil.png", *SMALL, "--same-look", "-o")
    assert command(*one, "alone").code == 0
    assert command(*both, "set").err == "2 done, 0 skipped, 0 failed.\n"
    name = EVERY_TARGET[1]
    alone, together = (levels(sets / folder / name).astype(int) for folder in ("alone", "set"))
    assert np.abs(alone - together).mean() > 1
    command("render", "photos/harbour.png", "styles/oil.png", "-o", "usual.png", *SMALL)
    assert np.abs(alone - levels(sets / "usual.png")).mean() < 1  # the look of one photo is its own
