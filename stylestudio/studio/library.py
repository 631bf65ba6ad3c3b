"""What the artist has worked with: pictures, styles, presets, runs and exports, in one file that windows share.

Each thread opens a `Library` of its own. Whatever one method writes is there after it, whole, though the process be
killed a moment later, or not at all.
"""

import sqlite3
import unicodedata
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from stylestudio.studio import library_queries as queries
from stylestudio.studio.database import database_errors, open_database, transaction
from stylestudio.studio.library_records import (
    KINDS,
    ExportEntry,
    Kind,
    Origin,
    PictureEntry,
    PictureRecord,
    PresetUse,
    RunEntry,
    StyleEntry,
    file_facts,
)
from stylestudio.studio.library_schema import SCRIPTS

FILE = "library.sqlite"
MOST = {"runs": 2000, "exports": 10_000, "pictures": 1000}
"""So many of each stay, the latest: of runs those without a star, of pictures those that no run and no style needs."""


def _now() -> datetime:
    return datetime.now(UTC)


class Library:
    """The library in `folder`, for the thread that opens it. Every method raises `LibraryError` where the file fails.

    `set_aside` is where a damaged file was moved to at opening, None if there was none: the artist is to be told.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = _now) -> None:
        self.path = folder / FILE
        self._now = now
        self._connection, self.set_aside = open_database(self.path, SCRIPTS)
        self._connection.create_function("folded", 1, fold_text, deterministic=True)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def opening_remark(self) -> str:
        """What the artist is to be told of the opening; empty for nothing."""
        if self.set_aside is None:
            return ""
        return f"The library was damaged and a new one is begun. The damaged one is kept as {self.set_aside}."

    def change_number(self) -> int:
        """Another number after another connection, of this or another window, has written."""
        with database_errors(self.path):
            return self._connection.execute("PRAGMA data_version").fetchone()[0]

    # pictures

    def record_pictures(self, *pictures: PictureRecord) -> None:
        """Put down pictures, or that they were seen again."""
        with self._writing():
            for picture in pictures:
                self._saw(picture)
            self._let_go_of_the_oldest()

    def pictures(self, search: str = "") -> list[PictureEntry]:
        """Those whose name or path holds all words of `search`, the last seen first."""
        return [queries.to_picture_entry(row) for row in self._read(*queries.pictures_query(search_words(search)))]

    def unchanged_picture(self, path: Path) -> PictureEntry | None:
        """The picture in this file, without reading it, if it is as it was when it was last seen."""
        facts = file_facts(path)
        if facts is None:
            return None
        found = self._read(*queries.picture_of_file_query(storable(facts.path), facts))
        return queries.to_picture_entry(found[0]) if found else None

    def thumbnail(self, sha256: str) -> bytes | None:
        """Of a picture, as a WebP file."""
        found = self._read("SELECT thumbnail FROM pictures WHERE sha256 = ?", sha256)
        return found[0][0] if found else None

    # styles

    def add_style(self, picture: PictureRecord, origin: Origin, tags: Iterable[str] = ()) -> None:
        """Put a style on the shelf; one that is there keeps its origin, star and tags, and gets these tags too.

        One that the artist took off the shelf comes back when it is used or added, not as part of a folder.
        """
        with self._writing():
            self._saw(picture)
            self._add_style(picture.sha256, origin, tags)

    def has_style(self, sha256: str) -> bool:
        """Whether this picture is on the shelf, or was until the artist took it off."""
        return bool(self._read("SELECT 1 FROM styles WHERE picture = ?", sha256))

    def set_star(self, sha256: str, star: bool) -> None:
        """Mark a style of the shelf, or take the mark away."""
        self._write("UPDATE styles SET star = ? WHERE picture = ?", star, sha256)

    def set_tags(self, sha256: str, tags: Iterable[str]) -> None:
        """Give a style of the shelf these tags and no others."""
        with self._writing():
            self._connection.execute("DELETE FROM tags WHERE style = ?", (sha256,))
            self._tag(sha256, tags)

    def remove_style(self, sha256: str) -> None:
        """Take a style off the shelf; its picture and the runs with it stay."""
        self._write("UPDATE styles SET hidden = 1, star = 0 WHERE picture = ?", sha256)

    def styles(self, search: str = "", tag: str | None = None) -> list[StyleEntry]:
        """Those whose name, path or tags hold all words of `search`: with a star first, then as they were used."""
        return [queries.to_style_entry(row) for row in self._read(*queries.styles_query(search_words(search), tag))]

    def tags(self) -> list[str]:
        """All that a style has, in order."""
        statement = "SELECT DISTINCT tag FROM tags JOIN styles ON picture = style WHERE NOT hidden ORDER BY folded(tag)"
        return [row[0] for row in self._read(statement)]

    def watch_folder(self, folder: Path) -> None:
        """Put down a folder whose pictures are on the shelf."""
        self._write("INSERT OR IGNORE INTO folders VALUES (?, ?)", storable(folder.absolute()), self._time())

    def unwatch_folder(self, folder: Path) -> None:
        """Its pictures stay on the shelf until they are removed."""
        self._write("DELETE FROM folders WHERE path = ?", storable(folder.absolute()))

    def folders(self) -> list[Path]:
        """Those watched, in the order they were added in."""
        return [Path(row[0]) for row in self._read("SELECT path FROM folders ORDER BY added, path")]

    # presets, runs and exports

    def count_preset_use(self, name: str) -> None:
        """Count one more use."""
        self._write(
            "INSERT INTO presets VALUES (?, 1, ?)"
            " ON CONFLICT (name) DO UPDATE SET uses = uses + 1, used = excluded.used",
            name,
            self._time(),
        )

    def presets(self, search: str = "") -> list[PresetUse]:
        """Those used whose name holds all words of `search`, the last one first."""
        return [queries.to_preset_use(row) for row in self._read(*queries.presets_query(search_words(search)))]

    def record_run(self, content: PictureRecord, style: PictureRecord, recipe: str, thumbnail: bytes) -> int:
        """Put down a finished run, both its pictures, and its style on the shelf. Gives the run's number.

        `recipe` is JSON, `thumbnail` the target's as a WebP file.
        """
        with self._writing():
            self._saw(content)
            self._saw(style)
            self._add_style(style.sha256, "used", ())
            run = self._connection.execute(
                "INSERT INTO runs (content, style, recipe, finished, thumbnail) VALUES (?, ?, ?, ?, ?)",
                (content.sha256, style.sha256, recipe, self._time(), thumbnail),
            ).lastrowid
            self._let_go_of_the_oldest()
        assert run is not None
        return run

    def runs(
        self, search: str = "", content: str | None = None, style: str | None = None, most: int | None = None
    ) -> list[RunEntry]:
        """Those whose pictures' names hold all words of `search`, with these pictures if given; the last first."""
        return [
            queries.to_run_entry(row)
            for row in self._read(*queries.runs_query(search_words(search), content, style, most))
        ]

    def run_thumbnail(self, run: int) -> bytes | None:
        """Of a run's target, as a WebP file."""
        found = self._read("SELECT thumbnail FROM runs WHERE id = ?", run)
        return found[0][0] if found else None

    def set_run(self, run: int, recipe: str, thumbnail: bytes) -> None:
        """Let a run have another recipe and target: the mix was changed after it was finished."""
        self._write("UPDATE runs SET recipe = ?, thumbnail = ? WHERE id = ?", recipe, thumbnail, run)

    def star_run(self, run: int, star: bool) -> None:
        """Mark a run, which then stays however old it is, or take the mark away."""
        self._write("UPDATE runs SET star = ? WHERE id = ?", star, run)

    def delete_run(self, run: int) -> None:
        self._write("DELETE FROM runs WHERE id = ?", run)

    def record_export(self, path: Path, run: int | None) -> int:
        """Put down a file that was written, and the run it shows if that is in the library. Gives its number."""
        with self._writing():
            number = self._connection.execute(
                "INSERT INTO exports (path, run, exported) VALUES (?, (SELECT id FROM runs WHERE id = ?), ?)",
                (storable(path.absolute()), run, self._time()),
            ).lastrowid
            self._let_go_of_the_oldest()
        assert number is not None
        return number

    def exports(self, search: str = "") -> list[ExportEntry]:
        """Those whose path holds all words of `search`, the last first."""
        return [queries.to_export_entry(row) for row in self._read(*queries.exports_query(search_words(search)))]

    # the whole

    def clear(self, *kinds: Kind) -> None:
        """Delete all entries of these kinds, with nothing of them left in the file; no file of the artist's goes.

        What the library says of a picture stays while a run or a style needs it.
        """
        with self._writing():
            for kind in KINDS:  # in this order: pictures after what needs them
                for statement in queries.CLEAR[kind] if kind in kinds else ():
                    self._connection.execute(statement)
        with database_errors(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _saw(self, picture: PictureRecord) -> None:
        time = self._time()
        self._connection.execute(
            "INSERT INTO pictures (sha256, name, width, height, seen, thumbnail) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (sha256) DO UPDATE SET seen = excluded.seen, name = CASE WHEN EXISTS (SELECT 1 FROM styles"
            " WHERE picture = excluded.sha256 AND origin = 'bundled') THEN name ELSE excluded.name END",
            (picture.sha256, storable(picture.name), picture.width, picture.height, time, picture.thumbnail),
        )
        if picture.file:
            self._connection.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                (storable(picture.file.path), picture.sha256, picture.file.modified, picture.file.size, time),
            )

    def _add_style(self, sha256: str, origin: Origin, tags: Iterable[str]) -> None:
        self._connection.execute(
            "INSERT OR IGNORE INTO styles (picture, origin, added) VALUES (?, ?, ?)", (sha256, origin, self._time())
        )
        if origin in ("used", "added"):
            self._connection.execute("UPDATE styles SET hidden = 0 WHERE picture = ?", (sha256,))
        self._tag(sha256, tags)

    def _tag(self, sha256: str, tags: Iterable[str]) -> None:
        clean = (" ".join(tag.split()) for tag in tags)
        rows = [(sha256, tag, sha256) for tag in clean if tag]
        self._connection.executemany(
            "INSERT OR IGNORE INTO tags SELECT ?, ? WHERE EXISTS (SELECT 1 FROM styles WHERE picture = ?)", rows
        )

    def _let_go_of_the_oldest(self) -> None:
        for kind, most in MOST.items():
            self._connection.execute(queries.OLDEST[kind], (most,))

    def _time(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="microseconds")

    @contextmanager
    def _writing(self) -> Generator[None]:
        with database_errors(self.path), transaction(self._connection):
            yield

    def _write(self, statement: str, *values: object) -> None:
        with self._writing():
            self._connection.execute(statement, values)

    def _read(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with database_errors(self.path):
            cursor = self._connection.cursor()
            cursor.row_factory = sqlite3.Row
            return cursor.execute(statement, values).fetchall()


def search_words(search: str) -> list[str]:
    """What a search looks for, folded."""
    return fold_text(search).split()


def fold_text(text: str) -> str:
    """So that a search finds a text however its letters are put together and in whichever case."""
    return unicodedata.normalize("NFC", text).casefold()


def storable(text: str | Path) -> str:
    """As it is, but for bytes of a file's name that are no letters, which SQLite would not take."""
    return str(text).encode(errors="surrogateescape").decode(errors="replace")
