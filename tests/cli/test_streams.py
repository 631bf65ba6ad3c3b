"""What happens to remarks and results where they cannot be written."""

import errno
import io
import os
import sys
from pathlib import Path

import pytest

from stylestudio.cli.console import print_result
from stylestudio.cli.streams import checked_stdout, make_lossy
from stylestudio.errors import OutputError

FULL = Path("/dev/full")


class Broken(io.RawIOBase):
    """Takes `room` bytes; then every write fails."""

    def __init__(self, number: int, room: int = 0) -> None:
        self.number, self.room, self.written = number, room, b""

    def writable(self) -> bool:
        return True

    def write(self, data, /) -> int:
        if len(self.written) >= self.room:
            raise OSError(self.number, os.strerror(self.number))
        part = bytes(data)[: self.room - len(self.written)]
        self.written += part
        return len(part)


def stream(raw: io.RawIOBase) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", line_buffering=True)


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF])
def test_remarks_that_cannot_be_written_are_lost_without_an_error(number: int) -> None:
    raw = Broken(number, room=8)
    given = stream(raw)
    remarks = make_lossy(given)
    for word in ("one\n", "two\n", "three\n"):
        remarks.write(word)
        remarks.flush()
    remarks.close()
    assert raw.written == b"one\ntwo\n"


def test_remarks_that_can_be_written_are_all_there_in_order() -> None:
    raw = Broken(errno.EPIPE, room=1000)
    given = stream(raw)
    remarks = make_lossy(given)
    remarks.write("50 %\n")
    remarks.write("grün … \ud800\n")
    assert raw.written.decode() == "50 %\ngrün … \\ud800\n"


def test_results_without_an_output_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match="closed"):
        print_result("a result")


@pytest.mark.skipif(not FULL.exists(), reason="Only Linux has a disk that is always full.")
def test_results_on_a_full_disk_are_an_error_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with FULL.open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(OutputError, match="No space left"):
            print_result("a result")


def test_results_that_nobody_reads_end_the_printing_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        with pytest.raises(BrokenPipeError), checked_stdout():
            sys.stdout.write("a result")
