"""Pictures in a list, as values and as Qt's model; their images are asked for when they are first painted."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import QImage

from stylestudio.caches import TILES, LruCache

Index = QModelIndex | QPersistentModelIndex
TILE = Qt.ItemDataRole.UserRole
NOTHING = QModelIndex()


@dataclass(frozen=True)
class Tile:
    """A picture of the list, or a heading above some. `key` is what it stands for.

    `about` is a line or more that its tooltip adds to the name. `file` goes along where the tile is dragged away. A
    `mark` in its corner says that it was exported; `pending` that its picture is still to be made.
    """

    key: Hashable
    name: str
    about: str = ""
    star: bool = False
    file: Path | None = None
    mark: bool = False
    pending: bool = False
    heading: bool = False


class TileModel(QAbstractListModel):
    """Tiles with their images. `images_wanted` carries the keys of those that are painted and not there."""

    images_wanted = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tiles: list[Tile] = []
        self.in_use: frozenset[object] = frozenset()
        """The keys of those that the session has."""
        self._images: LruCache[Hashable, QImage] = LruCache(TILES)
        self._wanted: set[Hashable] = set()
        self._asked: set[Hashable] = set()
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._ask)

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        """Have these; where they stand for the same as before, nothing is laid out anew."""
        before, after = [tile.key for tile in self.tiles], [tile.key for tile in tiles]
        if before == after:
            changed = [row for row, pair in enumerate(zip(self.tiles, tiles, strict=True)) if pair[0] != pair[1]]
            self.tiles = list(tiles)
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self.tiles = list(tiles)
        self.endResetModel()

    def set_images(self, images: Mapping[Any, QImage | None]) -> None:
        """Images by key; None for one that there is none of."""
        self._asked -= images.keys()
        for key, image in images.items():
            kept = QImage() if image is None else image
            self._images.put(key, kept, max(kept.sizeInBytes(), 1))
        for row, tile in enumerate(self.tiles):
            if tile.key in images:
                self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])

    def renew_images(self, seen: Sequence[Hashable]) -> None:
        """Ask anew for those that are seen, which stay until then; the others are asked for when they are painted."""
        there = {key: image for key in seen if (image := self._images.get(key)) is not None}
        self._images.keep_only(there.__contains__)
        self._wanted |= there.keys()
        self._timer.start()

    def image(self, key: Hashable) -> QImage | None:
        """The one to paint, None while it is not there."""
        image = self._images.get(key)
        if image is None and key not in self._asked:
            self._wanted.add(key)
            self._timer.start()
        return image

    def tile(self, index: Index) -> Tile | None:
        """What stands there, None outside."""
        return self.tiles[index.row()] if index.isValid() and index.row() < len(self.tiles) else None

    def rowCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(self.tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        tile = self.tile(index)
        if tile is None:
            return None
        if role == TILE:
            return tile
        if role == Qt.ItemDataRole.DisplayRole:
            return tile.name
        if role == Qt.ItemDataRole.ToolTipRole and not tile.heading:
            return "\n".join(filter(None, (tile.name, tile.about)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._in_words(tile)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return tile.about
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        tile = self.tile(index)
        if tile is None or tile.heading:
            return Qt.ItemFlag.ItemNeverHasChildren
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled if tile.file else flags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        tiles = [self.tile(index) for index in indexes]
        mime.setUrls([QUrl.fromLocalFile(str(tile.file)) for tile in tiles if tile and tile.file])
        return mime

    def _in_words(self, tile: Tile) -> str:
        """Its name, and what is painted on it."""
        star = self.tr("{name}, with a star").format(name=tile.name) if tile.star else tile.name
        return self.tr("{name}, in use").format(name=star) if tile.key in self.in_use else star

    def _ask(self) -> None:
        wanted = [tile.key for tile in self.tiles if tile.key in self._wanted and not tile.heading]
        self._wanted.clear()
        self._asked.update(wanted)
        if wanted:
            self.images_wanted.emit(wanted)
