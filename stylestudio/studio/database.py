"""A small SQLite file that several windows share: opened, brought up to date, and set aside where it is damaged."""

import sqlite3
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

from stylestudio.errors import LibraryError
from stylestudio.images.export import free_name

T = TypeVar("T")
Script = tuple[str, ...]
"""The statements that bring a file from one schema version to the next."""

PATIENCE = 10.0
"""Seconds that a write waits for another window's."""
_BESIDE = ("-wal", "-shm")
"""Of the files that SQLite keeps beside its own, the changes that are not in it yet and their index."""
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _Damaged(Exception):
    pass


def open_database(path: Path, scripts: Sequence[Script]) -> tuple[sqlite3.Connection, Path | None]:
    """A connection to the file, made if there is none and brought to schema version `len(scripts)`.

    A damaged file is set aside under a free name beside it, which is given too, and a new one begun. The connection is
    for this thread alone and in autocommit: what belongs together goes into `transaction`. Raises `LibraryError`.
    """
    with database_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _retried(lambda: _connected(path, scripts)), None
        except _Damaged:
            return _renewed(path, scripts)


def _renewed(path: Path, scripts: Sequence[Script]) -> tuple[sqlite3.Connection, Path | None]:
    """As `open_database`, for a file found damaged; another window that finds the same waits, and takes the new one."""
    with closing(sqlite3.connect(path.with_suffix(".lock"), timeout=PATIENCE, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        try:
            return _retried(lambda: _connected(path, scripts)), None
        except _Damaged:
            aside = _set_aside(path)
            return _retried(lambda: _connected(path, scripts)), aside


def _set_aside(path: Path) -> Path:
    """Move the file and those beside it, and give its new name."""
    aside = free_name(path.with_name(f"{path.stem} damaged {date.today().isoformat()}{path.suffix}"))
    for ending in (*_BESIDE, ""):
        one = path.with_name(path.name + ending)
        if one.exists():
            one.rename(aside.with_name(aside.name + ending))
    return aside


def _connected(path: Path, scripts: Sequence[Script]) -> sqlite3.Connection:
    if _changes_alone(path):
        raise _Damaged  # SQLite would delete them and begin anew
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise _Damaged
        connection.execute("PRAGMA journal_mode = WAL")
        _migrate(connection, path, scripts)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error) and _code(error) in _DAMAGED:
            raise _Damaged from error
        raise
    return connection


def _changes_alone(path: Path) -> bool:
    """Whether the file is gone or empty, but not its changes."""
    wal = path.with_name(path.name + _BESIDE[0])
    return not _bytes(path) and _bytes(wal) > 0


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _migrate(connection: sqlite3.Connection, path: Path, scripts: Sequence[Script]) -> None:
    def version() -> int:
        return connection.execute("PRAGMA user_version").fetchone()[0]

    if version() < len(scripts):
        with transaction(connection):  # in which another window may have done it by now
            for script in scripts[version() :]:
                for statement in script:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {max(len(scripts), version())}")
    if version() > len(scripts):
        raise LibraryError(
            f"{path.name} was written by a newer Style Studio.", hint="Update Style Studio; the file stays as it is."
        )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """All writes within, or none. Waits for another window's."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def database_errors(path: Path) -> Generator[None]:
    """What goes wrong with the file at `path`, as `LibraryError`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise _in_words(path, error) from error


def _in_words(path: Path, error: sqlite3.Error | OSError) -> LibraryError:
    code = _code(error) if isinstance(error, sqlite3.Error) else None
    if code in _BUSY:
        return LibraryError(f"{path.name} is in use by another program.", hint="Close the other one, or try again.")
    if code in _DAMAGED:
        return LibraryError(f"{path.name} is damaged.", hint="Start Style Studio again: it sets the file aside.")
    if code == sqlite3.SQLITE_FULL:
        return LibraryError(f"The disk is full; {path.name} was not changed.", hint="Make room on it first.")
    return LibraryError(f"{path} could not be opened or written.", hint="Check that its folder may be written.")


def _code(error: sqlite3.Error) -> int | None:
    """SQLite's primary result code, None for an error of Python's own part."""
    extended = getattr(error, "sqlite_errorcode", None)
    return None if extended is None else extended & 0xFF


def _retried(attempt: Callable[[], T]) -> T:
    """What `attempt` gives, tried again while another window is opening: SQLite does not wait for that by itself."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if _code(error) not in _BUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)
