"""What the library keeps, finds and lets go, on entries without pictures behind them."""

import json
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from library_entries import seen

from stylestudio.errors import LibraryError
from stylestudio.images.decode import from_pixels
from stylestudio.studio import library as module
from stylestudio.studio.library import Library
from stylestudio.studio.library_json import library_as_json
from stylestudio.studio.library_records import KINDS, file_facts
from stylestudio.studio.library_records import describe_picture as seen_of

BEGIN = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty one, in which each entry is a minute later than the one before."""
    minutes = count()
    with Library(tmp_path / "data", now=lambda: BEGIN + timedelta(minutes=next(minutes))) as opened:
        yield opened


def run(library: Library, content: str, style: str) -> int:
    return library.record_run(seen(content), seen(style), "{}", b"target")


def test_a_picture_seen_again_is_one_entry_with_its_last_place(library: Library, tmp_path: Path) -> None:
    library.record_pictures(seen("harbour", tmp_path / "a.jpg"), seen("wave", tmp_path / "w.jpg"))
    library.record_pictures(seen("harbour", tmp_path / "b.jpg"))
    first, second = library.pictures()
    assert (first.name, first.path, first.width, first.height) == ("harbour", tmp_path / "b.jpg", 40, 30)
    assert (second.name, second.path) == ("wave", tmp_path / "w.jpg")
    assert first.seen > second.seen >= BEGIN
    assert library.thumbnail("harbour") == b"small harbour"
    assert library.thumbnail("nothing") is None


def test_a_file_that_has_not_changed_is_known_without_being_read(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"one")
    picture = from_pixels(np.full((4, 6, 3), 0.5), "a")
    library.record_pictures(seen_of(picture, path))
    known = library.unchanged_picture(path)
    assert known is not None
    assert (known.sha256, known.width, known.height) == (picture.sha256, 6, 4)
    path.write_bytes(b"another")
    assert library.unchanged_picture(path) is None
    path.unlink()
    assert library.unchanged_picture(path) is None


def test_a_name_whose_bytes_are_no_letters_is_taken(library: Library, tmp_path: Path) -> None:
    strange = b"caf\xe9.png".decode(errors="surrogateescape")
    library.record_pictures(seen("photo", tmp_path / strange))
    library.record_export(tmp_path / strange, None)
    assert library.pictures("caf")[0].name == "photo"
    assert library.exports()[0].path.name == "caf\ufffd.png"


def test_a_finished_run_puts_its_style_on_the_shelf_once(library: Library) -> None:
    library.add_style(seen("wave"), "bundled", ["ukiyo-e"])
    first, second = run(library, "harbour", "wave"), run(library, "harbour", "sketch")
    shelf = {style.picture.name: style for style in library.styles()}
    assert (shelf["wave"].origin, shelf["wave"].tags) == ("bundled", ("ukiyo-e",))
    assert (shelf["sketch"].origin, shelf["sketch"].tags) == ("used", ())
    latest, earlier = library.runs()
    assert (latest.id, latest.content_name, latest.style_name) == (second, "harbour", "sketch")
    assert (earlier.id, earlier.finished) == (first, shelf["wave"].used)
    assert library.run_thumbnail(first) == b"target"


def test_styles_with_a_star_come_first_then_those_used_last(library: Library) -> None:
    for name in ("a", "b", "c", "d"):
        library.add_style(seen(name), "added")
    run(library, "photo", "b")
    run(library, "photo", "c")
    library.set_star("d", True)
    assert [style.picture.name for style in library.styles()] == ["d", "c", "b", "a"]
    library.set_star("d", False)
    assert [style.picture.name for style in library.styles()] == ["c", "b", "a", "d"]


def test_a_style_added_again_keeps_star_and_tags(library: Library) -> None:
    library.add_style(seen("wave"), "folder", ["sea"])
    library.set_star("wave", True)
    library.add_style(seen("wave"), "bundled", [" ukiyo-e  print ", ""])
    [style] = library.styles()
    assert (style.origin, style.star, style.tags) == ("folder", True, ("sea", "ukiyo-e print"))


def test_a_style_taken_off_the_shelf_comes_back_only_when_it_is_used_or_added(library: Library) -> None:
    library.add_style(seen("wave"), "bundled", ["sea"])
    library.set_star("wave", True)
    library.remove_style("wave")
    assert library.styles() == [] and library.tags() == [] and library.has_style("wave")
    library.add_style(seen("wave"), "bundled")
    library.add_style(seen("wave"), "folder")
    assert library.styles() == []
    run(library, "harbour", "wave")
    assert [(style.star, style.tags) for style in library.styles()] == [(False, ("sea",))]


def test_a_bundled_style_keeps_its_title_whatever_its_file_is_called(library: Library) -> None:
    library.add_style(replace(seen("wave"), name="The Great Wave"), "bundled")
    run(library, "harbour", "wave")
    assert [style.picture.name for style in library.styles()] == ["The Great Wave"]
    assert library.runs()[0].style_name == "The Great Wave"


def test_tags_are_listed_looked_for_and_replaced(library: Library) -> None:
    library.add_style(seen("wave"), "bundled", ["sea", "print"])
    library.add_style(seen("village"), "bundled", ["oil"])
    assert library.tags() == ["oil", "print", "sea"]
    assert [style.picture.name for style in library.styles(tag="sea")] == ["wave"]
    library.set_tags("wave", ["oil"])
    library.set_tags("not on the shelf", ["oil"])
    assert library.tags() == ["oil"]
    assert len(library.styles(tag="oil")) == 2


@pytest.mark.parametrize("search", ["HÄUSER", "häuser see", unicodedata.normalize("NFD", "Häuser"), "MEER"])
def test_a_search_finds_all_its_words_in_name_path_and_tags_in_any_case(
    library: Library, tmp_path: Path, search: str
) -> None:
    library.add_style(seen("Häuser am See", tmp_path / "Meer" / "1.png"), "added", ["Öl"])
    library.add_style(seen("village"), "added", ["100%"])
    assert [style.picture.name for style in library.styles(search)] == ["Häuser am See"]


def test_a_search_takes_every_sign_as_it_is(library: Library) -> None:
    library.add_style(seen("village"), "added", ["100%"])
    library.add_style(seen("wave"), "added")
    assert [style.picture.name for style in library.styles("%")] == ["village"]
    assert library.styles("_") == library.styles("'") == []


def test_runs_are_found_by_words_by_picture_and_so_many(library: Library) -> None:
    for content, style in [("harbour", "wave"), ("castle", "wave"), ("castle", "oil")]:
        run(library, content, style)
    assert [(r.content_name, r.style_name) for r in library.runs("castle wave")] == [("castle", "wave")]
    assert [r.content_name for r in library.runs(style="wave")] == ["castle", "harbour"]
    assert [r.style_name for r in library.runs(content="castle")] == ["oil", "wave"]
    assert [r.style_name for r in library.runs(most=1)] == ["oil"]


def test_a_run_can_be_starred_changed_and_deleted(library: Library) -> None:
    number = run(library, "harbour", "wave")
    library.star_run(number, True)
    library.set_run(number, '{"shares": [1, 1, 1]}', b"other")
    [entry] = library.runs()
    assert (entry.star, entry.recipe, library.run_thumbnail(number)) == (True, '{"shares": [1, 1, 1]}', b"other")
    library.delete_run(number)
    assert library.runs() == []
    assert {style.picture.name for style in library.styles()} == {"wave"}


def test_an_export_stays_when_its_run_is_deleted(library: Library, tmp_path: Path) -> None:
    number = run(library, "harbour", "wave")
    library.record_export(tmp_path / "out.png", number)
    library.record_export(tmp_path / "other.png", 999)
    assert [(e.path.name, e.run) for e in library.exports()] == [("other.png", None), ("out.png", number)]
    library.delete_run(number)
    assert [(e.path.name, e.run) for e in library.exports("out")] == [("out.png", None)]


def test_presets_are_counted(library: Library) -> None:
    for name in ("autumn", "half", "autumn"):
        library.count_preset_use(name)
    assert [(use.name, use.uses) for use in library.presets()] == [("autumn", 2), ("half", 1)]


def test_folders_are_watched_once_until_they_are_forgotten(library: Library, tmp_path: Path) -> None:
    for name in ("b", "a", "b"):
        library.watch_folder(tmp_path / name)
    assert library.folders() == [tmp_path / "b", tmp_path / "a"]
    library.unwatch_folder(tmp_path / "b")
    assert library.folders() == [tmp_path / "a"]


def test_the_oldest_runs_go_first_but_never_one_with_a_star(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.MOST, "runs", 3)
    monkeypatch.setitem(module.MOST, "pictures", 1)
    library.star_run(run(library, "photo 0", "wave"), True)
    for number in range(1, 7):
        run(library, f"photo {number}", "wave")
    assert [entry.content_name for entry in library.runs()] == ["photo 6", "photo 5", "photo 4", "photo 0"]
    kept = {picture.name for picture in library.pictures()}
    assert kept == {"wave", "photo 6", "photo 5", "photo 4", "photo 3", "photo 0"}


def test_clearing_one_kind_leaves_the_others(library: Library, tmp_path: Path) -> None:
    fill(library, tmp_path)
    library.clear("runs")
    assert library.runs() == []
    assert library.styles() and library.exports() and library.presets() and library.pictures()
    library.clear("pictures")
    assert [picture.name for picture in library.pictures()] == ["wave"]


def test_clearing_all_leaves_nothing_of_it_in_the_files(library: Library, tmp_path: Path) -> None:
    fill(library, tmp_path)
    library.clear(*KINDS)
    assert not any(library_as_json(library).values())
    for path in library.path.parent.iterdir():
        assert b"harbour" not in path.read_bytes()


def fill(library: Library, folder: Path) -> None:
    library.record_export(folder / "harbour.png", run(library, "harbour", "wave"))
    library.count_preset_use("harbour")
    library.watch_folder(folder / "harbour")


def test_all_of_it_is_json_but_the_thumbnails(library: Library, tmp_path: Path) -> None:
    library.add_style(seen("wave", tmp_path / "w.jpg"), "bundled", ["sea"])
    library.record_run(seen("harbour"), seen("wave"), '{"size": 512}', b"target")
    library.record_run(seen("harbour"), seen("wave"), "not JSON", b"target")
    fill(library, tmp_path)
    again = json.loads(json.dumps(library_as_json(library)))
    assert set(again) == {*KINDS, "folders"}
    assert again["styles"][0]["picture"]["path"] == str(tmp_path / "w.jpg")
    assert [entry["recipe"] for entry in again["runs"]] == [{}, "not JSON", {"size": 512}]
    assert "small" not in json.dumps(again)


def test_another_window_sees_what_this_one_writes_and_that_it_did(library: Library) -> None:
    with Library(library.path.parent) as other:
        before = other.change_number()
        assert other.change_number() == before
        run(library, "harbour", "wave")
        assert other.change_number() != before
        assert [entry.content_name for entry in other.runs()] == ["harbour"]
        other.star_run(other.runs()[0].id, True)
    assert library.runs()[0].star


def test_many_threads_with_libraries_of_their_own_lose_nothing(tmp_path: Path) -> None:
    def write(name: int) -> None:
        with Library(tmp_path) as own:
            for number in range(10):
                run(own, f"photo {name} {number}", "wave")

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Library(tmp_path) as library:
        assert len(library.runs()) == 40


def test_what_fails_half_way_is_not_written_at_all(library: Library) -> None:
    with pytest.raises(LibraryError):
        library.record_run(seen("harbour"), seen("wave"), "{}", None)  # type: ignore[arg-type]
    assert library.pictures() == [] and library.styles() == []


def test_a_files_facts_are_none_where_there_is_no_file(tmp_path: Path) -> None:
    assert file_facts(tmp_path / "gone.png") is None
