"""Where the window says what has happened, and the way back from an export."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from whole_window import Studio

from stylestudio.errors import OutputError, StudioError
from stylestudio.gui.messages import ErrorDialog
from stylestudio.gui.widgets.empty_state import NoteLabel
from stylestudio.gui.written import file_stamp, move_to_trash, write_and_stamp

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ONE, OTHER = StudioError("The <b>disk</b> is full.", hint="Make room."), StudioError("It rains.", hint="Wait.")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the system's trash puts files."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash" / "files"


def test_errors_come_one_after_the_other_and_each_once(studio: Studio) -> None:
    notice = studio.window.space.notice
    for error in (ONE, OTHER, ONE):
        studio.window.show_error(error)
    assert notice.text == str(ONE) and notice.is_persistent
    studio.press_notice("Close")
    assert notice.text == str(OTHER)
    studio.press_notice("Close")
    assert notice.text == ""
    assert not studio.window.findChildren(ErrorDialog)


def test_what_goes_well_meanwhile_is_said_and_the_error_comes_back(studio: Studio) -> None:
    notice = studio.window.space.notice
    studio.window.show_error(ONE)
    notice.show_text("Saved")
    assert (notice.text, notice.is_persistent) == ("Saved", False)
    notice.show_text("")
    assert notice.text == str(ONE)


def test_the_details_of_an_error_can_be_copied_from_a_dialog(studio: Studio) -> None:
    studio.window.show_error(ONE)
    studio.press_notice("Details…")
    assert studio.dialog(ErrorDialog).error is ONE
    assert studio.window.space.notice.text == ""


def test_a_long_error_is_wrapped_inside_the_target(studio: Studio) -> None:
    studio.window.resize(900, 600)
    studio.window.show_error(StudioError("A " + "very " * 60 + "long one.", hint="Wait."))
    notice = studio.window.space.notice
    assert studio.window.target.rect().contains(notice.geometry())


def test_a_picture_that_cannot_be_opened_is_told_in_its_pane_until_it_is_clicked(
    studio: Studio, photo: Path, tmp_path: Path
) -> None:
    damaged, pane = tmp_path / "damaged.png", studio.window.space.style_pane
    damaged.write_bytes(photo.read_bytes()[:-40])
    studio.drop(pane, damaged)
    studio.wait(lambda: pane.is_failed)
    assert "damaged.png" in pane.reason
    assert studio.window.space.notice.text == "" and not studio.window.space.content_pane.is_failed
    QTest.mouseClick(pane.findChildren(NoteLabel)[0], LEFT)
    assert not pane.is_failed
    assert "damaged.png" in str(studio.dialog(ErrorDialog).error)


def test_another_picture_takes_the_error_of_the_pane_away(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    damaged, pane = tmp_path / "damaged.png", studio.window.space.style_pane
    damaged.write_bytes(photo.read_bytes()[:-40])
    studio.drop(pane, damaged)
    studio.wait(lambda: pane.is_failed)
    studio.drop(pane, painting)
    studio.wait(lambda: studio.session.style is not None)
    assert not pane.is_failed


def test_while_the_panes_are_hidden_it_is_told_over_the_target(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.open_pair(photo, painting)
    studio.choose("target_alone")
    studio.window.open_files([tmp_path / "gone.png"])
    assert "gone.png" in studio.error()
    studio.choose("target_alone")


def test_undo_after_an_export_moves_the_new_file_to_the_trash(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, trash: Path
) -> None:
    studio.open_pair(photo, painting)
    export(studio, tmp_path / "new.png")
    studio.press_notice("Undo")
    studio.wait(lambda: not (tmp_path / "new.png").exists())
    assert (trash / "new.png").exists()
    studio.wait(lambda: "trash" in studio.window.space.notice.text)
    assert not studio.window.menu["show_in_folder"].isEnabled()


def test_where_a_file_was_replaced_there_is_no_undo(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    place = photo.with_name("old.png")
    place.write_bytes(b"old")
    export(studio, place)
    assert [button.text() for button in studio.offered()] == ["Show in folder"]


def test_a_file_that_was_changed_since_stays(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, trash: Path
) -> None:
    studio.open_pair(photo, painting)
    place = tmp_path / "new.png"
    export(studio, place)
    place.write_bytes(b"another picture")
    studio.press_notice("Undo")
    assert "not the file any more" in studio.error()
    assert place.read_bytes() == b"another picture" and not trash.exists()


def test_a_file_of_the_same_size_in_its_place_is_another_one(tmp_path: Path, trash: Path) -> None:
    place, other = tmp_path / "a.png", tmp_path / "b.png"
    place.write_bytes(b"1234")
    file = write_and_stamp(lambda: place, is_new=True)
    other.write_bytes(b"5678")
    os.utime(other, ns=(place.stat().st_atime_ns, place.stat().st_mtime_ns))
    other.replace(place)
    assert file_stamp(place) != file.stamp
    with pytest.raises(OutputError):
        move_to_trash(file)
    assert place.read_bytes() == b"5678"


def export(studio: Studio, place: Path) -> None:
    """As the dialogs do once the artist has answered them."""
    exporter = studio.window.exporter
    exporter.save(place, lambda: studio.session.mix, place.exists(), studio.memory.export_options())
    studio.wait(lambda: exporter.last == place)


def open_menu(widget) -> QMenu:
    """The menu that a right click in the middle of the widget opens."""
    widget.customContextMenuRequested.emit(QPoint(10, 10))
    (menu,) = [menu for menu in widget.findChildren(QMenu) if menu.isVisible()]
    return menu


def words(menu: QMenu) -> dict[str, bool]:
    return {action.text().replace("&", ""): action.isEnabled() for action in menu.actions() if action.text()}


def test_every_picture_has_a_menu_of_its_own(studio: Studio, photo: Path, painting: Path) -> None:
    space = studio.window.space
    menu = open_menu(space.content_pane)
    assert words(menu)["Open…"] and not words(menu)["Show in folder"] and not words(menu)["Prepare the photo…"]
    menu.close()
    studio.open_pair(photo, painting)
    for widget, entry in (
        (space.content_pane, "Prepare the photo…"),
        (space.style_pane, "Paste"),
        (space.overfit_pane, "Save overfit picture…"),
        (space.target, "Keep a snapshot"),
    ):
        menu = open_menu(widget)
        assert words(menu)[entry]
        menu.close()
        QApplication.processEvents()
    menu = open_menu(space.style_pane)
    assert words(menu)["Show in folder"] and "Prepare the photo…" not in words(menu)
    next(action for action in menu.actions() if "large" in action.text().replace("&", "")).trigger()
    menu.close()
    assert space.style_pane.is_large
