import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True, scope="module")
def collected_by_the_window() -> Iterator[None]:
    """As in the program: a worker's thread must not come across the timers of a window that is garbage by now."""
    gc.disable()
    yield
    gc.enable()


def collect() -> None:
    """The window of the test before is garbage by now."""
    gc.collect()
    gc.freeze()  # what is left stays: modules, for the most part, which need not be looked through again each time


@pytest.fixture
def new_studio(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], object]]:
    """Make a window; each one remembers what the one before it left. All are closed at the end."""
    from whole_window import Studio

    collect()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    palette, style = application.palette(), application.style().objectName()
    made: list[Studio] = []

    def make() -> Studio:
        made.append(Studio(qtbot, tmp_path / "memory.ini"))
        return made[-1]

    yield make
    for studio in made:
        studio.close()
        studio.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.setStyle(style)
    application.setPalette(palette)


@pytest.fixture
def studio(new_studio: Callable[[], object]) -> object:
    """The whole window, with a fake engine that gives the content's negative."""
    return new_studio()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """photo.png: 400 x 300, a gradient."""
    path = tmp_path / "photo.png"
    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(path)
    return path


@pytest.fixture
def painting(tmp_path: Path) -> Path:
    """painting.png: 120 x 90, another one."""
    path = tmp_path / "painting.png"
    Image.radial_gradient("L").resize((120, 90)).convert("RGB").save(path)
    return path
