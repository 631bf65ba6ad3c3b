import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QTranslator, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QPushButton, QSplitter, QTextBrowser, QWidget
from setting_controls import choices, number
from whole_window import Studio

from stylestudio.gui.canvas import picture_canvas
from stylestudio.gui.canvas.pyramid import Pyramid
from stylestudio.gui.main_window import MainWindow
from stylestudio.gui.widgets.empty_state import EmptyState
from stylestudio.studio.presets import get_preset
from stylestudio.studio.settings import Settings

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def test_the_title_names_the_program_and_the_pictures(studio: Studio, photo: Path, painting: Path) -> None:
    assert studio.window.windowTitle() == "Style Studio"
    studio.open_pair(photo, painting)
    assert studio.window.windowTitle() == "Style Studio – photo in the style of painting"


def test_two_files_dropped_anywhere_fill_both_panes_and_the_run_starts(
    studio: Studio, photo: Path, painting: Path
) -> None:
    studio.drop(studio.window.space.style_pane, photo, painting)
    studio.wait_real()
    assert studio.session.content and studio.session.content.name == "photo"
    assert studio.session.style and studio.session.style.name == "painting"
    assert studio.renderer.threads and threading.get_ident() not in studio.renderer.threads


def test_a_file_goes_to_the_pane_that_it_is_dropped_on(studio: Studio, photo: Path) -> None:
    studio.drop(studio.window.space.style_pane, photo)
    studio.wait(lambda: studio.session.style is not None)
    assert studio.session.content is None


def test_files_dropped_beside_the_panes_go_to_the_first_empty_one(studio: Studio, photo: Path, painting: Path) -> None:
    studio.drop(studio.window, photo)
    studio.drop(studio.window, painting)
    studio.wait_real()
    assert studio.session.content and studio.session.content.name == "photo"
    assert studio.session.style and studio.session.style.name == "painting"


def test_further_files_are_named_as_not_taken(studio: Studio, photo: Path, painting: Path, tmp_path: Path) -> None:
    studio.drop(studio.window, photo, painting, tmp_path / "notes.txt")
    studio.wait_real()
    assert "notes.txt" in studio.window.status.message.text()


def test_a_file_offered_to_be_moved_is_copied_so_that_its_giver_does_not_delete_it(studio: Studio, photo: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photo))])
    offered = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    facts = (offered, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    QApplication.sendEvent(studio.window, QDragEnterEvent(QPoint(5, 5), *facts))
    dropping = QDropEvent(QPointF(5, 5), *facts)
    QApplication.sendEvent(studio.window, dropping)
    assert dropping.dropAction() == Qt.DropAction.CopyAction
    studio.wait(lambda: studio.session.content is not None)


def test_a_large_picture_is_shown_in_its_pane_and_as_target_as_soon_as_it_is_read(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_canvas, "_LOADED_AT_ONCE", 0)
    built: list[int] = []
    building = Pyramid.building
    monkeypatch.setattr(Pyramid, "building", lambda *facts: built.append(threading.get_ident()) or building(*facts))
    photo = Image.linear_gradient("L").resize((400, 300))
    photo.convert("RGB").save(tmp_path / "photo.png")
    photo = photo.convert("RGBA")
    photo.putalpha(Image.radial_gradient("L").resize((400, 300)))
    photo.save(tmp_path / "cut out.png")
    studio.renderer.drafts = False  # an overfit picture would be a picture more to show
    studio.renderer.go.clear()
    window, ready = studio.window, list[bool]()
    window.document.changed.connect(
        lambda: ready.extend((window.space.content_pane.canvas.is_ready, window.target.is_ready))
    )
    for planes, name in ((1, "photo.png"), (3, "cut out.png")):
        studio.drop(window, tmp_path / name)
        studio.wait(lambda planes=planes: len(ready) >= 2 * ((planes + 1) // 2))
        assert len(built) == planes
    assert all(ready)
    assert threading.get_ident() not in built


def test_what_is_no_picture_is_refused_with_the_reason(studio: Studio, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("words")
    assert not studio.drop(studio.window, text)
    assert "TXT" in studio.window.status.message.text()


def test_a_damaged_file_is_explained_and_the_other_one_taken(studio: Studio, painting: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(painting.read_bytes()[:200])
    studio.drop(studio.window, damaged, painting)
    assert "damaged.png" in studio.error()
    studio.wait(lambda: studio.session.style is not None)
    assert studio.session.content is None


def test_while_files_hover_the_panes_that_would_take_them_light_up(studio: Studio, photo: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photo))])
    entering = QDragEnterEvent(
        QPoint(600, 400), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Modifier.NoModifier
    )
    QApplication.sendEvent(studio.window, entering)
    lit = [pane.highlight for pane in studio.window.space.panes.values()]
    QApplication.sendEvent(studio.window, QDragLeaveEvent())
    assert lit == [True, False, False]
    assert not any(pane.highlight for pane in studio.window.space.panes.values())


def test_two_files_over_one_pane_light_up_both(studio: Studio, photo: Path, painting: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (photo, painting)])
    entering = QDragEnterEvent(
        QPoint(20, 60), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Modifier.NoModifier
    )
    QApplication.sendEvent(studio.window.space.style_pane, entering)
    assert [kind for kind, pane in studio.window.space.panes.items() if pane.highlight] == ["content", "style"]
    QApplication.sendEvent(studio.window.space.style_pane, QDragLeaveEvent())
    assert not any(pane.highlight for pane in studio.window.space.panes.values())


def test_what_is_no_picture_beside_one_that_is_is_named(studio: Studio, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    for place in (studio.window, studio.window.space.style_pane):
        studio.window.status.show_message("")
        studio.drop(place, photo, tmp_path / "notes.txt")
        assert "notes.txt" in studio.window.status.message.text()


def test_pixels_are_pasted(studio: Studio) -> None:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    studio.key(Key.Key_V)
    studio.wait(lambda: studio.session.content is not None)
    assert studio.session.content and studio.session.content.size == (30, 20)


def test_pasting_nothing_is_explained(studio: Studio) -> None:
    QGuiApplication.clipboard().clear()
    studio.key(Key.Key_V)
    assert "paste" in studio.error()


def test_pasting_what_is_no_picture_tells_the_reason(studio: Studio) -> None:
    QGuiApplication.clipboard().setText("a poem")
    studio.key(Key.Key_V)
    assert "This is text." in studio.error()


def test_open_asks_for_a_file_of_the_kind(studio: Studio, painting: Path) -> None:
    studio.key(Key.Key_O, Modifier.ControlModifier | Modifier.ShiftModifier)
    dialog = studio.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.selectFile(str(painting))
    dialog.accept()
    studio.wait(lambda: studio.session.style is not None)
    assert studio.memory.recent("style") == [painting]


def test_recent_files_are_offered_and_opened(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    studio.choose("swap")
    menu = studio.window.menu.submenus["recent"]
    menu.aboutToShow.emit()
    entries = {action.text(): action for action in menu.actions() if action.isEnabled() and action.text()}
    assert list(entries) == ["photo", "painting"]
    entries["photo"].trigger()
    studio.wait(lambda: studio.session.content is not None and studio.session.content.name == "photo")


def test_the_samples_fill_both_panes_with_one_click(studio: Studio) -> None:
    menu = studio.window.menu.submenus["samples"]
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    studio.wait_real()
    assert studio.session.content and studio.session.content.name == "castle"


def test_swapping_content_and_style_can_be_undone_by_name(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    studio.key(Key.Key_X, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert studio.session.content and studio.session.content.name == "painting"
    assert "Swap photo and style" in studio.window.menu["undo"].text()
    studio.key(Key.Key_Z)
    assert studio.session.content.name == "photo"
    assert "Swap photo and style" in studio.window.menu["redo"].text()
    studio.key(Key.Key_Z, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert studio.session.content.name == "painting"


def test_undo_takes_back_every_kind_of_edit(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    window, before = studio.window, studio.session
    QTest.keyClick(window.side.mix.sliders[0], Key.Key_Home)
    QTest.mouseClick(window.side.mix.link, Qt.MouseButton.LeftButton)
    spring = next(button for button in window.side.mix.findChildren(QPushButton) if button.text() == "Spring")
    QTest.mouseClick(spring, Qt.MouseButton.LeftButton)
    QTest.keyClick(choices(window.side.settings, "size"), Key.Key_Down)
    assert studio.session.content and studio.runs.overfit
    assert studio.session.mix == get_preset("spring").mix(studio.session.content, studio.runs.overfit.pixels)
    labels = []
    while studio.session != before:
        labels.append(studio.document.undo_label)
        studio.choose("undo")
    assert labels == ["Change Size", "Preset Spring", "Unlink the sliders", "All style share"]
    assert window.side.mix.sliders[0].value() == 70


def test_an_unequal_preset_switches_the_link_off_in_the_same_step(studio: Studio) -> None:
    unequal = next(button for button in studio.window.side.mix.findChildren(QPushButton) if button.text() == "Winter")
    linked = len(set(get_preset("winter").shares)) == 1
    QTest.mouseClick(unequal, Qt.MouseButton.LeftButton)
    assert studio.window.side.mix.link.isChecked() == linked
    studio.choose("undo")
    assert studio.window.side.mix.link.isChecked()


def test_undo_in_a_number_box_undoes_the_session(studio: Studio) -> None:
    side = studio.window.side
    for box in (side.mix.boxes[0], number(side.settings, "texture_scale")):
        QTest.keyClick(side.mix.sliders[0], Key.Key_Home)
        box.setFocus()
        QTest.keyClick(box, Key.Key_Z, Modifier.ControlModifier)
        assert studio.session.shares.red == 0.7


def test_cancel_leaves_the_last_finished_picture_and_stops_at_once(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    finished = studio.runs.overfit
    studio.renderer.go.clear()
    QTest.keyClick(choices(studio.window.side.settings, "patch_size"), Key.Key_Down)
    studio.wait(lambda: studio.runs.busy and studio.window.status.stage.text() == "Painting")
    assert studio.window.status.cancel.isVisible()
    studio.key(Key.Key_Escape, Modifier.NoModifier)
    assert not studio.runs.busy
    assert studio.runs.overfit is finished
    assert not studio.window.status.cancel.isVisible()


def test_what_the_renderer_remarks_of_a_run_stays_in_the_status_line(
    studio: Studio, photo: Path, painting: Path
) -> None:
    studio.renderer.remark = "From now on it takes longer."
    studio.open_pair(photo, painting)
    assert studio.window.status.message.text() == "From now on it takes longer."


def test_until_the_engine_is_there_the_status_line_says_so(studio: Studio, photo: Path, painting: Path) -> None:
    studio.window.status.show_loading(True)
    studio.renderer.go.clear()
    studio.drop(studio.window, photo, painting)
    studio.wait(lambda: studio.window.status.bar.value() > 0)
    assert studio.window.status.stage.text() == "Loading the engine…"
    studio.window.status.show_loading(False)
    studio.wait(lambda: studio.window.status.stage.text() == "Painting")


def test_a_stage_is_said_in_the_artists_language(studio: Studio) -> None:
    class German(QTranslator):
        def translate(self, context, sourceText, disambiguation=None, n=-1) -> str:
            return "Malt" if (context, sourceText) == ("Stages", "Painting") else ""

    german = German()
    QApplication.installTranslator(german)
    studio.window.status.show_progress("Painting", 0.5, 3)
    QApplication.removeTranslator(german)
    assert studio.window.status.stage.text() == "Malt"


def test_the_status_line_keeps_its_places(studio: Studio) -> None:
    status = studio.window.status
    places = [widget.geometry() for widget in (status.stage, status.bar, status.cancel)]
    status.show_busy(True)
    status.show_progress("Painting", 0.5, 3)
    QApplication.sendPostedEvents()
    assert [widget.geometry() for widget in (status.stage, status.bar, status.cancel)] == places


@pytest.mark.parametrize(
    ("seconds", "text"), [(float("nan"), ""), (0.4, "a moment left"), (12.3, "12 s left"), (150, "2 min left")]
)
def test_the_time_left_is_said_in_words(studio: Studio, seconds: float, text: str) -> None:
    studio.window.status.show_progress("Painting", 0.5, seconds)
    assert studio.window.status.time_left.text() == text


def test_space_and_o_work_on_a_slider_too(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    slider = studio.window.side.mix.sliders[0]
    slider.setFocus()
    for key, held in ((Key.Key_Space, "content"), (Key.Key_O, "overfit")):
        QTest.keyPress(slider, key)
        assert studio.window.target.peeked == held
        QTest.keyRelease(slider, key)
        assert studio.window.target.peeked is None


def test_a_held_key_let_go_with_another_one_down_ends_the_hold(studio: Studio) -> None:
    QTest.keyPress(studio.window.target, Key.Key_Space)
    QTest.keyRelease(studio.window.target, Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert studio.window.target.peeked is None


def test_holding_is_in_the_menu_too(studio: Studio) -> None:
    studio.choose("hold_content")
    studio.choose("hold_overfit")
    assert studio.window.target.peeked == "overfit"
    assert not studio.window.menu["hold_content"].isChecked()
    studio.choose("hold_overfit")
    assert studio.window.target.peeked is None
    studio.choose("hold_content")
    studio.window.target.peek(None)
    assert not studio.window.menu["hold_content"].isChecked()


def test_a_key_gives_the_target_the_whole_screen_with_the_sliders_over_it_and_escape_brings_the_rest_back(
    studio: Studio,
) -> None:
    window = studio.window
    around = (window.space.column, window.side, window.menuBar(), window.statusBar())
    studio.key(Key.Key_F11, Modifier.NoModifier)
    assert window.isFullScreen() and not any(widget.isVisible() for widget in around)
    studio.wait(lambda: window.target.width() == window.width())
    mix = window.side.mix
    assert mix.isVisible() and placed(window.target).contains(placed(mix))
    studio.key(Key.Key_Escape, Modifier.NoModifier)
    assert not window.isFullScreen() and all(widget.isVisible() for widget in around)
    assert window.side.isAncestorOf(mix) and mix.isVisible()


def test_content_overfit_and_target_share_a_view_and_the_style_has_its_own(
    studio: Studio, photo: Path, painting: Path
) -> None:
    studio.open_pair(photo, painting)
    window = studio.window
    studio.key(Key.Key_1)
    zooms = [
        canvas.zoom for canvas in (window.space.content_pane.canvas, window.space.overfit_pane.canvas, window.target)
    ]
    assert zooms == [1, 1, 1]
    assert window.space.style_view.is_fit
    studio.key(Key.Key_0)
    assert window.space.shared_view.is_fit


def test_split_is_a_menu_entry_with_a_key(studio: Studio) -> None:
    studio.key(Key.Key_D)
    assert studio.window.target.is_split


WITHOUT_KEY = ["surround_theme", "surround_dark", "surround_mid", "surround_light", "about"]
"""Commands that nobody needs often; a key can be given to them."""


def test_every_action_has_a_menu_entry_and_all_but_rare_ones_a_key(studio: Studio) -> None:
    actions = studio.window.menu.by_name
    assert [name for name, action in actions.items() if action.shortcut().isEmpty()] == WITHOUT_KEY
    assert [name for name, action in actions.items() if not action.associatedObjects()] == []


def test_no_key_is_given_twice(studio: Studio) -> None:
    keys = [key.toString() for action in studio.window.menu.by_name.values() for key in action.shortcuts()]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("theme", "dark"), [("light", False), ("dark", True)])
def test_the_theme_can_be_switched_and_is_remembered(new_studio: Callable[[], Studio], theme: str, dark: bool) -> None:
    studio = new_studio()
    studio.choose(f"theme_{theme}")
    studio.wait(lambda: (studio.window.palette().window().color().lightness() < 128) == dark)
    studio.window.close()
    again = new_studio()
    assert again.window.menu[f"theme_{theme}"].isChecked()
    assert again.theme.is_dark == dark


def test_settings_and_geometry_are_remembered(new_studio: Callable[[], Studio]) -> None:
    studio = new_studio()
    QTest.keyClick(choices(studio.window.side.settings, "patch_size"), Key.Key_Down)
    studio.window.resize(studio.window.width(), 700)
    studio.window.close()
    again = new_studio()
    assert again.session.settings == Settings(patch_size=5)
    assert again.window.height() == 700


def test_the_place_of_the_target_is_remembered_but_not_while_it_is_alone(new_studio: Callable[[], Studio]) -> None:
    studio = new_studio()
    space = studio.window.space
    space.setSizes([240, space.sizes()[1] - 240 + space.sizes()[0], space.sizes()[2]])
    studio.window.close()
    again = new_studio()
    assert again.window.space.sizes()[0] == 240
    again.choose("target_alone")
    again.window.close()
    assert new_studio().window.space.sizes()[0] == 240


def test_where_the_style_is_smaller_than_the_size_a_larger_texture_is_offered(
    studio: Studio, photo: Path, painting: Path
) -> None:
    studio.open_pair(photo, painting)
    note = studio.window.side.settings.note
    assert "120 pixels" in note
    assert "texture size" in note


@pytest.mark.parametrize(("name", "words"), [("about", "Style Studio"), ("licences", "CC BY 4.0")])
def test_help_tells_what_it_is_and_whose(studio: Studio, name: str, words: str) -> None:
    studio.choose(name)
    dialog = studio.dialog(QDialog)
    assert words in dialog.findChildren(QTextBrowser)[0].toPlainText()
    dialog.close()


@pytest.mark.parametrize(("width", "height", "share"), [(1280, 800, 0.6), (1920, 1080, 0.7)])
def test_the_three_panes_stand_in_a_column_beside_a_target_that_has_the_most_of_the_window(
    studio: Studio, width: int, height: int, share: float
) -> None:
    studio.window.resize(width, height)
    QApplication.processEvents()
    space = studio.window.space
    panes = [placed(pane) for pane in (space.content_pane, space.style_pane, space.overfit_pane)]
    target, side = placed(space.target), placed(space.side)
    assert [pane.left() for pane in panes] == [panes[0].left()] * 3
    assert panes[0].bottom() < panes[1].top() < panes[1].bottom() < panes[2].top()
    assert panes[0].right() < target.left() < target.right() < side.left()
    assert target.width() * target.height() >= share * width * height


def placed(widget: QWidget) -> QRect:
    """Where the widget is in its window."""
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def test_no_word_of_the_empty_panes_is_cut_off_in_the_smallest_window(studio: Studio) -> None:
    space = studio.window.space
    studio.window.resize(studio.window.minimumSizeHint())
    for splitter in space.findChildren(QSplitter):
        splitter.setSizes([0, 9999])
    QApplication.processEvents()
    for pane in (space.content_pane, space.style_pane, space.overfit_pane):
        empty = pane.findChildren(EmptyState)[0]
        for label in empty.findChildren(QLabel):
            assert label.height() >= label.heightForWidth(label.width())
        for button in empty.findChildren(QPushButton):
            assert button.width() >= button.minimumSizeHint().width()
            assert empty.rect().contains(button.geometry())


def test_the_tab_key_goes_through_the_window_as_one_reads_it(studio: Studio) -> None:
    window, seen = studio.window, []
    window.space.content_pane.setFocus()
    window.focusNextChild()
    for _ in range(50):
        widget = QApplication.focusWidget()
        area = next((area for area in areas(window) if widget and (area is widget or area.isAncestorOf(widget))), None)
        if area is not None and (not seen or seen[-1] is not area):
            seen.append(area)
        window.focusNextChild()
    assert seen[:7] == areas(window)[:7]


def areas(window: MainWindow) -> list[QWidget]:
    space = window.space
    panes = [space.content_pane, space.style_pane]
    return [*panes, space.target, space.side.mix, space.side.settings, space.bar, *panes]


def test_everything_fits_at_1280_by_800(studio: Studio) -> None:
    hint = studio.window.minimumSizeHint()
    assert hint.width() <= 1280
    assert hint.height() <= 560, "too high for a small screen"
    studio.window.resize(1280, 800)
    QApplication.processEvents()
    pane = studio.window.side.settings
    assert pane.visibleRegion().boundingRect() == pane.rect(), "settings have to be scrolled"


def test_in_the_smallest_window_the_settings_scroll_to_the_one_with_the_focus(studio: Studio) -> None:
    studio.window.resize(studio.window.minimumSizeHint())
    pane = studio.window.side.settings
    pane.advanced.setChecked(True)
    QApplication.processEvents()
    choices(pane, "size").setFocus()
    for _ in range(6):
        studio.window.focusNextChild()
        QApplication.processEvents()
        widget = QApplication.focusWidget()
        assert widget is not None and pane.isAncestorOf(widget)
        assert widget.visibleRegion().boundingRect() == widget.rect()


def test_closing_while_running_is_quick_and_leaves_no_thread(
    new_studio: Callable[[], Studio], photo: Path, painting: Path
) -> None:
    studio = new_studio()
    studio.renderer.go.clear()
    studio.drop(studio.window, photo, painting)
    studio.wait(lambda: studio.runs.busy)
    studio.window.close()
    assert not studio.window.isVisible()
    studio.close()
