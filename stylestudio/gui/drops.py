"""What a drag or the clipboard brings: files, picture data, or nothing that can be used, with the reason."""

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage

from stylestudio.gui.words import tr
from stylestudio.images.formats import FORMATS, in_words, readable

_DATA_FORMATS = ("image/png", "image/tiff", "image/webp", "image/jpeg", "image/bmp", "image/gif")


@dataclass(frozen=True)
class Dropped:
    """What came: `files` that may be pictures, or `image`: a file's bytes, or Qt's image.

    Where neither is there, `reason` says why, in two short sentences; `refused` are files that cannot be pictures.
    What only hovers has its image still to be fetched.
    """

    files: list[Path] = field(default_factory=list)
    image: bytes | QImage | None = None
    reason: str | None = None
    refused: list[Path] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return self.reason is None

    @property
    def pictures(self) -> int:
        """How many may be taken."""
        return max(1, len(self.files)) if self.is_usable else 0


def dropped(mime: QMimeData) -> Dropped:
    """Read what a drop or the clipboard holds. Opens no file."""
    found = offered(mime)
    if found.files or found.reason:
        return found
    image = _image(mime)
    return Dropped(reason=_no_picture()) if image is None else Dropped(image=image)


def offered(mime: QMimeData) -> Dropped:
    """What a drag that hovers would bring; pixels are not fetched, because a browser would send all of them."""
    urls = _urls(mime)
    files = [path for path in map(_local, urls) if path]
    readable = [path for path in files if _may_be_picture(path)]
    refused = [path for path in files if path not in readable]
    if readable:
        return Dropped(readable, refused=refused)
    if not files and (mime.hasImage() or any(map(mime.hasFormat, _DATA_FORMATS))):
        return Dropped()
    return Dropped(reason=_reason(mime, urls, refused), refused=refused)


def _urls(mime: QMimeData) -> list[QUrl]:
    if mime.hasUrls():
        return mime.urls()
    # Some browsers and terminals send a file's address as text only.
    words = mime.text().split("\n") if mime.hasText() else []
    urls = [QUrl(word.strip()) for word in words]
    return [url for url in urls if url.scheme() in ("file", "http", "https")]


def _local(url: QUrl) -> Path | None:
    if url.isLocalFile() and url.host() == "localhost":
        url = QUrl(url)
        url.setHost("")
    return Path(url.toLocalFile()) if url.isLocalFile() else None


def _may_be_picture(path: Path) -> bool:
    return (not path.suffix or readable(path)) and not path.is_dir()


def _image(mime: QMimeData) -> bytes | QImage | None:
    for name in _DATA_FORMATS:
        if mime.hasFormat(name) and (data := mime.data(name)).size():
            return bytes(data.data())
    image = mime.imageData() if mime.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def _reason(mime: QMimeData, urls: list[QUrl], refused: list[Path]) -> str:
    if refused and refused[0].is_dir():
        return tr("This is a folder. Take a picture that is in it.")
    if refused:
        ending = refused[0].suffix[1:].upper()
        return tr("{0} files cannot be read. Save the picture as PNG or JPEG first.").format(ending)
    if urls:
        return tr("Only the picture's address came along. Save the picture first, then take the file.")
    if mime.hasText():
        return tr("This is text. Take a picture, or a picture file.")
    return _no_picture()


def _no_picture() -> str:
    labels = in_words([one.label for one in FORMATS])
    return tr("This is not a picture. Take a {labels} file.").format(labels=labels)


def take_copy(event: QDropEvent) -> None:
    """Accept as a copy whatever was proposed: after a move the giver may delete the artist's file."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
