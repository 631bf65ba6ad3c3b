"""The virtual environment beside pyproject.toml: made at the first start, renewed when that file changes.

Only the standard library, in the syntax of Python 3.8: an older Python has to get far enough to say so.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import contextmanager
from pathlib import Path

WINDOW_TOOLS = {"Xvfb": "xvfb", "xdotool": "xdotool"}  # program -> package
VENV_PACKAGE = "apt-get install python3-venv"
WINDOWS = sys.platform == "win32"
NO_SPACE = ("No space left on device", "not enough space on the disk")
NO_NETWORK = ("connection broken", "Max retries exceeded", "name resolution", "ReadTimeout", "timed out")


class Trouble(Exception):
    """The environment cannot be made: one sentence of what is wrong and one of what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")


class Environment:
    """`.venv` under `root`, with the program installed in editable form and with the dependencies of `extra`.

    Two kinds of file inside it tell its state. `whole` is there unless the making of the environment, or pip,
    was cut off; it names the folder and the interpreter that the environment was made for. A stamp for each
    extra is written after pip succeeded and names the pyproject.toml that was installed.
    """

    def __init__(self, root: Path, extra: str = "") -> None:
        self.root = root
        self.extra = extra
        self.folder = root / ".venv"
        self.python = self.program("python")
        self.log = self.folder / "install.log"

    def program(self, name: str) -> Path:
        return self.folder / "Scripts" / f"{name}.exe" if WINDOWS else self.folder / "bin" / name

    def ready(self) -> bool:
        return self.interpreter().exists() and read(self.stamp(self.extra)) == self.wanted()

    def prepare(self) -> None:
        """Make or renew what is missing; silent and quick where nothing is. Raises Trouble."""
        if self.ready():
            return
        try:
            with one_at_a_time(self.root / ".venv.lock"):
                if not self.ready():
                    self.renew()
        except OSError as error:
            raise Trouble(
                f"{error.filename or self.folder} could not be written ({error.strerror}).",
                "Put Style Studio's folder where you may write, on a disk with 5 GB free, and start again.",
            ) from error

    def start(self, *arguments: str) -> int:
        """Become the environment's Python; on Windows, wait for it and give its exit code."""
        command = [str(self.python), *arguments]
        if not WINDOWS:
            os.execv(command[0], command)
        import subprocess

        return subprocess.call(command)

    def stamp(self, extra: str) -> Path:
        return self.folder / f"installed-{extra or 'program'}"

    def interpreter(self) -> Path:
        """The Python that the environment borrows: it goes, or changes, with the system's Python."""
        if not WINDOWS:
            return Path(os.path.realpath(self.python))
        lines = read(self.folder / "pyvenv.cfg").splitlines()
        homes = [line.partition("=")[2].strip() for line in lines if line.startswith("home")]
        return Path(*homes, "python.exe")

    def home(self) -> str:
        return f"{self.root}\n{self.interpreter()}\n"

    def wanted(self) -> str:
        return self.home() + hashlib.sha256((self.root / "pyproject.toml").read_bytes()).hexdigest()

    def renew(self) -> None:
        whole = self.folder / "whole"
        usable = self.interpreter().exists() and read(whole) == self.home()
        if not usable:
            self.check_python()
        say("Preparing Style Studio: downloading its parts takes some minutes the first time.")
        if not usable:
            self.build()
        whole.unlink(missing_ok=True)
        trouble = self.install()
        whole.write_text(self.home(), encoding="utf-8")
        if trouble:
            raise trouble
        for extra in ("", self.extra):
            self.stamp(extra).write_text(self.wanted(), encoding="utf-8")

    def build(self) -> None:
        """Make the environment anew; one made by hand, with a torch for processors in it, keeps what it holds."""
        import subprocess

        ours = self.log.exists()
        command = [sys.executable, "-m", "venv", *(["--clear"] if ours else []), str(self.folder)]
        made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if made.returncode:
            last = (made.stdout.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
            raise Trouble(f"{self.folder} could not be made ({last}).", "Remove it and start again.")

    def check_python(self) -> None:
        import importlib.util
        import re

        text = (self.root / "pyproject.toml").read_text(encoding="utf-8")
        bounds = re.search(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"', text, re.MULTILINE)
        lowest, above = (int(bound) for bound in bounds.groups()) if bounds else (0, 100)
        if not (3, lowest) <= sys.version_info < (3, above):
            version = ".".join(str(part) for part in sys.version_info[:3])
            raise Trouble(
                f"Style Studio needs Python 3.{lowest} to 3.{above - 1}, and this is Python {version}.",
                f"Install one of them and start with: python3.{lowest} packaging/{Path(sys.argv[0]).name}",
            )
        if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
            raise Trouble("This Python lacks its venv module.", f"Install it: {as_root()}{VENV_PACKAGE}")

    def install(self) -> Trouble | None:
        """Run pip to its end; its words go to a file, and the large downloads to stderr as a sign of life."""
        import subprocess

        command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        command += ["--progress-bar", "off", "--editable", f".[{self.extra}]" if self.extra else "."]
        with self.log.open("wb") as file, subprocess.Popen(
            command, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as pip:
            for line in pip.stdout or ():
                file.write(line)
                if b"Downloading" in line and b" MB)" in line:
                    say(line.decode(errors="replace").strip())
        if pip.returncode < 0:
            raise Trouble("The installation was stopped.", "Start again.")
        return reason_of_failure(read(self.log), self.log) if pip.returncode else None


def reason_of_failure(output: str, log: Path) -> Trouble:
    if any(sign in output for sign in NO_SPACE):
        return Trouble("The disk is full.", "Free 5 GB and start again.")
    if any(sign in output for sign in NO_NETWORK):
        return Trouble("Style Studio's parts could not be downloaded.", "Go online and start again.")
    errors = [line[7:].strip() for line in output.splitlines() if line.startswith("ERROR: ")]
    last = errors[-1].rstrip(".") if errors else "pip gave no reason"
    return Trouble(f"Style Studio could not be installed ({last}).", f"Read {log} and start again.")


@contextmanager
def one_at_a_time(path: Path):
    """Wait until no other process is inside; the system lets go of the lock of a process that died."""
    import time

    with path.open("a") as file:
        if not locked(file.fileno()):
            say("Style Studio is being prepared by another start; waiting for it.")
            while not locked(file.fileno()):
                time.sleep(0.2)
        yield


def locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: better a start without one than none
    return True


def read(path: Path) -> str:
    """The file's text, or nothing where there is no such file."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def as_root() -> str:
    return "" if WINDOWS or os.geteuid() == 0 else "sudo "


def say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
