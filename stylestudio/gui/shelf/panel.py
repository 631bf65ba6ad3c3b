"""The panel under the target: pages of tiles, and above them what they are searched and filtered by."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCursor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.icons import icon
from stylestudio.gui.shelf.tile_view import TileView
from stylestudio.gui.widgets.boxes import name_control
from stylestudio.gui.widgets.controls import Toggle
from stylestudio.gui.widgets.drop_area import DropArea
from stylestudio.gui.widgets.empty_state import muted_text_colour

TYPED_MS = 150
"""Between the last letter and the search."""
MARGIN, LINE = 6, 8


class Tabs(QTabBar):
    """Names of pages, the one that is shown underlined: Fusion's own tabs can hardly be told apart on dark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, mouse = self.palette(), self.mapFromGlobal(QCursor.pos())
        with QPainter(self) as painter:
            for number in range(self.count()):
                rect, is_shown = self.tabRect(number), number == self.currentIndex()
                is_strong = is_shown or (self.underMouse() and rect.contains(mouse))
                painter.setPen(palette.windowText().color() if is_strong else muted_text_colour(palette))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.tabText(number))
                if is_shown:
                    line = rect.adjusted(LINE, rect.height() - 3, -LINE, 0)
                    painter.fillRect(line, palette.highlight())
                if is_shown and self.hasFocus():
                    painter.setPen(QPen(palette.highlight(), 1, Qt.PenStyle.DotLine))
                    painter.drawRect(rect.adjusted(2, 2, -3, -5))


class Page(QWidget):
    """A page of the panel: its tiles, and `tools` that stand in the panel's first line while it is shown."""

    def __init__(self, title: str, search: str, view: TileView, tools: Sequence[QWidget] = ()) -> None:
        super().__init__()
        self.title, self.search, self.view, self.controls = title, search, view, list(tools)
        self.tools = QWidget()
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for tool in tools:
            row.addWidget(tool)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(view)


class Panel(DropArea):
    """`filtered` comes when what is searched changes, `page_changed` when another page is shown.

    What is dropped here goes on the shelf.
    """

    filtered = Signal()
    page_changed = Signal()
    close_asked = Signal()

    def __init__(self, pages: Sequence[Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages = list(pages)
        self.tabs, self.search = Tabs(self), QLineEdit(self)
        self.star, self.close_button = Toggle(self), QToolButton(self)
        self._stack, self._tools = QStackedWidget(self), QStackedWidget(self)
        self._typing = QTimer(self, interval=TYPED_MS, singleShot=True)
        self._typing.timeout.connect(self.filtered)
        self._fill()
        self._lay_out()
        self._show_page(0)
        self.tabs.currentChanged.connect(self._show_page)
        self.setAccessibleName(self.tr("Styles and history"))

    @property
    def page(self) -> Page:
        """The one that is shown."""
        return self.pages[self.tabs.currentIndex()]

    @property
    def words(self) -> str:
        """What is searched for."""
        return self.search.text().strip()

    @property
    def only_stars(self) -> bool:
        return self.star.isChecked()

    def show_page(self, page: Page) -> None:
        self.tabs.setCurrentIndex(self.pages.index(page))

    def set_tab_order_after(self, widget: QWidget) -> None:
        """Have the Tab key come here after `widget` and what is in it, in the order in which one reads."""
        before = [widget, *widget.findChildren(QWidget)]
        controls = [control for page in self.pages for control in page.controls]
        views = [page.view for page in self.pages]
        order = [self.tabs, *controls, self.search, self.star, self.close_button, *views]
        takes = [[one for one in some if one.focusPolicy() & Qt.FocusPolicy.TabFocus] for some in (before, order)]
        for one, other in pairwise([takes[0][-1], *takes[1]]):
            self.setTabOrder(one, other)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_asked.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the search line to what was found; Escape empties it, and then closes the panel."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                self._enter_tiles()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _enter_tiles(self) -> None:
        view = self.page.view
        rows = [row for row, tile in enumerate(view.tiles.tiles) if not tile.heading]
        if rows and not view.currentIndex().isValid():
            view.setCurrentIndex(view.tiles.index(rows[0]))
        view.setFocus()

    def _fill(self) -> None:
        self.tabs.setAccessibleName(self.tr("Page"))
        for page in self.pages:
            self.tabs.addTab(page.title)
            self._stack.addWidget(page)
            self._tools.addWidget(page.tools)
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self.search.setMinimumWidth(90)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.search.installEventFilter(self)
        self.star.setIcon(icon("star"))
        self.star.setCheckable(True)
        self.star.setAutoRaise(True)
        self.star.setToolTip(self.tr("Only what has a star"))
        self.star.setAccessibleName(self.tr("Only with a star"))
        self.star.toggled.connect(lambda _: self.filtered.emit())
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.close_button.setIcon(icon("cancel"))
        self.close_button.setAutoRaise(True)
        self.close_button.setToolTip(self.tr("Close (F9)"))
        self.close_button.setAccessibleName(self.tr("Close the panel"))
        self.close_button.clicked.connect(self.close_asked)

    def _lay_out(self) -> None:
        self._tools.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        first = QHBoxLayout()
        first.setContentsMargins(MARGIN, 2, MARGIN, 0)
        first.setSpacing(4)
        first.addWidget(self.tabs)
        first.addStretch(1)
        for widget, stretch in ((self._tools, 0), (self.search, 2), (self.star, 0), (self.close_button, 0)):
            first.addWidget(widget, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 3, 2, 2)
        layout.setSpacing(2)
        layout.addLayout(first)
        layout.addWidget(self._stack, 1)

    def _show_page(self, number: int) -> None:
        page = self.pages[number]
        self._stack.setCurrentWidget(page)
        self._tools.setCurrentWidget(page.tools)
        for other in self.pages:  # a stack is as wide as its widest
            policy = QSizePolicy.Policy.Preferred if other is page else QSizePolicy.Policy.Ignored
            other.tools.setSizePolicy(policy, QSizePolicy.Policy.Fixed)
        self._tools.adjustSize()
        self.search.setPlaceholderText(page.search)
        name_control(self.search, page.search)
        self.page_changed.emit()
