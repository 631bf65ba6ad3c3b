"""What each preset does to the pictures on a canvas: its mix, and a small picture of it, made between two events."""

from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.canvas.pyramid import StepRunner
from stylestudio.gui.canvas.target_canvas import TargetCanvas
from stylestudio.images.blend import blend
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.mask import NO_MASK, Mask
from stylestudio.images.mask_plane import mask_rows
from stylestudio.images.resize import to_8bit, to_floats
from stylestudio.progress import finish
from stylestudio.studio.mix import Mix
from stylestudio.studio.presets import Preset
from stylestudio.studio.seasons import solve_mixes_in_steps

SIDE = 192
"""Pixels of the pictures' long side: as many as a tile has on a screen of 200 %."""
PAUSE_MS = 250
"""Without another stroke of the mask, after which the pictures follow it."""


class PresetPreview(NamedTuple):
    """A preset's mix of the pictures at hand, and what it makes of them; None without pictures."""

    mix: Mix
    picture: ArrayImage | None


class PresetPreviews(QObject):
    """Follows the pictures of `target`; `changed` when what it has found is new."""

    changed = Signal()

    def __init__(self, target: TargetCanvas) -> None:
        super().__init__(target)
        self._target = target
        self._presets: Sequence[Preset] = ()
        self._mask, self._balance = NO_MASK, 0.0
        self._found: dict[str, PresetPreview] = {}
        self._sliced = StepRunner(self)
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._begin)
        target.ready.connect(self._begin)

    def show_presets(self, presets: Sequence[Preset]) -> None:
        """Have pictures of these."""
        self._presets = presets
        self._begin()

    def show_mask(self, mask: Mask, balance: float = 0.0) -> None:
        """Mix with this mask, once it is no longer being painted; what is mixed is at this balance of styles."""
        if mask is not self._mask or balance != self._balance:
            self._mask, self._balance = mask, balance
            self._pause.start()

    def get(self, name: str) -> PresetPreview:
        """What the preset of this name is; at once, also where it is just being found out or about to be."""
        if self._pause.isActive():
            self._pause.stop()
            self._begin()
        if self._sliced.is_running:
            self._sliced.stop()
            self._take(finish(self._finding()))
        return self._found[name]

    @property
    def found(self) -> dict[str, PresetPreview]:
        """What is known by now of each preset, by its name."""
        return self._found

    def _begin(self) -> None:
        self._sliced.start(self._finding(), self._take)

    def _take(self, found: dict[str, PresetPreview]) -> None:
        self._found = found
        self.changed.emit()

    def _finding(self) -> Generator[None, None, dict[str, PresetPreview]]:
        """In steps of some milliseconds."""
        pictures = self._target.small_pictures(SIDE)
        yield
        found: dict[str, PresetPreview] = {}
        content = from_pixels(to_floats(pictures[0]), "") if pictures else None
        overfit = None if pictures is None or pictures[1] is None else to_floats(pictures[1])
        seasons: dict[str, Mix] = {}
        if content and overfit is not None:
            grades = {preset.name: preset.grade for preset in self._presets if preset.grade}
            seasons = yield from solve_mixes_in_steps(content.stored, overfit, grades)
        for preset in self._presets:
            yield
            mix = seasons.get(preset.name, Mix(preset.shares, preset.axes))
            found[preset.name] = PresetPreview(mix, content and _picture(content, overfit, mix, self._mask))
        return found


def _picture(content: Picture, overfit: NDArray[np.float32] | None, mix: Mix, mask: Mask) -> ArrayImage:
    if overfit is None:
        return ArrayImage(to_8bit(content.stored))
    rows = mask_rows(mask, content.stored)
    return ArrayImage(to_8bit(blend(content.stored, overfit, mix.shares, axes=mix.axes, mask=rows)))
