"""The question before a window is closed that still has something to write."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from stylestudio.gui.main_window import MainWindow


def ask_to_close(window: "MainWindow") -> None:
    """Ask whether to wait for the export, and return at once; the question goes when nothing waits any more."""
    if window.findChildren(Question):
        return
    Question(window).open()


class Question(QMessageBox):
    """Stays with the window unless the artist decides to close it."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(QCoreApplication.applicationName())
        self.setText(self.tr("An export waits for the finished picture."))
        self.setInformativeText(self.tr("If you close the window now, nothing is written."))
        wait = self.addButton(self.tr("&Wait for it"), QMessageBox.ButtonRole.RejectRole)
        leave = self.addButton(self.tr("&Close without it"), QMessageBox.ButtonRole.DestructiveRole)
        self.setDefaultButton(wait)
        self.setEscapeButton(wait)
        leave.clicked.connect(window.close_unasked)
        window.exporter.waiting_ended.connect(self.reject)
        self.finished.connect(self.deleteLater)
