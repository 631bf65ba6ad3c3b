"""Loads the window's modules and builds it, in the shortest time."""

import builtins
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stylestudio.gui.program import Program


def build_program(arguments: list[str]) -> "Program":
    """The program with its window, which is not shown yet. It loads Qt."""
    with uncollected():
        load_qt()
        from stylestudio.gui.program import Program

        return Program(arguments)


def load_qt() -> None:
    """Load Qt for Python, but leave `import` as it is.

    It puts an `import` of its own in the place of Python's, which reads the source of every module that is loaded from
    then on, PyTorch's too, to see whether it says `from __feature__ import`. None does.
    """
    own_import = builtins.__import__
    import PySide6  # noqa: F401

    builtins.__import__ = own_import


@contextmanager
def uncollected() -> Iterator[None]:
    """For loading modules, which makes next to no garbage: none is looked for meanwhile, nor later in what is there."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
