"""The check that comes before Qt."""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stylestudio.errors import SystemLacks
from stylestudio.gui import display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these displays")


@pytest.fixture(autouse=True)
def bare_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def lack(monkeypatch: pytest.MonkeyPatch, *lacking: str) -> None:
    def load(library: str) -> Any:
        if library in lacking:
            raise OSError(f"{library}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", load)


def test_without_any_display_no_window_is_wanted() -> None:
    assert not display.has_display()


@pytest.mark.parametrize(
    ("name", "value"),
    [("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0"), ("QT_QPA_PLATFORM", "offscreen:size=640x480")],
)
def test_a_display_or_a_platform_that_needs_none_wants_a_window(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert display.has_display()


def test_an_empty_display_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", "")
    assert not display.has_display()


def test_a_display_of_the_kind_that_qt_is_told_not_to_use_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    assert not display.has_display()


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_windows_and_macos_always_have_a_display_and_lack_nothing(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    lack(monkeypatch, *display.OFFSCREEN, *display.XCB)
    assert display.has_display()
    assert display.missing_packages() == []
    display.check_display()


def test_the_packages_of_libraries_that_do_not_load_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    lack(monkeypatch, "libxcb-icccm.so.4", "libEGL.so.1")
    assert display.missing_packages() == ["libegl1", "libxcb-icccm4"]


def test_the_exact_line_that_installs_what_lacks_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    lack(monkeypatch, "libxcb-keysyms.so.1", "libxcb-icccm.so.4")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(shutil, "which", lambda tool: f"/usr/bin/{tool}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SystemLacks) as caught:
        display.check_display()
    assert caught.value.hint == "Install them: apt-get install libxcb-icccm4 libxcb-keysyms1"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert display.install_line(["libegl1"]) == "Install them: sudo apt-get install libegl1"


def test_a_system_without_apt_is_told_the_names_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    assert "apt-get" not in display.install_line(["libegl1"])
    assert "libegl1" in display.install_line(["libegl1"])


def test_a_window_that_is_never_shown_needs_no_library_of_the_x_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lack(monkeypatch, *display.XCB)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    display.check_display()


def test_without_a_display_the_check_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    lack(monkeypatch)
    with pytest.raises(SystemLacks, match="no display"):
        display.check_display()


@pytest.mark.parametrize("name", [":987", "nonsense", "localhost:987"])
def test_an_x_server_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(display, "missing_packages", lambda libraries: [])
    monkeypatch.setenv("DISPLAY", name)
    with pytest.raises(SystemLacks, match=f"display {name} cannot be reached"):
        display.check_display()


def test_an_x_server_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "missing_packages", lambda libraries: [])
    monkeypatch.setattr(display, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{port - 6000}")
        with pytest.raises(SystemLacks, match="cannot be reached"):
            display.check_display()


@pytest.mark.real_window
def test_a_running_x_server_is_reached(monkeypatch: pytest.MonkeyPatch, x_server: str) -> None:
    monkeypatch.setenv("DISPLAY", x_server)
    display.check_display()


def test_a_wayland_compositor_is_reached_by_its_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(display, "missing_packages", lambda libraries: [])
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        display.check_display()
    (tmp_path / "wayland-7").unlink()
    with pytest.raises(SystemLacks, match="wayland-7 cannot be reached"):
        display.check_display()


def test_the_check_imports_no_qt() -> None:
    code = "import sys, stylestudio.gui.display; sys.exit(any('PySide6' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
