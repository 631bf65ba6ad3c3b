"""The standard streams: remarks that cannot be written are lost, results that cannot be are an error."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from stylestudio.errors import OutputError


class LossyWriter(io.RawIOBase):
    """Hands on what is written; what cannot be handed on, since nobody reads it or a disk is full, is lost."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def write(self, data, /) -> int:
        try:
            return self._raw.write(data) or len(data)
        except OSError:
            return len(data)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw.isatty()

    def fileno(self) -> int:
        return self._raw.fileno()


def protect_standard_streams() -> None:
    """Let nothing fail that is written to stderr, by whatever library, and no file take a closed stream's number.

    It would get all that is written to the stream. Names of files that are no text can be printed, too.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stderr = open_devnull() if sys.stderr is None else make_lossy(sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="surrogateescape" if sys.stdout.encoding == "utf-8" else "backslashreplace")


def open_devnull() -> TextIO:
    """A stream from which all is lost."""
    return open(os.devnull, "w", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123


def make_lossy(stream: TextIO) -> TextIO:
    """The same stream, to which writing never fails. The given one has to be kept: its end is the end of both."""
    writer = io.BufferedWriter(LossyWriter(getattr(stream.buffer, "raw", stream.buffer)))
    return io.TextIOWrapper(writer, stream.encoding, "backslashreplace", line_buffering=True)


@contextmanager
def checked_stdout() -> Iterator[None]:
    """Within, stdout is written to. Raises `OutputError` where that cannot be, `BrokenPipeError` if nobody reads it."""
    if sys.stdout is None:
        raise OutputError("The output is closed, so that nothing can be printed.", hint="Send it to a file.")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _discard()
        raise
    except OSError as error:
        _discard()
        raise OutputError(
            f"The output could not be printed ({error.strerror}).", hint="Send it to a file on a disk with room."
        ) from error


def _discard() -> None:
    """Let go to nowhere what is left to be written; Python would try once more at the end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
