"""The second style as an artist meets it: brought, balanced, exported, taken away, there again at the next start."""

import shlex
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from kept_window import KeptStudio
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from test_exporting import save_as
from whole_window import Studio

from stylestudio.gui.lost_picture import LostPicture
from stylestudio.gui.widgets.balance_row import BalanceRow
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.progress import Preview, Progress, Work
from stylestudio.studio.looks import Look
from stylestudio.studio.recipe_record import recipe_from, recipe_of
from stylestudio.studio.results import write_target
from stylestudio.studio.session import Session, with_balance, with_second
from stylestudio.studio.settings import Settings

CONTROL = Qt.KeyboardModifier.ControlModifier


def tinted(
    content: Picture, style: Picture, settings: Settings, look: Look | None = None, *, others: int = 0
) -> Work[NDArray[np.float32]]:
    """The fake engine: the photo's negative in the style's mean colour, so that two styles differ."""
    yield Preview("Painting", 0.1, np.zeros((3, 4, 3), np.float32), draft=True)
    yield Progress("Painting", 0.5)
    return ((1 - content.pixels + style.pixels.mean((0, 1))) / 2).astype(np.float32)


@pytest.fixture
def mosaic(tmp_path: Path) -> Path:
    """mosaic.png: 60 x 40, red."""
    path = tmp_path / "mosaic.png"
    Image.new("RGB", (60, 40), (200, 30, 60)).save(path)
    return path


@pytest.fixture
def pair(studio: Studio, photo: Path, painting: Path) -> Studio:
    """With a photo and a style, by an engine to which styles matter."""
    studio.renderer.overfit = tinted
    studio.open_pair(photo, painting)
    return studio


@pytest.fixture
def both(pair: Studio, mosaic: Path) -> Studio:
    """With a second style, at 40 %."""
    pair.window.loader.open_files([mosaic], "second")
    pair.wait(lambda: pair.session.second is not None and pair.runs.is_settled and not pair.runs.busy)
    pair.document.apply("Balance", with_balance, 0.4)
    return pair


def levels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(float)


def test_a_style_dropped_with_ctrl_is_a_second_one_with_a_slider_of_its_own(pair: Studio, mosaic: Path) -> None:
    pane, row = pair.window.space.second_pane, pair.window.side.mix.balance
    assert not pane.isVisible() and not row.isVisible() and not pair.window.menu["remove_second"].isEnabled()
    assert pair.window.space.style_pane.hover_note
    assert pair.drop(pair.window.space.style_pane, mosaic, held=CONTROL)
    pair.wait(lambda: pair.session.second is not None and not pair.runs.busy)
    assert pair.session.style and pair.session.style.name == "painting" and pair.session.balance == 0.5
    assert pane.isVisible() and row.isVisible() and row.slider.value() == 50
    assert "painting + mosaic" in pair.window.windowTitle()
    assert row.slider.accessibleName() and "mosaic" in row.slider.toolTip()
    assert pair.runs.overfit and len(pair.runs.overfit.layers) == 2
    pair.choose("undo")
    assert not pane.isVisible() and pair.session.second is None and not pair.runs.busy


def test_names_of_files_at_the_slider_s_ends_are_shown_as_they_are(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    one, other = (from_pixels(np.full((2, 2, 3), n, np.float32), name) for n, name in enumerate(("<b>one", "a<br>b")))
    row = BalanceRow(window)
    row.show_session(with_second(Session(one, one), other))
    labels = [label for label in row.control.findChildren(QLabel) if label.text() in ("<b>one", "a<br>b")]
    assert len(labels) == 2 and all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)


def test_of_several_on_its_pane_the_first_is_the_second_style_and_the_photo_stays(
    both: Studio, mosaic: Path, tmp_path: Path
) -> None:
    content, pane = both.session.content, both.window.space.second_pane
    files = [mosaic.with_name(f"{name}.png") for name in ("first", "then", "last")]
    for number, path in enumerate(files):
        Image.new("RGB", (60, 40), (number, 90, 200)).save(path)
    both.drop(pane, *files)
    both.wait(lambda: both.session.second is not None and both.session.second.name == "first")
    assert both.session.content is content and both.session.photos is None and both.session.balance == 0.4
    assert "second style" in both.window.space.notice.text
    both.drop(pane, tmp_path)
    assert "folder" in both.error() and both.session.photos is None


def test_as_long_as_one_style_is_seen_alone_the_target_says_so(
    pair: Studio, mosaic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = list[str]()
    show = pair.window.target.set_pictures
    monkeypatch.setattr(
        pair.window.target,
        "set_pictures",
        lambda content, first, mark, second: (marks.append(mark), show(content, first, mark, second)),
    )
    pair.window.loader.open_files([mosaic], "second")
    pair.wait(lambda: pair.session.second is not None and pair.runs.is_settled and not pair.runs.busy)
    assert list(dict.fromkeys(marks)) == ["painting alone", "Draft", ""] and marks[-1] == ""


def test_the_balance_is_one_undo_for_a_drag_and_by_keys_and_box(both: Studio) -> None:
    row = both.window.side.mix.balance
    row.slider.setSliderDown(True)
    row.slider.sliderPressed.emit()
    for value in (45, 60, 80):
        row.slider.setValue(value)
    row.slider.setSliderDown(False)
    assert both.session.balance == 0.8 and both.window.menu["undo"].text().endswith("Balance")
    both.choose("undo")
    assert both.session.balance == 0.4 and row.box.value() == 40
    row.slider.setFocus()
    QTest.keyClick(row.slider, Qt.Key.Key_End)
    assert both.session.balance == 1.0
    row.box.setFocus()
    row.box.selectAll()
    QTest.keyClicks(row.box.lineEdit(), "12.5")
    QTest.keyClick(row.box, Qt.Key.Key_Return)
    assert both.session.balance == pytest.approx(0.125)


def test_the_target_on_the_screen_and_the_exported_one_are_of_both(both: Studio, tmp_path: Path) -> None:
    overfit, session = both.runs.overfit, both.session
    assert overfit is not None and overfit.second is not None and session.content is not None
    first, second = overfit.layers
    exact = 255 * (session.content.pixels * 0.3 + (first * 0.6 + second * 0.4) * 0.7)
    both.choose("export")
    assert Path(save_as(both, tmp_path / "out.png")).name == "photo in the style of painting + mosaic.png"
    both.wait((tmp_path / "out.png").exists)
    assert np.abs(levels(tmp_path / "out.png") - np.rint(exact)).max() <= 1
    both.choose("save_overfit")
    save_as(both, tmp_path / "raw.png")
    both.wait((tmp_path / "raw.png").exists)
    assert np.abs(levels(tmp_path / "raw.png") - np.rint(255 * (first * 0.6 + second * 0.4))).max() <= 1
    for recipe in (recipe_from(tmp_path / "out.png"), recipe_from(tmp_path / "raw.png")):
        assert recipe.second and recipe.second.name == "mosaic" and recipe.balance == 0.4
    small = both.window.target.small_pictures(400)
    assert small and small[1] is not None
    assert np.abs(small[1] - 255 * (first * 0.6 + second * 0.4)).max() <= 1.5


def test_an_export_that_waits_is_written_though_the_styles_are_swapped_but_not_with_one_of_them_alone(
    pair: Studio, mosaic: Path, tmp_path: Path
) -> None:
    go = threading.Event()

    def held(
        content: Picture, style: Picture, settings: Settings, look: Look | None = None, *, others: int = 0
    ) -> Work[NDArray[np.float32]]:
        while style.name == "mosaic" and not go.is_set():
            time.sleep(0.005)
            yield Progress("Painting", 0.5)
        return (yield from tinted(content, style, settings))

    pair.renderer.overfit = held
    pair.window.loader.open_files([mosaic], "second")
    pair.wait(lambda: pair.session.second is not None and pair.runs.busy)
    for name, command in (("gone.png", "remove_second"), ("swapped.png", "swap_styles")):
        pair.choose("export")
        save_as(pair, tmp_path / name)
        pair.wait(lambda: pair.window.exporter.is_waiting)
        pair.choose(command)
        if command == "remove_second":
            assert not pair.window.exporter.is_waiting
            pair.choose("undo")
    go.set()
    pair.wait((tmp_path / "swapped.png").exists)
    recipe = recipe_from(tmp_path / "swapped.png")
    assert recipe.style and recipe.second and (recipe.style.name, recipe.second.name) == ("mosaic", "painting")
    assert not (tmp_path / "gone.png").exists()


def test_presets_and_tools_keep_the_balance(both: Studio) -> None:
    both.choose("keep_colours")
    assert both.session.balance == 0.4 and both.session.axes == "ycc"
    both.window.side.mix.gallery.tiles["full"].click()
    assert both.session.balance == 0.4 and set(both.session.shares) == {1.0}


def test_styles_are_swapped_and_the_second_is_taken_away_without_a_run(both: Studio) -> None:
    asked = list[object]()
    before = both.runs.overfit and both.runs.overfit.balanced(0.4)
    both.runs.busy_changed.connect(asked.append)
    both.choose("swap_styles")
    assert both.session.balance == 0.6 and both.session.style and both.session.style.name == "mosaic"
    after = both.runs.overfit and both.runs.overfit.balanced(0.6)
    assert before is not None and after is not None
    np.testing.assert_allclose(before, after, atol=1e-6)
    button = next(
        one
        for one in both.window.space.second_pane.findChildren(QToolButton)
        if one.defaultAction() is both.window.menu["remove_second"]
    )
    button.click()
    assert both.session.second is None and both.runs.is_settled and not asked
    assert both.runs.overfit and both.runs.overfit.second is None
    for _ in range(2):
        both.choose("undo")
    assert both.session.second and both.session.balance == 0.4 and both.runs.is_settled and not asked


def test_a_snapshot_shows_and_gives_back_the_balance(both: Studio) -> None:
    both.choose("snapshot")
    both.document.apply("Balance", with_balance, 0.9)
    both.choose("snapshot")
    row = both.window.space.strip.row
    first, second = both.document.snapshots
    assert row.item(0).icon().pixmap(64).toImage() != row.item(1).icon().pixmap(64).toImage()
    row.recalled.emit(first)
    assert both.session.balance == 0.4
    row.choose([first, second])
    row.compared.emit()
    both.wait(lambda: both.window.target.split_comparison is not None)
    both.window.space.strip.faded.emit(0.5, object())
    assert both.session.balance == pytest.approx(0.65)


def test_the_command_line_names_both(both: Studio, mosaic: Path) -> None:
    both.choose("copy_command")
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[words.index("--second-style") + 1] == str(mosaic)
    assert words[words.index("--balance") + 1] == "0.4"
    assert any("painting + mosaic" in word for word in words)


def test_a_picture_brings_both_styles_back_or_asks_for_the_missing_one(
    both: Studio, mosaic: Path, tmp_path: Path
) -> None:
    session, path, moved = both.session, tmp_path / "old.png", tmp_path / "elsewhere.png"
    assert both.runs.overfit is not None and session.content is not None
    write_target(path, session.content, both.runs.overfit.balanced(0.4), session.mix, recipe=recipe_of(session))
    both.choose("remove_second")
    mosaic.rename(moved)
    both.choose("bring_back")
    answer_with(both, path)
    both.wait(lambda: "mosaic" in both.window.space.notice.text)
    assert both.session.second is None
    both.press_notice("Find it…")
    answer_with(both, moved)
    both.wait(lambda: both.session.second is not None)
    assert both.session.balance == 0.4
    assert both.session.second and both.session.second.sha256 == read(moved).sha256


def test_the_history_names_both_and_the_shelf_s_menu_takes_one_as_the_second(both: Studio, mosaic: Path) -> None:
    both.choose("history")
    shelf = both.window.shelving.shelf
    both.window.shelving.recorder.record()
    both.wait(lambda: any("painting + mosaic" in tile.name for tile in shelf.history.view.tiles.tiles))
    both.choose("remove_second")
    shelf.open(shelf.styles.page)
    shelf.styles.add([mosaic])
    both.wait(lambda: any(entry.picture.path == mosaic for entry in shelf.styles.entries))
    entry = next(one for one in shelf.styles.entries if one.picture.path == mosaic)
    menu = shelf.styles.menu_for(entry.picture.sha256)
    next(action for action in menu.actions() if "second" in action.text().replace("&", "")).trigger()
    both.wait(lambda: both.session.second is not None)
    assert both.session.style and both.session.style.name == "painting"


def answer_with(studio: Studio, path: Path) -> None:
    """Choose this file in the dialog that is open."""
    dialog = studio.dialog(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.reject()


@pytest.mark.qt_log_ignore("This plugin does not support")  # what the offscreen platform says of menus
def test_the_menu_of_a_pane_offers_it(both: Studio) -> None:
    for kind, wanted in (("style", "open_second"), ("second", "remove_second")):
        both.window.space.panes[kind].customContextMenuRequested.emit(QPoint(10, 10))
        menu = QApplication.activePopupWidget()
        assert menu is not None and both.window.menu[wanted] in menu.actions()
        menu.close()


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], KeptStudio]]:
    """Start a window with the work that the last one has left."""
    made = list[KeptStudio]()

    def run() -> KeptStudio:
        made.append(KeptStudio(qtbot, tmp_path / "memory.ini", tmp_path / "work"))
        made[-1].renderer.overfit = tinted
        return made[-1]

    yield run
    for studio in made:
        studio.die()
    QCoreApplication.processEvents()


def test_after_a_kill_both_are_back_to_the_pixel_without_a_run(
    start: Callable[[], KeptStudio], photo: Path, painting: Path, mosaic: Path
) -> None:
    first = start()
    first.open_pair(photo, painting)
    first.window.loader.open_files([mosaic], "second")
    first.wait(lambda: first.session.second is not None and first.runs.is_settled and not first.runs.busy)
    first.document.apply("Balance", with_balance, 0.3)
    first.wait_kept()
    assert first.runs.overfit is not None
    before = first.runs.overfit.balanced(0.3)
    first.die()
    second = start()
    asked = list[object]()

    def refuse(
        content: Picture, style: Picture, settings: Settings, look: Look | None = None, *, others: int = 0
    ) -> Work[NDArray[np.float32]]:
        asked.append(style)
        return tinted(content, style, settings)

    second.renderer.overfit = refuse
    second.restorer.start()
    second.wait(lambda: second.runs.overfit is not None and second.runs.is_settled)
    assert second.session.balance == 0.3 and second.session.second and not asked
    assert second.runs.overfit is not None
    assert np.array_equal(second.runs.overfit.balanced(0.3), before)
    second.wait_kept()
    second.die()
    mosaic.unlink()
    third = start()
    third.restorer.start()
    third.wait(lambda: third.session.style is not None and not third.runs.busy)
    assert third.session.second is None and "second" in third.autosaver.lost
    Image.new("RGB", (60, 40), (200, 30, 60)).save(mosaic)
    third.window.loader.open_files([mosaic], "second")
    third.wait(lambda: third.session.second is not None)
    assert third.session.balance == 0.3


def keep_both(start: Callable[[], KeptStudio], pictures: list[Path], balance: float) -> None:
    """A window that is killed with these: a photo and two styles."""
    first = start()
    first.open_pair(*pictures[:2])
    first.window.loader.open_files(pictures[2:], "second")
    first.wait(lambda: first.session.second is not None and first.runs.is_settled and not first.runs.busy)
    first.document.apply("Balance", with_balance, balance)
    first.wait_kept()
    first.die()


def test_two_lost_styles_are_found_in_any_order_and_at_the_balance_as_it_was(
    start: Callable[[], KeptStudio], photo: Path, painting: Path, mosaic: Path, tmp_path: Path
) -> None:
    keep_both(start, [photo, painting, mosaic], 0.0)
    moved = {
        kind: path.rename(tmp_path / f"moved {kind}.png")
        for kind, path in zip(("style", "second"), (painting, mosaic), strict=True)
    }
    later = start()
    later.restorer.start()
    later.wait(lambda: len(later.window.findChildren(LostPicture)) == 2)
    dialogs = dict(zip(moved, later.window.findChildren(LostPicture), strict=True))
    for kind in ("second", "style"):
        dialogs[kind].find_button.click()
        answer_with(later, moved[kind])
        later.wait(lambda kind=kind: getattr(later.session, kind) is not None)
    assert later.session.balance == 0.0 and later.session.style and later.session.second
    assert (later.session.style.name, later.session.second.name) == ("moved style", "moved second")


def test_a_lost_second_style_that_is_done_without_is_not_asked_for_again(
    start: Callable[[], KeptStudio], photo: Path, painting: Path, mosaic: Path
) -> None:
    keep_both(start, [photo, painting, mosaic], 0.3)
    mosaic.unlink()
    later = start()
    later.restorer.start()
    dialog = later.dialog(LostPicture)
    assert dialog.without_button.isVisible()
    dialog.without_button.click()
    assert not later.autosaver.lost and later.session.balance == 0.0
    later.wait(lambda: not later.runs.busy)
    later.wait_kept()
    later.die()
    last = start()
    last.restorer.start()
    last.wait(lambda: any("is back" in one for one in last.said))
    assert not last.window.findChildren(LostPicture) and last.session.style and not last.runs.busy


def test_pictures_that_come_before_the_last_work_is_back_get_no_second_style(
    start: Callable[[], KeptStudio], photo: Path, painting: Path, mosaic: Path
) -> None:
    keep_both(start, [photo, painting, mosaic], 0.3)
    later = start()
    later.restorer.start()
    later.window.loader.open_files([painting, photo])
    later.wait(lambda: any("back" in one for one in later.said))
    assert later.session.style and later.session.style.name == "photo"
    assert later.session.second is None and later.session.balance == 0.0 and not later.autosaver.lost
