"""Strength and refining, from the settings to the exported file."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from whole_window import GREY, Studio

from stylestudio.studio.recipe import REFINING, Settings


@pytest.fixture
def refining(studio: Studio, photo: Path, painting: Path) -> Studio:
    """With both pictures open and the overfit picture being refined, its previews on the screen."""
    studio.renderer.refined.clear()
    QTest.keyClick(studio.window.side.settings.refine_choice, Qt.Key.Key_Down)
    studio.drop(studio.window, photo, painting)
    studio.wait(lambda: studio.runs.overfit is not None and studio.runs.overfit.refining)
    studio.wait(lambda: studio.window.target.is_ready)
    return studio


def middle(widget) -> int:
    """The level of green in the middle of what a widget shows."""
    shown = widget.grab().toImage()
    return shown.pixelColor(shown.rect().center()).green()


def save(studio: Studio, path: Path) -> None:
    studio.choose("save_overfit")
    dialog = studio.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.selectFile(str(path))
    dialog.accept()


def test_while_it_is_refined_the_picture_is_shown_in_the_pane_and_in_the_target(refining: Studio) -> None:
    grey = round(255 * GREY)
    pane, target = refining.window.space.overfit_pane, refining.window.target
    target.hold("overfit")
    refining.wait(lambda: abs(middle(target) - grey) <= 1 and abs(middle(pane.canvas) - grey) <= 1)
    assert refining.window.status.stage.text() == "Refining the picture"
    assert refining.window.status.cancel.isVisible()


def test_cancelling_keeps_the_last_step_which_can_be_exported_at_once(refining: Studio, tmp_path: Path) -> None:
    refining.key(Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert not refining.runs.busy
    save(refining, tmp_path / "kept.png")
    refining.wait((tmp_path / "kept.png").exists)
    with Image.open(tmp_path / "kept.png") as picture:
        assert picture.getextrema() == ((102, 102),) * 3
    assert not refining.runs.busy
    refining.renderer.refined.set()
    refining.choose("restart")
    refining.wait(lambda: not refining.runs.busy)
    assert refining.runs.overfit and not refining.runs.overfit.cut_short
    assert not refining.window.menu["restart"].isEnabled()


def test_an_export_waits_until_it_is_refined(refining: Studio, photo: Path, tmp_path: Path) -> None:
    save(refining, tmp_path / "refined.png")
    assert "Waits" in refining.window.status.message.text()
    refining.qtbot.wait(100)
    assert not (tmp_path / "refined.png").exists()
    refining.renderer.refined.set()
    refining.wait((tmp_path / "refined.png").exists)
    with Image.open(tmp_path / "refined.png") as saved, Image.open(photo) as wanted:
        assert np.array_equal(np.asarray(saved), 255 - np.asarray(wanted))


def test_the_strength_is_undone_by_name_and_one_drag_is_one_step(studio: Studio) -> None:
    pane = studio.window.side.settings
    for _ in range(3):
        QTest.keyClick(pane.fidelity.slider, Qt.Key.Key_Right)
    QTest.keyClick(pane.layer_choice, Qt.Key.Key_Up)
    QTest.keyClick(pane.refine_choice, Qt.Key.Key_Down)
    assert studio.session.settings == Settings(fidelity=0.53, finest_layer="relu3_1", refine=REFINING[1])
    labels = []
    while studio.document.undo_label:
        labels.append(studio.document.undo_label)
        studio.choose("undo")
    assert labels == ["Change Refine", "Change Finest layer", "Change Fidelity"]
    assert studio.session.settings == Settings()
    assert (pane.fidelity.slider.value(), pane.layer_choice.currentText(), pane.refine_choice.currentText()) == (
        50,
        "Fine",
        "Off",
    )
