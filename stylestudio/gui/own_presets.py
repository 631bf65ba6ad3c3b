"""Presets of the artist's own: kept under a name, renamed, deleted, given away and brought in as files."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMenu, QWidget

from stylestudio.errors import StudioError
from stylestudio.gui.jobs import FileQueue
from stylestudio.gui.preferences import Preferences
from stylestudio.paths import data_folder
from stylestudio.studio.mix import Mix
from stylestudio.studio.presets import (
    ENDING,
    MOST_LABEL,
    Preset,
    delete_preset,
    export_preset,
    faults,
    import_preset,
    presets,
    rename_preset,
    save_preset,
)

PURPOSE = "presets"
"""What the folder is remembered for that presets are brought from and given to."""


class OwnPresets(QObject):
    """Asks above `window`, and keeps the files in the program's own folder; those elsewhere take their time."""

    changed = Signal(str)
    """The name of the preset that is new, or has another label; empty where one is gone."""
    deleted = Signal(object)
    failed = Signal(object)

    def __init__(self, window: QWidget, file_queue: FileQueue, memory: Preferences) -> None:
        super().__init__(window)
        self._window, self._file_queue, self._memory = window, file_queue, memory
        self.folder = data_folder() / PURPOSE
        self.known: list[Preset] = []
        """Those that `read` has found last."""

    def read(self) -> list[Preset]:
        """Those of the program, then the artist's own."""
        self.known = list(presets(self.folder).values())
        return self.known

    def faults(self) -> list[StudioError]:
        """Why files in the folder are no presets."""
        return faults(self.folder)

    def ask_to_keep(self, mix: Mix) -> None:
        """Ask for a name and keep the mix under it."""
        proposed = self.tr("My mix")
        self._ask_name(self.tr("Keep this mix"), proposed, lambda label: save_preset(self.folder, label, mix))

    def ask_to_rename(self, preset: Preset) -> None:
        change = partial(rename_preset, self.folder, preset)
        self._ask_name(self.tr("Rename the preset"), preset.label, change)

    def keep(self, label: str, mix: Mix) -> None:
        """Keep the mix under this name."""
        self._change(lambda: save_preset(self.folder, label, mix))

    def delete(self, preset: Preset) -> None:
        """Delete it; `deleted` tells so that it can be brought back."""

        def gone() -> None:
            delete_preset(self.folder, preset)

        if self._change(gone):
            self.deleted.emit(preset)

    def ask_to_export(self, preset: Preset, mix: Mix) -> None:
        """Ask for a file and write the preset there, as the `mix` that it is now."""
        dialog = self._file_dialog(self.tr("Export the preset"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ENDING[1:])
        dialog.selectFile(preset.name + ENDING)
        dialog.fileSelected.connect(lambda path: self._export(Path(path), preset, mix))
        dialog.open()

    def ask_to_import(self) -> None:
        """Ask for files and keep the presets in them."""
        dialog = self._file_dialog(self.tr("Import presets"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: [self._import(Path(path)) for path in paths])
        dialog.open()

    def show_menu(self, preset: Preset, mix: Mix, place: QPoint) -> None:
        """What can be done with a preset: those of the program can only be given away."""
        menu = QMenu(self._window)
        if preset.own:
            menu.addAction(self.tr("&Rename…"), lambda: self.ask_to_rename(preset))
            menu.addAction(self.tr("&Delete"), lambda: self.delete(preset))
        menu.addAction(self.tr("&Export…"), lambda: self.ask_to_export(preset, mix))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _export(self, path: Path, preset: Preset, mix: Mix) -> None:
        self._file_queue.run(partial(export_preset, path, preset, mix), lambda _: None, self.failed.emit)

    def _import(self, path: Path) -> None:
        self._memory.set_folder(PURPOSE, path.parent)
        work = partial(import_preset, path, self.folder)
        self._file_queue.run(work, lambda preset: self.changed.emit(preset.name), self.failed.emit)

    def _ask_name(self, title: str, proposed: str, change: Callable[[str], Preset]) -> None:
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("Name"))
        dialog.setTextValue(proposed)
        for line in dialog.findChildren(QLineEdit):
            line.setMaxLength(MOST_LABEL)
        dialog.textValueSelected.connect(lambda label: self._change(lambda: change(label)))
        self._open(dialog)

    def _file_dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(self._memory.folder(PURPOSE)))
        dialog.setNameFilters([self.tr("Presets (*{ending})").format(ending=ENDING), self.tr("All files (*)")])
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.activateWindow)
        return dialog

    def _open(self, dialog: QInputDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.activateWindow)
        dialog.open()

    def _change(self, change: Callable[[], Preset | None]) -> bool:
        """Do it and tell; whether it went well."""
        try:
            preset = change()
        except StudioError as error:
            self.failed.emit(error)
            return False
        self.changed.emit(preset.name if preset else "")
        return True
