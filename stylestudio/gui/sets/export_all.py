"""Exporting a whole set: its folder and its format are asked for once."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.export_dialogs import WIDTH, OptionControls, export_buttons
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.widgets.empty_state import ElidedLabel
from stylestudio.images.formats import writable_formats
from stylestudio.images.output import ExportOptions


class ExportAllDialog(QDialog):
    """Asks where the targets of so many photos go, and how they are written; begins with what was chosen last."""

    chosen = Signal(object, str, object)
    """The folder, the format's suffix and the `ExportOptions`."""

    def __init__(self, window: QWidget, number: int, folder: Path, suffix: str, options: ExportOptions) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Export {number} photos").format(number=number))
        self.folder, self._options = folder, options
        self._name, self.change, self.formats = ElidedLabel(self), QPushButton(self.tr("C&hange…"), self), QComboBox()
        self._place = QVBoxLayout()
        self.controls: OptionControls | None = None
        self._lay_out()
        self.take_folder(folder)
        for usual, one in writable_formats().items():
            self.formats.addItem(one.label, usual)
        self.formats.setCurrentIndex(self.formats.findData(suffix))
        self.formats.currentIndexChanged.connect(lambda _: self._show_controls())
        self._show_controls()
        self.accepted.connect(self._tell)
        self.finished.connect(self.deleteLater)

    @property
    def suffix(self) -> str:
        """Of the format that is chosen."""
        return self.formats.currentData()

    def take_folder(self, folder: Path) -> None:
        """Have the targets go there."""
        self.folder = folder
        self._name.setText(str(folder))

    def ask_for_folder(self) -> None:
        """Ask for another one."""
        dialog = QFileDialog(self, self.tr("Folder for the pictures"), str(self.folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self.take_folder(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _lay_out(self) -> None:
        self.change.setAutoDefault(False)
        self.change.clicked.connect(self.ask_for_folder)
        self.formats.setAccessibleName(self.tr("Format"))
        line = QHBoxLayout()
        line.addWidget(self._name, 1)
        line.addWidget(self.change)
        form = QFormLayout()
        form.addRow(self.tr("Folder"), line)
        form.addRow(self.tr("Format"), self.formats)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(self._place)
        layout.addWidget(export_buttons(self))
        self.setFixedWidth(WIDTH + 60)

    def _show_controls(self) -> None:
        if self.controls is not None:
            self._options = self.controls.options()
            self._place.removeWidget(self.controls)
            self.controls.hide()
            self.controls.deleteLater()
        self.controls = OptionControls(writable_formats()[self.suffix], self._options, True, self)
        self._place.addWidget(self.controls)
        self.controls.show()
        self.adjustSize()

    def _tell(self) -> None:
        assert self.controls is not None
        self.chosen.emit(self.folder, self.suffix, self.controls.options())


def ask_export_options(
    window: QWidget, memory: Preferences, number: int, chosen: Callable[[Path, str, ExportOptions], object]
) -> None:
    """Ask for folder and format of so many photos, and remember them."""
    folder, suffix = memory.folder("export"), memory.export_suffix()
    dialog = ExportAllDialog(window, number, folder, suffix, memory.export_options())

    def take(folder: Path, suffix: str, options: ExportOptions) -> None:
        memory.set_folder("export", folder)
        memory.set_export_suffix(suffix)
        memory.set_export_options(options)
        chosen(folder, suffix, options)

    dialog.chosen.connect(take)
    dialog.finished.connect(window.activateWindow)
    dialog.open()


class OverwriteQuestion(QMessageBox):
    """Asks what becomes of pictures that are there already."""

    def __init__(self, window: QWidget, there: int, number: int) -> None:
        super().__init__(window)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(QCoreApplication.applicationName())
        self.setText(self.tr("{there} of the {number} pictures are in the folder already.").format(**locals()))
        self.setInformativeText(self.tr("They can be made anew, or stay as they are."))
        self.replacing = self.addButton(self.tr("&Replace them"), QMessageBox.ButtonRole.DestructiveRole)
        self.keeping = self.addButton(self.tr("&Keep them"), QMessageBox.ButtonRole.AcceptRole)
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(self.keeping)
        self.setEscapeButton(cancel)
        self.finished.connect(self.deleteLater)


class LeaveQuestion(QMessageBox):
    """Asks whether to close the window while exports wait; `leave` it, and they go on at the next start."""

    def __init__(
        self, window: QWidget, left: int, leave: Callable[[], object], cancel_all: Callable[[], object]
    ) -> None:
        super().__init__(window)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(QCoreApplication.applicationName())
        self.setText(self.tr("Exports still to be made: {number}.").format(number=left))
        self.setInformativeText(self.tr("If you close the window now, they go on at the next start."))
        close = self.addButton(self.tr("&Close, go on next time"), QMessageBox.ButtonRole.AcceptRole)
        forget = self.addButton(self.tr("Close and cancel &them"), QMessageBox.ButtonRole.DestructiveRole)
        stay = self.addButton(self.tr("&Stay"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(close)
        self.setEscapeButton(stay)
        close.clicked.connect(leave)
        forget.clicked.connect(lambda: (cancel_all(), leave()))
        self.finished.connect(self.deleteLater)
