"""Whatever the artist does, the window's own thread never asks a disk that may be gone."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QFileDialog
from shelf_window import only_bundled, settle
from whole_window import Studio

from stylestudio.gui.drops import read_drop
from stylestudio.gui.export_dialogs import ExportDialog
from stylestudio.studio.mix import Mix
from stylestudio.studio.presets import get_preset

CALLS = ("stat", "lstat", "access", "open", "scandir", "listdir")
GONE = "/share/that/does/not/answer"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, bool]]]:
    """What is asked about the share, and whether on the thread of the window; no answer comes before the test ends."""
    window, over, asked = threading.get_ident(), threading.Event(), list[tuple[str, bool]]()

    def without_answer(name: str, before: Callable[..., object]) -> Callable[..., object]:
        def call(path: object = "", *more: object, **named: object) -> object:
            if str(path).startswith(GONE):
                on_window = threading.get_ident() == window
                asked.append((name, on_window))
                if not on_window:  # the test would hang where the window would
                    over.wait(10)
                raise FileNotFoundError(2, "No such file or directory", str(path))
            return before(path, *more, **named)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, without_answer(name, getattr(os, name)))
    yield asked
    over.set()


@pytest.fixture
def remembering(studio: Studio) -> Studio:
    """A window whose recent files and folders are all on the share."""
    for kind in ("content", "style"):
        for name in ("a.png", "b.png"):
            studio.memory.add_recent(kind, Path(GONE, name))
    for purpose in ("content", "style", "export"):
        studio.memory.set_folder(purpose, Path(GONE))
    return studio


def questions(asked: list[tuple[str, bool]]) -> list[str]:
    """Those of the window's thread."""
    return [name for name, on_window in asked if on_window]


def test_recent_files_are_offered_and_another_picture_is_opened(
    remembering: Studio, photo: Path, asked: list[tuple[str, bool]]
) -> None:
    menu = remembering.window.menu.submenus["recent"]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()].count("b") == 2
    remembering.window.open_files([photo])
    remembering.wait(lambda: remembering.session.content is not None)
    assert remembering.memory.recent("content")[0] == photo
    assert asked and questions(asked) == []


def test_dialogs_begin_where_the_disk_answers(remembering: Studio, asked: list[tuple[str, bool]]) -> None:
    remembering.choose("open_style")
    dialog = remembering.dialog(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert not dialog.directory().path().startswith(GONE)
    dialog.reject()
    assert asked and questions(asked) == []


def test_files_are_dropped_and_opened(studio: Studio, asked: list[tuple[str, bool]]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"{GONE}/a.png"), QUrl.fromLocalFile(f"{GONE}/no picture.txt")])
    assert read_drop(mime).files == [Path(GONE, "a.png")]
    studio.drop(studio.window, Path(GONE, "a.png"), Path(GONE, "b"))
    studio.window.open_files([Path(GONE, "c.png")])
    studio.wait(lambda: any(name == "open" or name == "stat" for name, _ in asked))
    assert questions(asked) == []


def test_the_target_is_exported_and_dragged(
    remembering: Studio, photo: Path, painting: Path, asked: list[tuple[str, bool]]
) -> None:
    remembering.open_pair(photo, painting)
    remembering.choose("export")
    dialog = remembering.dialog(QFileDialog)
    assert not dialog.directory().path().startswith(GONE)
    dialog.fileSelected.emit(f"{GONE}/out.png")
    dialog.reject()
    remembering.dialog(ExportDialog).accept()
    remembering.wait(lambda: sum(name == "stat" for name, _ in asked) > 1)
    assert questions(asked) == []


def test_presets_are_given_away_and_brought_in(studio: Studio, asked: list[tuple[str, bool]]) -> None:
    presets = studio.window.tuning.presets
    presets.ask_to_export(get_preset("autumn"), Mix())
    presets.ask_to_import()
    dialogs = studio.window.findChildren(QFileDialog)
    for dialog in dialogs:
        dialog.fileSelected.emit(f"{GONE}/mine.toml")
        dialog.filesSelected.emit([f"{GONE}/mine.toml"])
        dialog.reject()
    studio.wait(lambda: len(asked) > 0)
    assert len(dialogs) == 2 and questions(asked) == []


def test_folders_of_styles_are_chosen_and_watched(
    remembering: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, bool]]
) -> None:
    only_bundled(monkeypatch)
    styles = remembering.window.shelving.shelf.styles
    settle(remembering)
    for action in styles.more.menu().actions():
        action.trigger()
    for dialog in remembering.window.findChildren(QFileDialog):
        assert not dialog.directory().path().startswith(GONE)
        dialog.reject()
    styles.update.watch([tmp_path, Path(GONE)])
    assert styles.update.watched == []
    styles.update.watch([tmp_path])
    assert styles.update.watched == [tmp_path]
    assert asked and questions(asked) == []
