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
from stylestudio.images.balance import balance_overfits
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
        key = run_key(session.content, session.style, snapshot.settings, session.second, session.look_key)
        mix, made = mix_for(snapshot, session), self._made.get((key, snapshot))
        overfit = self._overfit(key, mix.balance) if made is None else None
        if overfit is not None and made is None:
            mask = mask_rows(mix.mask, self._content)
            levels = to_8bit(blend(self._content, overfit, mix.shares, axes=mix.axes, mask=mask))
            made = ArrayImage(levels).copy()
            self._made.put((key, snapshot), made, made.sizeInBytes())
        return made

    def _overfit(self, key: RunKey, balance: float) -> NDArray[np.float32] | None:
        """The small overfit picture of one style, or of two at this balance."""
        keys = key._replace(second=None), *([key.second] if key.second else [])
        layers = [layer for one in keys if (layer := self._overfits.get(one)) is not None]
        if len(layers) < len(keys):
            return None
        return layers[0] if len(layers) == 1 else balance_overfits(layers[0], layers[1], balance)

    def _follow(self, old: Session, new: Session) -> None:
        if any(getattr(old, kind) is not getattr(new, kind) for kind in ("content", "style", "second")):
            self._made.clear()
            self._content = None
            self.changed.emit()

    def _take(self, overfit: Overfit | None) -> None:
        if overfit is not None and overfit.draft and self._overfit(overfit.key, 0.0) is not None:
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
        keys = {part.key for part in overfit.parts}
        for part in overfit.parts:
            pixels = small(part.pixels, part.content.size)
            self._overfits.put(part.key, pixels, pixels.nbytes)
        self._made.keep_only(lambda known: known[0]._replace(second=None) not in keys and known[0].second not in keys)


def small(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.float32]:
    """A picture (H, W, 3) that counts as `size` (width, height), at `SIDE`."""
    width, height = size_for(size, min(SIDE, max(size)))
    step = max(1, min(pixels.shape[0] // (SAMPLED * height), pixels.shape[1] // (SAMPLED * width)))
    sampled: Pixels = pixels[::step, ::step]
    return resample(sampled, (width, height))
