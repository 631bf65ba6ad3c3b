"""The engine, loaded beside the window."""

import ctypes
import importlib
import importlib.util
import os
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal


class EngineLoading(QObject):
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
