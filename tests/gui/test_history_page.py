"""The history under the target: what was finished and exported, and how it comes back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import shelf_window as shelves
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from whole_window import Studio

from stylestudio.gui import library_queue as window_library
from stylestudio.gui.shelf.history import ClearQuestion, HistoryPage, by_day
from stylestudio.images.prepared import Preparation, prepare_photo
from stylestudio.studio.library_records import RunEntry
from stylestudio.studio.recipe import Shares
from stylestudio.studio.session import with_axes, with_preparation, with_settings, with_shares, with_style

SHARES = Shares(0.2, 0.5, 0.9)


@pytest.fixture(autouse=True)
def small_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelves.data_of(tmp_path, monkeypatch)
    shelves.only_bundled(monkeypatch)
    monkeypatch.setattr(window_library, "PAUSE_MS", 20)


@pytest.fixture
def history(studio: Studio) -> HistoryPage:
    """The history, opened by its command."""
    studio.choose("history")
    shelves.settle(studio)
    return studio.window.shelving.shelf.history


def tuned(studio: Studio, photo: Path, painting: Path) -> None:
    """A finished run with a mix of its own, and after it another style."""
    studio.open_pair(photo, painting)
    studio.document.apply("Fidelity", with_settings, fidelity=0.3)
    studio.document.apply("Shares", with_shares, SHARES)
    studio.wait_real()
    shelves.settle(studio)
    studio.document.apply("Style", with_style, studio.session.content)
    studio.wait_real()
    shelves.settle(studio)


def first_of(history: HistoryPage) -> str:
    """The oldest entry's name."""
    return shelves.names(history.view)[-1]


def test_runs_are_listed_by_day_with_their_target(
    studio: Studio, history: HistoryPage, photo: Path, painting: Path
) -> None:
    studio.open_pair(photo, painting)
    shelves.settle(studio)
    studio.wait(lambda: [tile.name for tile in history.view.tiles.tiles] == ["Today", "photo in painting"])
    history.view.grab()
    shelves.settle(studio)
    image = history.view.tiles.image(shelves.tiles(history.view)[0].key)
    assert image is not None and (image.width(), image.height()) == (256, 192)


def test_a_click_brings_pictures_settings_and_mix_back_in_one_step(
    studio: Studio, history: HistoryPage, photo: Path, painting: Path
) -> None:
    tuned(studio, photo, painting)
    before = studio.session
    history.view.setCurrentIndex(history.view.tiles.index(history.view.tiles.rowCount() - 1))
    entries = [entry for entry in history.entries if entry.style_name == "painting"]
    wanted = max(entries, key=lambda entry: entry.id)
    history.choose(wanted.id)
    studio.wait(lambda: studio.session.style is not None and studio.session.style.name == "painting")
    studio.wait_real()
    assert studio.session.shares == SHARES and not studio.session.linked
    assert studio.session.settings.fidelity == 0.3
    studio.choose("undo")
    assert studio.session == before
    shelves.settle(studio)
    assert len(history.entries) == len({entry.recipe for entry in history.entries})


def test_by_mouse_and_after_a_new_start_it_is_read_from_its_files(
    new_studio: Callable[[], Studio], photo: Path, painting: Path
) -> None:
    first = new_studio()
    tuned(first, photo, painting)
    first.window.close()
    assert first.window.close_down()
    studio = new_studio()
    studio.choose("history")
    shelves.settle(studio)
    history = studio.window.shelving.shelf.history
    name = next(name for name in shelves.names(history.view) if name == "photo in painting")
    shelves.click(history.view, name)
    studio.wait_real()
    assert studio.session.content and studio.session.content.name == "photo"
    assert studio.session.shares == SHARES
    assert studio.memory.recent("content") == [photo]


def test_axes_come_back_and_so_does_how_the_photo_was_prepared(
    studio: Studio, history: HistoryPage, photo: Path, painting: Path
) -> None:
    studio.open_pair(photo, painting)
    how, content = Preparation(turns=1, exposure=0.5), studio.session.content
    assert content is not None
    studio.document.apply("Prepare", with_preparation, how, prepare_photo(content, how))
    studio.document.apply("Axes", with_axes, "ycc")
    studio.wait_real()
    shelves.settle(studio)
    then = studio.session
    for _ in range(2):
        studio.choose("undo")
    entry = next(one for one in history.entries if then.content and one.content == then.content.sha256)
    history.choose(entry.id)
    studio.wait(lambda: studio.session.preparation == how)
    assert studio.session.content and then.content and studio.session.content.sha256 == then.content.sha256
    assert studio.session.axes == "ycc" and studio.session.mix == then.mix
    plain = next(one for one in history.entries if content and one.content == content.sha256)
    history.choose(plain.id)
    studio.wait(lambda: studio.session.content is content)
    assert studio.session.original is None


def test_a_picture_that_changed_or_went_is_asked_for_by_its_name(
    new_studio: Callable[[], Studio], photo: Path, painting: Path
) -> None:
    first = new_studio()
    first.open_pair(photo, painting)
    first.document.apply("Shares", with_shares, SHARES)
    shelves.settle(first)
    first.window.close()
    assert first.window.close_down()
    Image.new("RGB", (9, 9), "red").save(painting)
    studio = new_studio()
    studio.choose("history")
    shelves.settle(studio)
    history = studio.window.shelving.shelf.history
    shelves.click(history.view, "photo in painting")
    notice = studio.window.space.notice
    studio.wait(lambda: "painting was not found" in notice.text)
    assert studio.session.content is None


def test_exports_are_marked_and_named(
    studio: Studio, history: HistoryPage, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.open_pair(photo, painting)
    studio.window.exporter.save(tmp_path / "out.png", lambda: studio.session.mix, False, studio.memory.export_options())
    studio.wait(lambda: any(tile.mark for tile in shelves.tiles(history.view)))
    assert "out.png" in shelves.tiles(history.view)[0].about
    actions = [action.text() for action in history.menu_for(history.entries[0].id).actions()]
    assert any("out.png" in text for text in actions)


def test_it_is_searched_starred_and_deleted(studio: Studio, history: HistoryPage, photo: Path, painting: Path) -> None:
    tuned(studio, photo, painting)
    count = len(history.entries)
    shelves.click_star(history.view, "photo in photo")
    shelves.settle(studio)
    assert [entry.style_name for entry in history.entries if entry.star] == ["photo"]
    QTest.keyClicks(shelves.panel(studio).search, "painting")
    studio.wait(lambda: set(shelves.names(history.view)) == {"photo in painting"})
    history.view.setCurrentIndex(history.view.tiles.index(1))
    QTest.keyClick(history.view, Qt.Key.Key_Delete)
    shelves.settle(studio)
    shelves.panel(studio).search.clear()
    studio.wait(lambda: len(history.entries) == count - 1)


def test_it_is_grouped_by_photo_and_style(studio: Studio, history: HistoryPage, photo: Path, painting: Path) -> None:
    tuned(studio, photo, painting)
    history.grouped.setCurrentIndex(2)
    history.grouped.activated.emit(2)
    headings = [tile.name for tile in history.view.tiles.tiles if tile.heading]
    assert headings == ["photo", "painting"]


@pytest.mark.parametrize(("button", "left"), [("star", 1), ("all", 0), ("Cancel", -1)])
def test_clearing_asks_and_can_keep_what_has_a_star(
    studio: Studio, history: HistoryPage, photo: Path, painting: Path, button: str, left: int
) -> None:
    tuned(studio, photo, painting)
    count = len(history.entries)
    history.star(history.entries[0].id, True)
    shelves.settle(studio)
    history.more.menu().actions()[0].trigger()
    question = studio.dialog(ClearQuestion)
    next(one for one in question.buttons() if button in one.text()).click()
    shelves.settle(studio)
    studio.wait(lambda: len(history.entries) == (count if left < 0 else left))
    assert photo.exists() and painting.exists()


def test_yesterday_is_told_from_today_and_from_older_ones() -> None:
    noon = datetime(2026, 5, 10, 12, tzinfo=UTC).astimezone()
    entries = [
        RunEntry(days, "a", "photo", "b", "style", "{}", False, noon - timedelta(days=days)) for days in (0, 1, 2, 40)
    ]
    days = [(title, [entry.id for entry in some]) for title, some in by_day(entries, date(2026, 5, 10))]
    assert days == [("Today", [0]), ("Yesterday", [1]), ("Older", [2, 40])]
