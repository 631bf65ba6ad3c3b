"""The middle of the window: three panes in a row, the target below them, and the column with sliders and settings."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.canvas.pyramid import Pyramids
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.gui.canvas.view import View
from stylestudio.gui.panes.mix_pane import MixPane
from stylestudio.gui.panes.picture_pane import PicturePane
from stylestudio.gui.panes.settings_pane import SettingsPane
from stylestudio.gui.preferences import Memory
from stylestudio.gui.widgets.controls import Toggle
from stylestudio.gui.widgets.drag_handle import DragHandle

ROW, BELOW = 210, 520
"""Heights of the row of panes and of all below it at first; in this relation they grow."""


class Workspace(QWidget):
    """Content, overfit picture and target share one view, the style has its own.

    `panes` are those that take pictures, by their kind: "content" and "style". `pyramids` builds what all show.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pyramids = Pyramids()
        self.shared_view, self.style_view = View(self, self.pyramids), View(self, self.pyramids)
        self.content_pane = PicturePane("photo", self.shared_view)
        self.style_pane = PicturePane("style", self.style_view)
        self.overfit_pane = PicturePane("overfit", self.shared_view, accepts_drops=False)
        self.panes = {"content": self.content_pane, "style": self.style_pane}
        self.target, self.side = TargetCanvas(self.shared_view), Side()
        self.row, self.bar = QSplitter(Qt.Orientation.Horizontal), QWidget()
        self._halves = QSplitter(Qt.Orientation.Vertical)
        self._lay_out()
        for widget in (*self.side.mix.sliders, *self.side.mix.boxes):
            widget.installEventFilter(self.target)  # Space and O, as on the canvas

    def fill_bar(self, actions: Sequence[QAction]) -> None:
        """Buttons for these actions above the target."""
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(8, 4, 8, 4)
        buttons = [Toggle(self.bar) for _ in actions]
        for action, button in zip(actions, buttons, strict=True):
            button.setDefaultAction(action)
            row.addWidget(button)
        row.addStretch()
        # Between the panes above and the target below, for the Tab key too.
        for before, after in pairwise([self.overfit_pane.canvas, *buttons, self.target]):
            self.setTabOrder(before, after)

    def show_target_alone(self, alone: bool) -> None:
        for widget in (self.row, self.side, self.bar):
            widget.setVisible(not alone)
        self.target.setFocus()

    def focused_kind(self) -> str | None:
        """The kind of the pane that has the focus, None beside both."""
        widget = QApplication.focusWidget()
        found = [kind for kind, pane in self.panes.items() if widget and pane.isAncestorOf(widget)]
        return found[0] if found else None

    def light(self, kind: str, files: int) -> None:
        """Light the pane of this kind, or both where several files hover, or none where none does any more."""
        for other, pane in self.panes.items():
            pane.highlight = files > 1 or (files == 1 and other == kind)

    def remember(self, memory: Memory) -> None:
        """Keep where the splitters are, unless the target is alone."""
        if self.row.isVisibleTo(self):
            memory.set_layout("row", self.row.saveState())
            memory.set_layout("halves", self._halves.saveState())

    def restore(self, memory: Memory) -> None:
        self.row.restoreState(memory.layout("row"))
        if not self._halves.restoreState(memory.layout("halves")):
            self._halves.setSizes([ROW, BELOW])

    def _lay_out(self) -> None:
        for pane in (self.content_pane, self.style_pane, self.overfit_pane):
            self.row.addWidget(pane)
            self.row.setStretchFactor(self.row.indexOf(pane), 1)
        below = QWidget()
        column = QVBoxLayout(below)
        column.addWidget(self.bar)
        column.addWidget(self.target, 1)
        for widget, share in ((self.row, ROW), (below, BELOW)):
            self._halves.addWidget(widget)
            self._halves.setStretchFactor(self._halves.indexOf(widget), share)
        columns = QHBoxLayout(self)
        columns.addWidget(self._halves, 1)
        columns.addWidget(self.side)
        for layout in (column, columns):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        for splitter in (self.row, self._halves):
            splitter.setChildrenCollapsible(False)


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
        self.export.setToolTip(self.tr("Save the target at the photo's full size (Ctrl+E)"))
        font = self.export.font()
        font.setBold(True)
        self.export.setFont(font)
        self.export.clicked.connect(self.export_requested)
        self.drag_handle = DragHandle(self)
        self._lay_out()

    def _lay_out(self) -> None:
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        last = QHBoxLayout()
        last.addWidget(self.export, 1)
        last.addWidget(self.drag_handle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addWidget(self.mix)
        layout.addSpacing(MARGIN // 2)
        layout.addWidget(line)
        layout.addSpacing(MARGIN // 2)
        layout.addWidget(Scrolled(self.settings, self), 1)
        layout.addLayout(last)
        self.setFixedWidth(WIDTH)
