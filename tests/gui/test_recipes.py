"""A picture that was exported brings its session back, gives its look to others, and becomes a command."""

import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from kept_window import KeptStudio
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox, QPushButton
from whole_window import Studio

from stylestudio.cli import parser
from stylestudio.gui.export_dialogs import ExportDialog, SaveDialog
from stylestudio.images.decode import Picture, read
from stylestudio.images.mask import NO_MASK, Gradient, Mask, Point, Stroke
from stylestudio.images.output import USUAL
from stylestudio.images.prepared import AS_IT_IS, Preparation, prepare_photo
from stylestudio.images.resize import Pixels
from stylestudio.progress import Progress, Work
from stylestudio.studio.mix import UNMIXED, Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.recipe_record import recipe_from, recipe_of, save_recipe
from stylestudio.studio.render import Renderer
from stylestudio.studio.results import write_target
from stylestudio.studio.session import with_mix, with_preparation, with_settings
from stylestudio.studio.settings import Settings

MASK = Mask((Stroke((Point(0.2, 0.3), Point(0.7, 0.5, 0.4)), 0.2, goal="less"),), Gradient((0, 0), (1, 1)))
MIX = Mix(Shares(1.2, 0.4, -0.1), "ycc", MASK)
HOW = Preparation(1, 3.5, (0.1, 0.2, 0.9, 0.95), 0.5, -0.2)
Shown = Pixels


def worked_on(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    content = studio.session.content
    assert content
    studio.document.apply("Prepare", with_preparation, HOW, prepare_photo(content, HOW))
    studio.document.apply("Mix", with_mix, MIX)
    studio.document.apply("Fidelity", with_settings, fidelity=0.25)
    studio.wait_real()


def exported(studio: Studio, path: Path) -> Shown:
    """The target in this file, and what it shows."""
    overfit = studio.runs.overfit
    assert overfit
    recipe = recipe_of(studio.session)
    write_target(path, overfit.content, overfit.pixels, studio.session.mix, USUAL, recipe=recipe)
    return read(path).stored


@pytest.fixture
def made(new_studio: Callable[[], Studio], photo: Path, painting: Path, tmp_path: Path) -> Shown:
    """target.png, exported by a window that knows both pictures, as the next one does."""
    studio = new_studio()
    worked_on(studio, photo, painting)
    return exported(studio, tmp_path / "target.png")


def press(studio: Studio, text: str) -> None:
    """A button of the notice."""
    notice = studio.window.space.notice
    studio.wait(lambda: any(one.text() == text and one.isVisible() for one in notice.findChildren(QPushButton)))
    next(one for one in notice.findChildren(QPushButton) if one.text() == text and one.isVisible()).click()


def choose_file(studio: Studio, path: Path) -> None:
    dialog = studio.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_a_dropped_target_offers_its_session_and_brings_it_back_to_the_pixel(
    studio: Studio, made: Shown, tmp_path: Path
) -> None:
    studio.drop(studio.window, tmp_path / "target.png")
    press(studio, "Bring its session back")
    studio.wait_real()
    session = studio.session
    assert (session.mix, session.preparation, session.settings.fidelity) == (MIX, HOW, 0.25)
    assert np.array_equal(exported(studio, tmp_path / "again.png"), made)
    assert not studio.window.findChildren(QMessageBox)
    studio.choose("undo")
    assert studio.session.content and studio.session.content.name == "target" and studio.session.style is None


def test_what_the_window_exports_says_how_it_was_made(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    worked_on(studio, photo, painting)
    for command, mix in (("export", MIX), ("save_overfit", UNMIXED)):
        studio.choose(command)
        dialog = studio.dialog(SaveDialog)
        dialog.findChildren(QLineEdit)[0].setText(str(tmp_path / f"{command}.jpg"))
        dialog.accept()
        studio.dialog(ExportDialog).accept()
        studio.wait((tmp_path / f"{command}.jpg").exists)
        found = recipe_from(tmp_path / f"{command}.jpg")
        assert (found.mix, found.preparation, found.settings) == (mix, HOW, studio.session.settings)
        assert studio.session.original and found.content and found.content.sha256 == studio.session.original.sha256


def test_a_photo_that_says_nothing_is_a_photo(studio: Studio, photo: Path) -> None:
    studio.drop(studio.window, photo)
    studio.wait(lambda: studio.session.content is not None and not studio.window.loader.pending_count)
    studio.wait(lambda: not studio.window.loader.file_queue.is_busy)
    assert studio.window.space.notice.text == ""


def test_a_missing_picture_is_asked_for_by_its_name(studio: Studio, made: Shown, photo: Path, tmp_path: Path) -> None:
    photo.rename(tmp_path / "moved.png")
    studio.choose("bring_back")
    choose_file(studio, tmp_path / "target.png")
    studio.wait(lambda: "The photo photo was not found" in studio.window.space.notice.text)
    assert studio.session.content is None
    press(studio, "Find it…")
    choose_file(studio, tmp_path / "painting.png")
    studio.wait(lambda: "painting.png is not the picture" in studio.window.space.notice.text)
    press(studio, "Find it…")
    choose_file(studio, tmp_path / "moved.png")
    studio.wait_real()
    assert np.array_equal(exported(studio, tmp_path / "again.png"), made)


def test_another_picture_can_be_taken_in_its_place(studio: Studio, made: Shown, photo: Path, tmp_path: Path) -> None:
    photo.unlink()
    Image.new("RGB", (40, 30), "red").save(tmp_path / "other.png")
    studio.choose("bring_back")
    choose_file(studio, tmp_path / "target.png")
    press(studio, "Find it…")
    choose_file(studio, tmp_path / "other.png")
    press(studio, "Take it all the same")
    studio.wait_real()
    assert studio.session.original and studio.session.original.name == "other" and studio.session.mask == MASK


@pytest.mark.parametrize("where", ["window", "pane"])
def test_with_shift_only_the_look_comes_as_one_step(
    studio: Studio, made: Shown, tmp_path: Path, painting: Path, where: str
) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "other.png")
    studio.open_pair(tmp_path / "other.png", painting)
    before = studio.session
    widget = studio.window if where == "window" else studio.window.space.content_pane
    assert studio.drop(widget, tmp_path / "target.png", held=Qt.KeyboardModifier.ShiftModifier)
    studio.wait(lambda: studio.session.axes == "ycc")
    assert studio.session.content is before.content
    assert studio.session.settings.fidelity == 0.25 and studio.session.shares == MIX.shares
    assert (studio.session.mask, studio.session.preparation) == (NO_MASK, AS_IT_IS)
    studio.choose("undo")
    assert studio.session == before


def test_the_look_of_the_very_photo_has_its_mask(studio: Studio, made: Shown, photo: Path, tmp_path: Path) -> None:
    studio.drop(studio.window, photo)
    studio.wait(lambda: studio.session.content is not None)
    content = studio.session.content
    assert content
    studio.document.apply("Prepare", with_preparation, HOW, prepare_photo(content, HOW))
    studio.choose("apply_look")
    choose_file(studio, tmp_path / "target.png")
    studio.wait(lambda: studio.session.mask == MASK)


def test_what_has_no_recipe_is_said_where_one_was_asked_for(studio: Studio, photo: Path) -> None:
    studio.choose("apply_look")
    choose_file(studio, photo)
    assert "photo.png does not say how it was made." in studio.error()
    assert studio.session.content is None


def test_with_shift_a_photo_that_says_nothing_is_opened_where_it_was_dropped(studio: Studio, photo: Path) -> None:
    studio.drop(studio.window.space.style_pane, photo, held=Qt.KeyboardModifier.ShiftModifier)
    studio.wait(lambda: studio.session.style is not None)
    assert studio.session.content is None


def test_a_hostile_recipe_in_a_dropped_picture_is_passed_over(studio: Studio, tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    chunks.add_itxt("Style Studio recipe", '{"version":1,"content":{"name":"/etc/passwd","sha256":"../../x"}}')
    Image.new("RGB", (40, 30)).save(tmp_path / "bad.png", pnginfo=chunks)
    studio.drop(studio.window, tmp_path / "bad.png")
    studio.wait(lambda: studio.session.content is not None)
    studio.wait(lambda: not studio.window.loader.file_queue.is_busy)
    assert studio.window.space.notice.text == ""


@pytest.fixture
def negatives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a window the overfit picture is the negative too."""

    def overfit(
        self: object, content: Picture, style: Picture, settings: Settings, **more: object
    ) -> Work[NDArray[np.float32]]:
        yield Progress("Painting", 0.5)
        return 1 - content.pixels

    monkeypatch.setattr(Renderer, "overfit", overfit)


def run_command(studio: Studio) -> Path:
    """What is on the clipboard, as a shell runs it; the file that it says it has written."""
    program, *words = shlex.split(QGuiApplication.clipboard().text())
    assert program == "stylestudio" and parser.main(words) == 0
    return Path(words[words.index("-o") + 1])


@pytest.mark.usefixtures("negatives")
def test_a_command_makes_the_same_file(studio: Studio, photo: Path, painting: Path, tmp_path: Path) -> None:
    studio.memory.set_folder("export", tmp_path)
    studio.open_pair(photo, painting)
    studio.document.apply("Mix", with_mix, Mix(Shares(1 / 3, 0.4, -0.1), "ycc"))
    studio.wait_real()
    exported(studio, tmp_path / "target.png")
    studio.choose("copy_command")
    assert np.array_equal(read(run_command(studio)).stored, read(tmp_path / "target.png").stored)


@pytest.mark.usefixtures("negatives")
def test_with_mask_and_crop_it_asks_for_a_recipe_file_first(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.memory.set_folder("export", tmp_path)
    worked_on(studio, photo, painting)
    exported(studio, tmp_path / "target.png")
    QGuiApplication.clipboard().clear()
    studio.choose("copy_command")
    assert QGuiApplication.clipboard().text() == ""
    choose_file(studio, tmp_path / "how.json")
    studio.wait(lambda: QGuiApplication.clipboard().text() != "")
    again = run_command(studio)
    assert np.array_equal(read(again).stored, read(tmp_path / "target.png").stored)
    assert recipe_from(again) == recipe_from(tmp_path / "target.png")


def test_pasted_pixels_make_no_command(studio: Studio, painting: Path) -> None:
    studio.choose("copy_command")
    assert "a photo and a style that are files" in studio.error()
    studio.window.loader.open_pixels(painting.read_bytes(), "content")
    studio.drop(studio.window.space.style_pane, painting)
    studio.wait_real()
    studio.choose("copy_command")
    assert "a photo and a style that are files" in studio.error()


def test_a_session_that_came_back_at_the_start_knows_its_files(
    new_studio: object, qtbot, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = KeptStudio(qtbot, tmp_path / "memory.ini", tmp_path / "work")
    first.open_pair(photo, painting)
    first.wait_kept()
    first.die()
    second = KeptStudio(qtbot, tmp_path / "memory.ini", tmp_path / "work")
    second.restorer.start()
    second.wait_real()
    second.choose("copy_command")
    assert str(photo) in QGuiApplication.clipboard().text()
    second.die()


def test_a_recipe_file_brings_a_session_back_too(
    studio: Studio, new_studio: Callable[[], Studio], photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.open_pair(photo, painting)
    save_recipe(recipe_of(studio.session), tmp_path / "a.json")
    other = new_studio()
    other.choose("bring_back")
    choose_file(other, tmp_path / "a.json")
    other.wait_real()
    assert recipe_of(other.session) == recipe_of(studio.session)
