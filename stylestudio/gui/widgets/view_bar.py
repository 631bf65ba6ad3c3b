"""Below the target: how large it is shown, and the buttons of what is shown."""

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from stylestudio.gui.canvas.picture_canvas import Canvas
from stylestudio.gui.widgets.boxes import FocusFilter, name_control
from stylestudio.gui.widgets.controls import Toggle

ZOOMS = (25, 50, 100, 200, 400, 800)
"""Percent that the zoom box offers; any from 1 to 3200 can be typed."""
LEAST, MOST = 1, 3200
ICON = QSize(18, 18)


class ZoomBox(QComboBox):
    """Shows how large a picture is shown, in percent, and takes another figure, or Fit."""

    zoom_chosen = Signal(float)
    """Device pixels of the screen per picture pixel."""
    fit_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setToolTip(self.tr("How large the target is shown: choose, or type a figure"))
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.addItem(self.tr("Fit"))
        self.addItems([f"{zoom} %" for zoom in ZOOMS])
        FocusFilter(self)
        line = self.lineEdit()
        assert line is not None
        name_control(self, self.tr("Zoom in percent"))
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.editingFinished.connect(self._typed)
        self.activated.connect(self._typed)
        self._shown = ""

    def show_zoom(self, zoom: float | None) -> None:
        """Show this figure; nothing without a picture. Leaves what is being typed."""
        self.setEnabled(zoom is not None)
        self._shown = "" if zoom is None else f"{100 * zoom:.0f} %"
        line = self.lineEdit()
        if line is not None and not line.isModified():
            self.setEditText(self._shown)

    def _typed(self) -> None:
        text, line = self.currentText().strip().rstrip("%").strip().replace(",", "."), self.lineEdit()
        assert line is not None
        line.setModified(False)
        if text.casefold() == self.tr("Fit").casefold():
            self.fit_chosen.emit()
        elif self.currentText() != self._shown:
            with suppress(ValueError):  # no figure: the one that counts comes back
                self.zoom_chosen.emit(min(max(float(text), LEAST), MOST) / 100)
        self.setEditText(self._shown)


class ViewBar(QWidget):
    """The zoom box of `canvas`, and buttons for actions."""

    def __init__(self, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zoom = ZoomBox(self)
        self._canvas = canvas
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 8, 2)
        self._row.setSpacing(2)
        self._row.addWidget(self.zoom)
        self._row.addSpacing(6)
        self.zoom.fit_chosen.connect(canvas.fit)
        self.zoom.zoom_chosen.connect(canvas.zoom_to)
        canvas.placed.connect(self._show_zoom)
        self._show_zoom()

    def fill(self, actions: Sequence[QAction | None]) -> None:
        """A button for each of these actions, a gap for None."""
        for action in actions:
            if action is None:
                self._row.addSpacing(8)
                continue
            button = Toggle(self)
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setIconSize(ICON)
            button.setAutoRaise(True)
            button.setAccessibleName(action.iconText())
            self._row.addWidget(button)

    def _show_zoom(self) -> None:
        self.zoom.show_zoom(self._canvas.zoom if self._canvas.placement() else None)
