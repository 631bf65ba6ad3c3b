"""The panel under the target, in the hands of an artist."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from whole_window import Studio

from stylestudio.gui.shelf.panel import Panel
from stylestudio.gui.shelf.tile_view import TileView, star_rect
from stylestudio.gui.shelf.tiles import Tile
from stylestudio.studio import shelf


def only_bundled(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let only these come with the program: reading all takes seconds."""
    wanted = [one for one in shelf.find_bundled() if one.path.stem in names]
    assert len(wanted) == len(names)
    monkeypatch.setattr(shelf, "find_bundled", lambda: wanted)


def settle(studio: Studio) -> None:
    """Until everything was put down and is shown; makes the shelf."""
    shelving = studio.window.shelving
    timers = (shelving.recorder.pause, shelving.shelf.refresh)
    studio.wait(lambda: not any(timer.isActive() for timer in timers) and not shelving.library.is_busy)


def panel(studio: Studio) -> Panel:
    return studio.window.shelving.shelf.panel


def tiles(view: TileView) -> list[Tile]:
    return [tile for tile in view.tiles.tiles if not tile.heading]


def names(view: TileView) -> list[str]:
    return [tile.name for tile in tiles(view)]


def place_of(view: TileView, name: str) -> tuple[QPoint, QPoint]:
    """The middle of this tile's picture, and that of its star."""
    row = next(row for row, tile in enumerate(view.tiles.tiles) if tile.name == name)
    index = view.tiles.index(row)
    view.scrollTo(index)
    picture = view.picture_rect(view.visualRect(index))
    return picture.center(), star_rect(picture).center()


def click(view: TileView, name: str) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, name)[0])


def click_star(view: TileView, name: str) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, name)[1])


def data_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the library be in this folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
