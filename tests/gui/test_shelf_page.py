"""The shelf of styles under the target."""

import shutil
from pathlib import Path

import pytest
import shelf_window as shelves
from handmade_pictures import make_folder
from PIL import Image
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu
from whole_window import Studio

from stylestudio.gui.shelf import update
from stylestudio.gui.shelf.styles import StylesPage
from stylestudio.gui.shelf.tile_view import TileView
from stylestudio.gui.shelf.tiles import Tile
from stylestudio.gui.widgets.controls import Toggle
from stylestudio.studio.bundled_styles import bundled_styles

Key = Qt.Key


@pytest.fixture(autouse=True)
def small_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelves.data_of(tmp_path, monkeypatch)
    shelves.only_bundled(monkeypatch, "pixels", "altai")
    monkeypatch.setattr(update, "GATHER_MS", 20)


@pytest.fixture
def styles(studio: Studio) -> StylesPage:
    """The shelf, opened by its command."""
    studio.choose("shelf")
    shelves.settle(studio)
    return studio.window.shelving.shelf.styles


def title(stem: str) -> str:
    return next(style.title for style in bundled_styles() if style.path.stem == stem)


PIXELS, ALTAI = title("pixels"), title("altai")


def test_f9_shows_the_shelf_and_hides_it_and_leaves_the_target_half(studio: Studio) -> None:
    studio.window.resize(900, 620)
    QTest.keyClick(studio.window, Key.Key_F9)
    shelves.settle(studio)
    panel, target = shelves.panel(studio), studio.window.target
    assert panel.isVisible() and studio.window.menu["shelf"].isChecked()
    assert target.height() >= studio.window.space.centre.height() // 2 - 8
    QTest.keyClick(studio.window, Key.Key_F9)
    assert not panel.isVisible() and not studio.window.menu["shelf"].isChecked()


def test_the_button_of_the_style_pane_opens_it(studio: Studio) -> None:
    buttons = studio.window.space.style_pane.findChildren(Toggle)
    button = next(one for one in buttons if one.defaultAction() is studio.window.menu["shelf"])
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shelves.panel(studio).isVisible()


def test_full_screen_puts_it_away_and_brings_it_back(studio: Studio, styles: StylesPage) -> None:
    studio.choose("target_alone")
    assert not shelves.panel(studio).isVisible()
    studio.choose("target_alone")
    assert shelves.panel(studio).isVisible()


def test_bundled_styles_are_there_with_their_thumbnails(studio: Studio, styles: StylesPage) -> None:
    assert set(shelves.names(styles.view)) == {PIXELS, ALTAI}
    styles.view.grab()
    shelves.settle(studio)
    images = [styles.view.tiles.image(tile.key) for tile in shelves.tiles(styles.view)]
    assert all(image is not None and max(image.width(), image.height()) == 256 for image in images)


def test_a_click_uses_a_style_and_marks_it(studio: Studio, styles: StylesPage, photo: Path) -> None:
    studio.drop(studio.window, photo)
    shelves.click(styles.view, PIXELS)
    studio.wait_real()
    assert studio.session.style and studio.session.style.name == "pixels"
    assert styles.view.in_use == {studio.session.style.sha256}
    studio.window.loader.open_files([photo], "second")
    studio.wait(lambda: studio.session.second is not None)
    assert studio.session.second and styles.view.in_use == {studio.session.style.sha256, studio.session.second.sha256}
    studio.choose("undo")
    studio.choose("undo")
    assert studio.session.style is None and not styles.view.in_use


def test_enter_uses_and_s_stars_and_delete_takes_off(studio: Studio, styles: StylesPage) -> None:
    search = shelves.panel(studio).search
    search.setFocus()
    QTest.keyClick(search, Key.Key_Down)
    assert styles.view.hasFocus()
    first = shelves.tiles(styles.view)[0]
    QTest.keyClick(styles.view, Key.Key_Right)
    second = shelves.tiles(styles.view)[1]
    QTest.keyClick(styles.view, Key.Key_S)
    shelves.settle(studio)
    assert [(tile.name, tile.star) for tile in shelves.tiles(styles.view)] == [(second.name, True), (first.name, False)]
    styles.view.setCurrentIndex(styles.view.tiles.index(0))
    QTest.keyClick(styles.view, Key.Key_Return)
    studio.wait(lambda: studio.session.style is not None)
    assert studio.session.style and studio.session.style.sha256 == second.key
    QTest.keyClick(styles.view, Key.Key_Delete)
    shelves.settle(studio)
    assert shelves.names(styles.view) == [first.name]


def test_a_click_on_the_star_stars_and_uses_nothing(studio: Studio, styles: StylesPage) -> None:
    shelves.click_star(styles.view, ALTAI)
    shelves.settle(studio)
    assert [tile.star for tile in shelves.tiles(styles.view) if tile.name == ALTAI] == [True]
    assert studio.session.style is None
    shelves.panel(studio).star.click()
    shelves.settle(studio)
    assert shelves.names(styles.view) == [ALTAI]
    shelves.click_star(styles.view, ALTAI)
    shelves.settle(studio)
    assert shelves.names(styles.view) == []
    assert "Nothing found" in styles.view.empty_text


def test_the_search_line_finds_by_name_and_tag(studio: Studio, styles: StylesPage) -> None:
    QTest.keyClicks(shelves.panel(studio).search, "pixel art")
    studio.wait(lambda: shelves.names(styles.view) == [PIXELS])
    QTest.keyClick(shelves.panel(studio).search, Key.Key_Escape)
    studio.wait(lambda: len(shelves.names(styles.view)) == 2)


def test_tags_are_given_and_chosen(studio: Studio, styles: StylesPage) -> None:
    styles.view.setCurrentIndex(styles.view.tiles.index(0))
    name = shelves.tiles(styles.view)[0].name
    QTest.keyClick(styles.view, Key.Key_F2)
    dialog = studio.dialog(QInputDialog)
    dialog.setTextValue("for the  calendar, grey")
    dialog.accept()
    shelves.settle(studio)
    styles.tag.setCurrentIndex(styles.tag.findText("for the calendar"))
    styles.tag.activated.emit(styles.tag.currentIndex())
    shelves.settle(studio)
    assert shelves.names(styles.view) == [name]


def test_dropped_pictures_are_on_the_shelf_and_what_is_none_is_said(
    studio: Studio, styles: StylesPage, painting: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG no more")
    assert studio.drop(shelves.panel(studio), painting, tmp_path / "broken.png")
    shelves.settle(studio)
    assert "painting" in shelves.names(styles.view)
    assert "broken.png" in studio.error()
    assert studio.session.style is None


def test_a_dropped_folder_is_watched(studio: Studio, styles: StylesPage, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine", 2)
    studio.drop(shelves.panel(studio), folder)
    studio.wait(lambda: {"picture0", "picture1"} <= set(shelves.names(styles.view)))
    studio.wait(lambda: styles.update.watched == [folder])
    more = make_folder(tmp_path / "more", 1, first=9)
    shutil.copy(more / "picture9.jpg", folder / "later.jpg")
    studio.wait(lambda: "later" in shelves.names(styles.view))
    styles.more.menu().aboutToShow.emit()
    leaving = next(one for one in styles.more.menu().actions() if "mine" in one.text())
    leaving.trigger()
    studio.wait(lambda: styles.update.watched == [])
    assert "later" in shelves.names(styles.view)


def test_a_tile_dragged_to_a_pane_is_its_file(studio: Studio, styles: StylesPage) -> None:
    tile = shelves.tiles(styles.view)[0]
    mime = styles.view.tiles.mimeData([styles.view.tiles.index(0)])
    assert isinstance(mime, QMimeData) and tile.file
    assert studio.drop(studio.window.space.content_pane, Path(mime.urls()[0].toLocalFile()))
    studio.wait(lambda: studio.session.content is not None)
    assert studio.session.content and studio.session.content.sha256 == tile.key


def test_a_style_whose_file_is_gone_is_named(studio: Studio, styles: StylesPage, tmp_path: Path) -> None:
    path = tmp_path / "fleeting.png"
    Image.radial_gradient("L").convert("RGB").save(path)
    styles.add([path])
    shelves.settle(studio)
    path.unlink()
    shelves.click(styles.view, "fleeting")
    assert "fleeting.png" in studio.error()


def test_a_used_style_comes_to_the_shelf_by_itself(
    studio: Studio, styles: StylesPage, photo: Path, painting: Path
) -> None:
    studio.open_pair(photo, painting)
    studio.wait(lambda: shelves.names(styles.view)[:1] == ["painting"])


def test_screen_readers_hear_names_stars_and_what_the_controls_are(studio: Studio, styles: StylesPage) -> None:
    styles.star(str(shelves.tiles(styles.view)[0].key), True)
    shelves.settle(studio)
    interface = QAccessible.queryAccessibleInterface(styles.view)
    first = interface.child(0)
    assert first.text(QAccessible.Text.Name).endswith("with a star")
    panel = shelves.panel(studio)
    controls = [panel.search, panel.star, panel.close_button, panel.tabs, styles.tag, styles.more, styles.view]
    assert all(control.accessibleName() for control in controls)


def test_the_tab_key_comes_from_the_target_to_the_panel_and_through_it(
    studio: Studio, styles: StylesPage, photo: Path
) -> None:
    studio.drop(studio.window, photo)
    studio.wait(lambda: studio.session.content is not None)
    panel, seen = shelves.panel(studio), list[object]()
    studio.window.target.setFocus()
    for _ in range(7):
        studio.window.focusNextChild()
        seen.append(QApplication.focusWidget())
    assert seen == [panel.tabs, styles.tag, styles.more, panel.search, panel.star, panel.close_button, styles.view]


@pytest.mark.qt_log_ignore("This plugin does not support")  # what the offscreen platform says of menus
def test_the_menu_of_a_tile_comes_by_its_key_and_does_the_same(studio: Studio, styles: StylesPage) -> None:
    styles.view.setCurrentIndex(styles.view.tiles.index(0))
    place = styles.view.visualRect(styles.view.currentIndex()).center()
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(styles.view.viewport(), QContextMenuEvent(reason, place, styles.view.mapToGlobal(place)))
    menu = next(menu for menu in styles.view.findChildren(QMenu) if menu.isVisible())
    star = next(action for action in menu.actions() if "tar" in action.text())
    star.trigger()
    menu.close()
    shelves.settle(studio)
    assert [tile.star for tile in shelves.tiles(styles.view)] == [True, False]


def test_a_list_of_hundreds_asks_only_for_what_is_seen(studio: Studio, styles: StylesPage) -> None:
    asked: list[object] = []
    view = TileView("many", fills=True)
    view.tiles.images_wanted.connect(asked.extend)
    view.resize(600, 200)
    view.tiles.set_tiles([Tile(number, str(number)) for number in range(500)])
    view.grab()
    studio.qtbot.wait(20)
    assert 4 <= len(asked) < 60
    view.deleteLater()
