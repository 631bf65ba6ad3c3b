"""What a drag or the clipboard brings: files, picture data, or nothing that can be used, with the reason."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage

from stylestudio.gui.places import ask_with_timeout, path_of
from stylestudio.gui.words import tr
from stylestudio.images.formats import FORMATS, is_readable_name, join_labels

Pixels = bytes | QImage
"""Of a picture without a file: the bytes that a file would hold, or Qt's image."""

MANY = 3
"""So many pictures at once are a set."""
_DATA_FORMATS = ("image/png", "image/tiff", "image/webp", "image/jpeg", "image/bmp", "image/gif")


@dataclass(frozen=True)
class DropContents:
    """What came: `files` that may be pictures and `folders`, or `image`: a file's bytes, or Qt's image.

    Beside a single file, `image` is what to take where that cannot be read: a browser may have deleted it already.
    Where neither is there, `reason` says why, in two short sentences; `refused` are files that cannot be pictures.
    What only hovers has its image still to be fetched. With Shift held, it `is_look`: of a picture
    that tells how it was made, that is wanted. With Ctrl held, a style `is_second`.
    """

    files: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    image: Pixels | None = None
    reason: str | None = None
    refused: list[Path] = field(default_factory=list)
    is_look: bool = False
    is_second: bool = False

    @property
    def is_usable(self) -> bool:
        return self.reason is None

    @property
    def pictures(self) -> int:
        """How many may be taken; a folder counts as many."""
        return max(1, len(self.files), MANY * len(self.folders)) if self.is_usable else 0


def read_drop(mime: QMimeData) -> DropContents:
    """Read what a drop or the clipboard holds. Opens no file."""
    found = peek_drag(mime)
    if found.reason or len(found.files) > 1 or found.folders or not _has_pixels(mime):
        return found
    image = _image(mime)
    return replace(found, image=image) if found.files or image is not None else DropContents(reason=_no_picture())


def read_drop_event(event: QDropEvent) -> DropContents:
    """The same of a drop, which may be one with Shift or Ctrl held."""
    look = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    second = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return replace(read_drop(event.mimeData()), is_look=bool(look), is_second=bool(second))


def peek_drag(mime: QMimeData) -> DropContents:
    """What a drag that hovers would bring; pixels are not fetched, because a browser would send all of them."""
    urls = _urls(mime)
    files = list(dict.fromkeys(path for path in map(path_of, urls) if path))
    folders = ask_with_timeout(lambda: [path for path in files if path.is_dir()], list[Path]())
    inside = set(folders)
    taken = [path for path in files if path not in inside and (not path.suffix or is_readable_name(path))]
    known = {*taken, *folders}
    refused = [path for path in files if path not in known]
    if taken or folders:
        return DropContents(taken, folders, refused=refused)
    if _has_pixels(mime):
        return DropContents()
    return DropContents(reason=_reason(mime, urls, refused), refused=refused)


def _has_pixels(mime: QMimeData) -> bool:
    return mime.hasImage() or any(map(mime.hasFormat, _DATA_FORMATS))


def _urls(mime: QMimeData) -> list[QUrl]:
    if mime.hasUrls():
        return mime.urls()
    # Some browsers and terminals send a file's address, or its path, as text only.
    lines = [line.strip().strip("'\"") for line in mime.text().splitlines()] if mime.hasText() else []
    urls = [QUrl.fromLocalFile(line) if _is_picture_path(line) else QUrl(line) for line in lines]
    return [url for url in urls if url.scheme() in ("file", "http", "https")]


def _is_picture_path(line: str) -> bool:
    return Path(line).is_absolute() and is_readable_name(Path(line))


def _image(mime: QMimeData) -> Pixels | None:
    for name in _DATA_FORMATS:
        if mime.hasFormat(name) and (data := mime.data(name)).size():
            return bytes(data.data())
    image = mime.imageData() if mime.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def _reason(mime: QMimeData, urls: list[QUrl], refused: list[Path]) -> str:
    if refused:
        ending = refused[0].suffix[1:].upper()
        return tr("{0} files cannot be read. Save the picture as PNG or JPEG first.").format(ending)
    if urls and urls[0].scheme() == "file":
        return tr("The picture lies on another computer. Copy it to this one first.")
    if urls:
        return tr("Only the picture's address came along. Save the picture first, then take the file.")
    if mime.hasText():
        return tr("This is text. Take a picture, or a picture file.")
    return _no_picture()


def _no_picture() -> str:
    labels = join_labels([one.label for one in FORMATS])
    return tr("This is not a picture. Take a {labels} file.").format(labels=labels)


def accept_as_copy(event: QDropEvent) -> None:
    """Accept as a copy whatever was proposed: after a move the giver may delete the artist's file."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
