"""The running program: application, document, worker threads and window, from the first show to the last thread."""

import ctypes
import importlib
import importlib.util
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QSocketNotifier, QTimer, Signal
from PySide6.QtWidgets import QApplication

from stylestudio.gui.autosave import Autosaver
from stylestudio.gui.cache_report import CacheReport
from stylestudio.gui.collecting import GarbageCollector
from stylestudio.gui.document import Document
from stylestudio.gui.drag_folder import remove_left_behind
from stylestudio.gui.icons import program_icon
from stylestudio.gui.jobs import FileQueue, TaskRunner
from stylestudio.gui.main_window import MainWindow
from stylestudio.gui.messages import install_excepthook
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.restoring import Restorer
from stylestudio.gui.runs import RunController
from stylestudio.gui.theme import Theme
from stylestudio.gui.words import NAME, load_language
from stylestudio.paths import data_folder
from stylestudio.studio.autosave.keeping import WorkKeeper
from stylestudio.studio.render import Renderer
from stylestudio.studio.session import Session
from stylestudio.system import SIGNALLED, handle_signals

PATIENCE = 0.6
"""Seconds that closing waits for work that nobody needs any more."""
WRITING_PATIENCE = 20.0
"""Seconds that it waits for a file that is being written."""
KEEPING_PATIENCE = 5.0
"""Seconds that it waits for the work to be kept: a large picture may just have been finished."""
KEPT = "work"
"""The folder for it, in the user's data folder."""
HURRY = 0.3
"""The same after a signal: the system may be on its way down."""


class SignalNotifier(QObject):
    """Ctrl-C, SIGTERM and SIGHUP as a Qt signal: Python hears them only between two of its own instructions.

    `status` is the exit status that the first of them means, 0 while none came. What the process was started to ignore
    stays ignored.
    """

    came = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._read, write = socket.socketpair()
        self._write = write
        for end in (self._read, write):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._heard)
        self.status = 0
        self._before = handle_signals(lambda *_: None)
        signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        """Give the signals back."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _heard(self) -> None:
        numbers = self._read.recv(64)
        self.status = self.status or SIGNALLED + numbers[0]
        self.came.emit()


class Program:
    """Everything that lives as long as the window."""

    def __init__(self, arguments: list[str]) -> None:
        QApplication.setApplicationName(NAME)
        QApplication.setOrganizationName(NAME)
        self.application = QApplication(arguments)
        self.collector = GarbageCollector(self.application)
        load_language(self.application)
        self.application.setWindowIcon(program_icon())
        self.memory = Preferences(QSettings())
        self.document = Document(Session(settings=self.memory.settings()))
        self.tasks, self.reading, self.writing, self.keeping = TaskRunner(), TaskRunner(), TaskRunner(), TaskRunner()
        self.reading_queue, self.keeping_queue = FileQueue(self.reading), FileQueue(self.keeping)
        self.file_queue = FileQueue(self.writing)
        self.runs = RunController(self.document, self.tasks, Renderer())
        self.window = MainWindow(
            self.document,
            self.runs,
            self.reading_queue,
            self.file_queue,
            self.memory,
            Theme(self.application, self.memory.theme()),
        )
        self.autosaver, self.restorer = self._keep_work()
        self.cache_report = CacheReport(self.keeping_queue, data_folder())
        self.hook = install_excepthook(self.window)
        self.engine = EngineLoader()
        self.engine.loaded.connect(lambda: self.window.status.show_loading(False))
        self.engine.loaded.connect(self.collector.keep_loaded)
        self.engine.loaded.connect(self.window.sets.begin)  # not before: to load it twice at once stops the window
        self.signals = SignalNotifier(self.application)
        self.signals.came.connect(self._end)

    def run(self, files: Sequence[Path]) -> int:
        """Show the window with these files, or with the last work; return the exit status when it is closed."""
        self.window.status.show_loading(True)
        self.window.show()
        if files:
            self.window.open_files(files)
        else:
            self.restorer.start()
        self.keeping_queue.run(self._tidy, lambda _: None, self.window.show_error)
        self.cache_report.begin()
        QTimer.singleShot(0, self.engine.start)
        return self.application.exec() or self.signals.status

    def close(self) -> None:
        """Stop the work; only files that are to be written are finished first, where no signal is in a hurry."""
        self.autosaver.stop()
        self.tasks.cancel()
        self.file_queue.finish(WRITING_PATIENCE)
        written = self.writing.close(PATIENCE)
        self.autosaver.close(KEEPING_PATIENCE)
        end = time.monotonic() + PATIENCE
        ended = [tasks.close(max(0.0, end - time.monotonic())) for tasks in (self.reading, self.tasks, self.keeping)]
        ended.append(self.window.close_down())
        self.cache_report.close()
        self.signals.close()
        self.collector.close()
        if written and all(ended):
            self.application.shutdown()  # hands the clipboard on; not while a thread of Qt still runs

    def _tidy(self) -> None:
        """Remove what programs that were killed have left behind."""
        self.keeper.tidy()
        remove_left_behind()

    def _keep_work(self) -> tuple[Autosaver, Restorer]:
        """What keeps the work for the next start, and what brings it back."""
        window, document, runs = self.window, self.document, self.runs
        self.keeper = WorkKeeper(data_folder() / KEPT)
        autosaver = Autosaver(document, runs, window.space.shared_view, self.keeping_queue, self.keeper)
        restorer = Restorer(window, document, runs, window.loader, autosaver, self.reading_queue, self.keeper)
        window.loader.opened.connect(autosaver.remember_file)
        window.forget_requested.connect(partial(autosaver.ask_to_forget, window))
        autosaver.failed.connect(lambda error: window.status.show_message(error.message))
        restorer.failed.connect(window.show_error)
        restorer.said.connect(window.status.show_message)
        return autosaver, restorer

    def _end(self) -> None:
        """Close the window at once, and leave the event loop also where a dialog would keep it."""
        self.file_queue.set_deadline(HURRY)
        self.window.close_without_asking()
        self.application.exit()


class EngineLoader(QObject):
    """Loads the engine on a thread of its own, so that the window is there first."""

    loaded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.Thread(target=self._load, name="engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _load(self) -> None:
        # By name: the window itself knows no tensor.
        try:
            load_largest_library()
            importlib.import_module("stylestudio.engine.pipeline")
        finally:
            self.loaded.emit()


def load_largest_library() -> None:
    """Load the bulk of PyTorch in advance on Linux, where `import` would keep all of Python waiting for it.

    That is some 0.2 seconds in which the window could not even close; a call through ctypes lets the others go on.
    Where anything is otherwise than usual, nothing is loaded.
    """
    found = importlib.util.find_spec("torch") if sys.platform.startswith("linux") else None
    if found is None or found.origin is None:
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    dlopen(os.fsencode(Path(found.origin).with_name("lib") / "libtorch_cpu.so"), os.RTLD_LAZY)
