"""The balance of two styles: a slider between their names, and a number; only there while there are two."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from stylestudio.gui.widgets.controls import PercentControl
from stylestudio.studio.session import EVEN, Session

NAME = 112
"""Pixels for the name of a style at an end of the slider."""


class BalanceRow(QWidget):
    """Shows what it is told; what the artist does comes out as a signal."""

    edited = Signal(float, object)
    """The balance 0..1, and a token that is the same for all changes of one step."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.control = PercentControl(self, usual=round(100 * EVEN), ends=("", ""))
        self.control.setAccessibleName(self.tr("Balance of the two styles"))
        self.control.edited.connect(self.edited)
        self.slider, self.box = self.control.slider, self.control.box
        title = QLabel(self.tr("Balance of the styles"), self)
        title.setBuddy(self.slider)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(title)
        layout.addWidget(self.control)
        self.hide()

    def show_session(self, session: Session) -> None:
        """Show its balance without any signal, or nothing where there is one style."""
        self.setVisible(session.second is not None)
        if session.second is None:
            return
        names = session.style.name if session.style else "", session.second.name
        self.control.show_ends(names, NAME)
        self.control.show_value(session.balance)
        text = self.tr("How far the second style, {second}, takes the place of the first, {first}: {balance} %. ")
        percent = self.box.textFromValue(100 * session.balance)
        filled = text.format(first=names[0], second=names[1], balance=percent)
        self.control.setToolTip(filled + self.tr("Double click: {usual} %.").format(usual=round(100 * EVEN)))
