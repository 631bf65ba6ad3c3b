"""What the targets of a batch are called, and by what they are recognised in a folder the next time."""

import hashlib
import os
import re
import unicodedata
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from stylestudio.images.export import proposed_name
from stylestudio.images.formats import format_of
from stylestudio.images.provenance import origin_of


def kept_name(content: Path, style: Path, suffix: str, there: dict[str, list[Path]], second: Path | None = None) -> str:
    """The name of the target of these two that is `there`, from where it is removed; empty for none.

    One that has been given another name is the artist's.
    """
    usual = Path(usual_name(content, style, suffix, second)).stem
    found = there.get(origin(content, style, second), [])
    for path in found:
        if re.fullmatch(rf"{re.escape(usual)}( \d+)?", path.stem):
            found.remove(path)
            return path.name
    return ""


def usual_name(content: Path, style: Path, suffix: str, second: Path | None = None) -> str:
    """What a target of these is called in this format."""
    return proposed_name(content.stem, styles_name(style.stem, second and second.stem), suffix)


def styles_name(style: str, second: str | None) -> str:
    """What stands for the style in the name of a target: both names where there are two."""
    return f"{style} + {second}" if second else style


def origin(content: Path, style: Path, second: Path | None = None) -> str:
    """By which a target of these is recognised: a digest of their names and of the names of their folders.

    Neither their names can be read from it, nor does it change when all are moved.
    """
    names = [name for path in (content, style, second) if path for name in path.absolute().parts[-2:]]
    return hashlib.sha256(os.fsencode(unicodedata.normalize("NFC", "/".join(names)))).hexdigest()


def results_in(folder: Path, suffix: str) -> dict[str, list[Path]]:
    """The targets in this format that a batch has left in this folder, by their origin; none where it is unreadable."""
    found: dict[str, list[Path]] = defaultdict(list)
    format_ = format_of(Path(f"it{suffix}"))
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if format_of(path) is format_ and (known := origin_of(path)):
                found[known].append(path)
    return found


def file_identity(path: Path) -> tuple[int, int] | None:
    """What all names of one file have in common, None if there is no file."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def unique_name(name: str, taken: set[str]) -> str:
    """`name`, with a number if one of the names taken is equal on some system; it is taken from now on."""
    number, candidate, path = 1, name, Path(name)
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{path.stem} {number}{path.suffix}"
    taken.add(candidate.casefold())
    return candidate
