"""Strength and refining, from the settings to the exported file."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from setting_controls import choices, percent
from whole_window import GREY, Studio

from stylestudio.gui import jobs
from stylestudio.gui.canvas import picture_canvas
from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.canvas.pyramid import Pyramid
from stylestudio.gui.export_dialogs import ExportDialog, ExportWaitQuestion
from stylestudio.images.decode import read
from stylestudio.images.resize import to_8bit
from stylestudio.studio.render import target
from stylestudio.studio.settings import Settings

LEVEL = round(255 * GREY)


@pytest.fixture
def refining(studio: Studio, photo: Path, painting: Path) -> Studio:
    """With both pictures open and the overfit picture, still grey, being refined on the screen."""
    begin(studio, photo, painting)
    studio.wait(lambda: studio.runs.overfit is not None and studio.runs.overfit.refining)
    studio.wait(lambda: studio.window.status.stage.text() == "Finishing touches")
    return studio


def begin(studio: Studio, photo: Path, painting: Path) -> None:
    """A run that is refined until `studio.renderer.refined` is set."""
    studio.renderer.refined.clear()
    QTest.keyClick(choices(studio.window.side.settings, "refine"), Qt.Key.Key_Down)
    studio.drop(studio.window, photo, painting)


def shown(widget: QWidget) -> int:
    """The level of green in the middle of what a widget shows."""
    image = widget.grab().toImage()
    return image.pixelColor(image.rect().center()).green()


def captions(studio: Studio) -> list[str]:
    """What the overfit picture's pane says."""
    return [label.text() for label in studio.window.space.overfit_pane.findChildren(QLabel)]


def levels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def save(studio: Studio, path: Path) -> None:
    studio.choose("save_overfit")
    dialog = studio.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.selectFile(str(path))
    dialog.accept()
    studio.dialog(ExportDialog).accept()


def test_a_draft_is_shown_as_one_until_the_finished_picture_comes(studio: Studio, photo: Path, painting: Path) -> None:
    studio.renderer.go.clear()
    studio.window.target.peek("overfit")
    begin(studio, photo, painting)
    studio.wait(lambda: "draft" in captions(studio))
    studio.wait(lambda: shown(studio.window.target) == shown(studio.window.space.overfit_pane.canvas) == 0)
    studio.renderer.go.set()
    studio.wait(lambda: "refining" in captions(studio))
    assert "draft" not in captions(studio)


def test_while_it_is_refined_the_picture_is_shown_in_the_pane_and_in_the_target(refining: Studio) -> None:
    pane, target = refining.window.space.overfit_pane, refining.window.target
    target.peek("overfit")
    refining.wait(lambda: abs(shown(target) - LEVEL) <= 1 and abs(shown(pane.canvas) - LEVEL) <= 1)
    assert "refining" in captions(refining)
    assert refining.window.status.cancel.isVisible()
    refining.renderer.refined.set()
    refining.wait(lambda: not refining.runs.busy)
    assert "refining" not in captions(refining)


def test_a_picture_that_came_while_the_one_before_was_being_loaded_is_shown_afterwards(
    new_studio: Callable[[], Studio], photo: Path, painting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    building = Pyramid.building

    def slowly(*facts) -> Iterator[None]:
        for _ in range(60):
            time.sleep(0.005)
            yield
        return (yield from building(*facts))

    monkeypatch.setattr(jobs, "SHOW_EVERY", 0)
    monkeypatch.setattr(picture_canvas, "_LOADED_AT_ONCE", 0)
    studio = new_studio()
    studio.window.target.peek("overfit")
    studio.renderer.go.clear()
    monkeypatch.setattr(Pyramid, "building", slowly)
    begin(studio, photo, painting)
    studio.wait(lambda: studio.runs.overfit is not None)
    studio.renderer.go.set()
    studio.wait(lambda: studio.runs.overfit is not None and studio.runs.overfit.refining)
    assert "draft" in captions(studio), "the draft was loaded too quickly"
    pane = studio.window.space.overfit_pane
    studio.wait(lambda: abs(shown(studio.window.target) - LEVEL) <= 1 and abs(shown(pane.canvas) - LEVEL) <= 1)


def test_cancelling_keeps_the_last_step_which_can_be_exported_at_once(refining: Studio, tmp_path: Path) -> None:
    refining.key(Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert not refining.runs.busy
    assert "refining" not in captions(refining)
    save(refining, tmp_path / "kept.png")
    refining.wait((tmp_path / "kept.png").exists)
    assert (levels(tmp_path / "kept.png") == LEVEL).all()
    assert not refining.runs.busy
    refining.renderer.refined.set()
    refining.choose("restart")
    refining.wait(lambda: not refining.runs.busy)
    assert refining.runs.overfit and not refining.runs.overfit.cut_short
    assert not refining.window.menu["restart"].isEnabled()


def test_an_export_takes_what_is_shown_while_it_is_refined_and_refining_goes_on(
    refining: Studio, photo: Path, tmp_path: Path
) -> None:
    save(refining, tmp_path / "now.png")
    refining.wait((tmp_path / "now.png").exists)
    assert (levels(tmp_path / "now.png") == LEVEL).all()
    assert "Waits" not in refining.window.status.message.text()
    assert refining.runs.busy
    assert refining.window.status.stage.text() == "Finishing touches"
    refining.renderer.refined.set()
    refining.wait(lambda: not refining.runs.busy)
    save(refining, tmp_path / "refined.png")
    refining.wait((tmp_path / "refined.png").exists)
    assert np.array_equal(levels(tmp_path / "refined.png"), 255 - levels(photo))


def test_an_export_asked_for_during_the_draft_does_not_wait_for_refining(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.renderer.go.clear()
    begin(studio, photo, painting)
    studio.wait(lambda: studio.runs.overfit is not None)
    save(studio, tmp_path / "out.png")
    assert "Waits" in studio.window.status.message.text()
    studio.qtbot.wait(100)
    assert not (tmp_path / "out.png").exists()
    studio.renderer.go.set()
    studio.wait((tmp_path / "out.png").exists)
    assert (levels(tmp_path / "out.png") == LEVEL).all()
    assert studio.runs.busy


def test_the_target_is_copied_as_it_is_while_it_is_refined(refining: Studio, photo: Path) -> None:
    refining.choose("copy_target")
    refining.wait(lambda: "clipboard" in refining.window.status.message.text())
    content = read(photo)
    mixed = to_8bit(target(content, np.full_like(content.pixels, GREY), refining.session.shares))
    np.testing.assert_array_equal(pixels_of(QGuiApplication.clipboard().image())[..., :3], mixed)
    assert refining.runs.busy


def test_the_grip_gives_what_is_shown_while_it_is_refined_and_the_refined_picture_afterwards(
    refining: Studio,
) -> None:
    files: list[Path] = []
    for number in (1, 2):
        refining.window.exporter.prepare_file(files.append)
        refining.wait(lambda number=number: len(files) == number)
    assert files[0] == files[1], "the same picture is written once"
    refining.renderer.refined.set()
    refining.wait(lambda: not refining.runs.busy)
    refining.window.exporter.prepare_file(files.append)
    refining.wait(lambda: len(files) == 3)
    assert (levels(files[0]) != levels(files[2])).any()


def test_closing_while_it_is_only_refined_asks_nothing(refining: Studio, tmp_path: Path) -> None:
    save(refining, tmp_path / "now.png")
    refining.window.close()
    assert not refining.window.isVisible()
    assert not refining.window.findChildren(ExportWaitQuestion)


def test_the_strength_is_undone_by_name_and_one_drag_is_one_step(studio: Studio) -> None:
    pane = studio.window.side.settings
    for _ in range(3):
        QTest.keyClick(percent(pane, "fidelity").slider, Qt.Key.Key_Right)
    QTest.keyClick(choices(pane, "finest_layer"), Qt.Key.Key_Up)
    QTest.keyClick(choices(pane, "refine"), Qt.Key.Key_Down)
    assert studio.session.settings == Settings(fidelity=0.53, finest_layer="relu3_1", refine=30)
    labels = []
    while studio.document.undo_label:
        labels.append(studio.document.undo_label)
        studio.choose("undo")
    assert labels == ["Change Refine", "Change Finest layer", "Change Fidelity"]
    assert studio.session.settings == Settings()
    assert percent(pane, "fidelity").slider.value() == 50
    assert [choices(pane, name).currentText() for name in ("finest_layer", "refine")] == ["Fine", "Light"]
