"""Whatever fails around the window, it says so in two sentences, lives on, and what is there can be exported."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QDir, QSettings, QStandardPaths
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from whole_window import Studio

from stylestudio.errors import WeightsError
from stylestudio.gui import export, loading
from stylestudio.gui.canvas import frames
from stylestudio.gui.canvas.pyramid import Pyramid
from stylestudio.gui.export_dialogs import ExportDialog
from stylestudio.gui.preferences import Memory
from stylestudio.progress import Progress, Work

Break = Callable[[pytest.MonkeyPatch], None]


def failing(error: Exception) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


def save_as(studio: Studio, path: Path) -> None:
    dialog = studio.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.findChildren(QLineEdit)[0].setText(str(path))
    dialog.accept()
    studio.dialog(ExportDialog).accept()


def works(studio: Studio, folder: Path) -> bool:
    """Whether the target can be exported now."""
    studio.wait_real()
    studio.choose("export")
    save_as(studio, folder / "works.png")
    studio.wait((folder / "works.png").exists)
    with Image.open(folder / "works.png") as image:
        return image.size == (400, 300)


READING: dict[str, Break] = {
    "decoding": lambda patch: patch.setattr(Image.Image, "load", failing(MemoryError())),
    "its levels": lambda patch: patch.setattr(loading, "read", failing(MemoryError())),
    "its halvings": lambda patch: patch.setattr(loading, "prepared", failing(MemoryError())),
}


@pytest.mark.parametrize("stage", READING)
def test_memory_that_runs_out_while_a_picture_is_read_costs_only_that_picture(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    with monkeypatch.context() as patch:
        READING[stage](patch)
        studio.drop(studio.window, photo)
        assert "memory" in studio.error()
    assert studio.window.loader.arriving == 0
    studio.open_pair(photo, painting)
    assert works(studio, tmp_path)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "not enough memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "not enough memory"),
        (WeightsError("The network weights have been altered.", hint="Install it again."), "have been altered"),
    ],
)
def test_a_run_that_fails_leaves_the_picture_before_to_be_exported(
    studio: Studio,
    photo: Path,
    painting: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    said: str,
) -> None:
    def work(*_: object) -> Work[np.ndarray]:
        yield Progress("Strokes", 0.5)
        raise error

    studio.open_pair(photo, painting)
    with monkeypatch.context() as patch:
        patch.setattr(studio.renderer, "overfit", work)
        studio.window.edits.set_settings({"texture_scale": 2.0})
        assert said in studio.error()
        assert not studio.runs.busy and studio.runs.overfit is not None
    studio.choose("undo")
    assert works(studio, tmp_path)


SHOWING: dict[str, Break] = {
    "its levels": lambda patch: patch.setattr(Pyramid, "building", failing(MemoryError())),
    "its mix": lambda patch: patch.setattr(frames, "ScreenMixer", failing(MemoryError())),
}


@pytest.mark.parametrize("stage", SHOWING)
@pytest.mark.qt_no_exception_capture
def test_memory_that_runs_out_while_the_target_is_shown_leaves_the_window_alive(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    caught: list[type[BaseException]] = []
    studio.open_pair(photo, painting)
    with monkeypatch.context() as patch:
        patch.setattr("sys.excepthook", lambda kind, *_: caught.append(kind))
        SHOWING[stage](patch)
        studio.choose("swap")
        studio.wait(lambda: bool(caught))
        QTest.qWait(50)
    assert set(caught) == {MemoryError}
    studio.choose("swap")
    assert works(studio, tmp_path)


def test_memory_that_runs_out_while_the_target_is_copied_is_explained_and_an_export_goes_well(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_pair(photo, painting)
    with monkeypatch.context() as patch:
        patch.setattr(export, "target", failing(MemoryError()))
        studio.choose("copy_target")
        assert "not enough memory" in studio.error()
    assert works(studio, tmp_path)


@pytest.mark.parametrize("place", ["gone/out.png", "file.png/out.png"])
def test_a_place_that_cannot_be_written_is_explained_and_another_one_taken(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file.png").write_bytes(b"no folder")
    studio.open_pair(photo, painting)
    studio.choose("export")
    save_as(studio, tmp_path / place)
    assert studio.error().count(".") >= 2
    assert works(studio, tmp_path)


def test_without_a_home_the_dialogs_begin_somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: "")
    memory = Memory(QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat))
    assert memory.folder("export") == Path(QDir.homePath())
