"""A list of pictures: painted, clicked, starred, dragged away, and worked with the keys alone."""

from PySide6.QtCore import (
    QMargins,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from stylestudio.gui.shelf.painting import paint_mark, paint_picture, paint_rim, paint_star, star_rect
from stylestudio.gui.shelf.tiles import TILE, Tile, TileModel
from stylestudio.gui.widgets.empty_state import muted_text_colour

Index = QModelIndex | QPersistentModelIndex
LEAST, MOST = 118, 170
"""Logical pixels of a picture's width: such that a row is filled."""
SHAPE = 0.75
"""Of a picture's place: height over width."""
GAP = 6
FAINT = 0.28
"""How strongly the stand-in for a picture that is still to be made is painted."""


class TileDelegate(QStyledItemDelegate):
    """Paints tiles; pictures that do not have the tile's shape fill it (`fills`) or are seen whole."""

    def __init__(self, view: "TileView", fills: bool) -> None:
        super().__init__(view)
        self._view, self._fills = view, fills

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        tile: Tile = index.data(TILE)
        line = self._view.fontMetrics().height()
        if tile.heading:
            return QSize(self._view.viewport().width() - 2 * GAP, line + 2 * GAP)
        return self._view.picture.grownBy(QMargins(GAP, GAP, GAP, GAP + line + 3))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile: Tile = index.data(TILE)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if tile.heading:
            self._paint_heading(painter, option.rect, tile)
        else:
            self._paint_tile(painter, option, tile, self._view.hasFocus() and index == self._view.currentIndex())
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, tile: Tile) -> None:
        font = QFont(self._view.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(muted_text_colour(self._view.palette()))
        painter.drawText(rect.adjusted(GAP, GAP, 0, 0), Qt.AlignmentFlag.AlignVCenter, tile.name)

    def _paint_tile(self, painter: QPainter, option: QStyleOptionViewItem, tile: Tile, has_focus: bool) -> None:
        place = self._view.picture_rect(option.rect)
        is_over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        image = self._view.tiles.image(tile.key)
        painter.setOpacity(FAINT if tile.pending else 1.0)
        rect = paint_picture(painter, place, image, self._fills, self._view.palette().midlight().color())
        painter.setOpacity(1.0)
        in_use = tile.key in self._view.in_use
        if in_use or has_focus or is_over:
            paint_rim(painter, rect, self._view.palette(), in_use, has_focus)
        if tile.star or is_over or has_focus:
            paint_star(painter, star_rect(place), tile.star)
        if tile.mark:
            paint_mark(painter, place)
        self._paint_name(painter, option.rect, tile)

    def _paint_name(self, painter: QPainter, rect: QRect, tile: Tile) -> None:
        metrics = self._view.fontMetrics()
        line = QRect(
            rect.left() + GAP, rect.bottom() - metrics.height() - GAP + 3, self._view.picture.width(), metrics.height()
        )
        palette, in_use = self._view.palette(), tile.key in self._view.in_use
        font = QFont(self._view.font())
        font.setBold(in_use)
        painter.setFont(font)
        painter.setPen(palette.text().color() if in_use else muted_text_colour(palette))
        text = painter.fontMetrics().elidedText(tile.name, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, text)


class TileView(QListView):
    """Shows the tiles of `tiles`; what is done with one is told by its key.

    A click or Enter chooses, a click on the star or S stars, Delete asks to remove, F2 to name its tags, the right
    button or the menu key for its menu.
    """

    chosen = Signal(object)
    starred = Signal(object, bool)
    removal_asked = Signal(object)
    tags_asked = Signal(object)
    menu_asked = Signal(object, QPoint)

    def __init__(self, name: str, fills: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = TileModel(self)
        self.empty_text = ""
        """What stands there where there is no tile."""
        self.picture = QSize(LEAST, round(SHAPE * LEAST))
        """The place of each picture."""
        self._on_star = False
        self.setModel(self.tiles)
        self.setItemDelegate(TileDelegate(self, fills))
        self.setAccessibleName(name)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(LEAST // 3)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.clicked.connect(self._choose)

    @property
    def in_use(self) -> frozenset[object]:
        """The keys of what the session has."""
        return self.tiles.in_use

    def mark_in_use(self, *keys: object) -> None:
        """Mark the tiles of these keys as what the session has."""
        if self.in_use != frozenset(keys):
            self.tiles.in_use = frozenset(keys)
            self.viewport().update()

    def renew_images(self) -> None:
        """Have other images for the same tiles; those that are seen stay until theirs is there."""
        place = self.viewport().rect()
        rows = [row for row in range(len(self.tiles.tiles)) if self.visualRect(self.tiles.index(row)).intersects(place)]
        self.tiles.renew_images([self.tiles.tiles[row].key for row in rows])
        self.viewport().update()

    def picture_rect(self, rect: QRect) -> QRect:
        """Where the picture of the tile in `rect` lies."""
        return QRect(rect.topLeft() + QPoint(GAP, GAP), self.picture)

    def sizeHint(self) -> QSize:
        return QSize(4 * LEAST, round(1.6 * self._row_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * LEAST, self._row_height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        tile, index = self._at(event.position().toPoint())
        on_star = tile is not None and star_rect(self.picture_rect(self.visualRect(index))).contains(
            event.position().toPoint()
        )
        self._on_star = on_star and event.button() == Qt.MouseButton.LeftButton
        if tile is not None and self._on_star:
            self.starred.emit(tile.key, not tile.star)
        elif event.button() == Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._on_star:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        tile = self.tiles.tile(self.currentIndex())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if tile is None or not plain or not self._do(Qt.Key(event.key()), tile):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.visualRect(self.currentIndex()).center() if by_key else event.pos()
        tile, index = self._at(place)
        if tile is not None:
            self.setCurrentIndex(index)
            self.menu_asked.emit(tile.key, self.viewport().mapToGlobal(place))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.tiles.rowCount() == 0 and self.empty_text:
            with QPainter(self.viewport()) as painter:
                painter.setPen(muted_text_colour(self.palette()))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.viewport().rect().adjusted(24, 8, -24, -8), flags, self.empty_text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.viewport().width() - 2
        columns = max(1, width // (LEAST + 2 * GAP))
        side = min(width // columns - 2 * GAP, MOST)
        self.picture = QSize(side, round(SHAPE * side))
        self.scheduleDelayedItemsLayout()

    def _row_height(self) -> int:
        return self.picture.height() + 2 * GAP + 3 + self.fontMetrics().height()

    def _at(self, place: QPoint) -> tuple[Tile | None, QModelIndex]:
        index = self.indexAt(place)
        tile = self.tiles.tile(index)
        return (None if tile is None or tile.heading else tile), index

    def _choose(self, index: QModelIndex) -> None:
        tile = self.tiles.tile(index)
        if tile is not None and not tile.heading:
            self.chosen.emit(tile.key)

    def _do(self, key: Qt.Key, tile: Tile) -> bool:
        """Whether the key does anything with a tile."""
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(tile.key)
        elif key == Qt.Key.Key_S:
            self.starred.emit(tile.key, not tile.star)
        elif key == Qt.Key.Key_Delete:
            self.removal_asked.emit(tile.key)
        elif key == Qt.Key.Key_F2:
            self.tags_asked.emit(tile.key)
        else:
            return False
        return True
