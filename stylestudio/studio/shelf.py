"""The shelf brought up to date: the bundled styles and the pictures of the watched folders, into the library."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from stylestudio.errors import PictureError
from stylestudio.images.decode import read
from stylestudio.progress import Progress, Work
from stylestudio.studio.batch import pictures_in
from stylestudio.studio.bundled_styles import bundled_styles
from stylestudio.studio.library import Library, fold_text
from stylestudio.studio.library_records import Origin, StyleEntry, describe_picture

STAGE = "Looking through the styles"
GONE = "a style of the library whose file is not there any more, or was changed"


class FoundStyle(NamedTuple):
    """A file whose picture belongs on the shelf; its name is the file's where there is no title."""

    path: Path
    origin: Origin
    title: str = ""
    tags: tuple[str, ...] = ()


def update_shelf(library: Library, bundled: bool = True) -> Work[list[PictureError]]:
    """Put on the shelf what is not there yet, reading only files that are new or changed.

    Gives what could not be read: files that are no whole picture, and folders that are gone for now, whose styles stay.
    What the artist took off the shelf stays off it. Raises `LibraryError`.
    """
    files, faults = find_in_folders(library.folders())
    found = [*(find_bundled() if bundled else ()), *files]
    for number, one in enumerate(found):
        yield Progress(STAGE, number / len(found))
        known = library.unchanged_picture(one.path)
        if known is not None and library.has_style(known.sha256):
            continue
        try:
            picture = describe_picture(read(one.path), one.path)
        except PictureError as error:
            faults.append(error)
            continue
        library.add_style(replace(picture, name=one.title or picture.name), one.origin, one.tags)
    return faults


def find_bundled() -> list[FoundStyle]:
    """The styles that come with the program, in the shelf's order."""
    return [FoundStyle(style.path, "bundled", style.title, (style.manner, *style.tags)) for style in bundled_styles()]


def find_in_folders(folders: Iterable[Path]) -> tuple[list[FoundStyle], list[PictureError]]:
    """The pictures in the folders, and why a folder gives none."""
    found: list[FoundStyle] = []
    faults: list[PictureError] = []
    for folder in folders:
        try:
            found += [FoundStyle(path, "folder") for path in pictures_in([folder])[0]]
        except PictureError as error:
            faults.append(error)
    return found, faults


STARRED = "star"


def styles_tagged(library: Library, tag: str) -> list[StyleEntry]:
    """The shelf's styles that have this tag, in whichever case, and for "star" those with a star. In its order."""
    asked = fold_text(tag.strip())
    return [
        style
        for style in library.styles()
        if asked in map(fold_text, style.tags) or (style.star and asked in (STARRED, "★"))
    ]


def files_of(library: Library, styles: Iterable[StyleEntry]) -> tuple[list[Path], dict[Path, str]]:
    """The styles' files, and those that are gone or hold another picture by now, with the reason."""
    found: list[Path] = []
    gone: dict[Path, str] = {}
    for style in styles:
        path = style.picture.path
        known = library.unchanged_picture(path) if path else None
        if path and known and known.sha256 == style.picture.sha256:
            found.append(path)
        else:
            gone[path or Path(style.picture.name)] = GONE
    return found, gone
