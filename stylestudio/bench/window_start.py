"""How long it takes from starting the program until its window has been painted, in a process of its own."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from stylestudio.errors import StudioError
from stylestudio.gui.start import build_program

STARTS = 5
CHILD = ["-P", "-m", __name__]


def measure_start() -> dict[str, float]:
    """`window_start_s`: the median of `STARTS` starts, in seconds, without kept work or settings. The key stays.

    The modules are compiled, by a start that does not count, as an installer leaves them. Raises `StudioError` where
    the window does not come.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = {"XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder, "PYTHONPYCACHEPREFIX": folder}
        environment = os.environ | own | {"PYTHONDONTWRITEBYTECODE": ""}
        found = [seconds_until_painted(environment) for _ in range(1 + STARTS)][1:]
    return {"window_start_s": round(statistics.median(found), 2)}


def seconds_until_painted(environment: dict[str, str]) -> float:
    started = time.monotonic()
    done = subprocess.run([sys.executable, *CHILD], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StudioError("The window could not be started.", hint="Start Style Studio without bench to see why.")
    return float(done.stdout) - started  # of one clock, which all processes of a computer share


def main() -> None:
    """Show the window as the program does, and say when its target was painted."""
    program = build_program(["stylestudio"])

    from PySide6.QtCore import QEvent, QObject

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                sys.stdout.write(str(time.monotonic()))
                sys.stdout.flush()
                os._exit(0)
            return False

    painted = Painted()
    program.window.target.installEventFilter(painted)
    program.window.show()
    program.application.exec()


if __name__ == "__main__":
    main()
