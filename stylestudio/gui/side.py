"""The column on the right: sliders, settings, export."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from stylestudio.gui.grip import Grip
from stylestudio.gui.panes.mix_pane import MixPane
from stylestudio.gui.panes.settings_pane import SettingsPane

WIDTH = 276
MARGIN = 12
LEAST_SETTINGS = 190
"""Height; in a window too low for all settings, they scroll."""


class Scrolled(QScrollArea):
    """A pane that scrolls where there is no room for it, and shows the control that gets the focus."""

    def __init__(self, pane: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setMinimumHeight(LEAST_SETTINGS)
        self.setWidget(pane)
        for control in pane.findChildren(QWidget):
            control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)


class Side(QWidget):
    """The two panes, and what leads out of the program."""

    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mix, self.settings = MixPane(self), SettingsPane(self)
        self.export = QPushButton(self.tr("Export…"), self)
        self.export.setMinimumHeight(36)
        self.export.setToolTip(self.tr("Save the target as PNG, at the photo's full size (Ctrl+E)"))
        font = self.export.font()
        font.setBold(True)
        self.export.setFont(font)
        self.export.clicked.connect(self.export_requested)
        self.grip = Grip(self)
        self._lay_out()

    def _lay_out(self) -> None:
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        last = QHBoxLayout()
        last.addWidget(self.export, 1)
        last.addWidget(self.grip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addWidget(self.mix)
        layout.addSpacing(MARGIN // 2)
        layout.addWidget(line)
        layout.addSpacing(MARGIN // 2)
        layout.addWidget(Scrolled(self.settings, self), 1)
        layout.addLayout(last)
        self.setFixedWidth(WIDTH)
