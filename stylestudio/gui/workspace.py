"""The middle of the window: three panes on the left, the target, and the column with sliders and settings."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from stylestudio.gui.memory import Memory
from stylestudio.gui.panes.picture_pane import PicturePane
from stylestudio.gui.side import Side
from stylestudio.gui.target_canvas import TargetCanvas
from stylestudio.gui.toggle import Toggle
from stylestudio.gui.view import View

LEFT, MIDDLE = 250, 710


class Workspace(QSplitter):
    """Content, overfit picture and target share one view, the style has its own.

    `panes` are those that take pictures, by their kind: "content" and "style".
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.shared_view, self.style_view = View(self), View(self)
        self.content_pane = PicturePane("photo", self.shared_view)
        self.style_pane = PicturePane("style", self.style_view)
        self.overfit_pane = PicturePane("overfit", self.shared_view, accepts_drops=False)
        self.panes = {"content": self.content_pane, "style": self.style_pane}
        self.target, self.side = TargetCanvas(self.shared_view), Side()
        self.left, self.bar = QSplitter(Qt.Orientation.Vertical), QWidget()
        self._lay_out()
        for widget in (*self.side.mix.sliders, *self.side.mix.boxes):
            widget.installEventFilter(self.target)  # Space and O, as on the canvas

    def fill_bar(self, actions: Sequence[QAction]) -> None:
        """Buttons for these actions above the target."""
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(8, 4, 8, 4)
        for action in actions:
            button = Toggle(self.bar)
            button.setDefaultAction(action)
            row.addWidget(button)
        row.addStretch()

    def show_target_alone(self, alone: bool) -> None:
        for widget in (self.left, self.side, self.bar):
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
        memory.set_layout("left", self.left.saveState())
        if self.side.isVisibleTo(self):
            memory.set_layout("columns", self.saveState())

    def restore(self, memory: Memory) -> None:
        if not self.restoreState(memory.layout("columns")):
            self.setSizes([LEFT, MIDDLE, self.side.width()])
        self.left.restoreState(memory.layout("left"))

    def _lay_out(self) -> None:
        for pane in (self.content_pane, self.style_pane, self.overfit_pane):
            self.left.addWidget(pane)
        self.left.setChildrenCollapsible(False)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.target, 1)
        for widget in (self.left, middle, self.side):
            self.addWidget(widget)
            self.setStretchFactor(self.indexOf(widget), int(widget is middle))
        self.setChildrenCollapsible(False)
