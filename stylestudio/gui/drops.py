"""What a drag or the clipboard brings: files, picture data, or nothing that can be used, with the reason."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage

READABLE: Final = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif"}
)
"""Endings of files that are worth a try; a file without any is tried too."""

_DATA_FORMATS = ("image/png", "image/tiff", "image/webp", "image/jpeg", "image/bmp", "image/gif")


@dataclass(frozen=True)
class Dropped:
    """What came: `files` that may be pictures, or `image`: a file's bytes, or Qt's image.

    Where neither is there, `reason` says why, in two short sentences; `refused` are files that cannot be pictures.
    """

    files: list[Path] = field(default_factory=list)
    image: bytes | QImage | None = None
    reason: str | None = None
    refused: list[Path] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return self.reason is None


def dropped(mime: QMimeData) -> Dropped:
    """Read what a drop, a drag that hovers, or the clipboard holds. Opens no file."""
    urls = _urls(mime)
    files = [path for path in map(_local, urls) if path]
    readable = [path for path in files if _may_be_picture(path)]
    refused = [path for path in files if path not in readable]
    if readable:
        return Dropped(readable, refused=refused)
    if not files and (image := _image(mime)) is not None:
        return Dropped(image=image)
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
    return (not path.suffix or path.suffix.lower() in READABLE) and not path.is_dir()


def _image(mime: QMimeData) -> bytes | QImage | None:
    for name in _DATA_FORMATS:
        if mime.hasFormat(name) and (data := mime.data(name)).size():
            return bytes(data.data())
    image = mime.imageData() if mime.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def _reason(mime: QMimeData, urls: list[QUrl], refused: list[Path]) -> str:
    if refused and refused[0].is_dir():
        return _tr("This is a folder. Drop a picture that is in it.")
    if refused:
        ending = refused[0].suffix[1:].upper()
        return _tr("{0} files cannot be read. Save the picture as PNG or JPEG first.").format(ending)
    if urls:
        return _tr("Only the picture's address came along. Save the picture first, then drop the file.")
    if mime.hasText():
        return _tr("This is text. Drop a picture, or a picture file.")
    return _tr("This is not a picture. Drop a PNG, JPEG, WebP, TIFF, BMP or GIF file.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("drops", text)


def take_copy(event: QDropEvent) -> None:
    """Accept as a copy whatever was proposed: after a move the giver may delete the artist's file."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
