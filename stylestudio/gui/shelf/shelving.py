"""Joins the library to the window: what the artist works with is put down in it."""

from PySide6.QtCore import QObject, Signal

from stylestudio.gui.document import Document
from stylestudio.gui.export import Exporter
from stylestudio.gui.library import LibraryQueue, Recorder
from stylestudio.gui.loading import Loader
from stylestudio.gui.runs import Runs
from stylestudio.gui.workspace import Workspace
from stylestudio.paths import data_folder


class Shelving(QObject):
    """`said` is a short line, `failed` carries a `StudioError` about something the artist has asked for."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(self, document: Document, runs: Runs, loader: Loader, exporter: Exporter, space: Workspace) -> None:
        super().__init__(space)
        self.library = LibraryQueue(data_folder(), self)
        self.library.said.connect(self.said)
        self.recorder = Recorder(self.library, document, runs, loader, exporter)
        space.side.mix.preset_chosen.connect(self.recorder.used_preset)

    def close(self) -> bool:
        """Put down what is still to be; false if its thread still runs."""
        self.recorder.record()
        return self.library.close()
