"""By what a picture that the program has made is recognised: a mark in its file, beside the pixels."""

import warnings
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from PIL import ExifTags, Image

from stylestudio.images.formats import writable_formats
from stylestudio.images.openraster import MERGED
from stylestudio.images.tags import ORIGIN, SOFTWARE

_TAGS = {"Software": ExifTags.Base.Software, ORIGIN: ExifTags.Base.DocumentName}
"""The mark's names in PNG and what they are called in the EXIF of other formats."""

_ZIP = b"PK\3\4"


def is_result(path: Path) -> bool:
    """Whether the program has made this picture file. Only the file's header is read."""
    return _said(path, "Software").startswith(SOFTWARE)


def origin_of(path: Path) -> str:
    """What this result was made of, as `export.write` was told; empty where that is not known."""
    return _said(path, ORIGIN) if is_result(path) else ""


def _said(path: Path, name: str) -> str:
    """What the file says under this name; nothing where it is no picture in a format that is written."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        try:
            with open_merged_image(path) as stream, Image.open(stream, formats=_formats()) as image:
                # Pillow would decode a whole PNG to see whether EXIF comes behind its pixels.
                found = image.info.get(name) if image.format == "PNG" else image.getexif().get(_TAGS[name])
        except Exception:  # a damaged file makes a decoder fail in any way, and is no result
            return ""
    return found if isinstance(found, str) else ""


def _formats() -> list[str]:
    return [one.pillow for one in writable_formats().values() if one.pillow]


@contextmanager
def open_merged_image(path: Path) -> Generator[IO[bytes]]:
    """The file, or the merged image in one that holds layers."""
    with path.open("rb") as stream:
        layered = stream.read(len(_ZIP)) == _ZIP
        stream.seek(0)
        if not layered:
            yield stream
            return
        with zipfile.ZipFile(stream) as archive, archive.open(MERGED) as merged:
            yield merged
