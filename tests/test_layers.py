"""What import-linter cannot see: what a fresh process has loaded in the end."""

import subprocess
import sys

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
