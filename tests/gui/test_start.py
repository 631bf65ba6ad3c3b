import gc
import subprocess
import sys

import pytest

from stylestudio.gui.start import uncollected

LOADING = """
import builtins, inspect
from stylestudio.gui.start import load_qt
before = builtins.__import__
load_qt()
import PySide6.QtWidgets
assert builtins.__import__ is before
def read(_):
    raise AssertionError("a source was read")
inspect.getsource = read
import stylestudio.studio.settings
"""


def test_no_source_is_read_when_modules_are_loaded_after_qt() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", LOADING], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_garbage_is_looked_for_again_afterwards_also_where_loading_fails() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), uncollected():
        raise ImportError
    assert gc.isenabled()
    gc.unfreeze()
