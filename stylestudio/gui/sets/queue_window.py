"""The queue of exports in a window of its own: in their order, how far each is, and what may be done about it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.exporter import show_in_folder
from stylestudio.gui.sets.queue_runner import QueueRunner
from stylestudio.gui.sets.queue_words import state_in_words, time_in_words
from stylestudio.gui.words import tr
from stylestudio.studio.export_queue import Export

Index = QModelIndex | QPersistentModelIndex
NOTHING = QModelIndex()
SIZE = 720, 380
DONE_PART = Qt.ItemDataRole.UserRole
"""How much of it is made, 0..1; None for all but the one that is made."""


class QueueModel(QAbstractTableModel):
    """A line for each export: its place, its photo, its file and what becomes of it."""

    def __init__(self, runner: QueueRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self._runner = runner
        self.exports: tuple[Export, ...] = runner.queue.exports
        self._titles = ["", tr("Photo"), tr("File"), tr("State")]

    def refresh(self) -> None:
        """Show the queue of now; where it has the same lines, none is laid out anew."""
        before, self.exports = self.exports, self._runner.queue.exports
        if [one.number for one in before] != [one.number for one in self.exports]:
            self.beginResetModel()
            self.endResetModel()
            return
        for row, (old, new) in enumerate(zip(before, self.exports, strict=True)):
            if old is not new or new.number == self._runner.running:
                self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def rowCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(self.exports)

    def columnCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        across = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self._titles[section] if across else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        one = self.exports[index.row()]
        is_running = one.number == self._runner.running
        if role == Qt.ItemDataRole.DisplayRole:
            state = state_in_words(one, is_running, self._runner.fraction)
            return [str(index.row() + 1), one.content.name, one.target.name, state][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return one.reason or [None, str(one.content), str(one.target), None][index.column()]
        if role == DONE_PART and index.column() == self.columnCount() - 1:
            return self._runner.fraction if is_running else None
        return None


class StateDelegate(QStyledItemDelegate):
    """Paints how much is made behind the words."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        part = index.data(DONE_PART)
        if part is not None and not option.state & QStyle.StateFlag.State_Selected:
            rect, colour = option.rect.adjusted(2, 2, -2, -2), QColor(option.palette.highlight().color())
            colour.setAlpha(110)
            rect.setWidth(round(part * rect.width()))
            painter.fillRect(rect, colour)
        super().paint(painter, option, index)


class QueueWindow(QDialog):
    """Stays beside the window while the artist works on; Escape closes it, and the exports go on."""

    def __init__(self, window: QWidget, runner: QueueRunner) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Queue of exports"))
        self._runner, self.model = runner, QueueModel(runner, self)
        self.table, self.bar, self.words = QTableView(self), QProgressBar(self), QLabel(self)
        self.pause = self._button(self.tr("&Pause"), lambda: runner.pause(not runner.queue.paused))
        self.cancel = self._button(self.tr("&Cancel"), lambda: runner.cancel(self._chosen()))
        self.retry = self._button(self.tr("&Try again"), lambda: runner.retry(self._chosen()))
        self.clear = self._button(self.tr("C&lear what is over"), runner.clear)
        self._fill()
        self._lay_out()
        for signal in (runner.changed, runner.progressed, runner.finished):
            signal.connect(self.refresh)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.refresh()

    def refresh(self) -> None:
        """Show the queue of now."""
        runner, queue = self._runner, self._runner.queue
        self.model.refresh()
        over = len(queue.exports) - queue.waiting_count
        self.bar.setMaximum(max(1, 1000 * len(queue.exports)))
        self.bar.setValue(round(1000 * (over + (runner.fraction if runner.running is not None else 0))))
        self.words.setText(time_in_words(queue, runner.running is not None, runner.seconds_left))
        self._enable()

    def _button(self, text: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _=False: do())
        return button

    def _fill(self) -> None:
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(self.model.columnCount() - 1, StateDelegate(self.table))
        self.table.setAccessibleName(self.tr("Exports in their order"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, 36), (1, 150), (3, 210)):
            self.table.setColumnWidth(column, width)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of all exports"))

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.pause, self.cancel, self.retry):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.clear)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)
        self.resize(*SIZE)

    def _rows(self) -> list[int]:
        return [index.row() for index in self.table.selectionModel().selectedRows()]

    def _chosen(self) -> list[int]:
        """The numbers of the exports that are chosen, of all where none is."""
        rows = self._rows() or range(len(self.model.exports))
        return [self.model.exports[row].number for row in rows]

    def _enable(self) -> None:
        queue, chosen = self._runner.queue, self._chosen()
        states = {one.state for one in queue.exports if one.number in chosen}
        some = bool(self._rows())
        self.pause.setText(self.tr("&Go on") if queue.paused else self.tr("&Pause"))
        self.pause.setEnabled(queue.waiting_count > 0)
        self.cancel.setText(self.tr("&Cancel these") if some else self.tr("&Cancel all"))
        self.cancel.setEnabled("waiting" in states)
        self.retry.setEnabled(bool(states & {"failed", "cancelled"}))
        self.clear.setEnabled(queue.waiting_count < len(queue.exports))

    def _show_menu(self, place: QPoint) -> None:
        index = self.table.indexAt(place)
        if not index.isValid():
            return
        one, menu = self.model.exports[index.row()], QMenu(self.table)
        forward = menu.addAction(self.tr("Make it &next"), lambda: self._runner.bring_forward(one.number))
        forward.setEnabled(one.state == "waiting")
        cancel = menu.addAction(self.tr("&Cancel"), lambda: self._runner.cancel([one.number]))
        cancel.setEnabled(one.state == "waiting")
        retry = menu.addAction(self.tr("&Try again"), lambda: self._runner.retry([one.number]))
        retry.setEnabled(one.state in ("failed", "cancelled"))
        menu.addSeparator()
        menu.addAction(self.tr("Show in &folder"), lambda: show_in_folder(one.target))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.table.viewport().mapToGlobal(place))
