"""Small pictures of snapshots: each of the overfit picture that it was made with, as far as that was there."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.document import Document
from stylestudio.gui.overfit import Overfit
from stylestudio.gui.runs import Runs
from stylestudio.images.blend import blend
from stylestudio.images.mask_plane import rows_of
from stylestudio.images.resize import Pixels, scaled, size_for, to_8bit
from stylestudio.studio.recipe import RunKey, run_key
from stylestudio.studio.session import Session
from stylestudio.studio.snapshots import MOST_SNAPSHOTS, Snapshot, mix_for

SIDE = 168
"""Of the long side: twice what is shown, so that it is sharp on a fine screen."""
SAMPLED = 4
"""Every pixel of a large picture would take long; so many for each that comes out do."""


class SnapshotPictures(QObject):
    """Follows the session's pictures; `changed` when snapshots may look otherwise than before."""

    changed = Signal()

    def __init__(self, document: Document, runs: Runs) -> None:
        super().__init__(document)
        self._document = document
        self._content: NDArray[np.float32] | None = None
        self._overfits: OrderedDict[RunKey, NDArray[np.float32]] = OrderedDict()
        self._made: dict[tuple[RunKey, Snapshot], QImage] = {}
        document.changed.connect(self._follow)
        runs.changed.connect(self._take)
        self._look(document.session)
        self._take(runs.overfit)

    def of(self, snapshot: Snapshot) -> QImage | None:
        """What it looks like; None while its overfit picture was not there yet."""
        session = self._document.session
        if session.content is None or session.style is None or self._content is None:
            return None
        key = run_key(session.content, session.style, snapshot.settings)
        if key not in self._overfits:
            return None
        if (key, snapshot) not in self._made:
            mix = mix_for(snapshot, session)
            mask = rows_of(mix.mask, self._content)
            levels = to_8bit(blend(self._content, self._overfits[key], mix.shares, axes=mix.axes, mask=mask))
            self._made[key, snapshot] = ArrayImage(levels).copy()
        return self._made[key, snapshot]

    def _follow(self, old: Session, new: Session) -> None:
        if old.content is not new.content or old.style is not new.style:
            self._look(new)
            self.changed.emit()

    def _look(self, session: Session) -> None:
        self._made.clear()
        self._content = None if session.content is None else small(session.content.stored, session.content.size)

    def _take(self, overfit: Overfit | None) -> None:
        if overfit is None or (overfit.draft and overfit.key in self._overfits):
            return
        key = overfit.key
        self._overfits[key] = small(overfit.pixels, overfit.content.size)
        self._overfits.move_to_end(key)
        while len(self._overfits) > MOST_SNAPSHOTS:
            self._overfits.popitem(last=False)
        self._made = {known: image for known, image in self._made.items() if known[0] != key}
        self.changed.emit()


def small(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.float32]:
    """A picture (H, W, 3) that counts as `size` (width, height), at `SIDE`."""
    width, height = size_for(size, min(SIDE, max(size)))
    step = max(1, min(pixels.shape[0] // (SAMPLED * height), pixels.shape[1] // (SAMPLED * width)))
    sampled: Pixels = pixels[::step, ::step]
    return scaled(sampled, (width, height))
