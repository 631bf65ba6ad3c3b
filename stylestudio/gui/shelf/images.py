"""Thumbnails of the library for Qt, made on the library's thread."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from PySide6.QtGui import QImage

from stylestudio.gui.library_queue import LibraryQueue
from stylestudio.studio.library import Library

K = TypeVar("K", bound=Hashable)
AT_ONCE = 24
"""So many are brought by one question: the first are seen before the last are read."""


def load_images(
    library: LibraryQueue,
    stored: Callable[[Library, K], bytes | None],
    keys: Sequence[K],
    show: Callable[[Mapping[K, QImage | None]], object],
) -> None:
    """Call `show`, once or several times, with the images of these keys, whose files `stored` gives."""
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]

        def read(opened: Library, some: Sequence[K] = some) -> dict[K, QImage | None]:
            return {key: decode_image(stored(opened, key)) for key in some}

        library.ask(read, show)


def decode_image(data: bytes | None) -> QImage | None:
    """The image in a WebP file's bytes, ready to be painted; None where there is none."""
    if data is None:
        return None
    image = QImage.fromData(data)
    return None if image.isNull() else image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
