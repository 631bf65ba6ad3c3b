"""Small pictures of snapshots: each of the overfit picture that it was made with, as far as that was there."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from stylestudio.caches import SNAPSHOT_PARTS, SNAPSHOTS, LruCache
from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.document import Document
from stylestudio.gui.overfit import Overfit
from stylestudio.gui.runs import RunController
from stylestudio.images.blend import blend
from stylestudio.images.mask_plane import mask_rows
from stylestudio.images.resize import Pixels, resample, size_for, to_8bit
from stylestudio.studio.recipe import RunKey, run_key
from stylestudio.studio.session import Session
from stylestudio.studio.snapshots import Snapshot, mix_for

SIDE = 168
"""Of the long side: twice what is shown, so that it is sharp on a fine screen."""
SAMPLED = 4
"""Every pixel of a large picture would take long; so many for each that comes out do."""


class SnapshotPreviews(QObject):
    """Follows the session's pictures; `changed` when snapshots may look otherwise than before.

    Without a snapshot nothing is made small: it takes a tenth of a second for each photo that one goes through.
    """

    changed = Signal()

    def __init__(self, document: Document, runs: RunController) -> None:
        super().__init__(document)
        self._document = document
        self._content: NDArray[np.float32] | None = None
        self._newest: Overfit | None = None
        self._overfits: LruCache[RunKey, NDArray[np.float32]] = LruCache(SNAPSHOT_PARTS)
        self._made: LruCache[tuple[RunKey, Snapshot], QImage] = LruCache(SNAPSHOTS)
        document.changed.connect(self._follow)
        runs.changed.connect(self._take)
        self._take(runs.overfit)

    def picture(self, snapshot: Snapshot) -> QImage | None:
        """What it looks like; None while its overfit picture was not there yet."""
        session = self._document.session
        if session.content is None or session.style is None:
            return None
        if self._content is None:
            self._content = small(session.content.stored, session.content.size)
        self._keep_newest()
        key = run_key(session.content, session.style, snapshot.settings)
        overfit, made = self._overfits.get(key), self._made.get((key, snapshot))
        if overfit is not None and made is None:
            mix = mix_for(snapshot, session)
            mask = mask_rows(mix.mask, self._content)
            levels = to_8bit(blend(self._content, overfit, mix.shares, axes=mix.axes, mask=mask))
            made = ArrayImage(levels).copy()
            self._made.put((key, snapshot), made, made.sizeInBytes())
        return made

    def _follow(self, old: Session, new: Session) -> None:
        if old.content is not new.content or old.style is not new.style:
            self._made.clear()
            self._content = None
            self.changed.emit()

    def _take(self, overfit: Overfit | None) -> None:
        if overfit is not None and overfit.draft and self._overfits.peek(overfit.key) is not None:
            return
        self._newest = overfit
        if overfit is None:
            return
        if self._document.snapshots:
            self._keep_newest()
        self.changed.emit()

    def _keep_newest(self) -> None:
        overfit, self._newest = self._newest, None
        if overfit is None:
            return
        key = overfit.key
        pixels = small(overfit.pixels, overfit.content.size)
        self._overfits.put(key, pixels, pixels.nbytes)
        self._made.keep_only(lambda known: known[0] != key)


def small(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.float32]:
    """A picture (H, W, 3) that counts as `size` (width, height), at `SIDE`."""
    width, height = size_for(size, min(SIDE, max(size)))
    step = max(1, min(pixels.shape[0] // (SAMPLED * height), pixels.shape[1] // (SAMPLED * width)))
    sampled: Pixels = pixels[::step, ::step]
    return resample(sampled, (width, height))
