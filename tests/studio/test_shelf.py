"""The shelf of styles, filled from folders and from the program."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from handmade_pictures import make_folder

from stylestudio.images import decode
from stylestudio.progress import finish
from stylestudio.studio import shelf
from stylestudio.studio.bundled_styles import bundled_styles
from stylestudio.studio.library import Library
from stylestudio.studio.shelf import find_bundled, update_shelf


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were decoded."""
    names: list[str] = []

    def read(path: Path) -> decode.Picture:
        names.append(path.name)
        return decode.read(path)

    monkeypatch.setattr(shelf, "read", read)
    return names


def names(library: Library) -> set[str]:
    return {style.picture.name for style in library.styles()}


def test_pictures_of_a_watched_folder_are_on_the_shelf_and_read_once(
    library: Library, tmp_path: Path, read_files: list[str]
) -> None:
    library.watch_folder(make_folder(tmp_path / "mine", 3))
    (tmp_path / "mine" / "notes.txt").write_text("no picture")
    assert finish(update_shelf(library, bundled=False)) == []
    assert names(library) == {"picture0", "picture1", "picture2"}
    assert {style.origin for style in library.styles()} == {"folder"}
    finish(update_shelf(library, bundled=False))
    assert sorted(read_files) == ["picture0.jpg", "picture1.jpg", "picture2.jpg"]


def test_a_picture_that_comes_or_changes_later_is_found(
    library: Library, tmp_path: Path, read_files: list[str]
) -> None:
    folder = make_folder(tmp_path / "mine", 1)
    library.watch_folder(folder)
    finish(update_shelf(library, bundled=False))
    make_folder(tmp_path / "more", 2, first=7)
    shutil.copy(tmp_path / "more" / "picture7.jpg", folder / "new.jpg")
    shutil.copy(tmp_path / "more" / "picture8.jpg", folder / "picture0.jpg")
    finish(update_shelf(library, bundled=False))
    assert sorted(read_files) == ["new.jpg", "picture0.jpg", "picture0.jpg"]
    assert "new" in names(library)


def test_what_cannot_be_read_is_told_and_stops_nothing(library: Library, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine", 2)
    (folder / "broken.png").write_bytes(b"\x89PNG no more")
    library.watch_folder(folder)
    library.watch_folder(tmp_path / "unplugged")
    told = [str(fault) for fault in finish(update_shelf(library, bundled=False))]
    assert len(told) == 2
    assert any("unplugged" in text for text in told) and any("broken.png" in text for text in told)
    assert names(library) == {"picture0", "picture1"}


def test_styles_stay_while_their_folder_is_away(library: Library, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine", 1)
    library.watch_folder(folder)
    finish(update_shelf(library, bundled=False))
    folder.rename(tmp_path / "away")
    finish(update_shelf(library, bundled=False))
    assert names(library) == {"picture0"}


def test_what_the_artist_took_off_stays_off_until_all_is_cleared(library: Library, tmp_path: Path) -> None:
    library.watch_folder(make_folder(tmp_path / "mine", 1))
    finish(update_shelf(library, bundled=False))
    library.remove_style(library.styles()[0].picture.sha256)
    finish(update_shelf(library, bundled=False))
    assert library.styles() == []
    library.clear("styles")
    library.watch_folder(tmp_path / "mine")
    finish(update_shelf(library, bundled=False))
    assert names(library) == {"picture0"}


def test_a_bundled_style_has_its_title_and_its_manner_as_a_tag(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [one for one in find_bundled() if one.path.stem == "pixels"]
    monkeypatch.setattr(shelf, "find_bundled", lambda: wanted)
    finish(update_shelf(library))
    [style] = library.styles()
    assert (style.picture.name, style.origin, style.picture.path) == ("Pixels", "bundled", wanted[0].path)
    assert "pixel art" in style.tags
    assert library.thumbnail(style.picture.sha256)


def test_all_bundled_styles_belong_on_the_shelf() -> None:
    assert [one.path for one in find_bundled()] == [style.path for style in bundled_styles()]
