"""Loads the window's modules and builds it, in the shortest time."""

import builtins
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stylestudio.gui.program import Program


def build_program(arguments: list[str]) -> "Program":
    """The program with its window, which is not shown yet. It loads Qt.

    From here on garbage is only looked for by the program's `GarbageCollector`: loading modules makes next to none.
    """
    gc.disable()
    load_qt()
    from stylestudio.gui.program import Program

    program = Program(arguments)
    program.collector.keep_loaded()
    return program


def load_qt() -> None:
    """Load Qt for Python, but leave `import` as it is.

    It puts an `import` of its own in the place of Python's, which reads the source of every module that is loaded from
    then on, PyTorch's too, to see whether it says `from __feature__ import`. None does.
    """
    own_import = builtins.__import__
    import PySide6  # noqa: F401

    builtins.__import__ = own_import
