"""What is dragged over the window, beside its panes."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from stylestudio.gui.document import Document
from stylestudio.gui.drops import accept_as_copy, peek_drag, read_drop_event
from stylestudio.gui.loading import Loader, kind_for_pictures
from stylestudio.gui.widgets.status import StatusLine
from stylestudio.gui.workspace import Workspace


class WindowDrops(QObject):
    """Takes drops on `window`: lights the pane that the pictures will come to, and opens them there."""

    def __init__(
        self, window: QWidget, document: Document, loader: Loader, space: Workspace, status: StatusLine
    ) -> None:
        super().__init__(window)
        self._document, self._loader, self._space, self._status = document, loader, space, status
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):
            self._enter(event)
        elif event.type() == QEvent.Type.DragLeave:
            self._space.highlight_panes("", 0)
        elif isinstance(event, QDropEvent):  # QDragMoveEvent is one too
            if event.type() == QEvent.Type.Drop:
                self._drop(event)
            accept_as_copy(event)
        else:
            return super().eventFilter(watched, event)
        return True

    def _enter(self, event: QDragEnterEvent) -> None:
        found = peek_drag(event.mimeData())
        if found.reason:
            self._status.show_message(found.reason)
            self._space.notice.show_text(found.reason)
            event.ignore()
            return
        self._space.highlight_panes(kind_for_pictures(self._document.session, found.pictures), found.pictures)
        accept_as_copy(event)

    def _drop(self, event: QDropEvent) -> None:
        self._space.highlight_panes("", 0)
        found = read_drop_event(event)
        if not self._loader.open_dropped(found):
            self._status.show_message(found.reason or "")
