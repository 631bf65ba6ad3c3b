"""The program in a real window on an X server of its own, worked as an artist does: for tests and screenshots."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import ImageGrab

ROOT = Path(__file__).resolve().parent.parent
TITLE = "Style Studio"
PAUSE = 0.1
"""Seconds between two looks, each of which starts a program: more of them would take the time of what is waited for."""
STEPS = 12
"""Of a drag: a drop site is only told of a pointer that moves over it."""


@contextmanager
def x_server(size: str, log: Path) -> Iterator[str]:
    """The name, such as ":7", of a private X server of `size`, such as "1280x800"."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"]
    with log.open("wb") as stream:
        server = subprocess.Popen(command, pass_fds=[write_end], stdout=stream, stderr=stream)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as number:
            yield f":{number.readline().strip()}"  # a pipe closed before the newline kills Xvfb
    finally:
        server.terminate()
        server.wait(10)


class Desktop:
    """Style Studio on an X display, with settings and kept work of its own in `folder`."""

    def __init__(self, display: str, folder: Path, *arguments: str, **more: str) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
            **more,
        }
        self.started = time.monotonic()
        with self.log.open("wb") as log:
            self.program = subprocess.Popen(
                [sys.executable, "-P", "-m", "stylestudio", *arguments],
                env=self.environment,
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        self.window = self._window()
        self.shown_after = time.monotonic() - self.started
        self.focus()

    @property
    def log(self) -> Path:
        """What the program writes."""
        return self.folder / "program.log"

    def tool(self, *arguments: object) -> str:
        """Run xdotool and give what it writes."""
        command = ["xdotool", *map(str, arguments)]
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=30
        ).stdout

    def focus(self) -> None:
        """Give the window the keys, which without a window manager nobody else does."""
        self.tool("windowfocus", "--sync", self.window)

    def geometry(self) -> tuple[int, int, int, int]:
        """The window's left, top, width and height on the screen."""
        text = self.tool("getwindowgeometry", "--shell", self.window)
        facts = dict(re.findall(r"^(\w+)=(-?\d+)$", text, re.MULTILINE))
        return int(facts["X"]), int(facts["Y"]), int(facts["WIDTH"]), int(facts["HEIGHT"])

    def keys(self, *names: str) -> None:
        """Press keys, named as "ctrl+e", one after the other."""
        self.tool("key", "--delay", 40, *names)

    def type(self, text: str) -> None:
        self.tool("type", "--delay", 8, text)

    def click(self, x: int, y: int) -> None:
        """Click at a point of the window; negative numbers count from its right and lower edge."""
        left, top, width, height = self.geometry()
        self.tool("mousemove", left + x % width, top + y % height, "click", 1)

    def is_shown(self) -> bool:
        """Whether any window of the program is on the screen."""
        return bool(self._windows())

    def title(self) -> str:
        """The window's title, which names the pictures that are open."""
        return self.tool("getwindowname", self.window).strip()

    def wait_for_pictures(self) -> None:
        """Until photo and style are open."""
        self.wait(lambda: " in the style of " in self.title())

    def drop(self, *files: Path) -> None:
        """Drag files out of another program's window, drop them in the middle of this one, and see them open."""
        command = [sys.executable, str(Path(__file__).with_name("drag_source.py")), *map(str, files)]
        before = self.title()
        unscaled = {**self.environment, "QT_SCALE_FACTOR": "1"}  # xdotool counts the screen's own pixels
        source = subprocess.Popen(command, env=unscaled, stdout=subprocess.PIPE, text=True)
        assert source.stdout
        try:
            with source.stdout:
                start = [int(number) for number in source.stdout.readline().split()]
            left, top, width, height = self.geometry()
            end = left + width // 2, top + height // 2
            steps: list[object] = ["mousemove", *start, "sleep", 0.1, "mousedown", 1]
            for step in range(1, STEPS + 1):
                place = [round(a + (b - a) * step / STEPS) for a, b in zip(start, end, strict=True)]
                steps += ["mousemove", *place, "sleep", 0.03]
            self.tool(*steps, "sleep", 0.3, "mouseup", 1, "sleep", 0.3)
        finally:
            source.terminate()
            source.wait(10)
        self.focus()
        self.wait(lambda: self.title() != before)

    def export(self, key: str, path: Path) -> None:
        """Press the key of an export, type the name into its dialog, take what the next one says, wait for the file."""
        before = self._windows()
        self.keys(key)
        self.wait(lambda: len(self._windows()) > len(before))
        self.wait(lambda: self._focused() not in before)
        before.append(self._focused())
        self.keys("ctrl+a")
        self.type(str(path))
        self.keys("Return")
        self.wait(lambda: self._focused() not in (*before, ""))
        self.keys("Return")
        self.wait(path.exists, 60)
        self.focus()

    def open_dialog(self, key: str) -> None:
        """Press the key that opens a dialog, until that has the keys."""
        before = self._windows()
        self.keys(key)
        self.wait(lambda: self._focused() not in (*before, ""))

    def wait_for_dialogs(self, number: int) -> None:
        """Until so many are left; the last one has the keys then, or the window."""
        self.wait(lambda: len(self._windows()) == number + 1)
        if number:
            self.wait(lambda: self._focused() not in (self.window, ""))
        else:
            self.focus()

    def run(self, *arguments: object) -> None:
        """Run a command of the program's command line, as in a terminal."""
        command = [sys.executable, "-P", "-m", "stylestudio", *map(str, arguments)]
        subprocess.run(command, env=self.environment, check=True, cwd=self.folder, timeout=300)

    def screenshot(self, path: Path) -> None:
        """The window alone, as it is on the screen."""
        left, top, width, height = self.geometry()
        box = left, top, left + width, top + height
        ImageGrab.grab(box, xdisplay=self.environment["DISPLAY"]).save(path)

    def wait(self, condition: Callable[[], object], seconds: float = 30) -> None:
        """Until the condition holds. Raises `TimeoutError`."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(self.log.read_text(errors="replace") or "nothing happened")
            time.sleep(PAUSE)

    def close(self) -> int:
        """Close the window as its menu does; the exit status."""
        if self.program.poll() is None:
            self.keys("ctrl+q")
        return self.program.wait(20)

    def kill(self) -> None:
        if self.program.poll() is None:
            self.program.kill()
            self.program.wait()

    def _windows(self) -> list[str]:
        command = ["xdotool", "search", "--onlyvisible", "--pid", str(self.program.pid), "--name", "."]
        return subprocess.run(
            command, env=self.environment, check=False, capture_output=True, text=True, timeout=30
        ).stdout.split()

    def _focused(self) -> str:
        """The window that has the keys, "" where none has."""
        command = ["xdotool", "getwindowfocus"]
        return subprocess.run(
            command, env=self.environment, check=False, capture_output=True, text=True, timeout=30
        ).stdout.strip()

    def _window(self) -> str:
        self.wait(self._windows)
        return self._windows()[0]
