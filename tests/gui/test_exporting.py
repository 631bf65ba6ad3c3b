"""Export, copy and the drag, through menu entries and dialogs."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox
from whole_window import Studio

from stylestudio.gui import exporter
from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.export_dialogs import ExportDialog, ExportWaitQuestion
from stylestudio.gui.widgets import drag_handle
from stylestudio.images.decode import read
from stylestudio.images.export import write
from stylestudio.images.resize import to_8bit
from stylestudio.studio.recipe import Shares
from stylestudio.studio.render import target

SHARES = Shares(0.9, 0.31, 0.05)


def levels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image)


def expected(photo: Path, folder: Path, shares: Shares) -> NDArray[np.uint8]:
    """What `stylestudio render` writes for this photo with the fake engine, read back."""
    content = read(photo)
    write(folder / "expected.png", target(content, 1 - content.pixels, shares), content.alpha)
    return levels(folder / "expected.png")


def set_shares(studio: Studio, shares: Shares) -> None:
    QTest.mouseClick(studio.window.side.mix.link, Qt.MouseButton.LeftButton)
    for box, share in zip(studio.window.side.mix.boxes, shares, strict=True):
        box.selectAll()
        QTest.keyClicks(box, str(round(100 * share)))
        QTest.keyClick(box, Qt.Key.Key_Return)


def save_as(studio: Studio, path: Path | None) -> str:
    """Give the dialog this name, or take the one that it proposes, which is returned."""
    dialog = studio.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    proposed = dialog.selectedFiles()[0]
    if path is not None:
        dialog.findChildren(QLineEdit)[0].setText(str(path))
    dialog.accept()
    studio.dialog(ExportDialog).accept()
    return proposed


@pytest.fixture
def ready(studio: Studio, photo: Path, painting: Path) -> Studio:
    """With photo and painting open and the real overfit picture made."""
    studio.open_pair(photo, painting)
    return studio


def test_the_exported_png_is_what_render_writes_pixel_for_pixel(ready: Studio, photo: Path, tmp_path: Path) -> None:
    set_shares(ready, SHARES)
    ready.key(Qt.Key.Key_E)
    save_as(ready, tmp_path / "out.png")
    ready.wait((tmp_path / "out.png").exists)
    np.testing.assert_array_equal(levels(tmp_path / "out.png"), expected(photo, tmp_path, SHARES))


def test_a_transparent_photo_stays_transparent(studio: Studio, painting: Path, tmp_path: Path) -> None:
    photo = tmp_path / "clear.png"
    Image.new("RGBA", (40, 30), (200, 100, 50, 77)).save(photo)
    studio.open_pair(photo, painting)
    studio.choose("export")
    save_as(studio, tmp_path / "out.png")
    studio.wait((tmp_path / "out.png").exists)
    assert (levels(tmp_path / "out.png")[..., 3] == 77).all()


def test_the_overfit_picture_is_saved_unmixed(ready: Studio, photo: Path, tmp_path: Path) -> None:
    ready.choose("save_overfit")
    save_as(ready, tmp_path / "out.png")
    ready.wait((tmp_path / "out.png").exists)
    np.testing.assert_array_equal(levels(tmp_path / "out.png"), to_8bit(1 - read(photo).pixels))


def test_the_name_is_proposed_from_both_pictures_and_the_folder_remembered(ready: Studio, tmp_path: Path) -> None:
    ready.choose("export")
    proposed = save_as(ready, tmp_path / "first.png")
    assert Path(proposed).name == "photo in the style of painting.png"
    ready.wait(lambda: ready.window.exporter.last is not None)
    ready.choose("export")
    assert Path(save_as(ready, None)).parent == tmp_path
    ready.wait((tmp_path / "photo in the style of painting.png").exists)


def test_nothing_is_overwritten_unasked(ready: Studio, tmp_path: Path) -> None:
    taken = tmp_path / "taken.png"
    taken.write_bytes(b"precious")
    ready.choose("export")
    dialog = ready.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.selectFile(str(taken))

    def answer_no() -> None:
        question = QGuiApplication.modalWindow()
        boxes = dialog.findChildren(QMessageBox)
        assert question and boxes
        boxes[0].button(QMessageBox.StandardButton.No).click()

    QTimer.singleShot(200, answer_no)
    dialog.accept()
    dialog.reject()
    assert taken.read_bytes() == b"precious"


def test_a_name_without_an_ending_that_is_known_gets_that_of_the_chosen_kind(ready: Studio, tmp_path: Path) -> None:
    ready.choose("export")
    save_as(ready, tmp_path / "holiday.2026")
    ready.wait((tmp_path / "holiday.2026.png").exists)


def begin(studio: Studio, photo: Path, painting: Path) -> None:
    """A run that does not end before `studio.renderer.go` is set."""
    studio.renderer.go.clear()
    studio.drop(studio.window, photo, painting)
    studio.wait(lambda: studio.runs.busy)


def test_asked_for_early_it_waits_for_the_real_picture_and_says_so(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    begin(studio, photo, painting)
    studio.choose("export")
    save_as(studio, tmp_path / "out.png")
    assert "Waits" in studio.window.status.message.text()
    studio.qtbot.wait(100)
    assert not (tmp_path / "out.png").exists()
    studio.renderer.go.set()
    studio.wait((tmp_path / "out.png").exists)
    np.testing.assert_array_equal(levels(tmp_path / "out.png"), expected(photo, tmp_path, studio.session.shares))


def test_two_files_asked_for_early_are_both_written(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    begin(studio, photo, painting)
    for name, path in (("export", tmp_path / "out.png"), ("save_overfit", tmp_path / "overfit.png")):
        studio.choose(name)
        save_as(studio, path)
    studio.renderer.go.set()
    studio.wait((tmp_path / "out.png").exists)
    studio.wait((tmp_path / "overfit.png").exists)


def test_cancelling_the_run_gives_up_the_export_too(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    begin(studio, photo, painting)
    studio.choose("export")
    save_as(studio, tmp_path / "out.png")
    studio.choose("cancel")
    assert studio.window.status.message.text() == "Nothing was exported."
    studio.renderer.go.set()
    studio.choose("restart")
    studio.wait_real()
    assert not (tmp_path / "out.png").exists()


@pytest.fixture
def waiting(studio: Studio, photo: Path, painting: Path, tmp_path: Path) -> Studio:
    """With an export of out.png that waits for the real picture."""
    begin(studio, photo, painting)
    studio.choose("export")
    save_as(studio, tmp_path / "out.png")
    return studio


def answer(studio: Studio, word: str) -> None:
    question = studio.dialog(ExportWaitQuestion)
    assert isinstance(question, ExportWaitQuestion)
    button = next(button for button in question.buttons() if word in button.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_closing_asks_while_an_export_waits_and_waits_unless_told_otherwise(waiting: Studio, tmp_path: Path) -> None:
    waiting.window.close()
    assert waiting.window.isVisible()
    QTest.keyClick(waiting.dialog(ExportWaitQuestion), Qt.Key.Key_Return)
    assert waiting.window.isVisible() and not waiting.window.findChildren(ExportWaitQuestion)[0].isVisible()
    waiting.renderer.go.set()
    waiting.wait((tmp_path / "out.png").exists)
    waiting.window.close()
    assert not waiting.window.isVisible()


def test_an_export_that_waits_is_given_up_when_the_artist_says_so(waiting: Studio, tmp_path: Path) -> None:
    waiting.window.close()
    answer(waiting, "Close")
    assert not waiting.window.isVisible()
    waiting.renderer.go.set()
    waiting.wait(lambda: not waiting.runs.busy)
    assert not (tmp_path / "out.png").exists()


def test_the_question_goes_when_the_picture_is_there(waiting: Studio, tmp_path: Path) -> None:
    waiting.window.close()
    waiting.dialog(ExportWaitQuestion)
    waiting.renderer.go.set()
    waiting.wait((tmp_path / "out.png").exists)
    assert not any(question.isVisible() for question in waiting.window.findChildren(ExportWaitQuestion))
    assert waiting.window.isVisible()


def test_the_system_closes_the_window_without_a_question(waiting: Studio) -> None:
    waiting.window.close_without_asking()
    assert not waiting.window.isVisible()
    assert not waiting.window.findChildren(ExportWaitQuestion)


def test_nothing_waits_any_more_when_the_pictures_are_taken_back(waiting: Studio) -> None:
    waiting.choose("undo")
    assert waiting.window.status.message.text() == "Nothing was exported."
    waiting.window.close()
    assert not waiting.window.isVisible()


def test_asked_for_while_the_pictures_are_still_being_read_the_dialog_comes_when_they_are_there(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.drop(studio.window, photo, painting)
    assert studio.session.content is None
    studio.key(Qt.Key.Key_E)
    assert "Waits" in studio.window.status.message.text()
    assert save_as(studio, tmp_path / "out.png").endswith("photo in the style of painting.png")
    studio.wait((tmp_path / "out.png").exists)


def test_asked_for_while_a_damaged_picture_is_being_read_it_is_explained(
    studio: Studio, photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "damaged.png").write_bytes(b"\x89PNG")
    studio.drop(studio.window, photo, tmp_path / "damaged.png")
    studio.key(Qt.Key.Key_E)
    studio.wait(lambda: not studio.window.menu["export"].isEnabled())
    studio.wait(lambda: studio.window.space.style_pane.is_failed)
    assert "damaged.png" in studio.window.space.style_pane.reason
    assert "nothing to export" in studio.error() or "nothing to export" in studio.error()


def test_a_folder_that_cannot_be_written_is_explained(ready: Studio, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    ready.choose("export")
    dialog = ready.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(gone / "deeper" / "out.png"))
    ready.dialog(ExportDialog).accept()
    assert "does not exist" in ready.error()
    dialog.reject()


def test_the_target_is_copied_at_full_size(ready: Studio, photo: Path, tmp_path: Path) -> None:
    ready.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    ready.wait(lambda: "clipboard" in ready.window.status.message.text())
    copied = pixels_of(QGuiApplication.clipboard().image())[..., :3]
    np.testing.assert_array_equal(copied, expected(photo, tmp_path, ready.session.shares))


def test_show_in_folder_is_there_once_something_was_exported(
    ready: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr(exporter, "show_in_folder", shown.append)
    assert not ready.window.menu["show_in_folder"].isEnabled()
    ready.choose("export")
    save_as(ready, tmp_path / "out.png")
    ready.wait(ready.window.menu["show_in_folder"].isEnabled)
    ready.choose("show_in_folder")
    assert shown == [tmp_path / "out.png"]


def test_the_grip_drags_the_finished_file_out(
    ready: Studio, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[str] = []

    class Drag:
        def __init__(self, source: object) -> None: ...

        def setMimeData(self, mime) -> None:
            dragged.append(mime.urls()[0].toLocalFile())

        def exec(self, action: Qt.DropAction) -> None: ...

    monkeypatch.setattr(drag_handle, "QDrag", Drag)
    handle = ready.window.side.drag_handle
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(handle, QPoint(25, 30))
    ready.wait(lambda: bool(dragged))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert Path(dragged[0]).name == "photo in the style of painting.png"
    np.testing.assert_array_equal(levels(Path(dragged[0])), expected(photo, tmp_path, ready.session.shares))


def test_a_file_that_was_dragged_away_stays_until_the_program_ends_and_none_is_numbered(
    ready: Studio, photo: Path, tmp_path: Path
) -> None:
    files: list[Path] = []
    for number, key in enumerate((Qt.Key.Key_Home, Qt.Key.Key_End)):
        QTest.keyClick(ready.window.side.mix.sliders[0], key)
        ready.window.exporter.prepare_file(files.append)
        ready.wait(lambda number=number: len(files) > number)
    assert [file.name for file in files] == ["photo in the style of painting.png"] * 2
    assert (levels(files[0]) != levels(files[1])).any()
    ready.close()
    assert not any(file.parent.parent.exists() for file in files)


def test_without_pictures_there_is_nothing_to_export(studio: Studio) -> None:
    for name in ("export", "save_overfit", "copy_target"):
        assert not studio.window.menu[name].isEnabled()
