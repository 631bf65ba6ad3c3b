"""Work that outlives the window: what is kept, what comes back, and what is asked where something is missing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from kept_window import KeptStudio
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from stylestudio.gui import autosave
from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.forgetting import ForgetQuestion
from stylestudio.gui.lost_picture import LostPicture
from stylestudio.images.mask import NO_MASK, Gradient, Mask, Point, Stroke
from stylestudio.images.prepared import AS_IT_IS, Preparation, prepare_photo
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.session import with_mix, with_preparation, with_settings, with_shares

Start = Callable[[], KeptStudio]
SHARES = Shares(0.9, 0.25, 0.4)


@pytest.fixture
def start(new_studio: object, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Open a window that keeps its work, and bring back what the one before it left."""
    monkeypatch.setattr(autosave, "PAUSE_MS", 20)
    made: list[KeptStudio] = []

    def begin() -> KeptStudio:
        made.append(KeptStudio(qtbot, tmp_path / "memory.ini", tmp_path / "work"))
        made[-1].restorer.start()
        return made[-1]

    yield begin
    for studio in made:
        studio.die()


def at_work(studio: KeptStudio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    studio.document.apply("Shares", with_shares, SHARES)
    studio.wait_kept()


def test_after_a_kill_the_work_is_back_to_the_pixel_and_no_network_runs(
    start: Start, photo: Path, painting: Path
) -> None:
    first = start()
    at_work(first, photo, painting)
    lost, session = first.target(), first.session
    first.die()
    second = start()
    second.wait_real()
    assert np.array_equal(second.target(), lost)
    assert second.session.shares == SHARES and not second.session.linked
    assert second.session.settings == session.settings
    assert not second.renderer.threads
    assert second.said[-1] == "The program was interrupted. Your work is back."
    assert second.document.undo_label is None


MASK = Mask((Stroke((Point(0.2, 0.3), Point(0.7, 0.5, 0.4)), 0.2, goal="less"),), Gradient((0, 0), (1, 1)))
MIX = Mix(Shares(1.2, 0.4, -0.1), "ycc", MASK)
HOW = Preparation(1, 3.5, (0.1, 0.2, 0.9, 0.95), 0.5, -0.2)


def painted_on(studio: KeptStudio, photo: Path, painting: Path) -> None:
    """A photo turned, cropped and made lighter, its colours mixed apart, and painted over."""
    studio.open_pair(photo, painting)
    content = studio.session.content
    assert content
    studio.document.apply("Prepare", with_preparation, HOW, prepare_photo(content, HOW))
    studio.document.apply("Mix", with_mix, MIX)
    studio.wait_real()
    studio.wait_kept()


def test_after_a_kill_crop_mask_and_axes_are_back_to_the_pixel_and_no_network_runs(
    start: Start, photo: Path, painting: Path
) -> None:
    first = start()
    painted_on(first, photo, painting)
    lost, session = first.target(), first.session
    first.die()
    second = start()
    second.wait_real()
    assert np.array_equal(second.target(), lost)
    now = second.session
    assert (now.mix, now.preparation, now.linked) == (MIX, HOW, False)
    assert now.content and session.content and now.content.sha256 == session.content.sha256
    assert now.original and now.original.size == (400, 300) != now.content.size
    assert not second.renderer.threads


def test_of_a_prepared_photo_that_was_pasted_the_pixels_are_kept_as_they_were_pasted(
    start: Start, painting: Path
) -> None:
    first = start()
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 4), np.uint8)
    first.window.loader.open_pixels(ArrayImage(pixels, QImage.Format.Format_RGBA8888).copy(), "content")
    first.wait(lambda: first.session.content is not None)
    first.drop(first.window.space.style_pane, painting)
    first.wait_real()
    content = first.session.content
    assert content
    first.document.apply("Prepare", with_preparation, HOW, prepare_photo(content, HOW))
    first.wait_real()
    first.wait_kept()
    lost = first.target()
    first.die()
    second = start()
    second.wait_real()
    assert np.array_equal(second.target(), lost)
    assert second.session.original and second.session.original.sha256 == content.sha256


def test_a_moved_photo_that_is_found_gets_its_crop_and_mask_back(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = start()
    painted_on(first, photo, painting)
    lost = first.target()
    first.die()
    photo.rename(tmp_path / "away.png")
    second = start()
    second.dialog(LostPicture).close()
    second.wait_kept()
    second.die()
    third = start()
    dialog = third.dialog(LostPicture)
    assert isinstance(dialog, LostPicture)
    dialog.find_button.click()
    chooser = third.dialog(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "away.png"))
    chooser.close()
    third.wait_real()
    assert np.array_equal(third.target(), lost)
    assert (third.session.mix, third.session.preparation) == (MIX, HOW)
    assert not third.renderer.threads


def test_another_photo_in_the_place_of_a_lost_one_gets_neither_its_crop_nor_its_mask(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = start()
    painted_on(first, photo, painting)
    first.die()
    photo.unlink()
    second = start()
    second.dialog(LostPicture).close()
    Image.new("RGB", (30, 20), "red").save(tmp_path / "other.png")
    second.drop(second.window.space.content_pane, tmp_path / "other.png")
    second.wait_real()
    assert second.session.mask == NO_MASK and second.session.preparation == AS_IT_IS
    assert second.session.axes == "ycc"


def test_after_closing_it_comes_back_too_but_nothing_is_said_of_an_interruption(
    start: Start, photo: Path, painting: Path
) -> None:
    first = start()
    at_work(first, photo, painting)
    first.quit()
    second = start()
    second.wait_real()
    assert second.said[-1] == "Your last work is back."


def test_snapshots_come_back_with_their_pictures(start: Start, photo: Path, painting: Path) -> None:
    first = start()
    at_work(first, photo, painting)
    first.choose("snapshot")
    kept = first.document.snapshots
    first.wait_kept()
    first.die()
    second = start()
    second.wait_real()
    assert second.document.snapshots == kept and kept[0].mix.shares == SHARES
    assert second.window.space.strip.isVisible()


def test_a_set_comes_back_with_the_photo_that_was_shown_and_its_own_mix(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    Image.new("RGB", (30, 20), "red").save(other)
    first = start()
    first.drop(first.window.space.content_pane, photo, other)
    first.wait(lambda: first.session.photos is not None)
    first.drop(first.window, painting)
    first.wait_real()
    first.choose("next_photo")
    first.wait(lambda: first.session.content is not None and first.session.content.name == "photo")
    first.choose("only_this")
    first.document.apply("Shares", with_shares, SHARES)
    first.wait_real()
    first.wait_kept()
    first.die()
    second = start()
    second.wait_real()
    assert second.session.photos == first.session.photos and second.session.shares == SHARES
    assert second.session.content and second.session.content.name == "photo"
    second.choose("previous_photo")
    second.wait(lambda: second.session.content is not None and second.session.content.name == "other")
    assert second.session.shares == Mix().shares


def test_the_view_comes_back(start: Start, photo: Path, painting: Path) -> None:
    first = start()
    at_work(first, photo, painting)
    first.window.space.shared_view.show_at(4.0, (120.0, 80.0))
    first.wait_kept()
    first.die()
    second = start()
    second.wait_real()
    view = second.window.space.shared_view
    second.wait(lambda: not view.is_fit)
    assert (view.zoom, view.centre) == (4.0, (120.0, 80.0))


def test_pasted_pixels_come_back_though_no_file_has_them(start: Start, painting: Path) -> None:
    first = start()
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 4), np.uint8)
    first.window.loader.open_pixels(ArrayImage(pixels, QImage.Format.Format_RGBA8888).copy(), "content")
    first.wait(lambda: first.session.content is not None)
    first.drop(first.window.space.style_pane, painting)
    first.wait_real()
    first.wait_kept()
    lost, picture = first.target(), first.session.content
    first.die()
    second = start()
    second.wait_real()
    assert second.session.content and picture
    assert np.array_equal(second.session.content.stored, picture.stored)
    alpha = second.session.content.alpha
    assert alpha is not None and picture.alpha is not None and np.array_equal(alpha, picture.alpha)
    assert np.array_equal(second.target(), lost)


def test_of_photos_no_pixels_are_written(start: Start, photo: Path, painting: Path, tmp_path: Path) -> None:
    first = start()
    at_work(first, photo, painting)
    assert len(list((tmp_path / "work").rglob("*.safetensors"))) == 1  # the overfit picture


def test_a_moved_photo_is_named_and_once_found_all_is_as_it_was(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = start()
    at_work(first, photo, painting)
    lost = first.target()
    first.die()
    moved = tmp_path / "elsewhere" / "renamed.png"
    moved.parent.mkdir()
    photo.rename(moved)
    second = start()
    second.wait(lambda: second.said[-1:] == ["Your last work is back in part."])
    dialog = second.dialog(LostPicture)
    assert isinstance(dialog, LostPicture)
    assert dialog.text() == "photo.png does not exist."
    assert str(photo.parent) in dialog.informativeText()
    assert not dialog.take_button.isVisible()
    assert second.session.content is None and second.session.style is not None
    dialog.find_button.click()
    chooser = second.dialog(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    assert Path(chooser.directory().path()) == photo.parent
    chooser.fileSelected.emit(str(moved))
    chooser.close()
    second.wait_real()
    assert np.array_equal(second.target(), lost)
    assert not second.renderer.threads
    second.wait_kept()
    second.die()
    third = start()
    third.wait_real()
    assert np.array_equal(third.target(), lost)


def test_a_photo_that_is_not_found_yet_is_asked_for_at_the_next_start_too(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = start()
    at_work(first, photo, painting)
    lost = first.target()
    first.die()
    photo.rename(tmp_path / "away.png")
    second = start()
    second.dialog(LostPicture).close()
    second.document.apply("Shares", with_shares, Shares(0.5, 0.25, 0.4))
    second.wait_kept()
    second.quit()
    (tmp_path / "away.png").rename(photo)
    third = start()
    third.wait_real()
    third.document.apply("Shares", with_shares, SHARES)
    assert np.array_equal(third.target(), lost)
    assert not third.renderer.threads


def test_a_changed_photo_is_named_and_can_be_taken_as_it_is(start: Start, photo: Path, painting: Path) -> None:
    first = start()
    at_work(first, photo, painting)
    first.die()
    Image.new("RGB", (30, 20), "red").save(photo)
    second = start()
    dialog = second.dialog(LostPicture)
    assert isinstance(dialog, LostPicture)
    assert dialog.text() == "photo.png has changed since."
    assert second.session.content is None
    dialog.take_button.click()
    second.wait_real()
    assert second.session.content and second.session.content.size == (30, 20)


def test_a_file_that_is_no_picture_is_refused_where_the_photo_is_looked_for(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = start()
    at_work(first, photo, painting)
    first.die()
    photo.write_text("words")
    second = start()
    dialog = second.dialog(LostPicture)
    assert isinstance(dialog, LostPicture)
    dialog.find_button.click()
    chooser = second.dialog(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(photo))
    chooser.close()
    assert "photo.png" in second.error()


def test_an_altered_overfit_picture_is_made_again(start: Start, photo: Path, painting: Path, tmp_path: Path) -> None:
    first = start()
    at_work(first, photo, painting)
    lost = first.target()
    first.die()
    [kept] = (tmp_path / "work").rglob("*.safetensors")
    data = bytearray(kept.read_bytes())
    data[-100] ^= 1
    kept.write_bytes(data)
    second = start()
    second.wait_real()
    assert second.renderer.threads
    assert np.array_equal(second.target(), lost)


def test_two_windows_keep_their_own_work(start: Start, photo: Path, painting: Path) -> None:
    first = start()
    at_work(first, photo, painting)
    other = start()
    other.open_pair(painting, photo)
    other.wait_kept()
    assert first.session.content and first.session.content.name == "photo"
    other.die()
    first.die()
    back = start()
    beside = start()
    for studio in (back, beside):
        studio.wait_real()
    names = [studio.session.content and studio.session.content.name for studio in (back, beside)]
    assert names == ["painting", "photo"]


def test_a_second_window_does_not_bring_back_what_was_closed(start: Start, photo: Path, painting: Path) -> None:
    first, second = start(), start()
    at_work(second, photo, painting)
    at_work(first, painting, photo)
    second.quit()
    third = start()
    third.wait(lambda: not third.reading.is_busy)
    assert third.said == [] and third.session.content is None


def test_what_was_interrupted_is_made_again_but_not_for_ever(start: Start, photo: Path, painting: Path) -> None:
    """Else a photo too large for the memory would end every start."""
    studio = start()
    studio.renderer.go.clear()
    studio.drop(studio.window, photo, painting)
    studio.wait(lambda: studio.runs.busy)
    studio.wait_kept()
    for _ in range(2):
        studio.die()
        studio = start()
        studio.renderer.go.clear()
        studio.wait(lambda studio=studio: studio.runs.busy)
        studio.wait_kept()
    studio.die()
    studio = start()
    studio.wait(lambda: len(studio.said) > 1)
    assert studio.session.content is not None and not studio.runs.busy
    assert "choose a smaller size" in studio.said[-1]
    studio.choose("restart")
    studio.wait_real()
    studio.wait_kept()
    studio.die()
    last = start()
    last.wait_real()
    assert last.said[-1] == "The program was interrupted. Your work is back."


def test_forgetting_asks_and_then_the_next_start_is_empty(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = start()
    at_work(first, photo, painting)
    first.choose("forget_work")
    question = first.dialog(ForgetQuestion)
    assert isinstance(question, QMessageBox) and "MB" in question.informativeText()
    question.reject()
    assert list((tmp_path / "work").rglob("session.json"))
    first.choose("forget_work")
    question = first.dialog(ForgetQuestion)
    assert isinstance(question, QMessageBox)
    next(button for button in question.buttons() if "Forget" in button.text()).click()
    first.wait(
        lambda: not [path for path in (tmp_path / "work").rglob("*") if path.suffix in (".json", ".safetensors")]
    )
    first.quit()
    second = start()
    second.wait(lambda: not second.reading.is_busy)
    assert second.said == [] and second.session.content is None


def test_after_forgetting_the_next_edit_is_kept_again(start: Start, photo: Path, painting: Path) -> None:
    first = start()
    at_work(first, photo, painting)
    lost = first.target()
    first.autosaver.delete_saved_work()
    first.wait_kept()
    first.document.apply("Shares", with_shares, Shares(0.1, 0.2, 0.3))
    first.document.apply("Shares", with_shares, SHARES)
    first.wait_kept()
    first.die()
    second = start()
    second.wait_real()
    assert np.array_equal(second.target(), lost)
    assert not second.renderer.threads


def test_a_drag_of_a_slider_writes_a_few_times_and_its_end(
    start: Start, photo: Path, painting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start()
    monkeypatch.setattr(autosave, "PAUSE_MS", 300)
    at_work(first, photo, painting)
    saved: list[float] = []
    save = first.keeper.save
    monkeypatch.setattr(first.keeper, "save", lambda work: (saved.append(work.session.shares.red), save(work)))
    for step in range(101):
        first.document.apply("Drag", with_shares, Shares(step / 100, 0.5, 0.5), step="drag")
    first.wait_kept()
    assert len(saved) <= 2 and saved[-1] == 1.0


def test_where_nothing_can_be_written_it_is_said_once_and_the_window_works(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    (tmp_path / "work").write_text("a file where the folder should be")
    first = start()
    at_work(first, photo, painting)
    first.document.apply("Size", with_settings, size=512)
    first.wait_real()
    first.wait_kept()
    assert len([line for line in first.said if "cannot be kept" in line]) == 1
    first.quit()


def test_a_record_that_is_no_record_is_set_aside_and_said(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = start()
    at_work(first, photo, painting)
    first.die()
    [record] = (tmp_path / "work").rglob("session.json")
    record.write_text("{")
    second = start()
    assert "set aside" in second.error()
    assert [path.name for path in record.parent.glob("session*")] == ["session.damaged.json"]
    at_work(second, photo, painting)
    second.die()
    third = start()
    third.wait_real()


def test_a_picture_dropped_while_the_last_work_is_being_opened_stays(
    start: Start, photo: Path, painting: Path, tmp_path: Path
) -> None:
    first = start()
    at_work(first, photo, painting)
    first.die()
    Image.new("RGB", (30, 20), "red").save(tmp_path / "other.png")
    second = start()
    second.drop(second.window.space.content_pane, tmp_path / "other.png")
    second.wait_real()
    second.wait(lambda: not second.reading.is_busy)
    assert second.session.content and second.session.content.name == "other"
    assert second.session.shares == SHARES
