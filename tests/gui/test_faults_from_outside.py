"""Whatever fails around the window, it says so in two sentences, lives on, and what is there can be exported."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QDir, QSettings, QStandardPaths
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from whole_window import Studio

from stylestudio.errors import StudioError, WeightsError
from stylestudio.gui import exporter, loading
from stylestudio.gui.canvas import frames
from stylestudio.gui.canvas.pyramid import Pyramid
from stylestudio.gui.export_dialogs import ExportDialog
from stylestudio.gui.messages import error_details
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.shelf import shelving
from stylestudio.images import export as writing
from stylestudio.paths import data_folder
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
    "its halvings": lambda patch: patch.setattr(loading, "prepare_pyramid", failing(MemoryError())),
}


@pytest.mark.parametrize("stage", READING)
def test_memory_that_runs_out_while_a_picture_is_read_costs_only_that_picture(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    with monkeypatch.context() as patch:
        READING[stage](patch)
        studio.drop(studio.window, photo)
        assert "memory" in studio.error()
    assert studio.window.loader.pending_count == 0
    studio.open_pair(photo, painting)
    assert works(studio, tmp_path)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "not enough memory"),
        (SystemExit(), "went wrong"),
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
    error: BaseException,
    said: str,
) -> None:
    def work(*_: object, **__: object) -> Work[np.ndarray]:
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
        patch.setattr(exporter, "target", failing(MemoryError()))
        studio.choose("copy_target")
        assert "not enough memory" in studio.error()
    assert works(studio, tmp_path)


def no(number: int) -> OSError:
    return OSError(number, os.strerror(number), "/home/ada/secret/out.png")


WRITING: dict[str, tuple[Break | str, str]] = {
    "no folder": ("gone/out.png", "does not exist"),
    "a file for a folder": ("file.png/out.png", "is not a folder"),
    "a long name": (f"{'n' * 300}.png", "name is too long"),
    "protected": (lambda patch: patch.setattr(writing, "unfinished", failing(no(errno.EACCES))), "protected"),
    "read-only": (lambda patch: patch.setattr(writing, "unfinished", failing(no(errno.EROFS))), "can only be read"),
    "full": (lambda patch: patch.setattr(writing, "encode", failing(no(errno.ENOSPC))), "disk is full"),
    "a quota": (lambda patch: patch.setattr(writing, "encode", failing(no(errno.EDQUOT))), "disk is full"),
    "broken": (lambda patch: patch.setattr(writing, "encode", failing(no(errno.EIO))), "could not be written"),
    "gone meanwhile": (lambda patch: patch.setattr(writing, "encode", failing(no(errno.ENOENT))), "not be written"),
    "memory": (lambda patch: patch.setattr(writing, "prepare_output", failing(MemoryError())), "not enough memory"),
}


def test_a_place_that_cannot_be_written_is_explained_and_another_one_taken(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file.png").write_bytes(b"no folder")
    (tmp_path / "out.png").write_bytes(b"an older one")
    studio.open_pair(photo, painting)
    for name, (fault, said) in WRITING.items():
        with monkeypatch.context() as patch:
            place = tmp_path / (fault if isinstance(fault, str) else "out.png")
            if not isinstance(fault, str):
                fault(patch)
            studio.window.exporter.ask_how(place, lambda: studio.session.mix)
            studio.dialog(ExportDialog).accept()
            studio.wait(lambda: bool(studio.window.telling.errors))
            [error] = studio.window.telling.errors
            assert said in studio.error(), name
        check_words(error, tmp_path)
    assert (tmp_path / "out.png").read_bytes() == b"an older one"
    assert works(studio, tmp_path)
    assert {path.name for path in tmp_path.glob("*.part")} == set()


def check_words(error: StudioError, folder: Path) -> None:
    """Two sentences, and nothing of where the artist's files are in what can be copied."""
    assert error.message.endswith(".") and error.hint.endswith(".")
    details = error_details(error)
    assert folder.name not in details and folder.parent.name not in details and "ada" not in details


def test_without_a_place_for_temporary_files_nothing_can_be_dragged_and_an_export_goes_well(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_pair(photo, painting)
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
        studio.window.exporter.prepare_file(failing(AssertionError()))
        assert "no place for temporary files" in studio.error()
    assert works(studio, tmp_path)


def test_after_its_thread_has_died_the_next_run_begins_another(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.open_pair(photo, painting)
    for tasks in studio.tasks[:2]:  # the third has written nothing yet, and has none
        tasks.worker.jobs.put(None)
        assert tasks.worker.wait(5000)
    studio.choose("swap")
    studio.choose("swap")
    studio.window.edits.set_settings({"texture_scale": 2.0})
    assert works(studio, tmp_path)


def test_without_a_place_for_the_library_it_is_said_and_all_else_works(
    new_studio: Callable[[], Studio], photo: Path, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelving, "data_folder", lambda: photo / "no folder")
    studio = new_studio()
    said: list[str] = []
    studio.window.shelving.said.connect(said.append)
    studio.open_pair(photo, painting)
    assert works(studio, tmp_path)
    studio.wait(lambda: not studio.window.shelving.library.is_busy)
    assert len(said) == 1 and said[0].endswith(".")


def test_without_a_home_there_is_a_data_folder_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", failing(RuntimeError("Could not determine home directory.")))
    for name in ("APPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert data_folder().is_absolute()


def test_without_a_home_the_dialogs_begin_somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: "")
    memory = Preferences(QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat))
    assert memory.folder("export") == Path(QDir.homePath())
