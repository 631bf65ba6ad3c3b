from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from stylestudio.gui.preferences import MOST_RECENT, Memory
from stylestudio.studio.recipe import Settings


@pytest.fixture
def store(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)


def again(store: QSettings) -> Memory:
    """What the next start finds."""
    store.sync()
    return Memory(QSettings(store.fileName(), QSettings.Format.IniFormat))


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(None, 1.75, 5, "single"),
        Settings(size=2048),
        Settings(fidelity=0.07, finest_layer="relu4_1", refine=60),
    ],
)
def test_settings_come_back(store: QSettings, settings: Settings) -> None:
    Memory(store).set_settings(settings)
    assert again(store).settings() == settings


@pytest.mark.parametrize("stored", [[], "nonsense", ["1024"], ["12", "1", "3", "single"], ["1024", "x", "3", "single"]])
def test_settings_stored_wrongly_count_as_not_stored(store: QSettings, stored: object) -> None:
    store.setValue("settings", stored)
    assert again(store).settings() == Settings()


def test_settings_of_a_program_that_knew_no_strength_come_back_too(store: QSettings) -> None:
    store.setValue("settings", ["512", "1.5", "5", "single"])
    assert again(store).settings() == Settings(512, 1.5, 5, "single")


@pytest.mark.parametrize(
    "stored", ["nonsense", ["0.2"], ["0.2", "relu9_1", "0"], ["x", "relu2_1", "0"], ["0.2", "relu2_1", "999"]]
)
def test_a_strength_stored_wrongly_leaves_the_other_settings(store: QSettings, stored: object) -> None:
    Memory(store).set_settings(Settings(size=512, fidelity=0.9))
    store.setValue("strength", stored)
    assert again(store).settings() == Settings(size=512)


def test_recent_files_are_kept_newest_first_without_repetition(store: QSettings, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(MOST_RECENT + 2)]
    for path in [*paths, paths[4]]:
        path.touch()
        Memory(store).add_recent("content", path)
    newest = [paths[4], *(path for path in reversed(paths) if path != paths[4])]
    assert again(store).recent("content") == newest[:MOST_RECENT]
    assert again(store).recent("style") == []


def test_a_single_recent_file_comes_back_and_one_that_is_gone_does_not(store: QSettings, tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    path.touch()
    Memory(store).add_recent("style", path)
    assert again(store).recent("style") == [path]
    path.unlink()
    assert again(store).recent("style") == []


def test_a_folder_comes_back_while_it_exists(store: QSettings, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    Memory(store).set_folder("export", folder)
    assert again(store).folder("export") == folder
    folder.rmdir()
    assert again(store).folder("export") != folder
