"""Entries for a library without pictures behind them; run as a program, it writes runs until it is killed."""

import sys
from pathlib import Path

from stylestudio.studio.library import Library
from stylestudio.studio.library_records import FileFacts, PictureRecord


def seen(name: str, path: Path | None = None) -> PictureRecord:
    """A picture of 40 × 30 pixels whose hash is its name."""
    return PictureRecord(name, name, 40, 30, f"small {name}".encode(), None if path is None else FileFacts(path, 1, 2))


def write_until_killed(folder: Path) -> None:
    """Put down run after run, each with pictures of its own, and say each one's number once that is done."""
    library, number = Library(folder), 0
    while True:
        number += 1
        content, style = seen(f"photo {number}"), seen(f"style {number}")
        run = library.record_run(content, style, f'{{"number": {number}}}', bytes(20_000))
        library.record_export(folder / f"{run}.png", run)
        sys.stdout.write(f"{run}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    write_until_killed(Path(sys.argv[1]))
