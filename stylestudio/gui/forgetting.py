"""Empties what is kept for the next start, when the artist says so."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QMessageBox, QWidget

KILOBYTES = QLocale.DataSizeFormat.DataSizeTraditionalFormat


class ForgetQuestion(QMessageBox):
    """Asks whether to `forget` what is kept, so many bytes."""

    def __init__(self, window: QWidget, size: int, forget: Callable[[], object]) -> None:
        super().__init__(window)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(QCoreApplication.applicationName())
        self.setText(self.tr("Forget the work that is kept for the next start?"))
        words = self.tr(
            "It takes {size}. Your photos, styles and exported pictures stay, and so does what is on the screen: "
            "it is kept again as soon as you go on with it."
        )
        self.setInformativeText(words.format(size=QLocale().formattedDataSize(size, 0, KILOBYTES)))
        forgetting = self.addButton(self.tr("&Forget it"), QMessageBox.ButtonRole.DestructiveRole)
        keep = self.addButton(self.tr("&Keep it"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(keep)
        self.setEscapeButton(keep)
        forgetting.clicked.connect(forget)
        self.finished.connect(self.deleteLater)
