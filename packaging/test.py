"""Check everything from a fresh clone: `python3 packaging/test.py`.

Arguments go to pytest, which alone then runs.

As root on Debian it also installs the system packages that the tests with a real window need.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from environment import WINDOW_TOOLS, WINDOWS, Environment, Trouble, say

LIBRARIES = """
import sys
from stylestudio.gui.display import missing_packages
sys.stdout.write(" ".join(missing_packages()))
"""

DAMAGED_PICTURES = ["tests/images/fuzz_pictures.py", "30", "--atheris", "--keep", "build/fuzz-pictures"]
"""Half a minute of them; Windows does not tell how much memory they took."""


def main(arguments: list[str]) -> int:
    environment = Environment(Path(__file__).resolve().parent.parent, extra="test")
    try:
        environment.prepare()
        install_system_packages(environment)
        return run_all(commands(environment, arguments), environment.root)
    except Trouble as trouble:
        say(str(trouble))
        return 2
    except KeyboardInterrupt:
        return 130


def install_system_packages(environment: Environment) -> None:
    """Only as root on Debian; elsewhere the tests that need them skip, and say what to install."""
    if WINDOWS or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    command = [str(environment.python), "-P", "-c", LIBRARIES]
    libraries = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    packages = [package for tool, package in WINDOW_TOOLS.items() if not shutil.which(tool)] + libraries
    if not packages:
        return
    say(f"Installing {' '.join(packages)}.")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        if subprocess.call(["apt-get", "-qq", *step], env=quiet, stdout=subprocess.DEVNULL):
            say(f"apt-get {step[0]} failed: the tests that need these packages will say so.")


def commands(environment: Environment, arguments: list[str]) -> list[list[str]]:
    python = str(environment.python)
    if arguments:
        return [[python, "-m", "pytest", *arguments]]
    return [
        [python, "-m", "ruff", "check"],
        [python, "-m", "ruff", "format", "--check"],
        [python, "-m", "pyright", "--pythonpath", python],
        [str(environment.program("lint-imports")), "--no-cache"],
        *([] if WINDOWS else [[python, *DAMAGED_PICTURES]]),
        [python, "-m", "pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"],
    ]


def run_all(steps: list[list[str]], root: Path) -> int:
    """Run every step, whatever the ones before it found, and give the exit code of the first that failed."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    codes = []
    for step in steps:
        say("== " + " ".join([Path(step[0]).stem, *step[1:]]))
        codes.append(subprocess.call(step, cwd=root, env=surroundings))
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
