"""A library's file: begun, brought up to date, shared, and set aside where it is damaged."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from library_entries import seen

from stylestudio.errors import LibraryError
from stylestudio.studio import database
from stylestudio.studio.library import Library
from stylestudio.studio.library_schema import SCRIPTS

ONE = ("CREATE TABLE colours (name TEXT)", "INSERT INTO colours VALUES ('red')")
TWO = ("ALTER TABLE colours ADD COLUMN warm INTEGER", "UPDATE colours SET warm = 1")


def filled(folder: Path) -> Path:
    with Library(folder) as library:
        library.record_run(seen("harbour"), seen("wave"), "{}", bytes(5000))
    return library.path


def test_a_library_is_made_with_its_folder_and_says_nothing(tmp_path: Path) -> None:
    with Library(tmp_path / "some" / "where") as library:
        assert library.set_aside is None and library.opening_remark() == ""
        assert library.runs() == []


def test_writes_go_to_a_log_beside_the_file_and_references_are_checked(tmp_path: Path) -> None:
    connection, _ = database.open_database(tmp_path / "a.sqlite", SCRIPTS)
    with closing(connection):
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO styles (picture, origin, added) VALUES ('none', 'used', '')")


def test_an_older_file_is_brought_up_to_date_with_all_that_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database.open_database(path, [ONE])[0].close()
    for _ in range(2):
        connection, aside = database.open_database(path, [ONE, TWO])
        with closing(connection):
            assert aside is None
            assert connection.execute("SELECT * FROM colours").fetchall() == [("red", 1)]
            assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database.open_database(path, [ONE])[0].close()
    with pytest.raises(LibraryError):
        database.open_database(path, [ONE, (*TWO, "no SQL")])
    connection, _ = database.open_database(path, [ONE])
    with closing(connection):
        assert connection.execute("SELECT * FROM colours").fetchall() == [("red",)]


def test_a_file_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database.open_database(path, [ONE, TWO])[0].close()
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="newer Style Studio"):
        database.open_database(path, [ONE])
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.sqlite"]


def overwritten(data: bytes) -> bytes:
    return b"no database at all " * 500


def cut_off(data: bytes) -> bytes:
    return data[: len(data) // 2]


def scrambled(data: bytes) -> bytes:
    return data[:4096] + bytes(reversed(data[4096:12288])) + data[12288:]


@pytest.mark.parametrize("harm", [overwritten, cut_off, scrambled])
def test_a_damaged_file_is_set_aside_whole_and_said(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    path = filled(tmp_path)
    harmed = harm(path.read_bytes())
    path.write_bytes(harmed)
    with Library(tmp_path) as library:
        assert library.set_aside is not None
        assert library.set_aside.name.startswith("library damaged 20")
        assert library.set_aside.read_bytes() == harmed
        assert str(library.set_aside) in library.opening_remark()
        assert library.runs() == []
        library.record_run(seen("castle"), seen("wave"), "{}", b"")
    with Library(tmp_path) as library:
        assert library.set_aside is None
        assert len(library.runs()) == 1


def test_a_second_damaged_file_never_takes_the_place_of_the_first(tmp_path: Path) -> None:
    aside = []
    for number in range(3):
        (tmp_path / "library.sqlite").write_bytes(b"damaged %d" % number * 1000)
        with Library(tmp_path) as library:
            aside.append(library.set_aside)
    assert [path.read_bytes()[:9] for path in aside if path] == [b"damaged 0", b"damaged 1", b"damaged 2"]


def test_changes_whose_file_was_emptied_are_set_aside_too(tmp_path: Path) -> None:
    path = filled(tmp_path)
    path.with_name("library.sqlite-wal").write_bytes(b"changes")
    path.write_bytes(b"")
    with Library(tmp_path) as library:
        assert library.set_aside is not None
        assert library.set_aside.with_name(f"{library.set_aside.name}-wal").read_bytes() == b"changes"
        assert library.runs() == []


OPEN_AT_ONCE = """
import sys
from pathlib import Path
from library_entries import seen
from stylestudio.studio.library import Library
sys.stdin.readline()
library = Library(Path(sys.argv[1]))
library.record_run(seen(sys.argv[2]), seen("wave"), "{}", b"")
sys.stdout.write(str(library.set_aside is not None))
"""


@pytest.mark.parametrize("damaged", [False, True])
def test_windows_that_open_at_once_share_one_library_and_set_a_damaged_one_aside_once(
    tmp_path: Path, damaged: bool
) -> None:
    if damaged:
        (tmp_path / "library.sqlite").write_bytes(b"damaged" * 1000)
    command = [sys.executable, "-c", OPEN_AT_ONCE, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": Path(__file__).parent}
    processes = [subprocess.Popen([*command, f"photo {number}"], **pipes) for number in range(2)]
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert sorted(said) == sorted(["False", str(damaged)])
    with Library(tmp_path) as library:
        assert {run.content_name for run in library.runs()} == {"photo 0", "photo 1"}


def test_a_file_that_another_program_holds_is_said_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Library(tmp_path) as library:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="in use by another program"):
            library.count_preset_use("half")
        other.execute("ROLLBACK")
        library.count_preset_use("half")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="could not be opened"):
        Library(tmp_path / "file" / "data")
