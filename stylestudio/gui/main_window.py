"""The window: builds the widgets, and joins what they say to the session, the runs and the files."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from stylestudio.gui.appearance import AppearanceCommands
from stylestudio.gui.canvas.peek_canvas import Held
from stylestudio.gui.command_search import Help
from stylestudio.gui.document import Document, Edits
from stylestudio.gui.exporter import Exporter
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.loading import Loader
from stylestudio.gui.menus import BAR, Menus
from stylestudio.gui.mixing import MixController
from stylestudio.gui.notifications import Notifications
from stylestudio.gui.overfit import Overfit
from stylestudio.gui.pane_menus import PaneMenus
from stylestudio.gui.preferences import Preferences
from stylestudio.gui.preparing import PrepareCommands
from stylestudio.gui.recipes import Recipes
from stylestudio.gui.runs import RunController
from stylestudio.gui.second_style import SecondStyle
from stylestudio.gui.sets.sets import SetController
from stylestudio.gui.shelf.shelving import Shelving
from stylestudio.gui.snapshotting import Snapshots
from stylestudio.gui.theme import Theme
from stylestudio.gui.tools import Tools
from stylestudio.gui.widgets.boxes import commit_typed
from stylestudio.gui.widgets.status import StatusLine
from stylestudio.gui.window_drops import WindowDrops
from stylestudio.gui.words import missing_style_note, settings_remark, smaller_size_note, title, unfinished_mark
from stylestudio.gui.workspace import Workspace
from stylestudio.studio.session import Session

SIZE = 1280, 800


class MainWindow(QMainWindow):
    """One document in one window; files are read and written by file_queue of their own."""

    forget_requested = Signal()
    """That what is kept for the next start be forgotten."""

    def __init__(
        self,
        document: Document,
        runs: RunController,
        reading: FileQueue,
        writing: FileQueue,
        memory: Preferences,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.document, self.runs, self.memory = document, runs, memory
        self.exporter = Exporter(self, document, runs, writing, memory)
        self.edits = Edits(document)
        self.space, self.status = Workspace(), StatusLine()
        self.loader = Loader(document, reading, memory, self.space.pyramids)
        self.target, self.side = self.space.target, self.space.side
        self.recipes = Recipes(self, document, runs, self.loader, self.space, reading, memory)
        self.looks = AppearanceCommands(theme, memory, self.space.views)
        self.tuning = MixController(self, document, self.edits, self.space, writing, memory)
        self.tools = Tools(document, self.space)
        self.telling = Notifications(self, self.space, self.exporter)
        self.show_error = self.telling.show_error
        self.snapshots = Snapshots(document, runs, self.space)
        self.preparing = PrepareCommands(self, document, reading)
        self.shelving = Shelving(document, runs, self.loader, self.recipes, self.exporter, self.space)
        self.sets = SetController(self, document, runs, self.loader, self.space, reading, memory, self.shelving.library)
        second = SecondStyle(self, document, self.edits, self.loader, self.space)
        parts = self.looks, self.tools, self.snapshots, self.preparing, second, self.shelving, self.sets, Help(self)
        self.parts = parts
        self._is_behind = False
        self.menu = self.tuning.menu = Menus(self, self._handlers(), memory)
        for part in self.parts:
            part.set_up_menus(self.menu)
        self.pane_menus = PaneMenus(self, document, self.space, self.loader, self.menu)
        self._lay_out()
        self._join()
        self._join_panes()
        self.drops = WindowDrops(self, document, self.loader, self.space, self.status)
        self._show_pictures(document.session)
        self._show_values(document.session)
        self._show_overfit(runs.overfit)
        self._show_busy(runs.busy)
        self.target.setFocus()

    def open_files(self, paths: Sequence[Path]) -> None:
        """As if they had been dropped beside the panes."""
        self.loader.open_files(paths)

    def close_down(self) -> bool:
        """Let go of threads and temporary files; false if a thread still runs."""
        self.target.stop_mixer()
        self.exporter.close()
        return all([self.sets.close(), self.shelving.close()])

    def show_target_alone(self, alone: bool) -> None:
        """Give the target the whole screen, with the sliders floating over it, or take it back."""
        self.space.show_target_alone(alone)
        for bar in (self.menuBar(), self.statusBar()):
            bar.setVisible(not alone)
        full = Qt.WindowState.WindowFullScreen
        self.setWindowState(self.windowState() | full if alone else self.windowState() & ~full)
        self.space.notice.show_text(self.tr("F11 or Esc brings the rest back") if alone else "")
        self._enable()

    def close_without_asking(self) -> None:
        """Close, whatever waits."""
        self.exporter.cancel_waiting()
        self.sets.stop_for_closing()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.exporter.holds_open(self.close_without_asking) or self.sets.holds_open(self.close_without_asking):
            return event.ignore()
        commit_typed()
        self.hide()
        self.memory.set_layout("window", self.saveGeometry())
        self.space.save_layout(self.memory)
        self.memory.set_settings(self.document.session.settings)
        self.memory.sync()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.target.peek(None)  # the key's release will not be heard here
        super().changeEvent(event)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        """What each action does, by its name."""
        target, exporter = self.target, self.exporter
        ask, when_arrived = self.loader.ask_for_file, self.loader.when_pictures_read
        return {
            "open_content": partial(ask, "content", self),
            "open_style": partial(ask, "style", self),
            "export": partial(when_arrived, exporter.export_target),
            "save_overfit": partial(when_arrived, exporter.save_overfit),
            "show_in_folder": exporter.show_in_folder,
            "forget_work": self.forget_requested.emit,
            "quit": self.close,
            "undo": self.document.undo,
            "redo": self.document.redo,
            "paste": lambda: self.loader.paste(self.space.focused_kind()),
            "copy_target": partial(when_arrived, exporter.copy_target),
            "swap": self.edits.swap,
            "link": lambda: self.edits.link(self.menu["link"].isChecked()),
            "restart": self.runs.restart,
            "cancel": lambda: self.tools.deactivate() or self._cancel(),
            "zoom_in": target.zoom_in,
            "zoom_out": target.zoom_out,
            "fit": target.fit,
            "one_to_one": target.one_to_one,
            "split": lambda: target.set_split(self.menu["split"].isChecked()),
            "hold_content": partial(self._hold, "content"),
            "hold_overfit": partial(self._hold, "overfit"),
            "target_alone": lambda: self.show_target_alone(self.menu["target_alone"].isChecked()),
            **self.tuning.command_handlers(),
            **self.recipes.command_handlers(),
            **{name: do for part in self.parts for name, do in part.command_handlers().items()},
        }

    def _cancel(self) -> None:
        """Bring back what the target has pushed aside, or else stop the run."""
        alone = self.menu["target_alone"]
        alone.trigger() if alone.isChecked() else self._stop()

    def _stop(self) -> None:
        """Stop the run and what waits for it."""
        self.exporter.cancel_waiting()
        self.runs.cancel()

    def _hold(self, what: Held) -> None:
        """Show one picture whole, or the target again."""
        self.target.peek(what if self.menu[f"hold_{what}"].isChecked() else None)

    def _lay_out(self) -> None:
        self.space.bar.fill([self.menu[name] if name else None for name in BAR])
        self.setCentralWidget(self.space)
        self.statusBar().addWidget(self.space.bar)
        self.statusBar().addWidget(self.status, 1)
        self.statusBar().setSizeGripEnabled(False)
        self.resize(*SIZE)
        self.restoreGeometry(self.memory.layout("window"))
        self.space.restore_layout(self.memory)

    def _join(self) -> None:
        self.document.changed.connect(self._session_changed)
        self.document.history_changed.connect(self._enable)
        self.tools.changed.connect(self._enable)
        self.runs.changed.connect(self._show_overfit)
        for canvas in (self.target, self.space.overfit_pane.canvas):
            canvas.ready.connect(lambda: self._is_behind and self._show_overfit(self.runs.overfit))
        self.runs.progressed.connect(self.status.show_progress)
        self.runs.busy_changed.connect(self._show_busy)
        self.runs.failed.connect(self.exporter.cancel_waiting)
        parts = self.exporter, self.tuning, self.recipes, self.preparing, self.shelving, self.sets
        for source in (self.runs, self.loader, *parts):
            source.failed.connect(self.show_error)
            source.said.connect(self.status.show_message)
        self.loader.refused.connect(self.telling.show_refusal)
        self.exporter.exported.connect(self._enable)
        self.exporter.taken_back.connect(self._enable)
        self.loader.arriving_changed.connect(self._enable)
        self.menu.files_chosen.connect(self.loader.open_files)
        self.space.welcome.pair_chosen.connect(self.loader.open_files)
        self.space.welcome.open_requested.connect(lambda kind: self.loader.ask_for_file(kind, self))
        self.status.cancelled.connect(self._stop)
        self.target.peek_changed.connect(self._show_held)

    def _join_panes(self) -> None:
        for kind, pane in self.space.panes.items():
            pane.came.connect(partial(self.loader.open_dropped, kind=kind))
            pane.sample_chosen.connect(lambda path, kind=kind: self.loader.open_files([path], kind))
            pane.hovering.connect(partial(self.space.highlight_panes, kind))
            pane.open_requested.connect(partial(self.loader.ask_for_file, kind, self))
        self.side.settings.edited.connect(self.edits.set_settings)
        self.side.export_requested.connect(self.menu["export"].trigger)
        handle = self.side.drag_handle
        handle.wanted.connect(lambda: self.exporter.prepare_file(handle.set_file))

    def _show_held(self) -> None:
        for what in ("content", "overfit"):
            self.menu[f"hold_{what}"].setChecked(self.target.peeked == what)

    def _session_changed(self, old: Session, new: Session) -> None:
        if old.content is not new.content:
            self.space.content_pane.set_picture(new.content)
        if old.style is not new.style:
            self.space.style_pane.set_picture(new.style)
        if (old.content, old.style, old.second) != (new.content, new.style, new.second):
            self._show_pictures(new)
        self._show_values(new)

    def _show_pictures(self, session: Session) -> None:
        overfit = self._fitting_overfit(session)
        self._show_on_target(session, overfit)
        self.space.welcome.setVisible(session.content is None and session.style is None)
        self.setWindowTitle(title(session))

    def _show_on_target(self, session: Session, overfit: Overfit | None) -> None:
        first, second = (*(overfit.layers if overfit else ()), None, None)[:2]
        mark = unfinished_mark(overfit) or missing_style_note(session, overfit)
        self.target.set_pictures(session.content, first, mark, second)

    def _fitting_overfit(self, session: Session) -> Overfit | None:
        """The overfit picture that belongs to this content, if any."""
        overfit = self.runs.overfit
        if overfit is None or session.content is None or overfit.content.sha256 != session.content.sha256:
            return None
        return overfit

    def _show_values(self, session: Session) -> None:
        self.tuning.show_mix(session)
        self.side.settings.show_settings(session.settings)
        self.side.settings.show_note(settings_remark(session))
        self.menu["link"].setChecked(session.linked)
        self._enable()

    def _show_overfit(self, overfit: Overfit | None) -> None:
        pane, session = self.space.overfit_pane, self.document.session
        is_ready = self.target.is_ready and pane.canvas.is_ready
        self._is_behind = overfit is not None and overfit.refining and not is_ready
        if self._is_behind:
            return  # a large picture would else never get ready
        fitting = self._fitting_overfit(session)
        self._show_on_target(session, fitting)
        caption = unfinished_mark(fitting).lower() or smaller_size_note(fitting)
        pane.set_pixels(fitting and fitting.layers, caption, fitting and fitting.content.size)
        self._enable()

    def _show_busy(self, busy: bool) -> None:
        self.status.show_busy(busy)
        self._enable()

    def _enable(self, *_: object) -> None:
        session, menu = self.document.session, self.menu
        pictures = [picture for picture in (session.content, session.style) if picture]
        for one in (menu["export"], menu["save_overfit"], menu["copy_target"], self.side.export):
            one.setEnabled(len(pictures) + self.loader.pending_count >= 2)  # then they wait for what is still missing
        menu["swap"].setEnabled(bool(pictures))
        menu["restart"].setEnabled(self.runs.can_restart)
        menu["cancel"].setEnabled(self.runs.busy or self.tools.is_on or menu["target_alone"].isChecked())
        menu["show_in_folder"].setEnabled(self.exporter.last is not None)
        menu.label_step("undo", self.tr("&Undo"), self.document.undo_label)
        menu.label_step("redo", self.tr("&Redo"), self.document.redo_label)
