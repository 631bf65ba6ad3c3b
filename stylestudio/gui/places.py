"""Where files are: addresses as paths, questions to disks that may not answer, and texts that keep folders secret."""

import os
import re
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QDir, QUrl

T = TypeVar("T")

PATIENCE = 0.03
"""Seconds that the window waits for a disk: three questions in a row stay below what a person notices."""
_ENDS = "\r\n\0"
"""What other programs leave at the end of an address."""
_DRIVE = re.compile(r"/[A-Za-z]:")


def ask_with_timeout(question: Callable[[], T], otherwise: T) -> T:
    """What `question()` gives, or `otherwise` where the disk fails or does not answer soon.

    For the window's thread: a share that has gone holds whoever asks it for many seconds. Here that is a thread of its
    own, which is left behind.
    """
    answers: SimpleQueue[T] = SimpleQueue()

    def ask() -> None:
        answer = otherwise
        with suppress(OSError, ValueError, RuntimeError):
            answer = question()
        answers.put(answer)

    with suppress(Empty, RuntimeError):  # the latter where no thread can be had
        Thread(target=ask, name="asking", daemon=True).start()
        return answers.get(timeout=PATIENCE)
    return otherwise


def path_of(url: QUrl) -> Path | None:
    """The file that an address means on this computer, however it is spelled; None for any other address.

    What follows # or ? is no part of the name. Asks no disk.
    """
    if url.scheme() != "file":
        return None
    here = is_this_computer(url.host())
    if sys.platform == "win32":
        return _windows_path(url, here)
    # Decoded as bytes: a name need not be valid UTF-8.
    name = os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))).rstrip(_ENDS)
    return Path("/" + name.lstrip("/")) if here and name.startswith("/") else None


def _windows_path(url: QUrl, here: bool) -> Path | None:
    """A host of another name is a share's, and so is this one's before a folder that is no drive."""
    if here and (_DRIVE.match(url.path()) or not url.host() or url.host() == "localhost"):
        url = QUrl(url)
        url.setHost("")
    path = Path(url.toLocalFile().rstrip(_ENDS))
    return path if path.is_absolute() else None


def is_this_computer(host: str) -> bool:
    """Whether an address with this host, "" for none, is one of this computer; asks no network."""
    own = socket.gethostname().lower()
    return host.lower() in {"", "localhost", "127.0.0.1", "::1", own} or _first(host) == _first(own)


def _first(host: str) -> str:
    """Of a name such as "studio.local", what the computer itself may be called."""
    return host.lower().partition(".")[0]


_ROOT = r"(?:~|[A-Za-z]:)?[\\/]"
_FILE = r"""[^\n"',;:()\\/]*?\.[A-Za-z]\w{0,4}\b"""
_QUOTED = re.compile(rf"""(["']){_ROOT}(?:[^"'\n]*[\\/])?(?:({_FILE})|[^"'\n\\/]*)\1""")
_PLAIN = re.compile(rf"""(?<![\w.:/\\~]){_ROOT}(?=[^\s\\/])(?:[^"'\n]*[\\/])?(?:({_FILE})|[^\n"',;:()\\/]*)""")
"""Without quotes nothing says where a path with spaces ends: rather a word too much goes than a folder stays."""


def without_folders(text: str) -> str:
    """The text with every path cut to the file's name, or for the program and its libraries to what lies in them."""
    for root in sorted({str(Path(root).resolve()) for root in sys.path if root}, key=len, reverse=True):
        text = text.replace(f"{root}{os.sep}", "")
    home = QDir.toNativeSeparators(QDir.homePath()).rstrip(os.sep)
    text = re.sub(rf"{re.escape(home)}\b", "~", text) if home else text
    text = _QUOTED.sub(lambda found: f"{found[1]}…{found[2] or ''}{found[1]}", text.replace("file://", ""))
    return _PLAIN.sub(lambda found: f"…{found[1] or ''}", text)
