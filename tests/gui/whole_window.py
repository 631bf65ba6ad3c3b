"""The whole window with a fake engine, and the hands of an artist."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio.gui.document import Document
from stylestudio.gui.jobs import FileQueue, TaskRunner
from stylestudio.gui.main_window import MainWindow
from stylestudio.gui.messages import ErrorDialog
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.runs import RunController
from stylestudio.gui.theme import Theme
from stylestudio.gui.widgets.empty_state import NoteLabel
from stylestudio.images.decode import Picture
from stylestudio.progress import Preview, Progress, Work
from stylestudio.studio.looks import Look, SmallPhotos
from stylestudio.studio.session import Session
from stylestudio.studio.settings import Settings

D = TypeVar("D", bound=QDialog)
PATIENCE = 5000
"""Milliseconds that a test waits for what is to come."""
GREY = 0.4
"""Of the fake engine's pictures that are still being refined."""


@dataclass
class FakeRenderer:
    """Gives the content's negative: after a black draft, as soon as `go` is set, and refined from a grey picture as
    soon as `refined` is. With the look of a set, it is darker by how many photos that has."""

    go: threading.Event = field(default_factory=threading.Event)
    refined: threading.Event = field(default_factory=threading.Event)
    threads: set[int] = field(default_factory=set)
    drafts: bool = True
    small_photos: SmallPhotos = field(default_factory=SmallPhotos)
    remark: str = ""

    def release_memory(self) -> None: ...

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, look: Look | None = None, *, others: int = 0
    ) -> Work[NDArray[np.float32]]:
        self.threads.add(threading.get_ident())
        yield Progress("Getting ready", 0.0)
        if self.drafts:
            yield Preview("Painting", 0.1, np.zeros_like(content.pixels[:3, :4]), draft=True)
        while not self.go.is_set():
            time.sleep(0.005)
            yield Progress("Painting", 0.5)
        is_refined_later = settings.refine > 0 and not self.refined.is_set()  # else an export might take the grey one
        if is_refined_later:
            yield Preview("Painting", 0.6, np.full_like(content.pixels, GREY))
        while is_refined_later and not self.refined.is_set():
            time.sleep(0.005)
            yield Progress("Finishing touches", 0.9)
        yield Progress("Painting", 1.0)
        return (1 - content.pixels) / np.float32(1 + (len(look.photos) if look else 0))


class Studio:
    """A window as the program builds it; `store` is the file that remembers."""

    def __init__(self, qtbot: QtBot, store: Path) -> None:
        self.qtbot = qtbot
        self.memory = Preferences(QSettings(str(store), QSettings.Format.IniFormat))
        self.renderer = FakeRenderer()
        self.renderer.go.set()
        self.renderer.refined.set()
        self.document = Document(Session(settings=self.memory.settings()))
        self.tasks = [TaskRunner(), TaskRunner(), TaskRunner()]
        self.runs = RunController(self.document, self.tasks[0], self.renderer)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.theme = Theme(application, self.memory.theme())
        reading, writing = FileQueue(self.tasks[1]), FileQueue(self.tasks[2])
        self.window = MainWindow(self.document, self.runs, reading, writing, self.memory, self.theme)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()

    def close(self) -> None:
        self.window.close()
        for tasks in self.tasks:
            assert tasks.close()
        assert self.window.close_down()
        self.theme.deleteLater()

    @property
    def session(self) -> Session:
        return self.document.session

    def drop(self, widget: QWidget, *paths: Path, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
        """Drag files over `widget` and let go, with these keys held; whether they were taken."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        place = QPointF(widget.rect().center())
        facts = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, held)
        entering = QDragEnterEvent(place.toPoint(), *facts)
        QApplication.sendEvent(widget, entering)
        dropping = QDropEvent(place, *facts)
        if entering.isAccepted():
            QApplication.sendEvent(widget, dropping)
        return entering.isAccepted() and dropping.isAccepted()

    def open_pair(self, content: Path, style: Path) -> None:
        """Drop both beside the panes, and wait for the real overfit picture."""
        self.drop(self.window, content, style)
        self.wait_real()

    def wait_real(self) -> None:
        self.wait(lambda: self.session.content is not None and self.session.style is not None)
        self.wait(lambda: self.runs.overfit is not None and not self.runs.overfit.draft and not self.runs.busy)

    def wait(self, condition) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE)

    def choose(self, name: str) -> None:
        """The menu entry of this name, as it is clicked."""
        self.window.menu[name].trigger()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.ControlModifier) -> None:
        QTest.keyClick(self.window, key, modifier)

    def dialog(self, kind: type[D]) -> D:
        """The dialog of this kind that is open."""
        self.wait(lambda: any(dialog.isVisible() for dialog in self.window.findChildren(kind)))
        return next(dialog for dialog in self.window.findChildren(kind) if dialog.isVisible())

    def press_notice(self, words: str) -> None:
        """The button of the notice that says so."""
        self.wait(lambda: any(one.text() == words for one in self.offered()))
        QTest.mouseClick(next(one for one in self.offered() if one.text() == words), Qt.MouseButton.LeftButton)

    def offered(self) -> list[QPushButton]:
        """The buttons of the line over the target."""
        return [one for one in self.window.space.notice.findChildren(QPushButton) if one.isVisible()]

    def error(self) -> str:
        """What went wrong, wherever the window says so, in a pane or over the target; closes it."""
        panes, telling = self.window.space.panes.values(), self.window.telling
        self.wait(lambda: bool(telling.errors) or any(pane.is_failed for pane in panes))
        for pane in panes:
            if pane.is_failed:
                text = pane.reason
                QTest.mouseClick(pane.findChildren(NoteLabel)[0], Qt.MouseButton.LeftButton)
                self.dialog(ErrorDialog).close()
                return text
        text = self.window.space.notice.text
        self.press_notice("Close")
        return text
