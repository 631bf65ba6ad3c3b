"""Every command found by a few letters, and the sheet of all keys, where they can be changed."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QListView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.about import about, licences, show_text
from stylestudio.gui.menus import Menus
from stylestudio.gui.widgets.boxes import name_control
from stylestudio.gui.words import fixed_shortcuts

ACTION, CALLED, RANK = (Qt.ItemDataRole.UserRole + n for n in (1, 2, 3))
LONGEST = "Ctrl+Shift+Alt+W, and more"
"""Of keys, that have to be readable beside the button that clears them."""
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def text_without_mnemonic(action: QAction) -> str:
    """What the action is called, without its mnemonic."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def pattern(letters: str) -> str:
    """A regular expression for words that have these letters in this order."""
    return ".*".join("".join(f"\\{letter}" if not letter.isalnum() else letter for letter in letters.split()))


def rank(name: str, letters: str) -> int:
    """0 where one of the words begins with these letters, 1 where they stand together, 2 for the rest."""
    name, letters = name.casefold(), letters.casefold()
    return 0 if f" {letters}" in f" {name}" else 1 if letters in name else 2


class CommandFinder(QDialog):
    """A line to type a few letters in, and the commands whose names have them in that order, the likeliest first."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Find a command"))
        self.line, self.list = QLineEdit(self), QListView(self)
        self.line.setPlaceholderText(self.tr("A few letters of what you want to do"))
        self.line.setAccessibleName(self.tr("Letters of a command"))
        self.list.setAccessibleName(self.tr("Commands found"))
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._found = QSortFilterProxyModel(self)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._commands = self._model(actions)
        self._found.setSourceModel(self._commands)
        self._found.setFilterRole(CALLED)
        self._found.setSortRole(RANK)
        self.list.setModel(self._found)
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.line.textChanged.connect(self._narrow)
        self.line.returnPressed.connect(self._run)
        self.list.clicked.connect(self._run)
        self.line.installEventFilter(self)
        self.resize(440, 360)
        self._narrow("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in MOVES:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _model(self, actions: Mapping[str, QAction]) -> QStandardItemModel:
        model = QStandardItemModel(self)
        for action in actions.values():
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QStandardItem(
                action.icon(), f"{text_without_mnemonic(action)}    {keys}" if keys else text_without_mnemonic(action)
            )
            item.setData(action, ACTION)
            item.setData(text_without_mnemonic(action), CALLED)
            item.setEnabled(action.isEnabled())
            model.appendRow(item)
        return model

    def _narrow(self, letters: str) -> None:
        count = self._commands.rowCount()
        for row in range(count):  # those of one rank in the menus' order
            item = self._commands.item(row)
            item.setData(count * rank(item.data(CALLED), letters) + row, RANK)
        self._found.setFilterRegularExpression(pattern(letters))
        self._found.sort(0)
        self.list.setCurrentIndex(self._found.index(0, 0))

    def _run(self) -> None:
        action = self.list.currentIndex().data(ACTION)
        if isinstance(action, QAction) and action.isEnabled():
            self.accept()
            action.trigger()


class Help(QObject):
    """What tells the artist about the program and its commands."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {
            "find": lambda: CommandFinder(self._menu.by_name, self._window).open(),
            "keys": self._show_keys,
            "about": lambda: show_text(self._window, self.tr("About Style Studio"), about()),
            "licences": lambda: show_text(self._window, self.tr("Licences"), licences()),
        }

    def set_up_menus(self, menu: Menus) -> None:
        """Take the commands that it tells about."""
        self._menu = menu

    def _show_keys(self) -> None:
        keys = ShortcutDialog(self._menu.by_name, fixed_shortcuts(), self._window)
        keys.changed.connect(self._menu.set_keys)
        keys.open()


class ShortcutDialog(QDialog):
    """A table of all commands with their keys; `changed` tells a command's name and its new keys."""

    changed = Signal(str, str)

    def __init__(self, actions: Mapping[str, QAction], more: Mapping[str, str], parent: QWidget) -> None:
        """`more`: keys that are not commands', with what they do."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self._actions = actions
        self.table = QTableWidget(0, 2, self)
        self.table.setHorizontalHeaderLabels([self.tr("Command"), self.tr("Keys")])
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(1, self.fontMetrics().horizontalAdvance(LONGEST))
        self.table.setAccessibleName(self.tr("Commands and their keys"))
        self.note = QLabel(self.tr("Click a command's keys and press others to change them."), self)
        self.note.setWordWrap(True)
        for name, action in actions.items():
            self._add(text_without_mnemonic(action), self._edit(name, action))
        for keys, meaning in more.items():
            self._add(meaning, QLabel(keys))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.table, self.note, buttons):
            layout.addWidget(widget)
        self.resize(560, 640)

    def _add(self, words: str, keys: QWidget) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        item = QTableWidgetItem(words)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.table.setItem(row, 0, item)
        self.table.setCellWidget(row, 1, keys)

    def _edit(self, name: str, action: QAction) -> QKeySequenceEdit:
        edit = QKeySequenceEdit(action.shortcut(), self.table)
        edit.setMaximumSequenceLength(1)
        edit.setClearButtonEnabled(True)
        name_control(edit, self.tr("Keys of {command}").format(command=text_without_mnemonic(action)))
        edit.editingFinished.connect(lambda: self._set(name, edit))
        return edit

    def _set(self, name: str, edit: QKeySequenceEdit) -> None:
        wanted, own = edit.keySequence(), self._actions[name]
        taken = [one for one in self._actions.values() if one is not own and wanted in one.shortcuts()]
        if taken and not wanted.isEmpty():
            edit.setKeySequence(own.shortcut())
            words = self.tr("{keys} is taken by “{command}”. Change that one first.")
            self.note.setText(words.format(keys=wanted.toString(), command=text_without_mnemonic(taken[0])))
        elif wanted != own.shortcut():
            self.changed.emit(name, wanted.toString(QKeySequence.SequenceFormat.PortableText))
