"""The last work comes back at a start; a picture that is not what it was is named, and can be found again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from stylestudio.errors import SettingError, StudioError
from stylestudio.gui.autosave import Autosaver
from stylestudio.gui.canvas.pyramid import SharedPyramid, prepare_pyramid
from stylestudio.gui.document import Document
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.loading import Loader
from stylestudio.gui.lost_picture import LostPicture, ask_where
from stylestudio.gui.main_window import MainWindow
from stylestudio.gui.overfit import Overfit, join
from stylestudio.gui.runs import RunController
from stylestudio.images.decode import Picture
from stylestudio.images.prepared import prepare_photo as prepare
from stylestudio.studio.autosave.keeping import Origin, RecalledPicture, WorkKeeper
from stylestudio.studio.autosave.record import SavedSession, SavedView
from stylestudio.studio.session import Session, unprepared, with_photo, with_pictures, with_second

MOST_STARTS = 2
"""After so many starts that ended before the overfit picture was there, it is made only when asked for."""


@dataclass(frozen=True, eq=False)
class FoundWork:
    """What was found of the pictures looked for, by their kind; `common` is what canvases want of it.

    `content` is the photo prepared as it was, if it is as it was itself; `overfit` belongs to it.
    """

    pictures: Mapping[str, RecalledPicture]
    content: Picture | None
    overfit: Overfit | None
    common: list[SharedPyramid]


def look_up_work(keeper: WorkKeeper, saved: SavedSession, wanted: Mapping[str, Origin], session: Session) -> FoundWork:
    """On a worker: look for these pictures, and for the overfit picture if with the session's all are as saved."""
    found = {kind: keeper.recall_picture(origin) for kind, origin in wanted.items()}
    pictures = {"content": unprepared(session), "style": session.style, "second": session.second}
    pictures |= {kind: one.picture for kind, one in found.items()}
    same = {
        kind: picture
        for kind, (name, _) in saved.pictures.items()
        if (picture := pictures[kind]) and picture.sha256 == name.sha256
    }
    photo, style = same.get("content"), same.get("style")
    content = photo and prepare(photo, saved.recipe.preparation)
    finished = keeper.load_overfit(saved.overfit, content) if saved.overfit and content and style else None
    overfit = None
    if finished and content and style:
        state = {"cut_short": finished.cut_short, "look": finished.look}
        overfit = Overfit(finished.pixels, content, style, finished.settings, **state)
        if finished.second is not None and (second := same.get("second")):
            overfit = join(overfit, replace(overfit, pixels=finished.second, style=second))
    planes = [one.picture.stored for one in found.values() if one.picture]
    planes += [content.stored] if content and content is not photo else []
    planes += overfit.layers if overfit else ()
    return FoundWork(found, content, overfit, [prepare_pyramid(one) for one in planes])


class Restorer(QObject):
    """Brings back what the autosaver has kept. `said` is a short line, `failed` carries a `StudioError`."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        runs: RunController,
        loader: Loader,
        autosaver: Autosaver,
        file_queue: FileQueue,
        keeper: WorkKeeper,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._runs, self._loader = window, document, runs, loader
        self._autosaver, self._file_queue, self._keeper = autosaver, file_queue, keeper
        self._view: SavedView | None = None
        window.target.ready.connect(self._show_view)

    def start(self) -> None:
        """Look for the last work: first come its settings and shares, then its pictures, as soon as they are read."""
        self._file_queue.run(self._keeper.take_over, self._taken, self._tell_of_damage)

    def _tell_of_damage(self, error: StudioError) -> None:
        text = self.tr("Your last work cannot be brought back. {0}").format(error.message)
        self.failed.emit(SettingError(text, hint=self.tr("It was set aside; your own files are as they were.")))

    def _taken(self, saved: SavedSession | None) -> None:
        if saved is None or not saved.pictures:
            return
        self._autosaver.lost, self._autosaver.saved_overfit = saved.pictures, saved.overfit
        with self._autosaver.suspended_for_restore(saved.starts):
            self._document.reset(saved.session)
            self._document.set_snapshots(saved.snapshots)
        self.said.emit(self.tr("Opening your last work…"))
        work = partial(look_up_work, self._keeper, saved, saved.pictures, Session())
        self._file_queue.run(work, partial(self._brought, saved), self.failed.emit)

    def _brought(self, saved: SavedSession, found: FoundWork) -> None:
        now = self._document.session
        wanted = {kind: one for kind, one in found.pictures.items() if getattr(now, kind) is None}  # else it came later
        if now.style is not None:  # a style that came later stands alone
            wanted.pop("second", None)
        same = {kind: one.picture for kind, one in wanted.items() if one.picture and one.is_same}
        lost = [kind for kind in wanted if kind not in same]
        with (
            self._autosaver.suspended_for_restore(saved.starts),
            self._window.space.pyramids.offer_prepared(found.common),
        ):
            self._autosaver.lost = {kind: wanted[kind].origin for kind in lost}
            for kind, picture in same.items():
                self._know(picture, found.pictures[kind].origin[1])
            if len(same) == len(found.pictures):
                self._keep(found.overfit)
            self._view = saved.view
            session = with_pictures(now, now.content, same.get("style", now.style))
            if "second" in same:
                session = self._with_second(session, same["second"], saved)
            elif "second" not in wanted and session.second is None:
                session = replace(session, balance=0.0)
            self._document.reset(
                self._with_photo(session, same["content"], saved, found) if "content" in same else session
            )
        paused = saved.starts > MOST_STARTS and self._runs.busy
        if paused:
            self._runs.cancel()
        self.said.emit(self.tr("Your last work is back in part.") if lost else self._words(saved, paused))
        for kind in lost:
            self._tell_of_lost(saved, kind, wanted[kind])

    def _words(self, saved: SavedSession, paused: bool) -> str:
        if paused:
            return self.tr("Your work is back. Making its picture ended the program before: choose a smaller size.")
        if saved.closed:
            return self.tr("Your last work is back.")
        return self.tr("The program was interrupted. Your work is back.")

    def _know(self, picture: Picture, path: Path | None) -> None:
        if path is not None:
            self._loader.opened.emit(picture, path)
            self._window.recipes.remember_file(picture, path)

    def _keep(self, overfit: Overfit | None) -> None:
        if overfit:
            self._runs.store_overfit(overfit)

    @staticmethod
    def _with_photo(session: Session, photo: Picture, saved: SavedSession, found: FoundWork) -> Session:
        """With the photo that was found as it was, prepared as it was and with its mask, in its set."""
        how, mask = saved.recipe.preparation, saved.recipe.mask
        return replace(with_photo(session, photo, how, found.content or photo, mask), photos=saved.photos)

    @staticmethod
    def _with_second(session: Session, picture: Picture, saved: SavedSession) -> Session:
        """With the second style that was found, at the balance as it was."""
        return replace(with_second(session, picture), balance=saved.recipe.balance)

    def _as_it_was(self, saved: SavedSession, kind: str, found: FoundWork) -> Callable[..., Session] | None:
        """The edit that takes the picture that was found; None for the usual one."""
        if kind == "second":
            return partial(self._with_second, saved=saved)
        is_same = kind == "content" and found.pictures[kind].is_same
        return partial(self._with_photo, saved=saved, found=found) if is_same else None

    def _show_view(self) -> None:
        """As soon as the target is there: another picture's view would be reset."""
        content, wanted = self._document.session.content, self._view
        if wanted is not None and content is not None:
            self._view = None
            self._window.target.view.show_at(wanted.zoom, (wanted.x, wanted.y))

    def _tell_of_lost(self, saved: SavedSession, kind: str, lost: RecalledPicture) -> None:
        dialog = LostPicture(self._window, lost, is_needed=kind != "second")
        dialog.without_button.clicked.connect(partial(self._autosaver.forget_lost, kind))
        dialog.without_button.clicked.connect(self._window.edits.remove_second)
        dialog.find_button.clicked.connect(lambda: ask_where(self._window, lost, partial(self._look_at, saved, kind)))
        if lost.picture and lost.origin[1]:
            dialog.take_button.clicked.connect(partial(self._loader.use_picture, lost.picture, kind, lost.origin[1]))
        dialog.show()

    def _look_at(self, saved: SavedSession, kind: str, path: Path) -> None:
        """Read the file that the artist says it is."""
        wanted = {kind: (saved.pictures[kind][0], path)}
        work = partial(look_up_work, self._keeper, saved, wanted, self._document.session)
        self._file_queue.run(work, partial(self._found, saved, kind, path), self.failed.emit)

    def _found(self, saved: SavedSession, kind: str, path: Path, found: FoundWork) -> None:
        one = found.pictures[kind]
        if one.picture is None:
            self.failed.emit(SettingError(one.reason, hint=self.tr("Choose another file.")))
            return
        self._keep(found.overfit)
        with self._window.space.pyramids.offer_prepared(found.common):
            self._loader.use_picture(one.picture, kind, path, self._as_it_was(saved, kind, found))
        if not one.is_same:
            self.said.emit(self.tr("{0} is not the picture that it was; it is taken as it is.").format(path.name))
