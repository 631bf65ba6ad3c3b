"""What the window puts down in the library, beside the artist's work and never in its way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from whole_window import Studio

from stylestudio.gui import library_queue as window_library
from stylestudio.paths import data_folder
from stylestudio.studio.library import FILE, Library
from stylestudio.studio.library_records import ExportEntry, RunEntry
from stylestudio.studio.presets import get_preset
from stylestudio.studio.recipe import Shares
from stylestudio.studio.run_record import recipe_of_record
from stylestudio.studio.session import with_share, with_shares, with_style


@pytest.fixture(autouse=True)
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(window_library, "PAUSE_MS", 20)


def settle(studio: Studio) -> None:
    """Until all that there is has been put down."""
    studio.wait(
        lambda: not studio.window.shelving.recorder.pause.isActive() and not studio.window.shelving.library.is_busy
    )


def runs_of(studio: Studio) -> list[RunEntry]:
    settle(studio)
    with Library(data_folder()) as library:
        return library.runs()


def exports_of(studio: Studio) -> list[ExportEntry]:
    settle(studio)
    with Library(data_folder()) as library:
        return library.exports()


def test_pictures_and_the_finished_run_are_in_the_library(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    [run] = runs_of(studio)
    assert (run.content_name, run.style_name) == ("photo", "painting")
    assert recipe_of_record(run.recipe).mix == studio.session.mix
    with Library(data_folder()) as library:
        assert {picture.path for picture in library.pictures()} == {photo, painting}
        assert [style.picture.path for style in library.styles()] == [painting]
        small = library.run_thumbnail(run.id)
    assert small and small[8:12] == b"WEBP"


def test_an_entry_follows_the_mix_until_it_has_a_star(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    studio.document.apply("Share", with_share, 0, 0.3)
    [run] = runs_of(studio)
    assert recipe_of_record(run.recipe).mix.shares == (0.3, 0.3, 0.3)
    with Library(data_folder()) as library:
        library.star_run(run.id, True)
    studio.document.apply("Share", with_share, 0, 0.9)
    assert [recipe_of_record(one.recipe).mix.shares[0] for one in runs_of(studio)] == [0.9, 0.3]


def test_a_mix_that_was_tuned_a_moment_ago_is_kept_when_another_style_comes(
    studio: Studio, photo: Path, painting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_pair(photo, painting)
    settle(studio)
    studio.window.shelving.recorder.pause.setInterval(60_000)
    studio.document.apply("Shares", with_shares, Shares(0.1, 0.2, 0.3))
    studio.document.apply("Style", with_style, studio.session.content)
    studio.window.shelving.recorder.pause.stop()
    shares = {recipe_of_record(one.recipe).mix.shares for one in runs_of(studio)}
    assert Shares(0.1, 0.2, 0.3) in shares


def test_what_comes_back_by_undo_is_no_second_run(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    settle(studio)
    studio.document.apply("Style", with_style, studio.session.content)
    studio.wait_real()
    studio.choose("undo")
    studio.wait_real()
    assert len(runs_of(studio)) == 2


def test_an_export_is_put_down_with_the_run_that_it_shows(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.open_pair(photo, painting)
    studio.window.exporter.save(tmp_path / "out.png", lambda: studio.session.mix, False, studio.memory.export_options())
    studio.wait(lambda: studio.window.exporter.last is not None)
    [export], [run] = exports_of(studio), runs_of(studio)
    assert (export.path, export.run) == (tmp_path / "out.png", run.id)
    studio.document.apply("Share", with_share, 0, 0.2)
    assert [one.id == run.id for one in runs_of(studio)] == [False, True]


def test_presets_are_counted(studio: Studio) -> None:
    studio.window.space.side.mix.preset_chosen.emit(get_preset("spring"))
    settle(studio)
    with Library(data_folder()) as library:
        assert [(one.name, one.uses) for one in library.presets()] == [(get_preset("spring").name, 1)]


def test_a_library_that_cannot_be_opened_is_one_line_and_nothing_else(
    studio: Studio, photo: Path, painting: Path
) -> None:
    data_folder().parent.mkdir(parents=True)
    data_folder().write_text("no folder")
    said: list[str] = []
    studio.window.shelving.said.connect(said.append)
    studio.open_pair(photo, painting)
    settle(studio)
    assert len(said) == 1 and FILE in said[0]
    data_folder().unlink()
    studio.document.apply("Share", with_share, 0, 0.3)
    assert len(runs_of(studio)) == 1


def test_a_damaged_library_is_set_aside_and_said(new_studio: Callable[[], Studio], photo: Path, painting: Path) -> None:
    data_folder().mkdir(parents=True)
    (data_folder() / FILE).write_bytes(b"no database" * 999)
    studio, said = new_studio(), list[str]()
    studio.window.shelving.said.connect(said.append)
    studio.open_pair(photo, painting)
    assert len(runs_of(studio)) == 1
    assert len(said) == 1 and "damaged" in said[0]


def test_closing_puts_down_what_was_tuned_last(new_studio: Callable[[], Studio], photo: Path, painting: Path) -> None:
    studio = new_studio()
    studio.open_pair(photo, painting)
    settle(studio)
    studio.window.shelving.recorder.pause.setInterval(60_000)
    studio.document.apply("Share", with_share, 0, 0.25)
    assert studio.window.close_down()
    with Library(data_folder()) as library:
        assert [recipe_of_record(one.recipe).mix.shares[0] for one in library.runs()] == [0.25]


def test_a_picture_with_transparency_and_one_of_a_pixel_are_put_down(studio: Studio, tmp_path: Path) -> None:
    Image.new("RGBA", (40, 30), (200, 10, 10, 90)).save(tmp_path / "clear.png")
    Image.new("RGB", (1, 1), "red").save(tmp_path / "dot.png")
    studio.open_pair(tmp_path / "clear.png", tmp_path / "dot.png")
    assert [(run.content_name, run.style_name) for run in runs_of(studio)] == [("clear", "dot")]


def test_closing_asks_nothing_more_of_the_library(new_studio: Callable[[], Studio]) -> None:
    studio, asked = new_studio(), list[int]()

    def again(number: int) -> None:
        asked.append(number)
        studio.window.shelving.library.ask(lambda _: number + 1, again)

    again(0)
    studio.wait(lambda: len(asked) > 3)
    assert studio.window.close_down()
    count = len(asked)
    studio.qtbot.wait(20)
    assert len(asked) == count
