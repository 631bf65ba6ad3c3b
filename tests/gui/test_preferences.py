from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from stylestudio.gui.preferences import MOST_RECENT, Preferences
from stylestudio.studio.settings import Settings


@pytest.fixture
def store(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)


def again(store: QSettings) -> Preferences:
    """What the next start finds."""
    store.sync()
    return Preferences(QSettings(store.fileName(), QSettings.Format.IniFormat))


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(size=None, texture_scale=1.75, patch_size=5, method="single"),
        Settings(size=2048),
        Settings(fidelity=0.07, finest_layer="relu4_1", refine=60),
    ],
)
def test_settings_come_back(store: QSettings, settings: Settings) -> None:
    Preferences(store).set_settings(settings)
    assert again(store).settings() == settings


@pytest.mark.parametrize(
    ("name", "stored"),
    [("size", "12"), ("size", ["1024"]), ("texture_scale", "x"), ("finest_layer", "relu9_1"), ("refine", "999")],
)
def test_a_setting_stored_wrongly_counts_as_not_stored_and_leaves_the_others(
    store: QSettings, name: str, stored: object
) -> None:
    Preferences(store).set_settings(Settings(fidelity=0.9))
    store.setValue(f"settings/{name}", stored)
    assert again(store).settings() == Settings(fidelity=0.9)


def test_recent_files_are_kept_newest_first_without_repetition(store: QSettings, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(MOST_RECENT + 2)]
    for path in [*paths, paths[4]]:
        path.touch()
        Preferences(store).add_recent("content", path)
    newest = [paths[4], *(path for path in reversed(paths) if path != paths[4])]
    assert again(store).recent("content") == newest[:MOST_RECENT]
    assert again(store).recent("style") == []


def test_a_single_recent_file_comes_back_and_one_that_is_gone_does_not(store: QSettings, tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    path.touch()
    Preferences(store).add_recent("style", path)
    assert again(store).recent("style") == [path]
    path.unlink()
    assert again(store).recent("style") == []


def test_a_folder_comes_back_while_it_exists(store: QSettings, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    Preferences(store).set_folder("export", folder)
    assert again(store).folder("export") == folder
    folder.rmdir()
    assert again(store).folder("export") != folder
