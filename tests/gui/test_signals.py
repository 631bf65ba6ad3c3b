"""Signals end the program with its window like Ctrl-C: soon, and with the status that says so."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from stylestudio.gui.program import SignalNotifier
from stylestudio.system import SIGNALS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")

PROBE = textwrap.dedent(
    """
    import os, signal, sys, time
    from PySide6.QtCore import QSettings, QTimer
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, sys.argv[1])
    from stylestudio.errors import StudioError
    from stylestudio.gui.program import EngineLoader, Program

    EngineLoader.start = lambda self: None
    program = Program(["stylestudio"])
    assert not program.application.windowIcon().pixmap(32).isNull()
    if sys.argv[2] == "writing":
        program.file_queue.run(lambda: time.sleep(30), print, print)
    QTimer.singleShot(0, lambda: program.window.show_error(StudioError("It happened.", hint="Do this.")))
    QTimer.singleShot(50, lambda: os.kill(os.getpid(), int(sys.argv[3])))
    code = program.run([])
    begun = time.monotonic()
    program.close()
    assert time.monotonic() - begun < 5, "it waited for the file"
    os._exit(code)
    """
)


def start(folder: Path, case: str, number: int) -> "subprocess.Popen[bytes]":
    """A window that sends itself the signal."""
    return subprocess.Popen(
        [sys.executable, "-c", PROBE, str(folder), case, str(number)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
    )


def test_signals_close_the_window_whatever_is_open_and_are_the_exit_status(tmp_path: Path) -> None:
    wanted = {("writing", signal.SIGTERM): 128 + signal.SIGTERM, ("dialog", signal.SIGHUP): 128 + signal.SIGHUP}
    started = {case: start(tmp_path, *case) for case in wanted}
    ended = {case: process.communicate(timeout=60)[1].decode() for case, process in started.items()}
    assert {case: process.returncode for case, process in started.items()} == wanted, ended


@pytest.fixture
def handlers() -> Iterator[None]:
    """All signals are handled afterwards as before."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
def test_the_first_signal_counts_and_one_that_was_ignored_stays_so(qtbot: QtBot) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    parent, came = QObject(), []
    signals = SignalNotifier(parent)
    signals.came.connect(lambda: came.append(signals.status))
    os.kill(os.getpid(), signal.SIGHUP)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(os.getpid(), number)
        qtbot.waitUntil(lambda number=number: len(came) == number // signal.SIGTERM + 1)
    signals.close()
    assert came == [128 + signal.SIGINT] * 2
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
