"""Files that are being written, so that none of them stays where a signal ends the process at once."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_unfinished: set[Path] = set()


@contextmanager
def being_written(path: Path) -> Iterator[Path]:
    """The file `path` is written within. What has not been moved to another name by the end is removed."""
    _unfinished.add(path)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
        _unfinished.discard(path)


def remove_unfinished() -> None:
    """Remove what is being written now, on whatever thread that is."""
    for path in tuple(_unfinished):
        with suppress(OSError):
            path.unlink()
