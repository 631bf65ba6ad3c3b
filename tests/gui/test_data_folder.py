import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QStandardPaths

from stylestudio.gui.words import NAME
from stylestudio.paths import data_folder


@pytest.mark.parametrize("base", [None, "elsewhere"])
def test_the_data_folder_is_the_one_that_qt_gives_the_window(
    base: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    if base:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / base))
    before = QCoreApplication.organizationName(), QCoreApplication.applicationName()
    QCoreApplication.setOrganizationName(NAME)
    QCoreApplication.setApplicationName(NAME)
    try:
        qt = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
    finally:
        QCoreApplication.setOrganizationName(before[0])
        QCoreApplication.setApplicationName(before[1])
    assert data_folder() == qt


@pytest.mark.parametrize(
    ("system", "base"), [("win32", "Roaming"), ("darwin", "Library/Application Support"), ("linux", ".local/share")]
)
def test_the_data_folder_lies_where_each_system_keeps_such(
    system: str, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("APPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", system)
    assert data_folder().as_posix().endswith(f"{base}/Style Studio/Style Studio")
    assert data_folder().is_relative_to(Path.home())
