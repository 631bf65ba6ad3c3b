"""Many photos with one style, through drops, keys and menu entries."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from whole_window import Studio

from stylestudio.errors import PictureError
from stylestudio.gui.sets.photo_sets import PhotoSets
from stylestudio.gui.sets.reading import SIDE, thumbnails
from stylestudio.studio.recipe import shares_of

NAMES = ("a", "b", "c", "d", "e")


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """A folder of five photos."""
    folder = tmp_path / "photos"
    folder.mkdir()
    paths = [folder / f"{name}.png" for name in NAMES]
    for number, path in enumerate(paths):
        Image.new("RGB", (30 + number, 20), (40 * number, 90, 10)).save(path)
    return paths


def sets(studio: Studio) -> PhotoSets:
    return studio.window.sets.photos


def shown(studio: Studio) -> str:
    content = studio.session.content
    return content.name if content else ""


def open_set(studio: Studio, photos: list[Path], painting: Path) -> None:
    """Drop the photos, then the style, beside the panes."""
    studio.drop(studio.window, *reversed(photos))
    studio.wait(lambda: studio.session.photos is not None)
    studio.drop(studio.window, painting)
    studio.wait_real()


def go(studio: Studio, key: Qt.Key, name: str) -> None:
    """Press a key in the film strip, and see this photo."""
    QTest.keyClick(sets(studio).strip.row, key)
    studio.wait(lambda: shown(studio) == name)


def test_dropped_photos_are_a_set_that_the_arrows_go_through_and_undo_takes_back(
    studio: Studio, photos: list[Path], painting: Path
) -> None:
    open_set(studio, photos, painting)
    assert shown(studio) == "a" and sets(studio).strip.isVisible() and sets(studio).strip.count.text() == "1 of 5"
    for is_alone in (True, False):
        studio.choose("target_alone")
        assert sets(studio).strip.isHidden() == is_alone
    go(studio, Qt.Key.Key_Right, "b")
    studio.wait_real()
    assert studio.runs.overfit and studio.runs.overfit.content.name == "b"
    go(studio, Qt.Key.Key_End, "e")
    studio.key(Qt.Key.Key_Left)
    studio.wait(lambda: shown(studio) == "d")
    for _ in range(2):  # through the set is one step, the style another
        studio.choose("undo")
    assert shown(studio) == "a" and studio.session.style is None
    studio.choose("undo")
    assert studio.session.photos is None and studio.session.content is None and sets(studio).strip.isHidden()


def test_a_photo_keeps_its_own_mix_until_it_is_to_be_like_the_others(
    studio: Studio, photos: list[Path], painting: Path
) -> None:
    open_set(studio, photos, painting)
    go(studio, Qt.Key.Key_Right, "b")
    studio.choose("only_this")
    studio.window.side.mix.sliders[0].setValue(20)
    assert [tile.mark for tile in sets(studio).strip.row.tiles.tiles] == [False, True, False, False, False]
    go(studio, Qt.Key.Key_Right, "c")
    assert studio.session.shares == shares_of((0.7,)) and not studio.window.menu["only_this"].isChecked()
    studio.window.side.mix.sliders[0].setValue(50)
    go(studio, Qt.Key.Key_Left, "b")
    assert studio.session.shares == shares_of((0.2,)) and studio.window.menu["only_this"].isChecked()
    studio.choose("only_this")
    assert studio.session.shares == shares_of((0.5,))
    assert not any(tile.mark for tile in sets(studio).strip.row.tiles.tiles)


def test_what_cannot_be_read_is_marked_and_passed_over(studio: Studio, photos: list[Path]) -> None:
    for path in (photos[0], photos[2]):
        path.write_bytes(b"no picture")
    studio.drop(studio.window, photos[0].parent)
    studio.wait(lambda: shown(studio) == "b")
    photos[4].unlink()
    row = sets(studio).strip.row
    studio.wait(lambda: {tile.name for tile in row.tiles.tiles if tile.pending} >= {"a", "c"})
    studio.key(Qt.Key.Key_Right)
    studio.wait(lambda: shown(studio) == "d")
    row.wanted.emit(4)
    assert "e.png does not exist" in studio.error() and shown(studio) == "d"


def test_where_no_file_can_be_read_the_window_stays_as_it_is(studio: Studio, photos: list[Path]) -> None:
    for path in photos:
        path.write_bytes(b"no picture")
    studio.drop(studio.window.space.content_pane, *photos)
    assert "None of these 5 files can be read" in studio.error()
    assert studio.session.photos is None and studio.session.content is None


def test_of_several_on_the_styles_pane_the_first_is_the_style(studio: Studio, photos: list[Path]) -> None:
    studio.drop(studio.window.space.style_pane, photos[0].parent)
    assert "A folder is no style" in studio.error()
    studio.drop(studio.window.space.style_pane, *photos)
    studio.wait(lambda: studio.session.style is not None)
    assert studio.session.style and studio.session.style.name == "a" and studio.session.photos is None
    studio.press_notice("Take them as photos")
    studio.wait(lambda: studio.session.photos is not None)
    assert studio.session.photos and studio.session.photos.paths == photos[1:]


def test_two_on_the_photos_pane_and_a_folder_are_sets_and_one_photo_ends_a_set(
    studio: Studio, photos: list[Path], photo: Path
) -> None:
    gone = photos[0].with_name("gone.png")
    studio.drop(studio.window.space.content_pane, *photos[:2], gone)
    studio.wait(lambda: studio.session.photos is not None)
    assert studio.session.photos and studio.session.photos.paths == photos[:2]
    assert "gone.png" in studio.window.status.message.text()
    studio.drop(sets(studio).strip, photos[0].parent)
    studio.wait(lambda: studio.session.photos is not None and len(studio.session.photos.photos) == 5)
    studio.drop(studio.window.space.content_pane, photo)
    studio.wait(lambda: shown(studio) == "photo")
    assert studio.session.photos is None
    studio.press_notice("Undo")
    assert studio.session.photos and shown(studio) == "a"


def test_thumbnails_are_small_upright_and_say_what_is_broken(photos: list[Path], tmp_path: Path) -> None:
    turned, broken = tmp_path / "turned.jpg", photos[0]
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (1600, 800), (200, 10, 10)).save(turned, exif=exif)
    Image.new("RGBA", (900, 300), (0, 0, 255, 128)).save(photos[1])
    broken.write_bytes(b"no picture")
    found = thumbnails([turned, broken, photos[1]])
    assert isinstance(found[broken], PictureError)
    upright, clear = found[turned], found[photos[1]]
    assert isinstance(upright, QImage) and upright.height() == SIDE and upright.width() == SIDE // 2
    assert abs(upright.pixelColor(50, 50).red() - 200) < 4
    assert isinstance(clear, QImage) and clear.width() == SIDE and clear.pixelColor(9, 9).alpha() == 128
