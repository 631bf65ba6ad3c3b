"""Python's garbage collection, on the window's thread alone.

Left to itself it runs on whatever thread allocates next. What it finds may be a closed dialog with its timers, and Qt
objects must be destroyed on the thread that they live on: on a worker's thread that can end the program.
"""

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 200
"""Between two looks: about as often as Python's own thresholds are reached while a slider is dragged."""


class GarbageCollector(QObject):
    """Collects in the event loop of the thread that makes it what Python's thresholds say is due, until it is closed.

    Nothing else may switch the collector on meanwhile.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    def collect_due(self) -> None:
        """Collect the oldest generation that is due, and with it the younger ones."""
        pairs = enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        due = [generation for generation, (count, threshold) in pairs if count > threshold]
        if due:
            gc.collect(due[-1])

    def keep_loaded(self) -> None:
        """Never look again through what there is now: for when modules were loaded, which stay."""
        gc.freeze()

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()
