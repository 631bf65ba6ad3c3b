import os
import subprocess
import sys
from pathlib import Path

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


BUILDING = """
import gc, os
from stylestudio.gui.start import build_program
program = build_program(["stylestudio"])
assert not gc.isenabled() and gc.get_freeze_count() > 10_000
program.close()
assert gc.isenabled()
os._exit(0)
"""


def test_garbage_is_left_to_the_program_s_collector_until_it_is_closed(tmp_path: Path) -> None:
    own = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-P", "-c", BUILDING], env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
