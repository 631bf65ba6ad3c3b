"""The N-th step of writing files fails, or is where the process is killed: write, flush, sync, rename, new folder."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
import safetensors.numpy
from safetensors import SafetensorError


class Nth:
    """Counts steps; at the N-th it calls `act`, which raises or never returns."""

    def __init__(self, number: int, act: Callable[[], object]) -> None:
        self.left, self._act = number, act

    @property
    def happened(self) -> bool:
        return self.left <= 0

    def step(self, before: Callable[[], object] = lambda: None) -> None:
        """Just before the fault, `before` does half of the step."""
        self.left -= 1
        if self.left == 0:
            before()
            self._act()


class Stream:
    """A stream whose writing and flushing are steps; what is cut short has written half."""

    def __init__(self, stream: IO[bytes], nth: Nth) -> None:
        self._stream, self._nth = stream, nth

    def write(self, data: bytes) -> int:
        self._nth.step(lambda: (self._stream.write(data[: len(data) // 2]), self._stream.flush()))
        return self._stream.write(data)

    def flush(self) -> None:
        self._nth.step()
        self._stream.flush()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *facts: object) -> None:
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def disk_full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def fault_at(number: int, act: Callable[[], object] = disk_full) -> Iterator[Nth]:
    """Within, the N-th step does not come to its end."""
    nth = Nth(number, act)

    def stepping(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **kwargs: Any) -> Any:
            nth.step()
            return function(*args, **kwargs)

        return stepped

    def opened(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        nth.step()
        stream = unpatched(path, mode, *args, **kwargs)
        return Stream(stream, nth) if set(mode) & set("wxa") else stream

    def saved(arrays: Any, path: Path) -> None:
        save_file(arrays, path)
        try:
            nth.step(lambda: os.truncate(path, path.stat().st_size // 2))
        except OSError as error:
            raise SafetensorError(str(error)) from error

    unpatched, save_file = Path.open, safetensors.numpy.save_file
    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "mkdir", "unlink"):
            patch.setattr(Path, name, stepping(getattr(Path, name)))
        patch.setattr(Path, "open", opened)
        patch.setattr(os, "fsync", stepping(os.fsync))
        patch.setattr(safetensors.numpy, "save_file", saved)
        yield nth
