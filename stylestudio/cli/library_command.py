"""`stylestudio library`: what the program has kept of the artist's work, listed, searched, exported and cleared."""

import argparse
import json
import os
from datetime import datetime
from pathlib import Path

from stylestudio.cli.console import print_remark, print_result, print_tables
from stylestudio.cli.options import Parser, nonempty_path
from stylestudio.errors import OutputError, SettingError
from stylestudio.images.atomic import create_new
from stylestudio.images.export import check_writable
from stylestudio.paths import data_folder
from stylestudio.studio.library import Library
from stylestudio.studio.library_json import library_as_json
from stylestudio.studio.library_records import KINDS, Kind

WIDTH = 1000
"""Of tables that go to a file, in characters at most: paths stay whole there."""
HEADINGS: dict[Kind, tuple[str, ...]] = {
    "styles": ("style", "star", "from", "tags", "last used", "file"),
    "runs": ("run", "photo", "style", "star", "finished"),
    "exports": ("export", "run", "written", "file"),
    "presets": ("preset", "uses", "last used"),
    "pictures": ("picture", "pixels", "last seen", "file"),
}


def add_library(add) -> None:
    """The command and its own commands."""
    library = add("library", help="what you have worked with: styles, runs, exports")
    inner = library.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser).add_parser
    one = inner("list", help="all of it, or one kind")
    one.add_argument("kind", nargs="?", choices=KINDS, metavar="|".join(KINDS))
    one.set_defaults(run=list_all)
    one = inner("search", help="what has all these words in its name, path or tags")
    one.add_argument("words", nargs="+", metavar="WORD")
    one.set_defaults(run=search)
    one = inner("export", help="all of it as JSON, without thumbnails")
    one.add_argument("-o", "--output", type=nonempty_path, metavar="FILE.json", help="a new file; stdout if not given")
    one.set_defaults(run=export)
    one = inner("clear", help="forget all of it, or one kind; your pictures stay")
    one.add_argument("kind", nargs="?", choices=KINDS, metavar="|".join(KINDS))
    one.add_argument("--yes", action="store_true", help="really do so; there is no way back")
    one.set_defaults(run=clear)


def open_library() -> Library:
    """The artist's library; says if it was damaged. Raises `LibraryError`."""
    library = Library(data_folder())
    if library.opening_remark():
        print_remark(library.opening_remark())
    return library


def list_all(options: argparse.Namespace) -> int:
    """Tables on stdout. Raises `LibraryError`."""
    return print_matches("", (options.kind,) if options.kind else KINDS, "There is nothing in the library yet.")


def search(options: argparse.Namespace) -> int:
    """Tables on stdout. Raises `LibraryError`."""
    return print_matches(" ".join(options.words), KINDS, "Nothing in the library has all these words.")


def print_matches(search: str, kinds: tuple[Kind, ...], otherwise: str) -> int:
    with open_library() as library:
        tables = [made for kind in kinds if (made := table(kind, table_rows(library, kind, search)))]
    if not tables:
        print_remark(otherwise)
    print_tables(tables, WIDTH)
    return 0


def table(kind: Kind, lines: list[tuple[str, ...]]):
    """A table of these lines, None for none."""
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    if not lines:
        return None
    made = Table(title=f"{kind.capitalize()}: {len(lines)}", title_justify="left", box=SIMPLE)
    for heading in HEADINGS[kind]:
        made.add_column(heading, overflow="fold")
    for line in lines:
        made.add_row(*map(Text, line))
    return made


def table_rows(library: Library, kind: Kind, search: str) -> list[tuple[str, ...]]:
    """What the table of this kind says of each entry that has all words of `search`."""
    match kind:
        case "styles":
            return [
                (
                    s.picture.name,
                    format_star(s.star),
                    s.origin,
                    ", ".join(s.tags),
                    format_time(s.used),
                    format_path(s.picture.path),
                )
                for s in library.styles(search)
            ]
        case "runs":
            return [
                (str(r.id), r.content_name, r.style_name, format_star(r.star), format_time(r.finished))
                for r in library.runs(search)
            ]
        case "exports":
            return [
                (str(e.id), "" if e.run is None else str(e.run), format_time(e.exported), format_path(e.path))
                for e in library.exports(search)
            ]
        case "presets":
            return [(p.name, str(p.uses), format_time(p.used)) for p in library.presets(search)]
        case "pictures":
            return [
                (p.name, f"{p.width} × {p.height}", format_time(p.seen), format_path(p.path))
                for p in library.pictures(search)
            ]


def format_star(starred: bool) -> str:
    return "★" if starred else ""


def format_time(time: datetime | None) -> str:
    """In this computer's time zone, to the minute."""
    return "" if time is None else f"{time.astimezone():%Y-%m-%d %H:%M}"


def format_path(path: Path | None) -> str:
    return "" if path is None else str(path)


def export(options: argparse.Namespace) -> int:
    """JSON to a new file or to stdout. Raises `LibraryError` and `OutputError`."""
    with open_library() as library:
        text = json.dumps(library_as_json(library), indent=2, ensure_ascii=False)
    if options.output is None:
        print_result(text)
        return 0
    check_writable(options.output)
    try:
        with create_new(options.output.parent, lambda: check_unused(options.output)) as (stream, _):
            stream.write(f"{text}\n".encode())
    except OSError as error:
        raise OutputError(f"{options.output} could not be written.", hint="Choose another folder.") from error
    return 0


def check_unused(path: Path) -> Path:
    """The path itself. Raises `OutputError` where something has it already."""
    if os.path.lexists(path):
        raise OutputError(f"{path} exists already.", hint="Give another name.")
    return path


def clear(options: argparse.Namespace) -> int:
    """Raises `LibraryError`, and `SettingError` without `--yes`."""
    kinds: tuple[Kind, ...] = (options.kind,) if options.kind else KINDS
    if not options.yes:
        what = f"the {options.kind}" if options.kind else "all"
        raise SettingError(
            f"This forgets {what} of the library at {data_folder()}, for good.",
            hint="Say --yes to do so; `stylestudio library export` keeps a copy first.",
        )
    with open_library() as library:
        library.clear(*kinds)
    return 0
