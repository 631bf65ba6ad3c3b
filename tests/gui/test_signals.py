"""Signals end the program with its window like Ctrl-C: soon, and with the status that says so."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

PROBE = textwrap.dedent(
    """
    import os, signal, sys, time
    if sys.argv[2] == "ignored":
        signal.signal(int(sys.argv[3]), signal.SIG_IGN)
    from PySide6.QtCore import QSettings, QTimer
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, sys.argv[1])
    from stylestudio.errors import StudioError
    from stylestudio.gui.program import EngineLoading, Program

    EngineLoading.start = lambda self: None
    program = Program(["stylestudio"])
    if sys.argv[2] == "writing":
        program.file_queue.run(lambda: time.sleep(30), print, print)
    QTimer.singleShot(0, lambda: program.window.show_error(StudioError("It happened.", hint="Do this.")))
    QTimer.singleShot(50, lambda: os.kill(os.getpid(), int(sys.argv[3])))
    if sys.argv[2] == "ignored":
        QTimer.singleShot(300, program.window.close_unasked)
    code = program.run([])
    begun = time.monotonic()
    program.close()
    assert time.monotonic() - begun < 5, "it waited for the file"
    os._exit(code)
    """
)


def start(folder: Path, case: str, number: int) -> "subprocess.Popen[bytes]":
    """A window that gets the signal."""
    return subprocess.Popen(
        [sys.executable, "-c", PROBE, str(folder), case, str(number)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that one process sends to another")
def test_signals_close_the_window_whatever_is_open_and_are_the_exit_status(tmp_path: Path) -> None:
    wanted = {
        ("dialog", signal.SIGINT): 130,
        ("writing", signal.SIGTERM): 143,
        ("dialog", signal.SIGHUP): 129,
        ("ignored", signal.SIGHUP): 0,  # as nohup starts it
    }
    started = {case: start(tmp_path, *case) for case in wanted}
    ended = {case: process.communicate(timeout=60)[1].decode() for case, process in started.items()}
    assert {case: process.returncode for case, process in started.items()} == wanted, ended
