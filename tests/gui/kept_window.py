"""A window whose work is kept, as the program joins it: ended in any way, and started again."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot
from whole_window import Studio

from stylestudio.gui.autosave import Autosaver
from stylestudio.gui.jobs import FileQueue, TaskRunner
from stylestudio.gui.restoring import Restorer
from stylestudio.studio.autosave.keeping import WorkKeeper
from stylestudio.studio.render import target


class KeptStudio(Studio):
    """`folder` is where the work is kept."""

    def __init__(self, qtbot: QtBot, store: Path, folder: Path) -> None:
        super().__init__(qtbot, store)
        self.said: list[str] = []
        self.is_ended = False
        self.tasks.append(TaskRunner())
        self.queue, self.reading = FileQueue(self.tasks[-1]), self.window.loader.file_queue
        self.keeper = WorkKeeper(folder)
        view, loader = self.window.space.shared_view, self.window.loader
        self.autosaver = Autosaver(self.document, self.runs, view, self.queue, self.keeper)
        self.restorer = Restorer(
            self.window, self.document, self.runs, loader, self.autosaver, self.reading, self.keeper
        )
        loader.opened.connect(self.autosaver.remember_file)
        self.restorer.said.connect(self.said.append)
        self.autosaver.failed.connect(lambda error: self.said.append(str(error)))
        self.restorer.failed.connect(self.window.show_error)
        self.window.forget_requested.connect(lambda: self.autosaver.ask_to_forget(self.window))

    def wait_kept(self) -> None:
        """Until all that there is has been written."""
        self.wait(lambda: self.autosaver.is_settled and not self.queue.is_busy)

    def die(self) -> None:
        """What a kill leaves: what was written, and locks that the system lets go of."""
        if not self.is_ended:
            self.autosaver.is_stopped = True
            self.keeper.close()
            self.end()

    def quit(self) -> None:
        """As the program does when its window is closed."""
        self.window.close()
        self.autosaver.stop()
        self.tasks[0].cancel()
        self.autosaver.close(5)
        self.end()

    def end(self) -> None:
        self.is_ended = True
        super().close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def target(self) -> np.ndarray:
        """The exact target, as it would be exported."""
        overfit = self.runs.overfit
        assert overfit is not None
        return target(overfit.content, overfit.pixels, self.session.mix)
