"""A small window to drag files out of, for tests and screenshots: `drag_source.py FILE…`.

Writes the screen position of its middle to stdout once it is there.
"""

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

PLACE, SIZE = (1180, 740), (90, 50)
SETTLED_MS = 500


class Source(QLabel):
    """Begins a drag of the files as soon as the mouse is moved on it with the button down."""

    def __init__(self, files: list[str]) -> None:
        super().__init__("drag me")
        self._files, self._pressed = files, QPoint()
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(*PLACE, *SIZE)

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        self._pressed = ev.position().toPoint()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        if (ev.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            mime, drag = QMimeData(), QDrag(self)
            mime.setUrls([QUrl.fromLocalFile(file) for file in self._files])
            drag.setMimeData(mime)
            drag.exec(Qt.DropAction.CopyAction)

    def tell(self) -> None:
        """Write where its middle is."""
        middle = self.mapToGlobal(self.rect().center())
        sys.stdout.write(f"{middle.x()} {middle.y()}\n")
        sys.stdout.flush()


def main() -> int:
    application = QApplication(sys.argv)
    source = Source(sys.argv[1:])
    source.show()
    QTimer.singleShot(SETTLED_MS, source.tell)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
