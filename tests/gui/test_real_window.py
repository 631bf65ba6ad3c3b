"""The program as it is, on an X server, with the real engine and real keys, drops and dialogs."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desktop import Desktop
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QSettings

from stylestudio.gui.preferences import Preferences
from stylestudio.gui.words import NAME
from stylestudio.paths import resource
from stylestudio.studio.settings import Settings

pytestmark = pytest.mark.real_window

SIZE = 300, 220
LARGE_PHOTO = resource("samples", "contents", "castle.jpg")
"""It keeps the engine busy for some seconds."""
STYLE = resource("samples", "styles", "village.jpg")
BLUE_SLIDER = (-134, 218)
"""Its place in the window, from the right and from the top."""

FULL_PRESET = (-104, 293)
"""Likewise that of the preset that is the overfit picture."""
WORDS = 60
"""Pixels from the top of a picture on which the window may write what it is."""

QUICK = {"size": 128, "refine": 0}
"""For what is not about the picture itself: on a busy machine refining takes half a minute."""

Start = Callable[..., Desktop]


@pytest.fixture
def start(x_server: str, tmp_path: Path) -> Iterator[Start]:
    """Start the program in a folder of the test's own; it is ended with the test."""
    started: list[Desktop] = []

    def run(*arguments: str) -> Desktop:
        started.append(Desktop(x_server, tmp_path, *arguments))
        return started[-1]

    yield run
    for window in started:
        window.kill()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A sample photo, small enough to be shown pixel by pixel."""
    path = tmp_path / "photo.png"
    with Image.open(LARGE_PHOTO) as image:
        image.resize(SIZE).save(path)
    return path


def remember(folder: Path, **settings: int) -> None:
    """Settings, as the program keeps them for the next start."""
    memory = Preferences(QSettings(str(folder / "config" / NAME / f"{NAME}.conf"), QSettings.Format.IniFormat))
    memory.set_settings(replace(Settings(), **settings))
    memory.sync()


def levels(path: Path) -> NDArray[np.floating]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(np.float32)


def mixed(photo: Path, overfit: Path, shares: tuple[float, float, float]) -> NDArray[np.floating]:
    """The formula, from the two files."""
    return levels(photo) * (1 - np.array(shares)) + levels(overfit) * np.array(shares)


def is_shown(target: NDArray[np.floating], screen: NDArray[np.floating]) -> bool:
    """Whether the screen holds the picture somewhere, to one level."""
    return place_of(target, screen) is not None


def place_of(target: NDArray[np.floating], screen: NDArray[np.floating]) -> tuple[int, int] | None:
    """From the left and from the top; None where it is not there."""
    height, width = target.shape[:2]
    corners = ((0, 0), (0, width - 1), (height - 1, 0), (height - 1, width - 1), (height // 2, width // 2))
    rows, columns = screen.shape[0] - height + 1, screen.shape[1] - width + 1
    alike = np.ones((rows, columns), bool)
    for y, x in corners:
        alike &= (np.abs(screen[y : y + rows, x : x + columns] - target[y, x]) <= 1).all(axis=2)
    for y, x in np.argwhere(alike):
        if (np.abs(screen[y : y + height, x : x + width] - target) <= 1).all():
            return int(x), int(y)
    return None


def picture_on_screen(window: Desktop, photo: Path, folder: Path) -> tuple[int, int, int, int]:
    """Where the photo is shown pixel by pixel while Space is held: left, top, width and height on the screen."""
    window.tool("keydown", "space", "sleep", 0.5)
    window.screenshot(folder / "held.png")
    window.tool("keyup", "space")
    screen, wanted = levels(folder / "held.png"), levels(photo)[60:]  # above it says which picture is held
    height, width = wanted.shape[:2]
    rows, columns = screen.shape[0] - height + 1, screen.shape[1] - width + 1
    alike = np.ones((rows, columns), bool)
    for y, x in ((0, 0), (0, width - 1), (height - 1, 0), (height - 1, width - 1), (height // 2, width // 2)):
        alike &= (screen[y : y + rows, x : x + columns] == wanted[y, x]).all(axis=2)
    row, column = np.argwhere(alike)[0]
    x, y, _, _ = window.geometry()
    return x + int(column), y + int(row) - 60, *SIZE


def wait_for_the_engine(window: Desktop) -> None:
    """Until it is at work: to be loaded it takes about two seconds of the processor's time."""

    def seconds_used() -> float:
        facts = Path("/proc", str(window.program.pid), "stat").read_text().rpartition(")")[2].split()
        return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")

    window.wait(lambda: seconds_used() > 3)


def test_sigterm_takes_the_window_away_even_while_the_engine_is_loaded(start: Start) -> None:
    for after in (0.0, 0.15):
        window = start()
        time.sleep(after)
        window.program.terminate()
        window.wait(lambda window=window: not window.is_shown())
        assert window.program.wait(30) == 128 + signal.SIGTERM
        assert window.log.read_text() == ""


def test_two_dropped_pictures_become_the_png_that_the_formula_and_the_screen_say(
    start: Start, photo: Path, tmp_path: Path
) -> None:
    window = start()
    window.drop(photo, STYLE)
    window.export("ctrl+e", tmp_path / "early.png")  # comes with the finished picture, before it is refined
    window.keys("Escape")  # the step that there is stays
    window.export("ctrl+shift+e", tmp_path / "overfit.png")
    window.keys("ctrl+l")
    window.click(*BLUE_SLIDER)
    window.keys("Home", "shift+Right", "shift+Right", "Right", "Right")
    window.export("ctrl+e", tmp_path / "target.png")
    exported, expected = levels(tmp_path / "target.png"), mixed(photo, tmp_path / "overfit.png", (0.7, 0.7, 0.22))
    assert np.abs(exported - expected).max() <= 1

    window.keys("ctrl+1")

    def shows_the_target() -> bool:
        window.screenshot(tmp_path / "screen.png")
        return is_shown(exported, levels(tmp_path / "screen.png"))

    window.wait(shows_the_target, 10)
    assert window.close() == 0
    assert window.log.read_text() == ""


def test_a_painted_stroke_and_a_band_of_the_test_strip_are_in_the_exported_target(
    start: Start, photo: Path, tmp_path: Path
) -> None:
    remember(tmp_path, **QUICK)
    window = start()
    window.drop(photo, STYLE)
    window.export("ctrl+shift+e", tmp_path / "overfit.png")
    window.keys("ctrl+1")
    left, top, width, height = picture_on_screen(window, photo, tmp_path)
    window.keys("t")
    window.tool("mousemove", left + width // 2, top + height // 8, "click", 1)
    window.keys("b", "x")
    middle = left + width // 2, top + height // 2
    window.tool("mousemove", *middle, "mousedown", 1, "mousemove_relative", 12, 4, "sleep", 0.1, "mouseup", 1)
    window.keys("Escape")
    window.export("ctrl+e", tmp_path / "target.png")
    exported, original = levels(tmp_path / "target.png"), levels(photo)
    half = mixed(photo, tmp_path / "overfit.png", (0.5, 0.5, 0.5))
    painted = slice(height // 2, height // 2 + 3), slice(width // 2, width // 2 + 6)
    assert np.abs(exported[:40] - half[:40]).max() <= 1
    assert np.abs(exported[painted] - original[painted]).max() <= 1

    def shows_the_target() -> bool:
        window.screenshot(tmp_path / "screen.png")
        return is_shown(exported, levels(tmp_path / "screen.png"))

    window.wait(shows_the_target, 10)
    assert window.close() == 0
    assert window.log.read_text() == ""


def test_a_preset_is_seen_while_the_mouse_is_over_it_and_the_target_has_the_screen_until_escape(
    start: Start, photo: Path, tmp_path: Path
) -> None:
    remember(tmp_path, **QUICK)
    window = start(str(photo), str(STYLE))
    window.wait_for_pictures()
    window.export("ctrl+shift+e", tmp_path / "overfit.png")
    window.keys("ctrl+1")
    usual = mixed(photo, tmp_path / "overfit.png", (0.7, 0.7, 0.7))[WORDS:]

    def place(picture: NDArray[np.floating]) -> tuple[int, int] | None:
        window.screenshot(tmp_path / "screen.png")
        return place_of(picture, levels(tmp_path / "screen.png"))

    def point(x: int, y: int) -> None:
        left, top, width, height = window.geometry()
        window.tool("mousemove", left + x % width, top + y % height)

    window.wait(lambda: place(usual), 10)
    before = place(usual)
    point(*FULL_PRESET)
    window.wait(lambda: place(levels(tmp_path / "overfit.png")[WORDS:]), 10)
    point(2, 2)
    window.wait(lambda: place(usual) == before, 10)
    window.keys("F11")
    _, _, width, _ = window.geometry()
    window.wait(lambda: abs((place(usual) or (0, 0))[0] + SIZE[0] / 2 - width / 2) <= 1, 10)
    window.keys("Escape")
    window.wait(lambda: place(usual) == before, 10)
    assert window.close() == 0
    assert window.log.read_text() == ""


def test_five_actions_make_a_png_of_a_photo_of_12_megapixels(start: Start, tmp_path: Path) -> None:
    photo = tmp_path / "large.jpg"
    with Image.open(LARGE_PHOTO) as image:
        image.resize((4000, 3000)).save(photo)
    remember(tmp_path, **QUICK)
    window = start()
    window.drop(photo, STYLE)
    window.export("ctrl+e", tmp_path / "target.png")
    with Image.open(tmp_path / "target.png") as image:
        assert image.size == (4000, 3000)


def export_set(window: Desktop, folder: Path) -> None:
    """Press the key of exporting all, type the folder into its dialog, and take what else it proposes."""
    window.open_dialog("ctrl+alt+e")
    window.open_dialog("alt+h")
    window.keys("ctrl+a")
    window.type(str(folder))
    window.keys("Return")
    window.wait_for_dialogs(1)
    window.keys("Return")
    window.wait_for_dialogs(0)


def test_five_dropped_photos_and_a_style_are_exported_as_batch_does(start: Start, tmp_path: Path) -> None:
    folder, by_batch, photos = tmp_path / "out", tmp_path / "batch", [tmp_path / f"{name}.png" for name in "abcde"]
    with Image.open(LARGE_PHOTO) as image:
        for number, path in enumerate(photos):
            image.resize((72 + 8 * number, 64)).save(path)
    folder.mkdir()
    remember(tmp_path, **QUICK)
    window = start()
    window.drop(*photos)
    window.drop(STYLE)
    export_set(window, folder)
    window.wait(lambda: len(list(folder.glob("*.png"))) == len(photos), 180)
    assert window.close() == 0
    assert window.log.read_text() == ""
    window.run("batch", "--content", photos[3], "--style", STYLE, "-o", by_batch, "--size", 128, "--refine", 0)
    [made] = by_batch.iterdir()
    assert np.array_equal(levels(made), levels(folder / made.name))


def test_closing_while_running_ends_window_and_process(start: Start) -> None:
    window = start(str(LARGE_PHOTO), str(STYLE))
    wait_for_the_engine(window)
    assert window.close() == 0
    assert window.log.read_text() == ""


def test_sigterm_ends_it_likewise(start: Start) -> None:
    window = start(str(LARGE_PHOTO), str(STYLE))
    wait_for_the_engine(window)
    window.program.terminate()
    assert window.program.wait(2) == 128 + signal.SIGTERM
    assert window.log.read_text() == ""
