"""The middle of the window: a narrow column of pictures, the target, and the column with sliders and settings."""

from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.canvas.pyramid import Pyramids
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.gui.canvas.view import View
from stylestudio.gui.icons import icon
from stylestudio.gui.panes.mix_pane import MixPane
from stylestudio.gui.panes.picture_pane import PicturePane
from stylestudio.gui.panes.settings_pane import SettingsPane
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.widgets.brush_bar import BrushBar
from stylestudio.gui.widgets.drag_handle import DragHandle
from stylestudio.gui.widgets.floating import FloatingFrame
from stylestudio.gui.widgets.notice import Notice
from stylestudio.gui.widgets.snapshot_strip import SnapshotStrip
from stylestudio.gui.widgets.view_bar import ViewBar
from stylestudio.gui.widgets.welcome import Welcome

COLUMN, WIDTH = 164, 268
"""Widths of the column of pictures at first, and of the sliders and settings."""
GAP = 4
TOP = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter


class Workspace(QSplitter):
    """Content, overfit picture and target share one view, each style has its own.

    `panes` are those that take pictures, by their kind: "content", "style" and "second". `pyramids` builds what all
    show. `bottom_panel_shown` says that what lies under the target was shown or hidden.
    """

    bottom_panel_shown = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.pyramids = Pyramids()
        self.shared_view, self.style_view, self.second_view = (View(self, self.pyramids) for _ in range(3))
        self.views = self.shared_view, self.style_view, self.second_view
        self.content_pane = PicturePane("photo", self.shared_view)
        self.style_pane = PicturePane("style", self.style_view)
        self.second_pane = PicturePane("second", self.second_view)
        self.overfit_pane = PicturePane("overfit", self.shared_view, accepts_drops=False)
        self.pictures = (self.content_pane, self.style_pane, self.second_pane, self.overfit_pane)
        self.panes = {"content": self.content_pane, "style": self.style_pane, "second": self.second_pane}
        self.target, self.side = TargetCanvas(self.shared_view), SidePanel()
        self.welcome, self.floating, self.notice = Welcome(self.target), FloatingFrame(self.target), Notice(self.target)
        self.brush_bar, self._over = BrushBar(), FloatingFrame(self.target, TOP)
        self.column, self.middle = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Horizontal)
        self.centre = QWidget()
        self.halves = TargetSplitter(self.centre)
        self.bar, self.strip = ViewBar(self.target), SnapshotStrip()
        self._below_before = False
        self._lay_out()
        for widget in (*self.side.mix.sliders, *self.side.mix.boxes):
            widget.installEventFilter(self.target)  # Space and O, as on the canvas

    def show_target_alone(self, alone: bool) -> None:
        """Only the target and, floating over it, the sliders."""
        if alone:
            self.floating.hold(self.side.sliders, WIDTH)
            self._below_before = self.is_bottom_panel_shown
            self.show_bottom_panel(False)
        else:
            self.side.take_mix()
            self.floating.hide()
            self.show_bottom_panel(self._below_before or self.is_bottom_panel_shown)
        for widget in (self.column, self.side):
            widget.setVisible(not alone)
        self.update_strip_visibility()
        self.target.setFocus()

    def show_brush_bar(self, shown: bool) -> None:
        """The bar of the brush, floating over the target."""
        if shown:
            self._over.hold(self.brush_bar)
        self._over.setVisible(shown)

    def update_strip_visibility(self) -> None:
        """Show the snapshots where there are any, and the target is not alone."""
        self.strip.setVisible(self.strip.row.count() > 0 and not self.column.isHidden())

    @property
    def is_bottom_panel_shown(self) -> bool:
        """Whether there is anything under the target."""
        return self.halves.below is not None and not self.halves.below.isHidden()

    def set_bottom_panel(self, widget: QWidget) -> None:
        """Have this under the target, hidden until `show_bottom_panel`."""
        self.halves.hold(widget)

    def show_bottom_panel(self, shown: bool) -> None:
        """Show or hide what lies under the target."""
        if self.halves.below is not None and shown != self.is_bottom_panel_shown:
            self.halves.below.setVisible(shown)
            if not shown:
                self.target.setFocus()
        self.bottom_panel_shown.emit(self.is_bottom_panel_shown)

    def show_beside(self, pane: PicturePane) -> None:
        """This pane's picture large at the left of the target; if it is there, nothing any more."""
        was_large = pane.is_large
        for other in self.pictures:
            other.is_large = other is pane and not was_large
        self.middle.setSizes([1000] * self.middle.count())

    def focused_kind(self) -> str | None:
        """The kind of the pane that has the focus, None beside both."""
        widget = QApplication.focusWidget()
        found = [kind for kind, pane in self.panes.items() if widget and pane.isAncestorOf(widget)]
        return found[0] if found else None

    def highlight_panes(self, kind: str, files: int) -> None:
        """Light the pane of this kind where so many files hover, or both for two that are a photo and a style."""
        for other, pane in self.panes.items():
            both = files == 2 and kind != "content" and other != "second"
            pane.highlight = files > 0 and (other == kind or both)

    def save_layout(self, memory: Preferences) -> None:
        """Keep where the splitters are, unless the target is alone."""
        if self.column.isVisibleTo(self):
            memory.set_layout("columns", self.saveState())
            memory.set_layout("pictures", self.column.saveState())
        if self.is_bottom_panel_shown:
            memory.set_layout("below", self.halves.saveState())

    def restore_layout(self, memory: Preferences) -> None:
        self.column.restoreState(memory.layout("pictures"))
        self.halves.state = memory.layout("below")
        if not self.restoreState(memory.layout("columns")):
            self.setSizes([COLUMN, 10_000, WIDTH])

    def _lay_out(self) -> None:
        for pane in self.pictures:
            self.column.addWidget(pane)
            self.middle.addWidget(pane.large)
            pane.clicked.connect(partial(self.show_beside, pane))
        self.second_pane.hide()
        self.middle.addWidget(self.target)
        centre = QVBoxLayout(self.centre)
        centre.setContentsMargins(0, 0, 0, 0)
        centre.setSpacing(0)
        centre.addWidget(self.middle, 1)
        centre.addWidget(self.strip)
        for widget in (self.column, self.halves, self.side):
            self.addWidget(widget)
        for index, stretch in enumerate((0, 1, 0)):
            self.setStretchFactor(index, stretch)
        for splitter in (self, self.column, self.middle):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(GAP)


class TargetSplitter(QSplitter):
    """The target with its neighbours, and under it what leaves it at least half of the height."""

    def __init__(self, upper: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.below: QWidget | None = None
        self.state = QByteArray()
        """Where the two met last."""
        self.addWidget(upper)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(GAP)

    def hold(self, widget: QWidget) -> None:
        """Have this below, hidden at first."""
        self.below = widget
        widget.hide()
        self.addWidget(widget)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self.restoreState(self.state)
        self._limit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._limit()
        super().resizeEvent(event)

    def _limit(self) -> None:
        if self.below is not None:
            self.below.setMaximumHeight(max(self.height() // 2, self.below.minimumSizeHint().height()))


MARGIN = 12
LEAST_SLIDERS, LEAST_SETTINGS = 220, 190
"""Heights; in a window too low for all of them, they scroll."""


class ScrollingPane(QScrollArea):
    """A pane that scrolls where there is no room for it, and shows the control that gets the focus.

    It is at least so high; with `in_full` it wants its pane's whole height before others get more than their least.
    """

    def __init__(self, pane: QWidget, parent: QWidget, least: int, in_full: bool = False) -> None:
        super().__init__(parent)
        self._pane, self._in_full = pane, in_full
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setMinimumHeight(least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setWidget(pane)
        for ground in (pane, self.viewport()):
            ground.setAutoFillBackground(False)  # it may float over a picture
        pane.installEventFilter(self)
        for control in pane.findChildren(QWidget):
            control.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return QSize(self._pane.sizeHint().width(), self._pane.sizeHint().height() if self._in_full else 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched)
        elif event.type() == QEvent.Type.LayoutRequest and watched is self._pane:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class SidePanel(QWidget):
    """The two panes, and what leads out of the program."""

    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mix, self.settings = MixPane(self), SettingsPane(self)
        self.sliders = ScrollingPane(self.mix, self, LEAST_SLIDERS, in_full=True)
        self.export = QPushButton(icon("export"), self.tr("Export…"), self)
        self.export.setMinimumHeight(36)
        self.export.setToolTip(self.tr("Save the target at the photo's full size (Ctrl+E)"))
        font = self.export.font()
        font.setBold(True)
        self.export.setFont(font)
        self.export.clicked.connect(self.export_requested)
        self.drag_handle = DragHandle(self)
        self._lay_out()

    def take_mix(self) -> None:
        """Take the pane of the sliders back to its place."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.sliders)

    def _lay_out(self) -> None:
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        last = QHBoxLayout()
        last.addWidget(self.export, 1)
        last.addWidget(self.drag_handle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addWidget(self.sliders)
        layout.addSpacing(MARGIN // 2)
        layout.addWidget(line)
        layout.addSpacing(MARGIN // 2)
        layout.addWidget(ScrollingPane(self.settings, self, LEAST_SETTINGS), 1)
        layout.addLayout(last)
        self.setMinimumWidth(WIDTH)
        self.setMaximumWidth(2 * WIDTH)
