"""Tuning by eye: axes, beyond the ends, presets seen on the picture, one channel alone."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QEnterEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from whole_window import Studio

from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.solo import SoloMute
from stylestudio.gui.widgets.channel import REACH
from stylestudio.gui.widgets.gallery import Gallery, PresetTile, centred_rect
from stylestudio.gui.widgets.share_slider import ShareSlider
from stylestudio.images.blend import blend
from stylestudio.images.mask import ByLightness, Mask
from stylestudio.images.resize import to_8bit
from stylestudio.paths import data_folder
from stylestudio.studio.mix import KEEP_COLOURS, ONLY_COLOURS, Mix
from stylestudio.studio.presets import get_preset, presets, save_preset
from stylestudio.studio.recipe import Shares, shares_of
from stylestudio.studio.session import with_mask

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
OPENS_MENUS = pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)
"""What the offscreen platform says of every menu."""


@pytest.fixture(autouse=True)
def no_presets_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def coloured(tmp_path: Path) -> Path:
    """coloured.png: 120 x 90, of fields that no axis treats alike."""
    path = tmp_path / "coloured.png"
    fields = np.random.default_rng(3).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(fields).resize((120, 90), Image.Resampling.BICUBIC).save(path)
    return path


@pytest.fixture
def ready(studio: Studio, coloured: Path, painting: Path) -> Studio:
    """With both pictures open, and the presets' pictures made."""
    studio.open_pair(coloured, painting)
    studio.window.tuning.pictures.get("half")
    return studio


def gallery(studio: Studio) -> Gallery:
    return studio.window.side.mix.gallery


def shown(studio: Studio) -> np.ndarray:
    """What the target shows, without its marks."""
    canvas = studio.window.target
    placement = canvas.placement()
    assert placement
    pixels = pixels_of(canvas.grab().toImage().copy(placement.visible))[..., :3]
    return pixels[pixels.shape[0] // 4 : -pixels.shape[0] // 4]


def expected(studio: Studio, mix: Mix, name: str = "") -> bool:
    """Whether the target shows this mix under this name."""
    before, target = shown(studio), studio.window.target
    state = target.mix, target.note
    target.set_mix(mix)
    same = bool((shown(studio) == before).all())
    target.set_mix(*state)
    return same and state[1] == name


def hover(widget: QWidget) -> None:
    place = QPointF(widget.rect().center())
    QApplication.sendEvent(widget, QEnterEvent(place, place, widget.mapToGlobal(place)))


def leave(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def type_into(box: QWidget, text: str) -> None:
    box.setFocus()
    QTest.keyClick(box, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Key.Key_Return)


# axes


def test_the_sliders_go_over_to_light_and_colours_in_one_step(ready: Studio) -> None:
    pane = ready.window.side.mix
    QTest.mouseClick(pane.axes["ycc"], LEFT)
    assert ready.session.axes == "ycc"
    assert [channel.name.text() for channel in pane.channels] == ["Light", "Blue–yellow", "Red–green"]
    assert pane.sliders[1].accessibleName() == "Blue–yellow style share"
    assert ready.window.menu["axes"].isChecked()
    QTest.mouseClick(pane.link, LEFT)
    type_into(pane.boxes[0], "20")
    assert ready.document.undo_label == "Light style share"
    assert expected(ready, Mix(Shares(0.2, 0.7, 0.7), "ycc"))
    for _ in range(3):
        ready.choose("undo")
    assert ready.session.axes == "rgb" and pane.axes["rgb"].isChecked() and not pane.axes["ycc"].isChecked()


@pytest.mark.parametrize(("number", "mix"), [(0, KEEP_COLOURS), (1, ONLY_COLOURS)])
def test_light_and_colours_are_parted_by_one_click(ready: Studio, number: int, mix: Mix) -> None:
    button, _ = ready.window.side.mix.colour_mixes[number]
    for _ in range(2):  # a second click leaves it
        QTest.mouseClick(button, LEFT)
        assert ready.session.mix == mix and button.isChecked()
    assert ready.document.undo_label == button.accessibleName()
    ready.choose("undo")
    assert not button.isChecked() and ready.session.mix == Mix()
    ready.choose(("keep_colours", "only_colours")[number])
    assert ready.session.mix == mix


def test_a_preset_of_equal_shares_leaves_the_axes(ready: Studio) -> None:
    ready.choose("axes")
    QTest.mouseClick(gallery(ready).tiles["half"], LEFT)
    assert ready.session.mix == Mix(shares_of((0.5,)), "ycc")
    assert gallery(ready).tiles["half"].is_active


def test_a_mask_stays_whatever_mix_is_taken(ready: Studio) -> None:
    mask = Mask(lightness=ByLightness(light=1.0))
    ready.document.apply("Mask", with_mask, mask)
    QTest.mouseClick(gallery(ready).tiles["whisper"], LEFT)
    ready.choose("keep_colours")
    assert ready.session.mask == mask


# beyond the ends


@pytest.fixture
def slider(qtbot: QtBot) -> Iterator[ShareSlider]:
    parent = QWidget()
    parent.resize(220, 40)
    qtbot.addWidget(parent)
    slider = ShareSlider(None, parent, reach=REACH)
    slider.resize(200, 24)
    parent.move(200, 100)
    parent.show()
    qtbot.waitExposed(parent)
    yield slider


def drag(slider: ShareSlider, *places: int) -> Iterator[int]:
    """The value after each of these places from the left."""
    QTest.mousePress(slider, LEFT, pos=QPoint(places[0], 12))
    for place in places:
        QTest.mouseMove(slider, QPoint(place, 12))
        yield slider.value()
    QTest.mouseRelease(slider, LEFT, pos=QPoint(places[-1], 12))


def test_between_its_ends_a_slider_goes_from_0_to_100(slider: ShareSlider) -> None:
    assert list(drag(slider, 100, 8, 192, 2, 197)) == [50, 0, 100, 0, 100]


def test_dragged_past_its_ends_it_goes_on_and_its_scale_grows_to_where_it_stands(slider: ShareSlider) -> None:
    values = list(drag(slider, 100, 192, 210, 230, 600))
    assert values == sorted(values) and 100 < values[2] < values[3] < values[4] == 150
    assert slider.end_values == (0, 150)
    slider.setValue(70)
    assert slider.end_values == (0, 100)
    assert list(drag(slider, 100, -400))[-1] == -25
    assert slider.end_values == (-25, 100)


def test_keys_and_wheel_stop_at_the_ends_and_go_on_only_from_beyond(slider: ShareSlider) -> None:
    slider.setValue(99)
    for _ in range(3):
        QTest.keyClick(slider, Key.Key_Right)
    assert slider.value() == 100
    slider.setValue(120)
    QTest.keyClick(slider, Key.Key_Right)
    assert slider.value() == 121
    QTest.keyClick(slider, Key.Key_PageUp)
    assert slider.value() == 131
    QTest.keyClick(slider, Key.Key_End)
    assert slider.value() == 100


def test_one_that_ends_at_100_does_not_go_on(slider: ShareSlider) -> None:
    slider.setRange(0, 100)
    assert list(drag(slider, 100, 600, -600)) == [50, 100, 0]


@pytest.mark.parametrize(("typed", "share"), [("150", 1.5), ("-25", -0.25), ("112.5", 1.125)])
def test_shares_beyond_the_ends_can_be_typed_and_are_shown(ready: Studio, typed: str, share: float) -> None:
    pane = ready.window.side.mix
    type_into(pane.boxes[0], typed)
    assert ready.session.shares == shares_of((share,))
    assert pane.boxes[2].value() == 100 * share and pane.sliders[2].value() == round(100 * share)
    assert expected(ready, Mix(shares_of((share,))))


# presets on the picture itself


def test_each_preset_is_a_small_picture_of_this_very_target(ready: Studio) -> None:
    content, overfit = ready.session.content, ready.runs.overfit
    assert content and overfit
    for name, (mix, picture) in ready.window.tuning.pictures.found.items():
        assert mix == get_preset(name).mix(content, overfit.pixels)
        assert picture is not None
        whole = to_8bit(blend(content.stored, overfit.pixels, mix.shares, axes=mix.axes))
        assert np.abs(pixels_of(picture)[..., :3].astype(int) - whole).max() <= 2


def test_the_small_pictures_follow_the_mask(ready: Studio) -> None:
    before = ready.window.tuning.pictures.found["whisper"].picture
    ready.document.apply("Mask", with_mask, Mask(lightness=ByLightness(1.0, 1.0, 1.0)))
    pictures = ready.window.tuning.pictures
    ready.wait(lambda: pictures.found["whisper"].picture is not before)
    found, overfit = pictures.found["whisper"].picture, ready.runs.overfit
    assert found is not None and overfit is not None
    assert np.abs(pixels_of(found)[..., :3].astype(int) - to_8bit(overfit.pixels)).max() <= 1


def test_a_preset_under_the_mouse_is_shown_large_and_nothing_of_it_stays(ready: Studio) -> None:
    tile, before = gallery(ready).tiles["autumn"], ready.session
    hover(tile)
    assert expected(ready, ready.window.tuning.pictures.get("autumn").mix, "Autumn")
    assert ready.session is before and ready.document.redo_label is None
    leave(tile)
    assert expected(ready, Mix())


def test_a_preset_that_the_keys_come_to_is_shown_and_the_space_bar_takes_it(ready: Studio) -> None:
    tiles = gallery(ready).tiles
    tiles["half"].setFocus(Qt.FocusReason.TabFocusReason)
    assert expected(ready, Mix(shares_of((0.5,))), "Half")
    QTest.keyClick(tiles["half"], Key.Key_Tab)
    assert QApplication.focusWidget() is tiles["full"]
    assert expected(ready, Mix(shares_of((1.0,))), "Full")
    QTest.keyClick(tiles["full"], Key.Key_Space)
    assert ready.session.mix == Mix(shares_of((1.0,)))
    assert expected(ready, ready.session.mix)


def test_a_click_takes_a_preset_as_one_step_and_only_it_is_framed(ready: Studio) -> None:
    tiles = gallery(ready).tiles
    QTest.mouseClick(tiles["autumn"], LEFT)
    assert ready.session.mix == ready.window.tuning.pictures.get("autumn").mix
    assert ready.document.undo_label == "Preset Autumn"
    assert [name for name, tile in tiles.items() if tile.is_active] == ["autumn"]
    assert tiles["autumn"].accessibleDescription() == "In use"
    ready.choose("undo")
    assert ready.session.mix == Mix() and not any(tile.is_active for tile in tiles.values())


def test_what_is_undone_under_the_mouse_is_seen(ready: Studio) -> None:
    tile = gallery(ready).tiles["full"]
    hover(tile)
    QTest.mouseClick(tile, LEFT)
    ready.choose("undo")
    assert expected(ready, Mix())


def test_another_overfit_picture_gives_a_season_other_shares(ready: Studio, painting: Path) -> None:
    pictures = ready.window.tuning.pictures
    before = pictures.get("winter").mix
    ready.window.open_files([painting])
    ready.wait_real()
    content, overfit = ready.session.content, ready.runs.overfit
    assert content and overfit
    ready.wait(lambda: pictures.get("winter").mix != before)


def test_without_pictures_presets_are_words_and_can_be_taken(studio: Studio) -> None:
    tiles = gallery(studio).tiles
    assert not any(tile.has_picture for tile in tiles.values())
    QTest.mouseClick(tiles["winter"], LEFT)
    assert studio.session.shares == get_preset("winter").shares


def test_the_middle_of_a_picture_fills_a_tile() -> None:
    assert centred_rect(QSize(200, 50), 2).getRect() == (50, 0, 100, 50)
    assert centred_rect(QSize(50, 200), 2).getRect() == (0, 87.5, 50, 25)


# presets of one's own


def answer(studio: Studio, name: str) -> None:
    dialog = studio.dialog(QInputDialog)
    dialog.setTextValue(name)
    dialog.accept()


def menu_of(tile: PresetTile) -> dict[str, Callable[[], object]]:
    """The context menu's entries."""
    place = tile.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, tile.mapToGlobal(place))
    QApplication.sendEvent(tile, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)

    def act(action: QAction) -> None:
        menu.close()
        action.trigger()

    return {action.text().replace("&", ""): partial(act, action) for action in menu.actions()}


@pytest.fixture
def own(ready: Studio) -> Studio:
    """With a preset Evening."""
    ready.choose("only_colours")
    QTest.mouseClick(gallery(ready).plus, LEFT)
    answer(ready, "Evening")
    return ready


def folder() -> Path:
    return data_folder() / "presets"


def test_plus_keeps_the_present_mix_and_the_next_window_has_it(own: Studio, new_studio: Callable[[], Studio]) -> None:
    kept = presets(folder())["evening"]
    assert Mix(kept.shares, kept.axes) == ONLY_COLOURS
    tiles = gallery(own).tiles
    assert tiles["evening"].text() == "Evening" and tiles["evening"].is_active
    own.wait(lambda: gallery(own).tiles["evening"].has_picture)
    assert "evening" in gallery(new_studio()).tiles
    QTest.mouseClick(tiles["half"], LEFT)
    QTest.mouseClick(gallery(own).tiles["evening"], LEFT)
    assert own.session.mix == ONLY_COLOURS and own.document.undo_label == "Preset Evening"


@OPENS_MENUS
def test_one_of_ones_own_can_be_renamed(own: Studio) -> None:
    menu_of(gallery(own).tiles["evening"])["Rename…"]()
    assert own.dialog(QInputDialog).textValue() == "Evening"
    answer(own, "Late light")
    assert "evening" not in gallery(own).tiles and gallery(own).tiles["late-light"].is_active
    menu_of(gallery(own).tiles["late-light"])["Rename…"]()
    answer(own, "LATE light")
    assert gallery(own).tiles["late-light"].text() == "LATE light"


@OPENS_MENUS
def test_one_that_is_deleted_can_be_brought_back(own: Studio) -> None:
    menu_of(gallery(own).tiles["evening"])["Delete"]()
    assert "evening" not in gallery(own).tiles and not list(folder().iterdir())
    notice = own.window.space.notice
    assert notice.text == "Deleted the preset Evening"
    QTest.mouseClick(notice.findChildren(QPushButton)[-1], LEFT)
    assert gallery(own).tiles["evening"].is_active


@OPENS_MENUS
def test_those_of_the_program_can_only_be_given_away(ready: Studio, tmp_path: Path) -> None:
    entries = menu_of(gallery(ready).tiles["autumn"])
    assert list(entries) == ["Export…"]
    entries["Export…"]()
    dialog = ready.dialog(QFileDialog)
    dialog.selectFile(str(tmp_path / "given.toml"))
    dialog.accept()
    menu_of(gallery(ready).plus)["Import a preset…"]()
    dialog = ready.dialog(QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "given.toml")])
    dialog.reject()
    ready.wait(lambda: "autumn-2" in gallery(ready).tiles)
    QTest.mouseClick(gallery(ready).tiles["autumn-2"], LEFT)
    assert ready.session.mix == ready.window.tuning.pictures.get("autumn").mix


def test_a_file_that_is_no_preset_and_an_empty_name_are_refused_in_words(ready: Studio, painting: Path) -> None:
    ready.choose("import_preset")
    dialog = ready.dialog(QFileDialog)
    dialog.filesSelected.emit([str(painting)])
    dialog.reject()
    assert "painting.png is no preset" in ready.error()
    ready.choose("keep_preset")
    answer(ready, "  ")
    assert "needs a name" in ready.error()
    assert not folder().exists() or not list(folder().iterdir())


def test_a_broken_file_among_ones_own_is_named_at_the_start(new_studio: Callable[[], Studio]) -> None:
    save_preset(folder(), "Good", ONLY_COLOURS)
    (folder() / "broken.toml").write_text("label = ")
    studio = new_studio()
    assert "good" in gallery(studio).tiles and "broken" not in gallery(studio).tiles
    studio.wait(lambda: "broken.toml" in studio.window.status.message.text())


def test_a_row_of_ones_own_is_seen_whole(own: Studio) -> None:
    own.window.resize(1280, 800)
    tiles = gallery(own).tiles.values()
    own.wait(lambda: all(tile.visibleRegion().boundingRect() == tile.rect() for tile in tiles))
    assert not gallery(own).verticalScrollBar().isVisible()


def test_many_of_ones_own_scroll_and_the_sliders_stay(new_studio: Callable[[], Studio]) -> None:
    for number in range(30):
        save_preset(folder(), f"Mix {number}", Mix())
    studio = new_studio()
    studio.window.resize(1280, 800)
    QApplication.processEvents()
    pane = studio.window.side.mix
    assert pane.visibleRegion().boundingRect() == pane.rect()
    last = list(gallery(studio).tiles.values())[-1]
    assert last.visibleRegion().isEmpty()
    last.setFocus()
    assert not last.visibleRegion().isEmpty()


# one channel alone


def test_solo_shows_one_channel_and_changes_nothing(ready: Studio) -> None:
    first, second, _ = ready.window.side.mix.channels
    before = ready.session
    QTest.mouseClick(first.solo, LEFT)
    assert expected(ready, Mix(Shares(0.7, 0.0, 0.0)), "Red alone")
    assert not first.name.font().strikeOut() and second.name.font().strikeOut()
    QTest.mouseClick(second.solo, LEFT)
    assert expected(ready, Mix(Shares(0.7, 0.7, 0.0)), "Without blue")
    for channel in (first, second):
        QTest.mouseClick(channel.solo, LEFT)
    assert expected(ready, Mix())
    assert ready.session is before


def test_mute_shows_the_rest(ready: Studio) -> None:
    channels = ready.window.side.mix.channels
    QTest.mouseClick(channels[1].muted, LEFT)
    assert expected(ready, Mix(Shares(0.7, 0.0, 0.7)), "Without green")
    for channel in (channels[0], channels[2]):
        QTest.mouseClick(channel.muted, LEFT)
    assert expected(ready, Mix(shares_of((0.0,))), "All muted")


def test_what_is_exported_is_the_whole_mix(ready: Studio) -> None:
    QTest.mouseClick(ready.window.side.mix.channels[0].solo, LEFT)
    QGuiApplication.clipboard().clear()
    ready.choose("copy_target")
    ready.wait(lambda: not QGuiApplication.clipboard().image().isNull())
    content, overfit = ready.session.content, ready.runs.overfit
    assert content and overfit
    whole = to_8bit(blend(content.stored, overfit.pixels, ready.session.shares))
    np.testing.assert_array_equal(pixels_of(QGuiApplication.clipboard().image())[..., :3], whole)


@pytest.mark.parametrize("number", range(3))
def test_a_key_shows_one_channel_as_long_as_it_is_held(ready: Studio, number: int) -> None:
    pane = ready.window.side.mix
    key, alone = Key(Key.Key_1 + number), tuple(0.7 if channel == number else 0.0 for channel in range(3))
    QTest.mouseClick(pane.channels[(number + 1) % 3].solo, LEFT)
    for widget in (ready.window.target, pane.sliders[0], gallery(ready).tiles["half"]):
        widget.setFocus()
        QTest.keyPress(widget, key)
        assert expected(ready, Mix(Shares(*alone)), f"{pane.channels[number].name.text()} alone")
        QTest.keyRelease(widget, key)
        assert ready.window.target.note == f"{pane.channels[(number + 1) % 3].name.text()} alone"


def test_a_held_key_whose_release_is_not_heard_ends_with_the_focus(ready: Studio) -> None:
    ready.window.target.setFocus()
    QTest.keyPress(ready.window.target, Key.Key_2)
    ready.window.side.mix.boxes[0].setFocus()
    assert expected(ready, Mix())


def test_in_a_box_1_is_a_figure(ready: Studio) -> None:
    type_into(ready.window.side.mix.boxes[0], "11")
    assert ready.session.shares[0] == 0.11
    assert ready.window.target.note == ""


def test_on_other_axes_all_channels_are_seen_again(ready: Studio) -> None:
    QTest.mouseClick(ready.window.side.mix.channels[0].solo, LEFT)
    ready.choose("axes")
    assert expected(ready, Mix(axes="ycc"))
    QTest.mouseClick(ready.window.side.mix.channels[0].solo, LEFT)
    assert ready.window.target.note == "Light alone"


def test_a_muted_channel_is_not_seen_even_if_it_has_solo() -> None:
    desk = SoloMute(frozenset({0, 1}), frozenset({1}))
    assert desk.apply_to(Mix()).shares == (0.7, 0.0, 0.0)
    assert desk.toggled("muted", 1).visible_channels == {0, 1}


def test_all_of_it_floats_in_full_screen(own: Studio) -> None:
    own.choose("target_alone")
    pane = own.window.side.mix
    own.wait(lambda: own.window.space.floating.isVisible() and pane.height() >= pane.sizeHint().height())
    assert pane.visibleRegion().boundingRect() == pane.rect()
    hover(gallery(own).tiles["full"])
    assert expected(own, Mix(shares_of((1.0,))), "Full")
    own.choose("cancel")
    assert own.window.side.isAncestorOf(pane)
