import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stylestudio.cli import stopping
from stylestudio.cli.console import exit_status, run_with_reporter
from stylestudio.errors import out_of_memory_error
from stylestudio.progress import Progress, Work, checkpoint

pytestmark = pytest.mark.usefixtures("signals_as_on_a_terminal")
SIGNALS = pytest.mark.parametrize("number", stopping.SIGNALS, ids=str)


def shown(stage: str, fraction: float) -> None:
    pass


def test_work_gives_its_result_and_every_step_is_shown() -> None:
    seen = []

    def work() -> Work[str]:
        yield Progress("Adding", 0.0)
        checkpoint()
        yield Progress("Adding", 1.0)
        return "added"

    assert run_with_reporter(work(), lambda *step: seen.append(step)) == "added"
    assert seen == [("Adding", 0.0), ("Adding", 1.0)]


@SIGNALS
def test_a_signal_in_the_middle_of_long_arithmetic_ends_it_at_the_next_checkpoint(number: int) -> None:
    told = []

    def work() -> Work[None]:
        yield Progress("Adding", 0.0)
        try:
            signal.raise_signal(number)
            told.append("begun")
            checkpoint()
            told.append("done")
        finally:
            told.append("cleared away")

    with pytest.raises(stopping.Stopped) as stopped:
        run_with_reporter(work(), shown)
    assert stopped.value.status == 128 + number
    assert told == ["begun", "cleared away"]


@SIGNALS
def test_a_signal_ends_work_without_checkpoints_at_its_next_yield(number: int) -> None:
    told = []

    def work() -> Work[None]:
        try:
            signal.raise_signal(number)
            yield Progress("Adding", 0.5)
            told.append("done")
        finally:
            told.append("cleared away")

    with pytest.raises(stopping.Stopped) as stopped:
        run_with_reporter(work(), shown)
    assert stopped.value.status == 128 + number
    assert told == ["cleared away"]


@SIGNALS
def test_a_signal_in_the_last_step_counts_too(number: int) -> None:
    def work() -> Work[str]:
        yield Progress("Adding", 1.0)
        signal.raise_signal(number)
        return "added"

    with pytest.raises(stopping.Stopped) as stopped:
        run_with_reporter(work(), shown)
    assert stopped.value.status == 128 + number


@SIGNALS
def test_handlers_are_given_back_after_the_work(number: int) -> None:
    def work() -> Work[None]:
        assert signal.getsignal(number) != signal.default_int_handler
        yield Progress("Adding", 1.0)

    run_with_reporter(work(), shown)
    assert signal.getsignal(number) == signal.default_int_handler


@SIGNALS
def test_a_signal_that_was_ignored_from_the_start_stays_so(number: int) -> None:
    def work() -> Work[str]:
        signal.raise_signal(number)
        yield Progress("Adding", 1.0)
        return "added"

    signal.signal(number, signal.SIG_IGN)
    assert run_with_reporter(work(), shown) == "added"


LONG_CALL = """
import hashlib, os, sys
from pathlib import Path
from stylestudio.cli import console, stopping
from stylestudio.system import handle_signals
from stylestudio.progress import Progress
from stylestudio.unfinished import being_written

def work():
    yield Progress("Painting", 0.5)
    with being_written(Path("half.part")):
        Path("half.part").write_text("half a picture")
        os.write(1, b"begun")
        hashlib.pbkdf2_hmac("sha256", b"one call", b"of a library's that takes minutes", 2**31 - 1)

handle_signals(stopping.end_process)
sys.exit(console.exit_status(lambda: console.run_with_progress(work(), quiet=True)))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals to send.")
@SIGNALS
def test_a_signal_in_one_long_call_of_a_library_ends_the_process_and_no_half_file_stays(
    number: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", LONG_CALL]
    surroundings = {**os.environ, "PYTHONPATH": str(Path(stopping.__file__).parents[2])}
    with subprocess.Popen(
        command, cwd=tmp_path, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        assert process.stdout.read(5) == b"begun"
        assert (tmp_path / "half.part").exists()
        process.send_signal(number)
        assert process.stderr.read() == b"Stopped.\n"
    assert process.returncode == 128 + number
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("can't start new thread"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_too_little_memory_is_called_that_wherever_it_shows(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> int:
        try:
            raise error
        except Exception as reason:
            raise ImportError("Something could not be loaded.") from reason

    assert exit_status(run) == 2
    assert capsys.readouterr().err == f"{out_of_memory_error()}\n"


@pytest.mark.parametrize("error", [OSError(2, "No such file", "out of memory.png"), RuntimeError("a fault")], ids=str)
def test_other_faults_are_not_called_too_little_memory(error: Exception) -> None:
    def run() -> int:
        raise error

    with pytest.raises(type(error)):
        exit_status(run)
