"""Pictures that say how they were made: their session brought back, their look put on others, a command for the shell.

No path in a recipe is opened, for there is none: pictures are found by their hashes among the files that were opened
lately, or asked for by their names.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio.errors import SettingError
from stylestudio.gui.canvas.pyramid import SharedPyramid
from stylestudio.gui.document import Document
from stylestudio.gui.drops import DropContents
from stylestudio.gui.gathering import RecalledSession, find_pictures, prepare_pictures, read_recipe, session_of_recipe
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.loading import KINDS, SECOND, Loader
from stylestudio.gui.lost_picture import ask_where
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.runs import RunController
from stylestudio.gui.workspace import Workspace
from stylestudio.images.decode import Picture, read
from stylestudio.images.export import proposed_name
from stylestudio.images.formats import LAYERED, patterns
from stylestudio.studio.autosave.keeping import RecalledPicture
from stylestudio.studio.command_line import batch_command, needs_file, render_command
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.recipe_record import (
    PictureReference,
    Recipe,
    picture_reference,
    recipe_from,
    recipe_of,
    save_recipe,
    with_look,
)
from stylestudio.studio.result_names import styles_name
from stylestudio.studio.session import unprepared

MOST_LETTERS = 30_000
"""Of a command: no more is taken by every system."""


class Recipes(QObject):
    """Offers what a picture that was opened tells of itself. `said` is a short line, `failed` a `StudioError`."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        document: Document,
        runs: RunController,
        loader: Loader,
        space: Workspace,
        file_queue: FileQueue,
        memory: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._runs, self._loader = window, document, runs, loader
        self._space, self._file_queue, self._memory = space, file_queue, memory
        self._paths: dict[PictureReference, Path] = {}
        loader.opened.connect(self._opened)
        loader.look_dropped.connect(self._look_dropped)

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {
            "bring_back": partial(self._ask_for_file, self.tr("Bring a picture's session back"), self._bring_from),
            "apply_look": partial(self._ask_for_file, self.tr("Apply a picture's look"), self._apply_from),
            "copy_command": self._copy_command,
        }

    def restore_session(self, found: RecalledSession) -> None:
        """Bring this session back in one step, asking first for the pictures that are missing."""
        if not found.missing:
            self._file_queue.run(partial(prepare_pictures, found), partial(self._take, found), self.failed.emit)
            return
        kind = found.missing[0]
        words = self.tr("The style {name} was not found.")
        if kind != "style":
            words = self.tr("The photo {name} was not found.")
            if kind == SECOND:
                words = self.tr("The second style {name} was not found.")
        self.said.emit("")
        text = words.format(name=found.wanted[kind].name)
        self._space.notice.show_text(text, [(self.tr("Find it…"), partial(self._find, found, kind))])

    def remember_file(self, picture: Picture, path: Path) -> None:
        """Which file a picture came from."""
        name = picture_reference(picture)
        assert name is not None
        self._paths[name] = path.absolute()

    # what a picture tells

    def _opened(self, picture: Picture, path: Path) -> None:
        if self._paths.get(picture_reference(picture)) != path.absolute():  # pyright: ignore[reportArgumentType]
            self.remember_file(picture, path)
            self._file_queue.run(partial(read_recipe, path), partial(self._offer, path), self.failed.emit)

    def _offer(self, path: Path, recipe: Recipe | None) -> None:
        if recipe is not None:
            text = self.tr("{name} says how it was made.").format(name=path.name)
            back = self.tr("Bring its session back"), partial(self._bring_back, recipe)
            look = self.tr("Apply its look"), partial(self._apply, path.stem, recipe)
            self._space.notice.show_text(text, [back, look])

    def _ask_for_file(self, title: str, use: Callable[[Path], object]) -> None:
        dialog = QFileDialog(self._window, title, str(self._memory.folder("export")))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        layered = [f"*{suffix}" for one in LAYERED for suffix in one.suffixes]
        names = " ".join([*patterns(), *layered, "*.json"])
        dialog.setNameFilters([self.tr("Pictures and recipes ({patterns})").format(patterns=names)])
        dialog.fileSelected.connect(lambda path: use(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.activateWindow)
        dialog.open()

    # its look

    def _look_dropped(self, dropped: DropContents, kind: str | None) -> None:
        """Take the look of what was dropped, or where it tells of none, the pictures as always."""

        def take(recipe: Recipe | None) -> None:
            if recipe is None:
                self._loader.open_dropped(replace(dropped, is_look=False), kind)
            else:
                self._apply(path.stem, recipe)

        path = dropped.files[0]
        self._file_queue.run(partial(read_recipe, path), take, self.failed.emit)

    def _apply_from(self, path: Path) -> None:
        self._file_queue.run(partial(recipe_from, path), partial(self._apply, path.stem), self.failed.emit)

    def _apply(self, name: str, recipe: Recipe) -> None:
        self._document.apply(self.tr("Look of {name}").format(name=name), with_look, recipe)
        self.said.emit(self.tr("The look of {name} is on your pictures.").format(name=name))
        self._tell_of_look(recipe)

    # its session

    def _bring_from(self, path: Path) -> None:
        self._file_queue.run(partial(recipe_from, path), self._bring_back, self.failed.emit)

    def _bring_back(self, recipe: Recipe) -> None:
        self.said.emit(self.tr("Looking for its pictures…"))
        session = self._document.session
        present = [picture for picture in (unprepared(session), session.style, session.second) if picture]
        recent = [*self._memory.recent("content"), *self._memory.recent("style")]
        self._file_queue.run(partial(find_pictures, recipe, present, recent), self.restore_session, self.failed.emit)

    def _find(self, found: RecalledSession, kind: str) -> None:
        lost = RecalledPicture((found.wanted[kind], None), near=self._loader.folder(kind))
        ask_where(self._window, lost, partial(self._look_at, found, kind))

    def _look_at(self, found: RecalledSession, kind: str, path: Path) -> None:
        self._file_queue.run(partial(read, path), partial(self._looked, found, kind, path), self.failed.emit)

    def _looked(self, found: RecalledSession, kind: str, path: Path, picture: Picture) -> None:
        complete = found.with_picture(kind, picture, path)
        if picture.sha256 == found.wanted[kind].sha256:
            self.restore_session(complete)
            return
        text = self.tr("{file} is not the picture that it was made of.").format(file=path.name)
        take = self.tr("Take it all the same"), partial(self.restore_session, complete)
        self._space.notice.show_text(text, [(self.tr("Find it…"), partial(self._find, found, kind)), take])

    def _take(self, found: RecalledSession, made: tuple[Picture | None, list[SharedPyramid]]) -> None:
        content, common = made
        for kind, path in found.paths.items():
            self.remember_file(found.pictures[kind], path)
        with self._space.pyramids.offer_prepared(common):
            self._document.apply(self.tr("Bring a session back"), session_of_recipe, found, content)
        for kind, path in found.paths.items():
            self._loader.remember_file(found.pictures[kind], path, kind)
        self.said.emit(self.tr("The session is back."))
        self._tell_of_look(found.recipe)

    def _tell_of_look(self, recipe: Recipe) -> None:
        """Say where the picture was made with a set's look that the session does not have."""
        look = self._document.session.look
        if recipe.look is not None and (look is None or look.reference != recipe.look):
            text = self.tr(
                "It was made with the look of {number} photos. To have that, open them and choose Same look."
            )
            self._space.notice.show_text(text.format(number=recipe.look.photos))

    # as a command

    def _copy_command(self) -> None:
        """Put it on the clipboard; where options cannot tell all, ask first where the recipe is to be kept."""
        session = self._document.session
        pictures = unprepared(session), session.style, session.second
        paths = [self._paths.get(name) for name in map(picture_reference, pictures) if name]
        if len(paths) < len(KINDS) or not all(paths):
            lacking = self.tr("A command needs a photo and a style that are files.")
            self.failed.emit(SettingError(lacking, hint=self.tr("Open both from files first.")))
            return
        recipe = recipe_of(session)
        if needs_file(recipe):
            self._ask_for_recipe(recipe, session.look)
        else:
            self._copy(recipe, session.look, None)

    def _ask_for_recipe(self, recipe: Recipe, files: LookFiles | None) -> None:
        title = self.tr("Keep mask and crop in a recipe file, for the command")
        dialog = QFileDialog(self._window, title, str(self._memory.folder("export")))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Recipe ({patterns})").format(patterns="*.json")])
        dialog.setDefaultSuffix(".json")
        dialog.selectFile(self._name(recipe, ".json"))
        dialog.fileSelected.connect(lambda path: self._keep(recipe, files, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.activateWindow)
        dialog.open()

    def _keep(self, recipe: Recipe, files: LookFiles | None, path: Path) -> None:
        self._file_queue.run(partial(save_recipe, recipe, path), partial(self._copy, recipe, files), self.failed.emit)

    def _copy(self, recipe: Recipe, files: LookFiles | None, recipe_file: Path | None) -> None:
        names = recipe.content, recipe.style, recipe.second
        content, style, *others = (self._paths[name] for name in names if name)
        output = self._memory.folder("export") / self._name(recipe, self._memory.export_suffix())
        how = recipe, self._memory.export_options(), recipe_file
        second = others[0] if others else None
        if files is None:
            command = render_command(content, style, output, *how, second)
        else:
            command = batch_command(files, style, output, *how, second)
        if len(command) > MOST_LETTERS:
            text = self.tr("The set is too large for a command line.")
            self.failed.emit(SettingError(text, hint=self.tr("Export all, or have batch take the photos' folder.")))
            return
        QGuiApplication.clipboard().setText(command)
        shown = self._runs.overfit
        if files:
            self.said.emit(self.tr("The command is on the clipboard; it makes the whole set, mixed as this photo is."))
        elif shown and shown.cut_short:
            self.said.emit(self.tr("The command is on the clipboard; it refines to the end what was stopped here."))
        else:
            self.said.emit(self.tr("The command is on the clipboard."))

    def _name(self, recipe: Recipe, suffix: str) -> str:
        photo, style = (name.name if name else "" for name in (recipe.content, recipe.style))
        return proposed_name(photo, styles_name(style, recipe.second and recipe.second.name), suffix)
