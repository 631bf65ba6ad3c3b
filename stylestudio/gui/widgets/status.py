"""The line at the bottom: what was said last, and how far the run is."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from stylestudio.gui.widgets.empty_state import ElidedLabel
from stylestudio.gui.words import STAGES, stage_in_words

MARGIN = 16
"""Pixels beside the longest words."""


class StatusLine(QWidget):
    """A message on the left; stage, percentage, time left and Cancel on the right, in places that never move."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message, self.stage, self.time_left = ElidedLabel(self), QLabel(self), QLabel(self)
        self.bar = QProgressBar(self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self._loading = False
        self._lay_out()
        self.cancel.clicked.connect(self.cancelled)
        self.show_busy(False)

    def show_message(self, text: str) -> None:
        """A message that stays until the next one."""
        self.message.setText(text)

    def show_loading(self, loading: bool) -> None:
        """Say that the engine is being loaded, whatever stage a run names meanwhile."""
        self._loading = loading
        self.stage.setText(self.tr("Loading the engine…") if loading else "")

    def show_progress(self, stage: str, fraction: float, seconds: float) -> None:
        """`fraction` 0..1, `seconds` left, nan where nobody knows."""
        if not self._loading:
            self.stage.setText(stage_in_words(stage))
        self.bar.setValue(int(100 * fraction))
        self.time_left.setText("" if math.isnan(seconds) else self._left(seconds))

    def show_busy(self, busy: bool) -> None:
        for widget in (self.bar, self.time_left, self.cancel):
            widget.setVisible(busy)
        if not busy:
            self.bar.setValue(0)
            self.time_left.clear()
            if not self._loading:
                self.stage.clear()

    def _left(self, seconds: float) -> str:
        if seconds < 1.5:
            return self.tr("a moment left")
        if seconds < 90:
            return self.tr("{seconds} s left").format(seconds=round(seconds))
        return self.tr("{minutes} min left").format(minutes=round(seconds / 60))

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        self.message.setMinimumWidth(80)
        self.stage.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        width = self.fontMetrics().horizontalAdvance
        stages = [self.tr("Loading the engine…"), *map(stage_in_words, STAGES)]
        self.stage.setFixedWidth(max(map(width, stages)) + MARGIN)
        self.time_left.setFixedWidth(max(width(self._left(seconds)) for seconds in (0, 88, 60 * 888)) + MARGIN)
        self.bar.setFixedWidth(180)
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.cancel.setAutoDefault(False)
        layout.addWidget(self.message, 1)
        for widget in (self.stage, self.bar, self.time_left, self.cancel):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            layout.addWidget(widget)
