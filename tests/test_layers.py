"""What import-linter cannot see: what a fresh process has loaded in the end."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import stylestudio

IMPORT_ALL_OF_GUI = """
import importlib, pkgutil, sys
import stylestudio.gui
found = [module.name for module in pkgutil.walk_packages(stylestudio.gui.__path__, "stylestudio.gui.")]
for name in found:
    importlib.import_module(name)
assert "stylestudio.gui.display" in found
sys.exit("torch is loaded" if "torch" in sys.modules else 0)
"""


def test_importing_all_of_the_window_loads_no_torch() -> None:
    fresh = subprocess.run([sys.executable, "-c", IMPORT_ALL_OF_GUI], capture_output=True, text=True, check=False)
    assert fresh.returncode == 0, fresh.stderr


def test_a_module_is_known_by_its_name_alone_and_is_no_longer_than_can_be_read() -> None:
    modules = [path for path in Path(stylestudio.__file__).parent.rglob("*.py") if path.name != "__init__.py"]
    assert [name for name, count in Counter(path.name for path in modules).items() if count > 1] == []
    assert [path.name for path in modules if len(path.read_text("utf-8").splitlines()) > 300] == []
