"""What a window does with its saved work: save it, bring it back, forget it. Nothing here is done on its thread."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from stylestudio.errors import OutputError, StudioError
from stylestudio.images.decode import Picture, read
from stylestudio.studio.autosave import folders
from stylestudio.studio.autosave.folders import WorkFolder
from stylestudio.studio.autosave.record import SavedOverfit, SavedSession, SavedView, set_that_fits, snapshots_that_fit
from stylestudio.studio.recipe_record import PictureReference, picture_reference, recipe_of
from stylestudio.studio.session import Session, unprepared
from stylestudio.studio.settings import Settings
from stylestudio.studio.snapshots import Snapshot
from stylestudio.studio.undo import bytes_of

KINDS = ("content", "style", "second")
Origin = tuple[PictureReference, Path | None]
"""Which picture, and the file that it came from; None for one that came without."""


@dataclass(frozen=True, eq=False)
class FinishedOverfit:
    """A finished overfit picture (H, W, 3) of the session's pictures, and the settings that made it.

    `second` is that of the second style, alike; `look` as in `RunKey`.
    """

    pixels: NDArray[np.float32]
    settings: Settings
    cut_short: bool = False
    second: NDArray[np.float32] | None = None
    look: str = ""


@dataclass(frozen=True, eq=False)
class WorkState:
    """All that is to be saved at one moment.

    `paths` are where pictures came from, by their `PictureReference`; `lost` are those, by their kind, that could not
    be brought back and are still looked for. `closed` and `starts` as in `SavedSession`.
    """

    session: Session
    paths: Mapping[PictureReference, Path] = field(default_factory=dict[PictureReference, Path])
    lost: Mapping[str, Origin] = field(default_factory=dict[str, Origin])
    overfit: FinishedOverfit | SavedOverfit | None = None
    view: SavedView | None = None
    closed: bool = False
    starts: int = 0
    snapshots: tuple[Snapshot, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is no picture that could be brought back."""
        return not any(map(self.origin, KINDS))

    def picture(self, kind: str) -> Picture | None:
        """The picture of a kind, as it was read."""
        return unprepared(self.session) if kind == "content" else getattr(self.session, kind)

    def origin(self, kind: str) -> Origin | None:
        """Where the picture of a kind comes from, or the lost one that belongs there."""
        name = picture_reference(self.picture(kind))
        return (name, self.paths.get(name)) if name else self.lost.get(kind)


@dataclass(frozen=True, eq=False)
class RecalledPicture:
    """A picture that was looked for: as it was, or as it is now, or the reason why it cannot be read.

    `near` is the folder to look for it in first: of those that it was in, the innermost that is still there.
    """

    origin: Origin
    picture: Picture | None = None
    reason: str = ""
    near: Path | None = None

    @property
    def is_same(self) -> bool:
        """Whether it shows what it showed."""
        return self.picture is not None and self.picture.sha256 == self.origin[0].sha256


class WorkKeeper:
    """Saves one window's work in a folder that all windows share. Raises `OutputError` where it cannot."""

    def __init__(self, root: Path, budget: int = folders.BUDGET) -> None:
        self._root, self._budget = root, budget
        self._folder: WorkFolder | None = None
        self._known: dict[str, ref[NDArray[np.float32]]] = {}
        """Of overfit pictures that are kept, the files' names and the pixels."""

    def take_over(self) -> SavedSession | None:
        """The last work whose window is gone, which is this window's from now on; None for none.

        Raises `SettingError` if it is damaged; it is set aside then.
        """
        with suppress(OSError):
            self._folder = folders.claim_abandoned(self._root)
        if self._folder is None:
            return None
        saved = self._folder.read()
        if saved is None:
            return None
        self._folder.remove_unneeded(saved)
        with suppress(OSError):
            return folders.count_restore(self._folder, saved)
        return saved

    def recall_picture(self, origin: Origin) -> RecalledPicture:
        """The picture that is looked for, from its own file, or from the pixels that were kept."""
        name, path = origin
        if path is None:
            picture = self._folder.pixels.picture(name) if self._folder else None
            return RecalledPicture(
                origin, picture, "" if picture else f"The pixels of {name.name} are not there any more."
            )
        try:
            return RecalledPicture(origin, read(path), near=path.parent)
        except StudioError as error:
            return RecalledPicture(origin, reason=error.message, near=nearest_existing_folder(path))

    def load_overfit(self, saved: SavedOverfit, content: Picture) -> FinishedOverfit | None:
        """The overfit picture that was saved, if it is there as it was and is this content's."""
        pixels, second = self._load(saved.file, content), self._load(saved.second, content)
        return None if pixels is None else FinishedOverfit(pixels, saved.settings, saved.cut_short, second, saved.look)

    def _load(self, file: str | None, content: Picture) -> NDArray[np.float32] | None:
        pixels = self._folder.pixels.pixels(file) if self._folder and file else None
        if pixels is None or file is None or pixels.shape != content.stored.shape:
            return None
        self._known[file] = ref(pixels)
        return pixels

    def save(self, work: WorkState) -> None:
        """Pixels first, then the record that names them: whenever this is cut short, the older record holds."""
        try:
            if self._folder is None:
                if work.is_empty:
                    return
                self._folder = folders.create_folder(self._root)
            self._save(self._folder, work)
        except OSError as error:
            raise OutputError(
                f"The work cannot be kept for the next start: {error.strerror or error}.",
                hint="Make room on the disk, and export what you want to keep.",
            ) from error

    def tidy(self) -> None:
        """Remove what is left of windows that are gone, and what is too much."""
        with suppress(OSError):
            folders.trim_to_budget(self._root, None, None, self._budget)

    def bytes_kept(self) -> int:
        """Of all windows."""
        return folders.total_bytes(self._root)

    def forget(self) -> None:
        """Remove what was saved of this window and of all that are gone. What is saved later is kept again."""
        if self._folder:
            with suppress(OSError):
                self._folder.clear()
        folders.remove_abandoned(self._root)

    def close(self) -> None:
        """Leave the work to later windows."""
        if self._folder:
            self._folder.close()
            self._folder = None

    def _save(self, folder: WorkFolder, work: WorkState) -> None:
        if work.is_empty:
            folder.clear()
            return
        origins = {kind: work.origin(kind) for kind in KINDS}
        pasted = [
            picture
            for kind, origin in origins.items()
            if (picture := work.picture(kind)) and origin and origin[1] is None
        ]
        for picture in pasted:
            folder.pixels.keep_picture(picture)
        names = {kind: origin and origin[0] for kind, origin in origins.items()}
        content, style, second = (origin and origin[1] for origin in origins.values())
        saved = SavedSession(
            replace(recipe_of(work.session), **names, balance=work.session.balance),
            work.session.linked,
            content,
            style,
            self._saved_overfit(folder, work.overfit, self._budget - sum(map(bytes_of, pasted))),
            work.view,
            work.closed,
            work.starts,
            snapshots_that_fit(work.snapshots),
            set_that_fits(work.session.photos),
            second,
        )
        folder.write(saved)
        folders.trim_to_budget(self._root, folder, saved, self._budget)

    def _saved_overfit(
        self, folder: WorkFolder, overfit: FinishedOverfit | SavedOverfit | None, room: int
    ) -> SavedOverfit | None:
        """The overfit picture's record once its pixels are kept; None if there is no room for them."""
        if not isinstance(overfit, FinishedOverfit):
            return overfit
        known, self._known = self._known, {}
        files: list[str] = []
        for pixels in (overfit.pixels, overfit.second):
            room -= 0 if pixels is None else pixels.nbytes
            if pixels is None or room < 0:
                break
            file = next((name for name, one in known.items() if one() is pixels), "")
            if not file or not folder.pixels.path(file).exists():  # forgotten meanwhile
                file = folder.pixels.keep_pixels(pixels)
            self._known[file] = ref(pixels)
            files.append(file)
        if not files:
            return None
        second = files[1] if len(files) > 1 else None
        return SavedOverfit(files[0], overfit.settings, overfit.cut_short, second, overfit.look)


def nearest_existing_folder(path: Path) -> Path | None:
    """The innermost folder of this path that there is."""
    with suppress(OSError):
        return next((folder for folder in path.parents if folder.is_dir()), None)
    return None
