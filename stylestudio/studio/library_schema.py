"""The library's tables, one script for each schema version: what was shipped is never changed, only added to."""

import sqlite3

from stylestudio.studio.database import Script

_STRICT = " STRICT" if sqlite3.sqlite_version_info >= (3, 37) else ""
"""A column then takes only values of its type. Thumbnails come last: SQLite reads through them to what is behind."""

FIRST: Script = (
    f"""CREATE TABLE pictures (
        sha256 TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        seen TEXT NOT NULL,
        thumbnail BLOB NOT NULL
    ){_STRICT}""",
    f"""CREATE TABLE files (
        path TEXT PRIMARY KEY,
        picture TEXT NOT NULL REFERENCES pictures ON DELETE CASCADE,
        modified INTEGER NOT NULL,
        size INTEGER NOT NULL,
        seen TEXT NOT NULL
    ){_STRICT}""",
    "CREATE INDEX files_of_picture ON files (picture, seen)",
    f"""CREATE TABLE styles (
        picture TEXT PRIMARY KEY REFERENCES pictures ON DELETE CASCADE,
        origin TEXT NOT NULL CHECK (origin IN ('bundled', 'used', 'folder', 'added')),
        star INTEGER NOT NULL DEFAULT 0 CHECK (star IN (0, 1)),
        hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
        added TEXT NOT NULL
    ){_STRICT}""",
    f"""CREATE TABLE tags (
        style TEXT NOT NULL REFERENCES styles ON DELETE CASCADE,
        tag TEXT NOT NULL,
        PRIMARY KEY (style, tag)
    ){_STRICT}""",
    f"""CREATE TABLE folders (
        path TEXT PRIMARY KEY,
        added TEXT NOT NULL
    ){_STRICT}""",
    f"""CREATE TABLE presets (
        name TEXT PRIMARY KEY,
        uses INTEGER NOT NULL,
        used TEXT NOT NULL
    ){_STRICT}""",
    f"""CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        content TEXT NOT NULL REFERENCES pictures,
        style TEXT NOT NULL REFERENCES pictures,
        recipe TEXT NOT NULL,
        star INTEGER NOT NULL DEFAULT 0 CHECK (star IN (0, 1)),
        finished TEXT NOT NULL,
        thumbnail BLOB NOT NULL
    ){_STRICT}""",
    "CREATE INDEX runs_by_time ON runs (finished)",
    "CREATE INDEX runs_by_content ON runs (content)",
    "CREATE INDEX runs_by_style ON runs (style)",
    f"""CREATE TABLE exports (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        run INTEGER REFERENCES runs ON DELETE SET NULL,
        exported TEXT NOT NULL
    ){_STRICT}""",
    "CREATE INDEX exports_of_run ON exports (run)",
)

SCRIPTS: tuple[Script, ...] = (FIRST,)
