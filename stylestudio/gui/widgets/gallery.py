"""Presets as small pictures of the target itself: one hovers over them to see them large, and clicks to take one."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QScrollArea, QSizePolicy, QWidget

from stylestudio.gui.icons import icon
from stylestudio.gui.widgets.boxes import commit_typed
from stylestudio.gui.widgets.hover import Hover
from stylestudio.gui.words import preset_label
from stylestudio.studio.presets import Preset

COLUMNS = 4
GAP = 4
WIDTH, HEIGHT = 58, 42
"""Of a picture in a column of the usual width; in a wider one they grow."""
RING, RADIUS = 2.0, 4.0
MOST_ROWS = 4
"""More of them scroll."""
SMALLER_WORDS = 0.88


class PresetTile(QPushButton):
    """A button with a picture above its words; `is_active` frames it."""

    menu_wanted = Signal(QPoint)

    def __init__(self, words: str, parent: QWidget, symbol: str = "") -> None:
        super().__init__(words, parent)
        self._picture: QImage | None = None
        self._symbol = symbol
        self._is_active = False
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * SMALLER_WORDS)
        self.setFont(font)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.pressed.connect(commit_typed)  # not everywhere does a button take the focus

    @property
    def is_active(self) -> bool:
        return self._is_active

    @is_active.setter
    def is_active(self, active: bool) -> None:
        self._is_active = active
        self.setAccessibleDescription(self.tr("In use") if active else "")
        self.update()

    def show_picture(self, picture: QImage | None) -> None:
        """Show the middle of this picture, or an empty place."""
        self._picture = picture
        self.update()

    @property
    def has_picture(self) -> bool:
        return self._picture is not None

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, self.height_for(WIDTH))

    def minimumSizeHint(self) -> QSize:
        return QSize(WIDTH // 2, self.sizeHint().height())

    def height_for(self, width: int) -> int:
        """With a picture of the same shape at any width."""
        return width * HEIGHT // WIDTH + self.fontMetrics().height() + GAP

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        words = self.fontMetrics().height()
        place = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING - words)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._paint_place(painter, place)
            self._paint_rings(painter, place)
            font = self.font()
            font.setBold(self._is_active)
            painter.setFont(font)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            line = QRect(0, self.height() - words, self.width(), words)
            text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_place(self, painter: QPainter, place: QRectF) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(place, RADIUS, RADIUS)
        ground = QPalette.ColorRole.Button if self._symbol else QPalette.ColorRole.Base
        painter.fillPath(shape, self.palette().color(QPalette.ColorRole.Light if self.isDown() else ground))
        if self._symbol:
            side = 18
            icon(self._symbol).paint(
                painter, QRect(place.center().toPoint() - QPoint(side, side) / 2, QSize(side, side))
            )
        if self._picture:
            painter.save()
            painter.setClipPath(shape)
            painter.drawImage(place, self._picture, centred_rect(self._picture.size(), place.width() / place.height()))
            painter.restore()

    def _paint_rings(self, painter: QPainter, place: QRectF) -> None:
        """The accent's frame, with a line in it, for the active one; the words' colour where the focus is, or faint."""
        palette, rings = self.palette(), []
        if self._is_active:
            rings.append((palette.color(QPalette.ColorRole.Highlight), RING + 0.5, 0.0))
            rings.append((palette.color(QPalette.ColorRole.HighlightedText), 1.0, -RING))
        if self.hasFocus():
            rings.append((palette.color(QPalette.ColorRole.WindowText), 1.5, -RING if self._is_active else 0.0))
        elif self.underMouse() and not self._is_active:
            rings.append((palette.color(QPalette.ColorRole.PlaceholderText), 1.5, 0.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width, out in rings:
            painter.setPen(QPen(colour, width))
            painter.drawRoundedRect(place.adjusted(-out, -out, out, out), RADIUS, RADIUS)


def centred_rect(size: QSize, shape: float) -> QRectF:
    """The largest part in the middle of this size that is so many times as wide as high."""
    width, height = min(size.width(), size.height() * shape), min(size.height(), size.width() / shape)
    return QRectF((size.width() - width) / 2, (size.height() - height) / 2, width, height)


class Gallery(QScrollArea):
    """The tiles of presets, in groups that begin a row each, and one with a plus that keeps the present mix."""

    chosen = Signal(object)
    """A `Preset`."""
    hovered = Signal(object)
    """The one to be seen large, None when it is left."""
    menu_wanted = Signal(object, QPoint)
    """Its preset, None for the plus, and the place on the screen."""
    keep_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tiles: dict[str, PresetTile] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        content = self._content = QWidget(self)
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self.plus = self._plus(content)
        self.setWidget(content)
        for ground in (content, self.viewport()):
            ground.setAutoFillBackground(False)  # the pane floats over pictures too

    def show_presets(self, presets: Sequence[Preset]) -> None:
        """Have a tile for each of these."""
        for tile in self.tiles.values():
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self.tiles = {preset.name: self._tile(preset) for preset in presets}
        groups = [
            [self.tiles[preset.name] for preset in presets if (preset.own, preset.grade is not None) == group]
            for group in ((False, False), (False, True), (True, False))
        ]
        rows = [group[start : start + COLUMNS] for group in groups for start in range(0, len(group), COLUMNS)]
        short = next((row for row in rows if len(row) < COLUMNS), None)
        rows = rows if short else [*rows, []]
        (short or rows[-1]).append(self.plus)
        for index, row in enumerate(rows):
            for column, tile in enumerate(row):
                self._grid.addWidget(tile, index, column)
                tile.show()
        self._order([tile for row in rows for tile in row])
        self._settle()

    def mark_active(self, name: str | None) -> None:
        """Frame the tile of this preset, and no other."""
        for other, tile in self.tiles.items():
            tile.is_active = other == name

    def show_tile(self, name: str) -> None:
        """Scroll to the tile of this preset."""
        self._content.adjustSize()
        self.ensureWidgetVisible(self.tiles[name], 0, 0)

    def resizeEvent(self, arg__1: QResizeEvent) -> None:
        super().resizeEvent(arg__1)
        self._settle()

    def sizeHint(self) -> QSize:
        return QSize(COLUMNS * (WIDTH + GAP) - GAP, self._height(min(self._rows(), MOST_ROWS)))

    def minimumSizeHint(self) -> QSize:
        return QSize(COLUMNS * (WIDTH // 2 + GAP) - GAP, self._height(1))

    def _order(self, tiles: Sequence[PresetTile]) -> None:
        """Have the Tab key go through them in this order, from where the plus has been from the beginning."""
        before = self.plus
        for tile in tiles:
            if tile is not self.plus:
                QWidget.setTabOrder(before, tile)
                before = tile
        QWidget.setTabOrder(tiles[tiles.index(self.plus) - 1], self.plus)

    def _tile(self, preset: Preset) -> PresetTile:
        tile = PresetTile(preset_label(preset), self._content)
        tile.setAccessibleName(self.tr("Preset {name}").format(name=preset_label(preset)))
        tile.clicked.connect(lambda: self.chosen.emit(preset))
        Hover(tile).changed.connect(lambda over: self.hovered.emit(preset if over else None))
        tile.menu_wanted.connect(lambda place: self.menu_wanted.emit(preset, place))
        tile.installEventFilter(self)
        return tile

    def _plus(self, content: QWidget) -> PresetTile:
        plus = PresetTile(self.tr("Keep…"), content, "plus")
        plus.setAccessibleName(self.tr("Keep this mix as a preset"))
        plus.setToolTip(self.tr("Keep the present mix as a preset of your own. Right click: bring one in from a file."))
        plus.clicked.connect(self.keep_requested)
        plus.menu_wanted.connect(lambda place: self.menu_wanted.emit(None, place))
        plus.installEventFilter(self)
        return plus

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, PresetTile):
            self.ensureWidgetVisible(watched, 0, 0)
        return False

    def _rows(self) -> int:
        return 1 + max(self._row(tile) for tile in (self.plus, *self.tiles.values())) if self.tiles else 1

    def _row(self, tile: PresetTile) -> int:
        place = self._grid.getItemPosition(self._grid.indexOf(tile))
        assert isinstance(place, tuple)
        return int(place[0])

    def _height(self, rows: int) -> int:
        """Of so many rows, in the whole width: with room for all there is no scroll bar."""
        return rows * (self._tile_height(self.width()) + GAP) - GAP

    def _tile_height(self, width: int) -> int:
        """In a gallery so wide."""
        return self.plus.height_for((width - (COLUMNS - 1) * GAP) // COLUMNS)

    def _settle(self) -> None:
        """Give all tiles the height that belongs to their width."""
        height = self._tile_height(self.viewport().width())
        for tile in (self.plus, *self.tiles.values()):
            tile.setFixedHeight(height)
        self.updateGeometry()
