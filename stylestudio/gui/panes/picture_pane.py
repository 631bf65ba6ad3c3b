"""One of the pictures of the session: its name, the picture itself, and the ways to bring in another."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from stylestudio.errors import StudioError
from stylestudio.gui.canvas.picture_canvas import Canvas, Layers, View, layers_of
from stylestudio.gui.canvas.pyramid import Extent
from stylestudio.gui.drops import DropContents, accept_as_copy, peek_drag, read_drop_event
from stylestudio.gui.icons import icon
from stylestudio.gui.widgets.controls import Toggle
from stylestudio.gui.widgets.empty_state import ElidedLabel, EmptyState, NoteLabel, muted_text_colour, sample_menu
from stylestudio.images.decode import Picture
from stylestudio.images.resize import Pixels
from stylestudio.studio.samples import samples

Role = Literal["photo", "style", "second", "overfit"]
Shown = tuple[Layers, Pixels | None, Extent | None]
"""Pixels, of one picture or two, alpha, and the size they are stretched to."""
NOTHING: Shown = (None, None, None)

_BORDER = 4
_RADIUS = 6.0
REASON_MS = 5000
"""Milliseconds that the pane says why something was refused."""


class PicturePane(QWidget):
    """A pane for the photo, the style, or the overfit picture, which takes no drops.

    It changes nothing itself: what the artist brings is told by signals, and the picture comes back by `set_picture`.
    """

    came = Signal(object)
    """what was dropped, as `DropContents`, and can be taken"""
    hovering = Signal(int)
    """how many pictures that could be taken hover here, 0 when they are gone"""
    open_requested = Signal()
    sample_chosen = Signal(Path)
    clicked = Signal()
    """The picture was clicked, to be seen large."""
    details_wanted = Signal(object)
    """An error that the pane tells of was clicked."""

    def __init__(
        self,
        role: Role,
        view: View,
        accepts_drops: bool = True,
        parent: QWidget | None = None,
        reason_ms: int = REASON_MS,
    ) -> None:
        super().__init__(parent)
        self._highlight = self._is_large = False
        self._over: DropContents | None = None
        self.hover_note = ""
        """What is said while a picture hovers here that could be taken."""
        self.title, invitation = self._words(role)
        self.canvas = Canvas(view, self)
        self.canvas.setAccessibleName(self.title)
        self.canvas.clicked.connect(self.clicked)
        self.large = Canvas(view)
        """The same picture, for a larger place; empty as long as it is not shown."""
        self.large.setAccessibleName(self.tr("{picture}, large").format(picture=self.title))
        self.large.hide()
        self._shown = NOTHING
        self._samples = samples("content" if role == "photo" else "style") if accepts_drops else []
        self._empty = EmptyState(invitation, self.title.lower(), self._samples, self)
        self._empty.open_requested.connect(self.open_requested)
        self._empty.sample_chosen.connect(self.sample_chosen)
        self._name, self._extent = ElidedLabel(self), QLabel(self)
        self._change = self._change_button()
        self._stack = QStackedLayout()
        self._reason = NoteLabel(self, reason_ms)
        self._reason.answered.connect(self.details_wanted)
        self._lay_out()
        self.setAcceptDrops(accepts_drops)
        self.setAccessibleName(self.title)

    def set_picture(self, picture: Picture | None) -> None:
        """Show `picture` with its name and size, or the empty state."""
        if picture is None:
            self._show(None, "")
        else:
            self._show(picture.stored, picture.name, picture.alpha)

    def set_pixels(self, pixels: Layers, caption: str = "", size: Extent | None = None) -> None:
        """The same for pixels (H, W, 3), 0..1, that have no file; `caption` stands where the name would.

        They are stretched to `size` (width, height), if one is given. Of two pictures, their balance is shown.
        """
        self._show(pixels, caption, size=size)

    def set_balance(self, balance: float) -> None:
        """Show two pictures at this balance 0..1."""
        for canvas in (self.canvas, self.large):
            canvas.set_balance(balance)

    def add_button(self, action: QAction) -> QToolButton:
        """A button for this command beside the title, which is returned."""
        button = Toggle(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(self._change.iconSize())
        button.setAutoRaise(True)
        button.setAccessibleName(action.iconText())
        self._header.insertWidget(1, button)
        self.setTabOrder(self._change, button)
        return button

    @property
    def is_large(self) -> bool:
        """Whether `large` shows the picture too."""
        return self._is_large

    @is_large.setter
    def is_large(self, large: bool) -> None:
        self._is_large = large
        self.large.set_picture(*(self._shown if large else NOTHING))
        self.large.setVisible(large)
        self.update()

    @property
    def highlight(self) -> bool:
        """Whether the pane is lit up because what hovers would come here."""
        return self._highlight

    @highlight.setter
    def highlight(self, on: bool) -> None:
        self._highlight = on
        self.update()

    @property
    def is_empty(self) -> bool:
        return self._stack.currentWidget() is self._empty

    @property
    def reason(self) -> str:
        """Why something was refused, as long as the pane says it, or nothing."""
        return "" if self._reason.isHidden() else self._reason.text()

    def show_refusal(self, reason: str) -> None:
        """Say for some seconds why something could not be taken."""
        self._reason.show_note(reason)
        self._reason.hide_later()

    def show_failure(self, error: StudioError) -> None:
        """Say what went wrong with a picture that was to come here, until that is clicked or another comes."""
        self._reason.show_note(f"{error}\n{self.tr('Details…')}", error)

    @property
    def is_failed(self) -> bool:
        """Whether it tells of an error."""
        return self._reason.error is not None

    def sizeHint(self) -> QSize:
        return QSize(164, 200)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(150, 120))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._over = peek_drag(event.mimeData())
        self.highlight = self._over.is_usable
        self._reason.show_note(self._over.reason or (self.hover_note if self._over.pictures == 1 else ""))
        self.hovering.emit(self._over.pictures)
        # Accepted even if it is refused: a widget that ignores this is never told when the drag leaves.
        accept_as_copy(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._over and self._over.is_usable:
            accept_as_copy(event)
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        came = read_drop_event(event)
        self._end_drag()
        if came.reason:
            self.show_refusal(came.reason)
            event.ignore()
            return
        accept_as_copy(event)
        self.came.emit(came)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._highlight and not self._is_large:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().highlight(), 3 if self._highlight else 1.5))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1.5, 1.5, -1.5, -1.5), _RADIUS, _RADIUS)

    def _words(self, role: Role) -> tuple[str, str]:
        """Its title, and what it says as long as it is empty."""
        return {
            "photo": (self.tr("Photo"), self.tr("Drop a photo here")),
            "style": (self.tr("Style"), self.tr("Drop a style here:\na painting, a print, a texture")),
            "second": (self.tr("Second style"), self.tr("Drop a second style here")),
            "overfit": (self.tr("Overfit"), self.tr("The photo, rebuilt\nout of pieces of the style")),
        }[role]

    def _change_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon("more"))
        button.setIconSize(QSize(14, 14))
        button.setToolTip(self.tr("Another picture"))
        button.setStyleSheet("QToolButton::menu-indicator { image: none }")
        button.setAccessibleName(self.tr("Change {0}").format(self.title.lower()))
        button.setAutoRaise(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = sample_menu(self._samples, self.sample_chosen, button)
        if menu.actions():
            menu.insertSection(menu.actions()[0], self.tr("Samples"))
            first = menu.actions()[0]
            opening = menu.addAction(self.tr("Open…"))
            opening.triggered.connect(self.open_requested)
            menu.insertAction(first, opening)
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        title = QLabel(self.title, self)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        header = QHBoxLayout()
        header.setContentsMargins(4, 0, 0, 0)
        header.setSpacing(4)
        header.addWidget(title, 1)
        header.addWidget(self._change)
        self._header = header
        caption = QHBoxLayout()
        caption.setContentsMargins(4, 0, 4, 0)
        caption.setSpacing(8)
        caption.addWidget(self._name, 1)
        caption.addWidget(self._extent)
        self._mute_extent()
        # as high with the button as without it, so that nothing jumps when a picture comes
        header.addStrut(self._change.sizeHint().height())
        self._change.hide()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.canvas)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_BORDER, _BORDER, _BORDER, _BORDER)
        layout.setSpacing(2)
        layout.addLayout(header)
        layout.addLayout(self._stack, 1)
        layout.addLayout(caption)

    def _show(self, pixels: Layers, name: str, alpha: Pixels | None = None, size: Extent | None = None) -> None:
        self._shown = pixels, alpha, size
        self.canvas.set_picture(*self._shown)
        if self._is_large:
            self.is_large = pixels is not None
        self._name.setText(name)
        extents = [size or one.shape[1::-1] for one in layers_of(pixels)]
        self._extent.setText("{} × {}".format(*extents[0]) if extents else "")
        self._change.setVisible(pixels is not None and bool(self._samples))
        self._stack.setCurrentWidget(self._empty if pixels is None else self.canvas)
        self._reason.show_note("")

    def _end_drag(self) -> None:
        self.highlight = False
        if self._over and self._over.is_usable:
            self._reason.show_note("")
        self._over = None
        self.hovering.emit(0)
        # What was refused is let go, which is a leave too: the reason stays to be read.
        self._reason.hide_later()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._change.setStyleSheet(self._change.styleSheet())  # a style sheet keeps the colours of its first day
            self._mute_extent()

    def _mute_extent(self) -> None:
        palette = self.palette()
        palette.setColor(palette.ColorRole.WindowText, muted_text_colour(palette))
        self._extent.setPalette(palette)
