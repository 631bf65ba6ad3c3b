import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stylestudio.errors import OutputError
from stylestudio.gui import drag_folder
from stylestudio.gui.drag_folder import DragFolder, remove_left_behind

KILLED = """
import os, signal
from stylestudio.gui.drag_folder import DragFolder
(DragFolder().new_subfolder() / "target.png").touch()
os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(drag_folder, "YOUNG", -1.0)
    return tmp_path


def test_what_a_killed_program_left_goes_and_what_a_living_one_has_stays(temporary: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED], env=os.environ | {"TMPDIR": str(temporary)}, check=False, timeout=60)
    [left] = temporary.iterdir()
    assert len(list(left.glob("*/target.png"))) == 1
    living = DragFolder()
    one = living.new_subfolder()
    remove_left_behind()
    assert list(temporary.iterdir()) == [one.parent]
    assert living.new_subfolder().parent == one.parent
    living.remove()
    assert list(temporary.iterdir()) == []


def test_a_link_of_such_a_name_is_not_followed(temporary: Path) -> None:
    own = temporary / "pictures"
    own.mkdir()
    (own / "photo.png").touch()
    (temporary / "stylestudio-drag-x").symlink_to(own)
    remove_left_behind()
    assert (own / "photo.png").exists()


def test_a_folder_that_is_new_is_left_alone(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drag_folder, "YOUNG", 60.0)
    (temporary / "stylestudio-drag-x").mkdir()
    remove_left_behind()
    assert [path.name for path in temporary.iterdir()] == ["stylestudio-drag-x"]


def test_no_place_for_temporary_files_is_said(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(temporary / "missing"))
    with pytest.raises(OutputError, match="no place for temporary files"):
        DragFolder().new_subfolder()
    remove_left_behind()


def test_a_folder_that_was_cleaned_away_is_made_again(temporary: Path) -> None:
    folder = DragFolder()
    shutil.rmtree(folder.new_subfolder().parent)
    assert folder.new_subfolder().is_dir()
    folder.remove()
    assert list(temporary.iterdir()) == []
