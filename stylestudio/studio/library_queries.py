"""What the library is asked, as SQL with its values, and what its rows mean."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from sqlite3 import Row
from typing import Any

from stylestudio.studio.library_records import (
    ExportEntry,
    FileFacts,
    Kind,
    PictureEntry,
    PresetUse,
    RunEntry,
    StyleEntry,
)

Query = tuple[Any, ...]
"""A statement and its values."""

_TAGS = "\n"
_PATH = "(SELECT path FROM files f WHERE f.picture = p.sha256 ORDER BY f.seen DESC LIMIT 1) AS path"
_PICTURE = f"p.sha256, p.name, p.width, p.height, p.seen, {_PATH}"
_PATHS = "ifnull((SELECT group_concat(path, char(10)) FROM files f WHERE f.picture = p.sha256), '')"

OLDEST: dict[str, str] = {
    "runs": "DELETE FROM runs WHERE id IN"
    " (SELECT id FROM runs WHERE NOT star ORDER BY finished DESC, id DESC LIMIT -1 OFFSET ?)",
    "exports": "DELETE FROM exports WHERE id IN"
    " (SELECT id FROM exports ORDER BY exported DESC, id DESC LIMIT -1 OFFSET ?)",
    "pictures": "DELETE FROM pictures WHERE sha256 IN (SELECT sha256 FROM pictures p WHERE"
    " NOT EXISTS (SELECT 1 FROM styles WHERE picture = p.sha256)"
    " AND NOT EXISTS (SELECT 1 FROM runs WHERE content = p.sha256)"
    " AND NOT EXISTS (SELECT 1 FROM runs WHERE style = p.sha256)"
    " ORDER BY seen DESC LIMIT -1 OFFSET ?)",
}
"""What goes when there are more than so many."""

CLEAR: dict[Kind, tuple[str, ...]] = {
    "styles": ("DELETE FROM styles", "DELETE FROM folders"),
    "runs": ("DELETE FROM runs",),
    "exports": ("DELETE FROM exports",),
    "presets": ("DELETE FROM presets",),
    "pictures": (OLDEST["pictures"].replace("?", "0"),),
}


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _holds(text: str, words: Sequence[str]) -> list[str]:
    """Conditions that an expression holds each of so many words."""
    return [f"instr(folded({text}), ?)"] * len(words)


def pictures_query(words: Sequence[str]) -> Query:
    where = _where(_holds(f"p.name || char(10) || {_PATHS}", words))
    return f"SELECT {_PICTURE} FROM pictures p{where} ORDER BY p.seen DESC, p.sha256", *words


def picture_of_file_query(path: str, facts: FileFacts) -> Query:
    statement = f"""SELECT {_PICTURE} FROM files JOIN pictures p ON p.sha256 = files.picture
        WHERE files.path = ? AND files.modified = ? AND files.size = ?"""
    return statement, path, facts.modified, facts.size


def to_picture_entry(row: Row) -> PictureEntry:
    path = None if row["path"] is None else Path(row["path"])
    return PictureEntry(row["sha256"], row["name"], row["width"], row["height"], _time(row["seen"]), path)


def styles_query(words: Sequence[str], tag: str | None) -> Query:
    tags = "(SELECT group_concat(tag, char(10)) FROM tags t WHERE t.style = s.picture)"
    conditions = ["NOT s.hidden"]
    conditions += _holds(f"p.name || char(10) || ifnull({tags}, '') || char(10) || {_PATHS}", words)
    if tag is not None:
        conditions.append("EXISTS (SELECT 1 FROM tags WHERE style = s.picture AND tag = ?)")
    statement = f"""SELECT {_PICTURE}, s.origin, s.star, s.added, {tags} AS tags,
        (SELECT max(finished) FROM runs r WHERE r.style = s.picture) AS used
        FROM styles s JOIN pictures p ON p.sha256 = s.picture{_where(conditions)}
        ORDER BY s.star DESC, used IS NULL, used DESC, s.added, folded(p.name), p.sha256"""
    return (statement, *words) if tag is None else (statement, *words, tag)


def to_style_entry(row: Row) -> StyleEntry:
    used = None if row["used"] is None else _time(row["used"])
    tags = tuple(sorted((row["tags"] or "").split(_TAGS))) if row["tags"] else ()
    return StyleEntry(to_picture_entry(row), row["origin"], bool(row["star"]), _time(row["added"]), used, tags)


def runs_query(words: Sequence[str], content: str | None, style: str | None, most: int | None) -> Query:
    conditions, values = _holds("c.name || char(10) || s.name", words), list[object](words)
    for column, sha256 in (("content", content), ("style", style)):
        if sha256 is not None:
            conditions.append(f"r.{column} = ?")
            values.append(sha256)
    statement = f"""SELECT r.id, r.content, c.name AS content_name, r.style, s.name AS style_name, r.recipe, r.star,
        r.finished FROM runs r JOIN pictures c ON c.sha256 = r.content JOIN pictures s ON s.sha256 = r.style
        {_where(conditions)} ORDER BY r.finished DESC, r.id DESC LIMIT ?"""
    return statement, *values, -1 if most is None else most


def to_run_entry(row: Row) -> RunEntry:
    pictures = row["content"], row["content_name"], row["style"], row["style_name"]
    return RunEntry(row["id"], *pictures, row["recipe"], bool(row["star"]), _time(row["finished"]))


def exports_query(words: Sequence[str]) -> Query:
    where = _where(_holds("path", words))
    return f"SELECT id, path, run, exported FROM exports{where} ORDER BY exported DESC, id DESC", *words


def to_export_entry(row: Row) -> ExportEntry:
    return ExportEntry(row["id"], Path(row["path"]), row["run"], _time(row["exported"]))


def presets_query(words: Sequence[str]) -> Query:
    return f"SELECT name, uses, used FROM presets{_where(_holds('name', words))} ORDER BY used DESC, name", *words


def to_preset_use(row: Row) -> PresetUse:
    return PresetUse(row["name"], row["uses"], _time(row["used"]))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
