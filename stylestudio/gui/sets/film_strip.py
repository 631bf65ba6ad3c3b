"""A set's photos in a row below the target, with what goes for the one that is shown at the end of the row."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.shelf.painting import DISC, WHITE, paint_picture, paint_rim
from stylestudio.gui.shelf.tiles import TILE, Tile, TileModel
from stylestudio.gui.widgets.controls import Toggle
from stylestudio.gui.widgets.drop_area import DropArea
from stylestudio.gui.widgets.empty_state import muted_text_colour

PICTURE = QSize(96, 64)
GAP, EDGE = 4, 4
SIDE = 150
"""Width of what stands at the end of the row."""
Index = QModelIndex | QPersistentModelIndex


class FrameDelegate(QStyledItemDelegate):
    """Paints a photo of the row: its name, a rim where it is shown, a sign where it has a mix of its own or a fault."""

    def __init__(self, row: "PhotoRow") -> None:
        super().__init__(row)
        self._row = row

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(PICTURE.width() + 2 * GAP, PICTURE.height() + 3 * GAP + self._row.fontMetrics().height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile: Tile = index.data(TILE)
        place = QRect(option.rect.topLeft() + QPoint(GAP, GAP), PICTURE)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        image = None if tile.pending else self._row.tiles.image(tile.key)
        rect = paint_picture(painter, place, image, True, self._row.palette().midlight().color())
        is_shown = index.row() == self._row.shown
        if is_shown or option.state & QStyle.StateFlag.State_MouseOver:
            paint_rim(painter, rect, self._row.palette(), is_shown, self._row.hasFocus() and is_shown)
        if tile.mark:
            paint_own_mix_sign(painter, place.topRight() + QPoint(-13, 14))
        if tile.pending:
            paint_fault(painter, place)
        self._paint_name(painter, option.rect, tile, is_shown)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, tile: Tile, is_shown: bool) -> None:
        metrics, palette = self._row.fontMetrics(), self._row.palette()
        line = QRect(rect.left() + GAP, rect.top() + PICTURE.height() + 2 * GAP, PICTURE.width(), metrics.height())
        painter.setPen(palette.text().color() if is_shown else muted_text_colour(palette))
        text = metrics.elidedText(tile.name, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, text)


def paint_own_mix_sign(painter: QPainter, centre: QPoint) -> None:
    """Three sliders at different places on a dark disc: a mix of its own."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DISC)
    painter.drawEllipse(centre, 11, 11)
    painter.setPen(QPen(WHITE, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for x, y in ((-4, 2), (0, -2), (4, 1)):
        painter.drawLine(centre + QPoint(x, -5), centre + QPoint(x, 5))
        painter.drawLine(centre + QPoint(x - 1, y), centre + QPoint(x + 1, y))


def paint_fault(painter: QPainter, place: QRect) -> None:
    """An exclamation mark on a dark disc: the file cannot be read."""
    centre = place.center()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DISC)
    painter.drawEllipse(centre, 20, 20)
    painter.setPen(QPen(WHITE, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(centre + QPoint(0, -12), centre + QPoint(0, 2))
    painter.drawPoint(centre + QPoint(0, 11))


class PhotoRow(QListView):
    """The photos; a click or the arrow keys want another one, Delete one removed, the right button a menu."""

    wanted = Signal(int)
    removal_wanted = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tiles = TileModel(self)
        self.shown = 0
        self.setModel(self.tiles)
        self.setItemDelegate(FrameDelegate(self))
        self.setAccessibleName(self.tr("Photos of the set"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAcceptDrops(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        height = PICTURE.height() + 3 * GAP + self.fontMetrics().height()
        self.setFixedHeight(height + self.horizontalScrollBar().sizeHint().height())
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(lambda index: self.wanted.emit(index.row()))

    def show_photo(self, index: int) -> None:
        """Mark this one as the one that is shown, and have it in sight."""
        if index != self.shown or not self.currentIndex().isValid():
            self.shown = index
            self.setCurrentIndex(self.tiles.index(index))
            self.scrollTo(self.tiles.index(index))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = self.tiles.rowCount() - 1
        places = {
            Qt.Key.Key_Left: self.shown - 1,
            Qt.Key.Key_Right: self.shown + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        place = places.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Delete:
            self.removal_wanted.emit(self.shown)
        elif place is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.wanted.emit(min(max(place, 0), last))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.visualRect(self.tiles.index(self.shown)).center() if by_key else event.pos()
        index = self.indexAt(place)
        if index.isValid():
            self.menu_wanted.emit(index.row(), self.viewport().mapToGlobal(place))


class FilmStrip(DropArea):
    """The photos of a set in a row, with its commands beside them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row, self.count = PhotoRow(self), QLabel(self)
        self._side, self._column = QWidget(self), QVBoxLayout()
        self._side.setFixedWidth(SIDE)
        self._head = QHBoxLayout()
        self._head.addWidget(self.count, 1)
        self._column.setContentsMargins(2 * EDGE, EDGE, EDGE, EDGE)
        self._column.setSpacing(3)
        self._column.addLayout(self._head)
        self._side.setLayout(self._column)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE, 2, EDGE, 0)
        layout.setSpacing(0)
        layout.addWidget(self.row, 1)
        layout.addWidget(self._side)
        self.setAccessibleName(self.tr("The set"))
        self.hide()

    def fill(self, actions: Sequence[QAction], close: QAction) -> None:
        """Have a button for each of these commands, and the last one in the corner."""
        corner = QToolButton(self)
        corner.setDefaultAction(close)
        corner.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        corner.setAutoRaise(True)
        self._head.addWidget(corner)
        for action in actions:
            button = Toggle(self)
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._column.addWidget(button)
        self._column.addStretch(1)

    def show_photos(self, tiles: Sequence[Tile], shown: int) -> None:
        """These photos, of which one is shown; `Tile.mark` for a mix of its own, `Tile.pending` for a fault."""
        self.row.tiles.set_tiles(tiles)
        self.row.show_photo(shown)
        self.count.setText(self.tr("{number} of {all}").format(number=shown + 1, all=len(tiles)))
