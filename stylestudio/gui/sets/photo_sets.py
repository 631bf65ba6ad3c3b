"""Sets of photos joined to the session: dropped, gone through, with a mix of their own where the artist wants it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu, QWidget

from stylestudio.errors import SettingError, StudioError
from stylestudio.gui.document import Document
from stylestudio.gui.jobs import FileQueue, TaskRunner
from stylestudio.gui.loading import Loader
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.sets.film_strip import FilmStrip
from stylestudio.gui.sets.opening import SetOpener, offer_undo
from stylestudio.gui.sets.reading import Image, OpenedPhoto, open_photo, thumbnails
from stylestudio.gui.shelf.tiles import Tile
from stylestudio.gui.workspace import Workspace
from stylestudio.images.decode import Picture
from stylestudio.studio import set_edits
from stylestudio.studio.photo_set import PhotoSet, SetPhoto, neighbour
from stylestudio.studio.session import Session

AT_ONCE = 4
"""So many thumbnails are read by one question: the first are seen before the last are read."""
THROUGH = "through the set"
"""The step of going from photo to photo, which is undone at once."""


class PhotoSets(QObject):
    """`changed` comes when there is another set, or another photo of it is shown."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        document: Document,
        loader: Loader,
        space: Workspace,
        reading: FileQueue,
        memory: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._loader, self._space = window, document, loader, space
        self._reading, self._memory = reading, memory
        self.strip, self.opening = FilmStrip(), SetOpener(window, document, loader, space, reading, memory)
        self._tasks = TaskRunner(self)
        self._small = FileQueue(self._tasks)
        self._faults: dict[Path, StudioError] = {}
        self._wanted: int | None = None
        self._step = 1
        self._reads: Path | None = None
        self._ahead: OpenedPhoto | None = None
        self._join()
        self._show()

    @property
    def photos(self) -> PhotoSet | None:
        """The set of now."""
        return self._document.session.photos

    def show_photo(self, index: int) -> None:
        """Show this photo of the set, as soon as it is read."""
        photos = self.photos
        if photos is None or not 0 <= index < len(photos.photos):
            return
        fault = self._faults.pop(photos.photos[index].path, None)  # it is tried again: it may have been mended
        if index == photos.index and fault is None:
            self._wanted = None
            return
        self._step, self._wanted = (1 if index >= photos.index else -1), index
        self._go_on()

    def step(self, step: int) -> None:
        """Go on by one, forth or back, past what cannot be read."""
        photos = self.photos
        if photos is not None:
            start = photos.index if self._wanted is None else self._wanted
            place = neighbour(photos, start, step, self._faults)
            if place is not None:
                self.show_photo(place)

    def set_own(self, own: bool, index: int | None = None) -> None:
        """Give a photo, the one that is shown if none is named, a mix of its own, or that of the others."""
        photos = self.photos
        if photos is not None:
            label = self.tr("A mix of its own") if own else self.tr("Mix like the others")
            self._document.apply(label, set_edits.with_own_mix, photos.index if index is None else index, own)

    def set_same_look(self, same_look: bool) -> None:
        """Give all photos one look, or have each made by itself."""
        if self.photos is not None:
            label = self.tr("Same look") if same_look else self.tr("Each photo by itself")
            self._document.apply(label, set_edits.with_same_look, same_look)

    def close_set(self) -> None:
        """Go on with the shown photo alone."""
        if self.photos is not None:
            self._document.apply(self.tr("Close the set"), set_edits.without_set)

    def remove(self, index: int) -> None:
        """Take a photo out of the set; its file stays where it is."""
        photos = self.photos
        if photos is None:
            return
        if index == photos.index:
            self.failed.emit(SettingError(self.tr("This photo is shown."), hint=self.tr("Go to another one first.")))
            return
        path = photos.photos[index].path
        self._document.apply(self.tr("Remove {name}").format(name=path.name), set_edits.without_photo, index)
        self._offer(self.tr("{name} is not in the set any more; its file stays.").format(name=path.name))

    def close(self) -> bool:
        """False if the thread still runs."""
        return self._tasks.close()

    def _join(self) -> None:
        layout = self._space.centre.layout()
        assert layout is not None
        layout.addWidget(self.strip)
        self._space.column.installEventFilter(self)
        row = self.strip.row
        row.wanted.connect(self.show_photo)
        row.removal_wanted.connect(self.remove)
        row.menu_wanted.connect(self._show_menu)
        row.tiles.images_wanted.connect(self._bring_images)
        self.strip.came.connect(self.opening.add)
        self.opening.opened.connect(self._opened)
        self.opening.added.connect(self._add)
        self._document.changed.connect(self._follow)

    def _opened(self, paths: list[Path], broken: dict[Path, StudioError], picture: Picture, path: Path) -> None:
        self._faults, self._wanted = broken, None
        label = self.tr("Open {number} photos").format(number=len(paths))
        self._document.apply(label, set_edits.with_set, paths, paths.index(path), picture)
        self._loader.opened.emit(picture, path)
        self._memory.set_folder("content", path.parent)
        self._offer(self.tr("{number} photos are the set.").format(number=len(paths)))
        self._go_on()

    def _add(self, paths: list[Path]) -> None:
        if self.photos is not None:
            label = self.tr("Add {number} photos").format(number=len(paths))
            self._document.apply(label, set_edits.with_more_photos, paths)

    def _offer(self, text: str) -> None:
        offer_undo(self._space.notice, self._document, text)

    # going through

    def _go_on(self) -> None:
        """Show the photo that is wanted if it is read, else read it; then read the next one beforehand."""
        photos = self.photos
        if photos is None or (self._wanted is not None and self._wanted >= len(photos.photos)):
            self._wanted = self._ahead = None
            return
        if self._wanted is not None and self._fits(photos.photos[self._wanted]):
            self._show_opened(self._wanted)
            return
        index = self._wanted
        if index is None:
            index = neighbour(photos, photos.index, self._step, self._faults)
        if index is not None and self._reads is None and not self._fits(photos.photos[index]):
            one = photos.photos[index]
            self._reads = one.path
            self._reading.run(partial(open_photo, one), self._read, partial(self._fail, one.path))

    def _fits(self, one: SetPhoto) -> bool:
        """Whether what was read beforehand is this photo as it is to be shown."""
        found = self._ahead
        return found is not None and found.path == one.path and found.how == one.edits_of(found.photo)[0]

    def _show_opened(self, index: int) -> None:
        found, self._ahead, self._wanted = self._ahead, None, None
        photos = self.photos
        assert found is not None and photos is not None
        label = self.tr("Photo {number} of {all}").format(number=index + 1, all=len(photos.photos))
        edit = set_edits.with_shown
        with self._space.pyramids.offer_prepared(found.common):
            self._document.apply(label, edit, index, found.photo, found.content, step=THROUGH)
        self._loader.opened.emit(found.photo, found.path)
        self._go_on()

    def _read(self, found: OpenedPhoto) -> None:
        self._reads, self._ahead = None, found
        self._go_on()

    def _fail(self, path: Path, error: StudioError) -> None:
        self._reads = None
        self._faults[path] = error
        photos, wanted = self.photos, self._wanted
        if photos is not None and wanted is not None and photos.paths[wanted : wanted + 1] == [path]:
            self._wanted = None
            self.failed.emit(error)
        self._show()
        self._go_on()

    # what is seen

    def _follow(self, old: Session, new: Session) -> None:
        if old.photos is not new.photos:
            if old.photos is None or new.photos is None:
                self._ahead = self._wanted = None
            if old.photos is not None and new.photos is None and new.content is not None:
                self._tell_of_end(len(old.photos.photos))
            self._show()
            self.changed.emit()

    def _tell_of_end(self, number: int) -> None:
        label = self._document.undo_label
        if label is not None and self._document.redo_label is None:
            self._offer(self.tr("The set of {number} photos is closed.").format(number=number))

    def _show(self) -> None:
        photos = self.photos
        self._settle()
        if photos is not None:
            self.strip.show_photos([self._tile(one) for one in photos.photos], photos.index)

    def _tile(self, one: SetPhoto) -> Tile:
        fault = self._faults.get(one.path)
        about = str(fault) if fault else self.tr("It has a mix of its own.") if one.own else ""
        return Tile(one.path, one.path.stem, about, file=one.path, mark=one.own is not None, pending=fault is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The strip goes with the column of pictures while the target is alone."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        self.strip.setVisible(self.photos is not None and not self._space.column.isHidden())

    def _bring_images(self, keys: Sequence[Path]) -> None:
        for first in range(0, len(keys), AT_ONCE):
            self._small.run(partial(thumbnails, keys[first : first + AT_ONCE]), self._take_images, self.failed.emit)

    def _take_images(self, found: dict[Path, Image]) -> None:
        faults = {path: image for path, image in found.items() if isinstance(image, StudioError)}
        images = {path: image for path, image in found.items() if isinstance(image, QImage)}
        self.strip.row.tiles.set_images({**images, **dict.fromkeys(faults)})
        if faults:
            self._faults |= faults
            self._show()

    def _show_menu(self, index: int, place: QPoint) -> None:
        photos = self.photos
        if photos is None:
            return
        menu, own = QMenu(self.strip.row), photos.photos[index].own is not None
        menu.addAction(self.tr("&Show it"), partial(self.show_photo, index))
        text = self.tr("Mix like the &others") if own else self.tr("A mix of its &own")
        menu.addAction(text, partial(self.set_own, not own, index))
        menu.addSeparator()
        removing = menu.addAction(self.tr("&Remove from the set"), partial(self.remove, index))
        removing.setEnabled(index != photos.index)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
