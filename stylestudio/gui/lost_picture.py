"""A picture of the last work that is not where it was, or not what it was: what to do about it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from stylestudio.gui.words import tr
from stylestudio.images.formats import patterns
from stylestudio.studio.autosave.keeping import RecalledPicture


class LostPicture(QMessageBox):
    """Names it, and keeps no other window from being used; the buttons are for the window to join.

    A picture that is there and has changed can be taken as it is; else `take_button` is not shown. Nor is
    `without_button` but for a second style, which the work is whole without.
    """

    def __init__(self, window: QWidget, lost: RecalledPicture, is_needed: bool = True) -> None:
        super().__init__(window)
        name, path = lost.origin
        file = path.name if path else name.name
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(QCoreApplication.applicationName())
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.find_button = self.addButton(self.tr("&Find it…"), QMessageBox.ButtonRole.AcceptRole)
        self.take_button = self.addButton(self.tr("&Take it as it is"), QMessageBox.ButtonRole.YesRole)
        self.without_button = self.addButton(self.tr("&Go on without it"), QMessageBox.ButtonRole.DestructiveRole)
        later = self.addButton(self.tr("&Later"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.find_button)
        self.setEscapeButton(later)
        self.take_button.setVisible(lost.picture is not None)
        self.without_button.setVisible(not is_needed)
        self.setText(self.tr("{0} has changed since.").format(file) if lost.picture else lost.reason)
        place = self.tr("Your last work was made with it. It was in {0}.").format(path.parent) if path else ""
        self.setInformativeText(place or self.tr("Your last work was made with it."))


def ask_where(window: QWidget, lost: RecalledPicture, found: Callable[[Path], object]) -> None:
    """Ask for the file, and call `found` with it."""
    name, path = lost.origin
    title = tr("Find {0}").format(path.name if path else name.name)
    dialog = QFileDialog(window, title, str(lost.near or ""))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([tr("Pictures ({patterns})").format(patterns=" ".join(patterns())), tr("All files (*)")])
    dialog.fileSelected.connect(lambda chosen: found(Path(chosen)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.finished.connect(window.activateWindow)
    dialog.open()
