"""The panel's page that shows the photo in every style of the shelf, small, made one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton

from stylestudio.caches import TRIALS, LruCache
from stylestudio.errors import StudioError
from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.document import Document
from stylestudio.gui.library_queue import LibraryQueue
from stylestudio.gui.overfit import OverfitRenderer
from stylestudio.gui.runs import RunController
from stylestudio.gui.shelf.images import load_images
from stylestudio.gui.shelf.panel import Page
from stylestudio.gui.shelf.styles import StylesPage, style_keys
from stylestudio.gui.shelf.tile_view import TileView
from stylestudio.gui.shelf.tiles import Tile
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.progress import Work
from stylestudio.studio.library import Library
from stylestudio.studio.library_records import StyleEntry
from stylestudio.studio.mix import Mix
from stylestudio.studio.render import explaining_memory_errors
from stylestudio.studio.run_record import shrink, small_target
from stylestudio.studio.session import Session
from stylestudio.studio.settings import OWN_SIZE_BELOW, Settings

SIDE = 192
"""Pixels that a trial is worked on at."""
REMIX_MS = 120
"""The sheet follows the sliders when they have rested for so long."""


@dataclass(frozen=True)
class TrialKey:
    """What a trial depends on: the hashes of both pictures, and the settings."""

    content: str
    style: str
    settings: Settings


@dataclass(frozen=True, eq=False)
class Trial:
    """A small photo, and its overfit picture (H, W, 3), sRGB 0..1."""

    content: Picture
    overfit: NDArray[np.float32]

    def image(self, mix: Mix) -> QImage:
        """The target, mixed in a millisecond or two."""
        levels = small_target(self.content, self.overfit, mix, max(self.content.size))
        kind = QImage.Format.Format_RGBA8888 if levels.shape[2] > 3 else None
        return ArrayImage(levels, kind).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def small_picture(content: Picture) -> Picture:
    """The photo as a trial wants it: just so large that it is worked on at `SIDE`."""
    side = int(SIDE * OWN_SIZE_BELOW)
    alpha = None if content.alpha is None else shrink(content.alpha[..., None], side)[..., 0]
    return from_pixels(shrink(content.stored, side), content.name, alpha)


def trial_settings(session: Session) -> Settings:
    return replace(session.settings, size=SIDE, refine=0)


def make_trial(content: Picture, style: Path, settings: Settings, renderer: OverfitRenderer) -> Work[Trial]:
    """Makes the trial of a small photo with the style in this file. Raises `StudioError`."""
    picture = read(style)
    with explaining_memory_errors():
        return Trial(content, (yield from renderer.overfit(content, picture, settings)))


class TrialRenderer(QObject):
    """Goes through the shelf's styles as long as its page is open, and gives way to every other run."""

    def __init__(
        self, library: LibraryQueue, document: Document, runs: RunController, styles: StylesPage, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._library, self._document, self._runs, self._styles = library, document, runs, styles
        self._made: LruCache[TrialKey, Trial] = LruCache(TRIALS)
        self._failed: dict[TrialKey, StudioError] = {}
        self._small: tuple[str, Picture] | None = None
        self._is_open = self._is_stopped = False
        self._shown: tuple[str, Settings] | None = None
        self.view, self.label, self.button = (
            TileView(self.tr("The photo in every style"), fills=False),
            QLabel(),
            QPushButton(self.tr("Stop")),
        )
        tools = (self.label, self.button)
        self.page = Page(self.tr("Try on my photo"), self.tr("Search the styles"), self.view, tools)
        self._remix = QTimer(self, singleShot=True, interval=REMIX_MS)
        self._remix.timeout.connect(self.view.renew_images)
        self._join()

    def set_open(self, is_open: bool) -> None:
        """Whether the page is seen: only then anything is made."""
        if is_open and not self._is_open:
            self._is_stopped = False
        self._is_open = is_open
        if is_open:
            self._show()
        else:
            self._runs.stop_side_work(self)

    def _join(self) -> None:
        self.view.chosen.connect(self._styles.choose)
        self.view.starred.connect(self._styles.star)
        self.view.tags_asked.connect(self._styles.ask_for_tags)
        self.view.tiles.images_wanted.connect(self._bring_images)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._stop_or_go_on)
        self._styles.listed.connect(self._show)
        self._document.changed.connect(self._follow)
        self._runs.busy_changed.connect(lambda _: self._go_on())
        self._runs.free.connect(self._go_on)

    def _follow(self, old: Session, new: Session) -> None:
        if not self._is_open:
            return
        self.view.mark_in_use(*style_keys(new))
        if old.content is not new.content or trial_settings(old) != trial_settings(new):
            self._runs.stop_side_work(self)  # a run of the session begins now
            self._show()
        elif old.mix != new.mix:
            self._remix.start()

    def _show(self) -> None:
        if not self._is_open:
            return
        content = self._document.session.content
        self.view.mark_in_use(*style_keys(self._document.session))
        photo = self.tr("Open a photo: here it will be seen in every style of the shelf.")
        self.view.empty_text = photo if content is None else self._styles.view.empty_text
        self.view.tiles.set_tiles([] if content is None else [self._tile(entry) for entry in self._styles.entries])
        shown = content and (content.sha256, trial_settings(self._document.session))
        if shown != self._shown:  # the images are those of another photo
            self._shown = shown
            self.view.renew_images()
        self.view.viewport().update()
        self._go_on()

    def _tile(self, entry: StyleEntry) -> Tile:
        key = self._key(entry)
        fault = self._failed.get(key)
        about = fault.message if fault else ", ".join(entry.tags)
        picture, pending = entry.picture, self._made.get(key) is None
        return Tile(picture.sha256, picture.name, about, entry.star, picture.path, pending=pending)

    def _key(self, entry: StyleEntry) -> TrialKey:
        session = self._document.session
        assert session.content is not None
        return TrialKey(session.content.sha256, entry.picture.sha256, trial_settings(session))

    def _next(self) -> tuple[TrialKey, Path] | None:
        """Of the first style that nothing was made of yet, what is to be made, and the style's file."""
        for entry in self._styles.entries if self._document.session.content is not None else []:
            key, path = self._key(entry), entry.picture.path
            if path is not None and self._made.get(key) is None and key not in self._failed:
                return key, path
        return None

    def _go_on(self) -> None:
        self._tell()
        wanted, content = self._next(), self._document.session.content
        if wanted is None or content is None or not self._is_open or self._is_stopped or self._runs.has_side_work:
            return
        key, path = wanted

        def work(renderer: OverfitRenderer) -> Work[Trial]:
            return (yield from make_trial(self._small_of(content), path, key.settings, renderer))

        self._runs.start_side_work(work, partial(self._done, key), partial(self._fail, key), self)

    def _small_of(self, content: Picture) -> Picture:
        """On the worker: made once for a photo."""
        if self._small is None or self._small[0] != content.sha256:
            self._small = content.sha256, small_picture(content)
        return self._small[1]

    def _done(self, key: TrialKey, made: Trial) -> None:
        self._made.put(key, made, made.overfit.nbytes + made.content.stored.nbytes)
        self._show_one(key, made.image(self._document.session.mix))

    def _fail(self, key: TrialKey, error: StudioError) -> None:
        self._failed[key] = error
        self._show_one(key, None)

    def _show_one(self, key: TrialKey, image: QImage | None) -> None:
        if image is not None:
            self.view.tiles.set_images({key.style: image})
        self._show()

    def _bring_images(self, keys: Sequence[str]) -> None:
        """Those that were made, mixed as the sliders are; for the others the styles themselves stand in."""
        entries = {entry.picture.sha256: entry for entry in self._styles.entries}
        made = {key: self._made.get(self._key(entries[key])) for key in keys if key in entries}
        mix = self._document.session.mix
        self.view.tiles.set_images({key: one.image(mix) for key, one in made.items() if one is not None})
        missing = [key for key in keys if made.get(key) is None]
        load_images(self._library, Library.thumbnail, missing, self._stand_in)

    def _stand_in(self, images: Mapping[str, QImage | None]) -> None:
        """Styles in the place of what is still to be made, unless it was made meanwhile."""
        waiting = {tile.key for tile in self.view.tiles.tiles if tile.pending}
        self.view.tiles.set_images({key: image for key, image in images.items() if key in waiting})

    def _tell(self) -> None:
        entries = self._styles.entries if self._document.session.content is not None else []
        left = sum(self._made.get(self._key(entry)) is None for entry in entries)
        text = self.tr("{done} of {all}").format(done=len(entries) - left, all=len(entries))
        self.label.setText(text if left else "")
        self.button.setText(self.tr("Go on") if self._is_stopped else self.tr("Stop"))
        self.button.setVisible(self._next() is not None)

    def _stop_or_go_on(self) -> None:
        self._is_stopped = not self._is_stopped
        if self._is_stopped:
            self._runs.stop_side_work(self)
        self._go_on()
