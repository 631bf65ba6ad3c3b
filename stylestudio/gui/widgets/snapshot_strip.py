"""Snapshots as a row of small pictures: a click recalls one, Ctrl+click compares two, a double click renames."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QMouseEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.icons import icon
from stylestudio.gui.widgets.controls import PercentControl
from stylestudio.studio.snapshots import MOST_NAME, Snapshot

PICTURE = QSize(84, 56)
CELL = QSize(98, 84)
SYMBOL = QSize(22, 22)
FINE = 2
"""Pixels of a picture for each of its place's: it is sharp on a fine screen too."""
FADER = 240
EDGE = 4
LOOKS = """
QListWidget { background: transparent; outline: none }
QListWidget::item { border: 2px solid transparent; border-radius: 5px; padding: 2px }
QListWidget::item:hover { border-color: palette(mid) }
QListWidget::item:focus { border-color: palette(window-text) }
QListWidget::item:selected { background: palette(highlight); color: palette(highlighted-text) }
"""
_SNAPSHOT = Qt.ItemDataRole.UserRole


class SnapshotList(QListWidget):
    """The row itself. At most two are chosen, the one that was chosen first at the front of `chosen`."""

    recalled = Signal(object)
    """The `Snapshot` that was clicked, or Return was pressed on."""
    compared = Signal()
    """Others were chosen with Ctrl."""
    removal_wanted = Signal(object)
    renamed = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._order: list[Snapshot] = []
        self._pictures: dict[Snapshot, QImage | None] = {}
        self._filling = False
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setIconSize(PICTURE)
        self.setGridSize(CELL)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet(LOOKS)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Snapshots"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(CELL.height() + self.horizontalScrollBar().sizeHint().height())
        self.itemSelectionChanged.connect(self._follow_selection)
        self.itemChanged.connect(self._edited)

    @property
    def chosen(self) -> list[Snapshot]:
        return list(self._order)

    def show_snapshots(self, snapshots: Sequence[Snapshot]) -> None:
        """Have one place for each of these."""
        before = self._order
        self._pictures = {one: picture for one, picture in self._pictures.items() if one in snapshots}
        self._filling = True
        self.clear()
        for snapshot in snapshots:
            item = QListWidgetItem(self._icon(self._pictures.get(snapshot)), snapshot.name, self)
            item.setData(_SNAPSHOT, snapshot)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(self._tip(snapshot))
        self._filling = False
        self.choose([one for one in before if one in snapshots])

    def show_picture(self, snapshot: Snapshot, picture: QImage | None) -> None:
        """Show what a snapshot looks like, or only that it is one."""
        self._pictures[snapshot] = picture
        item = self._item(snapshot)
        if item is not None:
            self._filling = True
            item.setIcon(self._icon(picture))
            self._filling = False

    def refresh_colours(self) -> None:
        """Take the colours of now: a style sheet keeps those of its first day, and a symbol is drawn once."""
        self.setStyleSheet(LOOKS)
        for snapshot, picture in self._pictures.items():
            self.show_picture(snapshot, picture)

    def choose(self, snapshots: Sequence[Snapshot]) -> None:
        """Choose these, without any signal."""
        self._filling = True
        self.clearSelection()
        for snapshot in snapshots:
            if item := self._item(snapshot):
                item.setSelected(True)
                self.scrollToItem(item)
        self._order = list(snapshots)
        self._filling = False

    def rename(self, snapshot: Snapshot) -> None:
        """Let its name be typed."""
        if item := self._item(snapshot):
            self.editItem(item)

    def snapshot_at(self, place: QPoint) -> Snapshot | None:
        item = self.itemAt(place)
        return None if item is None else item.data(_SNAPSHOT)

    def centre(self, snapshot: Snapshot) -> QPoint:
        """Where it is, in the coordinates of the viewport."""
        item = self._item(snapshot)
        assert item
        return self.visualItemRect(item).center()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if self.state() != QAbstractItemView.State.EditingState and item is not None:
            snapshot = item.data(_SNAPSHOT)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.recalled.emit(snapshot)
                return
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
                self.removal_wanted.emit(snapshot)
                return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, e: QMouseEvent) -> None:
        super().mouseReleaseEvent(e)
        snapshot = self.snapshot_at(e.position().toPoint())
        if e.button() != Qt.MouseButton.LeftButton or snapshot is None:
            return
        if e.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            self.compared.emit()
        else:
            self.recalled.emit(snapshot)

    def _follow_selection(self) -> None:
        if self._filling:
            return
        now = [item.data(_SNAPSHOT) for item in self.selectedItems()]
        order = [one for one in self._order if one in now] + [one for one in now if one not in self._order]
        if len(order) > 2:
            self.choose([order[0], order[-1]])
        else:
            self._order = order

    def _edited(self, item: QListWidgetItem) -> None:
        snapshot = item.data(_SNAPSHOT)
        if not self._filling and snapshot is not None and item.text() != snapshot.name:
            self.renamed.emit(snapshot, item.text()[:MOST_NAME])

    def _item(self, snapshot: Snapshot) -> QListWidgetItem | None:
        items = (self.item(row) for row in range(self.count()))
        return next((item for item in items if item.data(_SNAPSHOT) == snapshot), None)

    def _icon(self, picture: QImage | None) -> QIcon:
        """The middle of the picture, in the same colours while it is chosen; without one, the symbol."""
        pixmap = QPixmap(PICTURE * FINE)
        pixmap.setDevicePixelRatio(FINE)
        pixmap.fill(self.palette().color(QPalette.ColorRole.Mid))
        place = QRect(QPoint(), PICTURE)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if picture is None:
                symbol = QRect(QPoint(), SYMBOL)
                symbol.moveCenter(place.center())
                icon("snapshot").paint(painter, symbol)
            else:
                size = PICTURE.scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
                part = QRect(QPoint(), size)
                part.moveCenter(picture.rect().center())
                painter.drawImage(place, picture, part)
        found = QIcon(pixmap)
        found.addPixmap(pixmap, QIcon.Mode.Selected)
        return found

    def _tip(self, snapshot: Snapshot) -> str:
        return self.tr("{name}: click takes it, Ctrl+click compares two, double click renames").format(
            name=snapshot.name
        )


class SnapshotStrip(QFrame):
    """The row, and beside it the cross-fader while two are chosen."""

    faded = Signal(float, object)
    """Where between the two, 0..1, and a token that is the same for all changes of one step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = SnapshotList(self)
        self.fader: PercentControl | None = None
        self._side, self._title, self._note = QWidget(self), QLabel(self), QLabel(self)
        self._side.setFixedWidth(FADER)
        self._side.hide()
        self._note.setWordWrap(True)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        column = QVBoxLayout(self._side)
        column.setContentsMargins(2 * EDGE, EDGE, 2 * EDGE, EDGE)
        column.addWidget(self._title)
        column.addWidget(self._note)
        column.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE, 0, EDGE, 0)
        layout.setSpacing(0)
        layout.addWidget(self.row, 1)
        layout.addWidget(self._side)
        self.hide()

    def show_fader(self, names: tuple[str, str] | None, note: str = "") -> None:
        """A cross-fader between snapshots of these names, at the second; or the note why there is none; or nothing."""
        if self.fader is not None:
            self.fader.hide()
            self.fader.deleteLater()
            self.fader = None
        self._side.setVisible(bool(names) or bool(note))
        self._title.setText(self.tr("Cross-fade") if names else self.tr("Comparing"))
        self._note.setText(note)
        self._note.setVisible(bool(note))
        if names:
            self.fader = PercentControl(self._side, usual=50, ends=(self._short(names[0]), self._short(names[1])))
            self.fader.setAccessibleName(self.tr("Cross-fade between {0} and {1}").format(*names))
            self.fader.show_value(1.0)
            self.fader.edited.connect(self.faded)
            layout = self._side.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(1, self.fader)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.row.refresh_colours()

    def _short(self, name: str) -> str:
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, FADER // 2 - 4 * EDGE)
