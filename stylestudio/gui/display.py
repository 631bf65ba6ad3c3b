"""Can a window be shown? Asked before Qt is imported, because Qt ends the process where the answer is no.

Imports no Qt.
"""

import ctypes
import os
import shutil
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from stylestudio.errors import SystemLacks

OFFSCREEN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
}
"""What Qt needs to load at all: shared library -> Debian package."""

XCB = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What a window on an X server needs in addition; the other libxcb parts come with these."""

SERVERLESS = {"offscreen", "minimal", "minimalegl", "linuxfb", "eglfs", "vkkhrdisplay", "vnc"}
"""Qt platforms that ask no display server."""

PATIENCE = 5.0
"""Seconds until a display that does not answer counts as one that cannot be reached."""


def has_display() -> bool:
    """Whether a window is wanted here at all; `check_display` asks whether it could be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return _platform() in SERVERLESS or any(_servers())


def missing_packages(libraries: Mapping[str, str] = OFFSCREEN | XCB) -> list[str]:
    """The Debian packages of those `libraries` that do not load; none on systems where Qt brings its own."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in libraries.items() if not _loads(library)]


def check_display() -> None:
    """Raise SystemLacks where a window could not be shown: a library is missing, or no display answers."""
    if not sys.platform.startswith("linux"):
        return
    x_server, wayland = _servers()
    if missing := missing_packages(OFFSCREEN | XCB if x_server else OFFSCREEN):
        raise SystemLacks("The system lacks libraries that the window needs.", hint=install_line(missing))
    if _platform() in SERVERLESS:
        return
    if not (x_server or wayland):
        raise SystemLacks("There is no display to show a window on.", hint="Start from a desktop session.")
    if not (_x_answers(x_server) if x_server else _wayland_answers(wayland)):
        raise SystemLacks(
            f"The display {x_server or wayland} cannot be reached.",
            hint="Start from a desktop session, or unset DISPLAY and WAYLAND_DISPLAY to do without a window.",
        )


def install_line(packages: list[str]) -> str:
    """One sentence: the command that installs these Debian packages."""
    if not shutil.which("apt-get"):
        return f"Install what Debian calls {' '.join(packages)} with your system's package manager."
    as_root = "" if os.geteuid() == 0 else "sudo "
    return f"Install them: {as_root}apt-get install {' '.join(packages)}"


def _servers() -> tuple[str, str]:
    """The X server and the Wayland compositor that Qt may turn to; empty where it will not."""
    platform = _platform()
    x_server = "" if platform in {*SERVERLESS, "wayland"} else os.environ.get("DISPLAY", "")
    wayland = "" if platform in {*SERVERLESS, "xcb"} else os.environ.get("WAYLAND_DISPLAY", "")
    return x_server, wayland


def _platform() -> str:
    """The Qt platform asked for, without options such as "offscreen:size"; empty when Qt may choose."""
    return os.environ.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0].strip()


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x_answers(display: str) -> bool:
    """Whether an X server answers, asked in a thread to leave behind: libxcb knows no timeout."""
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(_x_connects(display)), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    return answers == [True]


def _x_connects(display: str) -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    try:
        return xcb.xcb_connection_has_error(connection) == 0
    finally:
        xcb.xcb_disconnect(connection)


def _wayland_answers(display: str) -> bool:
    """Whether a Wayland compositor listens on its socket, which an absolute path may name too."""
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / display
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(PATIENCE)
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True
