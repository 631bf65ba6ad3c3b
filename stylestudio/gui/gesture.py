"""Which changes of a control are one step for Undo."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSlider

PAUSE = 800
"""Milliseconds without a change after which the next one is a step of its own; longer than a double click."""


class Gesture(QObject):
    """One drag of a slider, or changes that follow each other without a pause."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sliders: list[QSlider] = []
        self._step: object = object()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._paused)

    def watch(self, slider: QSlider) -> None:
        """Begin a new step whenever this slider is taken."""
        self._sliders.append(slider)
        slider.sliderPressed.connect(self._begin)

    def step(self) -> object:
        """To be called at a change: the token that it shares with all others of its step."""
        self._pause.start()
        return self._step

    def _begin(self) -> None:
        self._step = object()

    def _paused(self) -> None:
        if not any(slider.isSliderDown() for slider in self._sliders):
            self._begin()
