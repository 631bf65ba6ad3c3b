"""`stylestudio library` as an artist uses it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stylestudio.cli import library_command as command
from stylestudio.cli import parser
from stylestudio.studio.library import Library
from stylestudio.studio.library_records import PictureRecord


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder, with nothing in it."""
    monkeypatch.setattr(command, "data_folder", lambda: tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def filled(data: Path) -> Path:
    """The same with a run, its export, a style of the shelf and a preset."""
    with Library(data) as library:
        harbour, wave = PictureRecord("h", "harbour", 40, 30, b""), PictureRecord("w", "wave", 40, 30, b"")
        library.add_style(wave, "bundled", ["ukiyo-e", "sea"])
        library.set_star("w", True)
        library.record_export(data / "a target.png", library.record_run(harbour, wave, '{"size": 512}', b""))
        library.count_preset_use("autumn")
    return data


def test_an_empty_library_says_so(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parser.main(["library", "list"]) == 0
    assert capsys.readouterr() == ("", "There is nothing in the library yet.\n")


def test_the_list_shows_every_kind_and_whole_paths(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parser.main(["library", "list"]) == 0
    out = capsys.readouterr().out
    for text in ("Styles: 1", "★", "sea, ukiyo-e", "Runs: 1", "harbour", "Exports: 1", "Presets: 1", "autumn"):
        assert text in out
    assert str(filled / "a target.png") in out


def test_one_kind_is_listed_alone(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parser.main(["library", "list", "pictures"]) == 0
    out = capsys.readouterr().out
    assert "Pictures: 2" in out and "40 × 30" in out
    assert "Runs" not in out


def test_a_search_shows_what_has_all_its_words(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parser.main(["library", "search", "Wave", "ukiyo"]) == 0
    out = capsys.readouterr().out
    assert "Styles: 1" in out and "Runs" not in out
    assert parser.main(["library", "search", "nothing of the kind"]) == 0
    assert capsys.readouterr() == ("", "Nothing in the library has all these words.\n")


def test_the_export_is_json_on_stdout_or_in_a_new_file(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parser.main(["library", "export"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["recipe"] == {"size": 512}
    file = tmp_path / "library.json"
    assert parser.main(["library", "export", "-o", str(file)]) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["presets"][0]["name"] == "autumn"
    file.write_text("something else")
    assert parser.main(["library", "export", "-o", str(file)]) == 2
    assert "exists already. Give another name." in capsys.readouterr().err
    assert file.read_text() == "something else"


def test_nothing_is_cleared_unless_it_is_confirmed(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parser.main(["library", "clear"]) == 2
    assert "for good. Say --yes to do so" in capsys.readouterr().err
    with Library(filled) as library:
        assert library.runs() and library.styles()


def test_clearing_takes_one_kind_or_all(filled: Path) -> None:
    assert parser.main(["library", "clear", "runs", "--yes"]) == 0
    with Library(filled) as library:
        assert not library.runs() and library.styles()
    assert parser.main(["library", "clear", "--yes"]) == 0
    with Library(filled) as library:
        assert not library.styles() and not library.pictures()


def test_a_damaged_library_is_set_aside_and_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.mkdir()
    (data / "library.sqlite").write_bytes(b"damaged" * 1000)
    assert parser.main(["library", "list"]) == 0
    assert "The library was damaged and a new one is begun." in capsys.readouterr().err
    assert len(list(data.glob("library damaged *.sqlite"))) == 1


def test_a_kind_that_there_is_not_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parser.main(["library", "list", "brushes"]) == 2
    assert "invalid choice: 'brushes'" in capsys.readouterr().err


LIST_WITHOUT_TORCH = """
import sys
from stylestudio.cli import library_command, parser
from pathlib import Path
library_command.data_folder = lambda: Path(sys.argv[1])
sys.exit(parser.main(["library", "list"]) or ("torch is loaded" if "torch" in sys.modules else 0))
"""


def test_listing_loads_no_torch(filled: Path) -> None:
    command = [sys.executable, "-c", LIST_WITHOUT_TORCH, str(filled)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "harbour" in done.stdout
