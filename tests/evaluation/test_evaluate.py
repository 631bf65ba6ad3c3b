"""`stylestudio evaluate` on small pictures, with the real networks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from handmade_pictures import picture
from PIL import Image

from stylestudio.cli import parser
from stylestudio.evaluation.pair_runs import MEASURES, load_run
from stylestudio.evaluation.sheets import CELL, GAP
from stylestudio.studio import render


class Said(NamedTuple):
    """The exit status, and what was written to stdout and stderr."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]

INPUTS = ("--content", "content", "--style", "style", "--size", "64", "--refine", "0", "--quiet")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two contents and two styles."""
    for kind, names in (("content", ("castle", "koala")), ("style", ("ink", "wave"))):
        (tmp_path / kind).mkdir()
        for name in names:
            picture(len(name) + len(kind), 72, 96).save(tmp_path / kind / f"{name}.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str) -> Said:
        code = parser.main(["evaluate", *arguments])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


def results_elsewhere(folder: Path, name: str, change: Callable[[Image.Image], Image.Image]) -> None:
    """A folder of results for all pairs: the contents at the evaluation's size, changed."""
    (folder / name).mkdir()
    for content in ("castle", "koala"):
        with Image.open(folder / "content" / f"{content}.png") as image:
            result = change(image.resize((64, 48), Image.Resampling.LANCZOS))
        for style in ("ink", "wave"):
            result.save(folder / name / f"{content}_{style}.png")


def test_it_writes_measures_results_and_a_sheet_of_every_pair(folder: Path, command: Command) -> None:
    said = command(*INPUTS, "-o", "run", "--count", "3")
    assert said.code == 0
    facts = json.loads((folder / "run" / "results.json").read_text(encoding="utf-8"))
    names = [f"{row['content']}_{row['style']}" for row in facts["pairs"]]
    assert len(set(names)) == 3
    files = {path.name for path in (folder / "run").iterdir()}
    assert files == {"results.json", "sheet-1.png", *(f"{name}.png" for name in names)}
    with Image.open(folder / "run" / f"{names[0]}.png") as image:
        assert image.size == (64, 48)
    with Image.open(folder / "run" / "sheet-1.png") as image:
        assert image.width == 3 * (CELL + GAP) + GAP
    for row in facts["pairs"]:
        assert row["measures"].keys() == set(MEASURES)
        assert row["measures"]["seconds"] > 0
    for measure in MEASURES:
        mean = sum(row["measures"][measure] for row in facts["pairs"]) / 3
        assert facts["means"][measure] == pytest.approx(mean)
    assert facts["settings"]["size"] == 64
    assert facts["settings"]["method"] == "coarse-to-fine"
    assert all(name in said.out for name in names)
    assert "mean of 3" in said.out


def test_contents_hardly_larger_than_the_size_are_computed_and_measured_at_it(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("castle", "koala"):
        picture(len(name), 60, 80).save(folder / "content" / f"{name}.png")
    sizes, worked_on = [], render.working_sizes
    monkeypatch.setattr(render, "working_sizes", lambda *run: sizes.append(worked_on(*run)) or worked_on(*run))
    assert command(*INPUTS, "-o", "run", "--count", "2").code == 0
    assert [content for content, _ in sizes] == [(64, 48)] * 2
    for path in (folder / "run").glob("*_*.png"):
        with Image.open(path) as image:
            assert image.size == (64, 48)


def test_json_alone_goes_to_stdout_and_without_a_folder_nothing_is_written(folder: Path, command: Command) -> None:
    before = sorted(folder.rglob("*"))
    said = command(*INPUTS, "--json", "--count", "1", "--method", "single")
    assert said.code == 0
    assert json.loads(said.out)["settings"]["method"] == "single"
    assert said.err == ""
    assert sorted(folder.rglob("*")) == before


def test_the_same_pictures_measure_the_same_made_here_or_read_again(folder: Path, command: Command) -> None:
    made = json.loads(command(*INPUTS, "-o", "run", "--json", "--count", "2").out)
    again = json.loads(command(*INPUTS, "--results", "run", "--json", "--count", "2").out)
    assert again["made_elsewhere"]
    for row, same in zip(made["pairs"], again["pairs"], strict=True):
        expected = {name: value for name, value in row["measures"].items() if name != "seconds"}
        found = {name: value for name, value in same["measures"].items() if name != "seconds"}
        assert found == pytest.approx(expected)


def test_contents_handed_back_keep_everything_and_inverted_ones_do_not(folder: Path, command: Command) -> None:
    results_elsewhere(folder, "same", lambda image: image)
    results_elsewhere(folder, "upside_down", lambda image: image.transpose(Image.Transpose.ROTATE_180))
    same, turned = (json.loads(command(*INPUTS, "--results", name, "--json").out) for name in ("same", "upside_down"))
    assert len(same["pairs"]) == 4
    assert same["means"]["content"] == pytest.approx(0, abs=0.01)
    assert same["means"]["ssim"] > 0.98
    assert same["means"]["style_left"] == pytest.approx(1, abs=0.02)
    assert same["means"]["seconds"] is None
    assert turned["means"]["content"] > 0.1
    assert turned["means"]["ssim"] < 0.8


def test_seconds_told_beside_results_made_elsewhere_are_in_the_table(folder: Path, command: Command) -> None:
    results_elsewhere(folder, "rival", lambda image: image)
    (folder / "rival" / "seconds.json").write_text('{"castle_ink": 3, "koala_ink": 5}')
    assert json.loads(command(*INPUTS, "--results", "rival", "--json").out)["means"]["seconds"] == 4


def test_runs_are_compared_pair_by_pair_and_by_their_means(folder: Path, command: Command) -> None:
    results_elsewhere(folder, "same", lambda image: image)
    results_elsewhere(folder, "grey", lambda image: image.convert("L").convert("RGB"))
    command(*INPUTS, "--results", "same", "-o", "first")
    said = command(*INPUTS, "--results", "grey", "-o", "second", "--compare", "first", "--json")
    found = json.loads(said.out)
    other = found["compared"]["first"]
    first = load_run(folder / "first")
    assert other["means"] == first.means()
    for row, theirs in zip(found["pairs"], first.rows, strict=True):
        difference = row["measures"]["style_left"] - (theirs.measures["style_left"] or 0)
        assert other["differences"][theirs.name]["style_left"] == pytest.approx(difference)
    with Image.open(folder / "second" / "sheet-1.png") as image:
        assert image.width == 4 * (CELL + GAP) + GAP


def test_runs_that_are_there_are_compared_without_any_picture(folder: Path, command: Command) -> None:
    results_elsewhere(folder, "same", lambda image: image)
    command(*INPUTS, "--results", "same", "-o", "first")
    said = command("--compare", "first", "first")
    assert said.code == 0
    assert "first less first" in said.out
    assert "+0.00" in said.out


def test_fixed_pairs_are_taken_from_a_file(folder: Path, command: Command) -> None:
    (folder / "pairs.txt").write_text("koala / ink\n")
    results_elsewhere(folder, "same", lambda image: image)
    found = json.loads(command(*INPUTS, "--results", "same", "--pairs", "pairs.txt", "--json").out)
    assert [(row["content"], row["style"]) for row in found["pairs"]] == [("koala", "ink")]


def test_files_that_are_there_are_replaced_only_if_told_to(folder: Path, command: Command) -> None:
    results_elsewhere(folder, "same", lambda image: image)
    (folder / "run").mkdir()
    (folder / "run" / "sheet-1.png").write_text("mine")
    said = command(*INPUTS, "--results", "same", "-o", "run")
    assert said.code == 2
    assert "sheet-1.png exists already" in said.err
    assert [path.name for path in (folder / "run").iterdir()] == ["sheet-1.png"]
    assert command(*INPUTS, "--results", "same", "-o", "run", "--overwrite").code == 0
    assert (folder / "run" / "results.json").exists()


def test_results_can_be_measured_where_they_lie_without_being_written_again(folder: Path, command: Command) -> None:
    results_elsewhere(folder, "run", lambda image: image)
    before = (folder / "run" / "castle_ink.png").stat()
    assert command(*INPUTS, "--results", "run", "-o", "run").code == 0
    assert (folder / "run" / "castle_ink.png").stat().st_mtime_ns == before.st_mtime_ns
    assert (folder / "run" / "results.json").exists()


def test_a_picture_to_be_read_is_never_replaced(folder: Path, command: Command) -> None:
    picture(3, 72, 96).save(folder / "content" / "koala_ink.png")
    results_elsewhere(folder, "same", lambda image: image)
    (folder / "pairs.txt").write_text("koala / ink\nkoala_ink / ink\n")
    before = (folder / "content" / "koala_ink.png").read_bytes()
    options = ("--results", "same", "--pairs", "pairs.txt", "-o", "content", "--overwrite")
    said = command(*INPUTS, *options)
    assert said.code == 2
    assert "one of the pictures to read" in said.err
    assert (folder / "content" / "koala_ink.png").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "nothing to evaluate"),
        (("--compare", "style"), "no evaluation in style"),
        (("--content", "content"), "Pairs need contents and styles"),
        (("--content", "nowhere", "--style", "style"), "nowhere does not exist"),
        ((*INPUTS, "--results", "nowhere"), "nowhere is not a folder"),
        ((*INPUTS, "--results", "style"), "_ink.png does not exist"),
        ((*INPUTS, "--count", "0"), "At least one pair"),
        ((*INPUTS, "--pairs", "nowhere.txt"), "cannot be read"),
        ((*INPUTS, "--size", "large"), "large is no size"),
        ((*INPUTS, "--method", "best"), "no matching method best"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(command: Command, options: tuple[str, ...], words: str) -> None:
    said = command(*options)
    assert said.code == 2
    assert words in said.err
    assert len(said.err.splitlines()) <= 2
    assert said.out == ""


def test_a_picture_too_narrow_to_measure_is_told_by_its_name(folder: Path, command: Command) -> None:
    Image.fromarray(np.zeros((10, 90, 3), np.uint8)).save(folder / "style" / "ink.png")
    said = command(*INPUTS, "--count", "4")
    assert said.code == 2
    assert "ink is too narrow" in said.err
