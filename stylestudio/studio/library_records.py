"""What the library takes and gives, as values."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from stylestudio.images.decode import Picture
from stylestudio.images.thumbnail import thumbnail

Origin = Literal["bundled", "used", "folder", "added"]
"""Where a style of the shelf comes from: with the program, a run, a watched folder, or put there by the artist."""
Kind = Literal["styles", "runs", "exports", "presets", "pictures"]
"""What the library lists, and can be cleared of."""
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class FileFacts:
    """A picture's file and how it was when it was read: `modified` in nanoseconds, `size` in bytes."""

    path: Path
    modified: int
    size: int


def file_facts(path: Path) -> FileFacts | None:
    """Of the file as it is now, None if there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return FileFacts(path.absolute(), facts.st_mtime_ns, facts.st_size)


@dataclass(frozen=True)
class PictureRecord:
    """A picture to be put down: `sha256` as `Picture.sha256`, `thumbnail` the bytes of a WebP file."""

    sha256: str
    name: str
    width: int
    height: int
    thumbnail: bytes
    file: FileFacts | None = None


def describe_picture(picture: Picture, path: Path | None = None) -> PictureRecord:
    """What is put down of a picture, read from `path` or, where None, from no file. Takes some 10 ms."""
    small = thumbnail(picture.stored, picture.alpha)
    return PictureRecord(picture.sha256, picture.name, *picture.size, small, None if path is None else file_facts(path))


@dataclass(frozen=True)
class PictureEntry:
    """`path` is where it was read from last, None for one that came by the clipboard."""

    sha256: str
    name: str
    width: int
    height: int
    seen: datetime
    path: Path | None


@dataclass(frozen=True)
class StyleEntry:
    """A style of the shelf; `used` is when its last run was finished, None before the first."""

    picture: PictureEntry
    origin: Origin
    star: bool
    added: datetime
    used: datetime | None
    tags: tuple[str, ...]


@dataclass(frozen=True)
class RunEntry:
    """A finished run; `recipe` is JSON, `content` and `style` are the hashes of pictures in the library."""

    id: int
    content: str
    content_name: str
    style: str
    style_name: str
    recipe: str
    star: bool
    finished: datetime


@dataclass(frozen=True)
class ExportEntry:
    """A file that was written; `run` is None once that is deleted."""

    id: int
    path: Path
    run: int | None
    exported: datetime


@dataclass(frozen=True)
class PresetUse:
    """How often a preset was chosen, and when last."""

    name: str
    uses: int
    used: datetime
