"""What only a process of its own shows: what gets loaded, and what Ctrl-C leaves behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from artist import environment, levels, picture, python

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process alone."),
    pytest.mark.usefixtures("signals_as_on_a_terminal"),
]

SMALL = ["--size", "64", "--refine", "0"]
RENDER = ["render", "photo.png", "style.png", "-o", "out.png", *SMALL, "--quiet"]

LOADED = """
import sys
{work}
sys.stdout.write(" ".join({{name.partition(".")[0] for name in sys.modules}}))
"""

ALL_BUT_THE_ENGINE = (
    "studio.presets",
    "studio.samples",
    "studio.render",
    "studio.batch",
    "bench.stages",
    "bench.full_size",
    "bench.processes",
    "cli.commands",
    "cli.parser",
    "app",
)

INTERRUPTED_BY_IMPORT = """
import os, runpy, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), {number})

sys.meta_path.insert(0, Interrupt())
sys.argv = ["stylestudio", *{arguments!r}]
runpy.run_module("stylestudio", run_name="__main__")
"""

SETTING_WHEN_NUMPY_IS_LOADED = """
import os, runpy, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            os.write(1, os.environ.get("NUMPY_MADVISE_HUGEPAGE", "none").encode())
            os._exit(0)

sys.meta_path.insert(0, Watch())
sys.argv = ["stylestudio", *{arguments!r}]
runpy.run_module("stylestudio", run_name="__main__")
"""


def loaded_by(work: str, folder: Path) -> set[str]:
    done = python("-c", LOADED.format(work=work), folder=folder)
    assert done.code == 0, done.err
    return set(done.out.split())


def test_a_whole_render_loads_neither_qt_nor_torchvision(folder: Path) -> None:
    loaded = loaded_by(f"from stylestudio.cli import parser; assert parser.main({RENDER!r}) == 0", folder)
    assert "torch" in loaded
    assert not {"PySide6", "shiboken6", "torchvision"} & loaded


def test_importing_all_but_the_engine_loads_neither_torch_nor_qt(folder: Path) -> None:
    """All in one process; the first module that loads one of them is named by the assertion."""
    guilty = "{'torch', 'torchvision', 'PySide6', 'shiboken6'} & set(sys.modules)"
    work = [f"import stylestudio.{module}\nassert not {guilty}, {module!r}" for module in ALL_BUT_THE_ENGINE]
    assert "stylestudio" in loaded_by("\n".join(work), folder)


def test_an_error_before_the_work_loads_no_torch(folder: Path) -> None:
    arguments = ["render", "missing.png", "style.png", "-o", "out.png"]
    work = f"from stylestudio.cli import parser; assert parser.main({arguments}) == 2"
    assert "torch" not in loaded_by(work, folder)


@pytest.mark.parametrize("arguments", [[], ["photo.png", "style.png"], RENDER])
def test_numpy_is_told_of_huge_pages_before_it_is_loaded(arguments: list[str], folder: Path) -> None:
    assert python("-c", SETTING_WHEN_NUMPY_IS_LOADED.format(arguments=arguments), folder=folder).out == "0"


@pytest.mark.parametrize(
    ("number", "module", "arguments"),
    [
        (signal.SIGINT, "stylestudio.errors", RENDER),
        (signal.SIGTERM, "stylestudio.app", RENDER),
        (signal.SIGHUP, "numpy", RENDER),
        (signal.SIGTERM, "torch.nn", RENDER),
        (signal.SIGINT, "stylestudio.bench.processes", ["bench", "--sizes", "64"]),
        (signal.SIGHUP, "torch.nn", ["batch", "--content", "photo.png", "--style", "style.png", "-o", ".", "--quiet"]),
    ],
)
def test_a_signal_while_the_program_is_being_loaded_stops_it_cleanly(
    number: signal.Signals, module: str, arguments: list[str], folder: Path
) -> None:
    code = INTERRUPTED_BY_IMPORT.format(number=int(number), module=module, arguments=arguments)
    stopped = python("-c", code, folder=folder)
    if module == "stylestudio.errors":  # before the program has its own handlers: as the system does it
        assert (stopped.code, stopped.out, stopped.err) == (-number, "", "")
    else:
        assert (stopped.code, stopped.out, stopped.err) == (128 + number, "", "Stopped.\n")
    assert sorted(path.name for path in folder.iterdir()) == ["photo.png", "style.png"]


def interrupted_at(
    stage: str, arguments: list[str], folder: Path, number: signal.Signals = signal.SIGINT
) -> tuple[int, str]:
    """Exit status and stderr of the program that gets a signal when it tells this stage."""
    command = [sys.executable, "-m", "stylestudio", *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = ""
        for line in process.stderr:
            said += line
            if stage in line:
                process.send_signal(number)
                break
        said += process.stderr.read()
    return process.returncode, said


@pytest.mark.parametrize(
    ("stage", "number"),
    [("Looking at the photo", signal.SIGINT), ("Strokes", signal.SIGTERM), ("Painting", signal.SIGHUP)],
)
def test_a_signal_during_the_work_leaves_the_older_picture_and_nothing_half_written(
    stage: str, number: signal.Signals, folder: Path
) -> None:
    picture(400, 300).save(folder / "photo.png")
    (folder / "out.png").write_text("an older picture")
    code, said = interrupted_at(stage, ["render", "photo.png", "style.png", "-o", "out.png", *SMALL], folder, number)
    assert code == 128 + number, said
    assert said.endswith("Stopped.\n")
    assert "Traceback" not in said
    assert (folder / "out.png").read_text() == "an older picture"
    assert sorted(path.name for path in folder.iterdir()) == ["out.png", "photo.png", "style.png"]


def test_ctrl_c_stops_a_batch_between_whole_pictures(folder: Path) -> None:
    picture(400, 300).save(folder / "second.png")
    arguments = ["batch", "--content", "photo.png", "second.png", "--style", "style.png", "-o", "out", *SMALL]
    code, said = interrupted_at("second in the style of style: Looking at the photo", arguments, folder)
    assert code == 130, said
    assert "Traceback" not in said
    assert [path.name for path in (folder / "out").iterdir()] == ["photo in the style of style.png"]


def test_ctrl_c_stops_a_bench(folder: Path) -> None:
    code, said = interrupted_at("Timing", ["bench", "--sizes", "64"], folder)
    assert code == 130, said
    assert said == "  0%  Timing 64 pixels\nStopped.\n"


def test_ctrl_c_stays_ignored_where_the_program_was_started_so(folder: Path) -> None:
    shell = ["sh", "-c", "trap '' INT; echo ready; exec \"$@\"", "sh", sys.executable, "-m", "stylestudio", *RENDER]
    with subprocess.Popen(shell, cwd=folder, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
    assert process.returncode == 0
    assert (folder / "out.png").exists()


def test_a_reader_that_goes_away_is_no_traceback(folder: Path) -> None:
    command = f"{sys.executable} -m stylestudio info | true"
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


QUICK = """
import runpy, sys
from stylestudio.progress import Progress
from stylestudio.studio.render import Renderer

def negative(self, content, style, settings):
    yield Progress("Painting", 0.5)
    return 1 - content.pixels

Renderer.overfit = negative
sys.argv = ["stylestudio", *sys.argv[1:]]
runpy.run_module("stylestudio", run_name="__main__")
"""
"""The program with an engine that costs no time."""

REDIRECTED = [
    ("render", "2>&-", 0),
    ("render", "<&- >&- 2>&-", 0),
    ("render", "2>/dev/full", 0),
    ("render", ">/dev/full 2>&1", 0),
    ("render", "2>&1 | true", 0),
    ("batch", "2>&1 | true", 0),
    ("pair", ">&-", 2),
    ("pair", ">/dev/full", 2),
    ("pair", "| true", 2),
]
"""How an artist's script may start the program, and the exit status; the picture is made each time."""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Only Linux has a disk that is always full.")
@pytest.mark.parametrize(("what", "where", "code"), REDIRECTED, ids=str)
def test_streams_that_are_closed_full_or_unread_cost_no_picture_and_show_no_traceback(
    what: str, where: str, code: int, folder: Path
) -> None:
    (folder / "quick.py").write_text(QUICK)
    arguments = {
        "render": "render photo.png style.png -o out.png",
        "batch": "batch --content photo.png --style style.png -o .",
        "pair": "photo.png style.png",
    }[what]
    command = f"set -o pipefail; {sys.executable} quick.py {arguments} {where}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    [made] = {path.name for path in folder.iterdir()} - {"photo.png", "style.png", "quick.py"}
    assert levels(folder / made).shape == (75, 100, 3)


def test_a_start_in_a_folder_that_is_gone_is_told_in_two_sentences(folder: Path) -> None:
    (folder / "gone").mkdir()
    command = f"cd gone; rmdir ../gone; exec {sys.executable} -m stylestudio"
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "The folder that Style Studio was started in is gone. Start it from another one.\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Elsewhere the address space has no limit.")
@pytest.mark.parametrize("megabytes", [100, 400])
def test_too_little_address_space_is_called_too_little_memory(megabytes: int, folder: Path) -> None:
    command = f"ulimit -v {megabytes * 1000}; exec {sys.executable} -m stylestudio {' '.join(RENDER)}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is not enough memory")
    assert done.stderr.count("\n") == 1
    assert not (folder / "out.png").exists()
