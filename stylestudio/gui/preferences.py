"""What the window remembers from one start to the next."""

from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QDir, QSettings, QStandardPaths

from stylestudio.errors import SettingError
from stylestudio.gui.places import ask_with_timeout
from stylestudio.images.formats import writable_formats
from stylestudio.images.output import ALLOWED, USUAL, ExportOptions
from stylestudio.studio.settings import DEFAULTS, SETTINGS, Settings

MOST_RECENT = 8


class Preferences:
    """Typed access to `QSettings`; what was stored wrongly counts as not stored."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    def recent(self, kind: str) -> list[Path]:
        """The last files of a kind, "content" or "style", newest first, without those that are known to be gone."""
        paths = self._paths(kind)
        return ask_with_timeout(lambda: [path for path in paths if path.is_file()], paths)

    def add_recent(self, kind: str, path: Path) -> None:
        """Put `path` first."""
        path = path.absolute()
        paths = [path, *(other for other in self._paths(kind) if other != path)]
        self._store.setValue(f"recent/{kind}", [str(path) for path in paths[:MOST_RECENT]])

    def folder(self, purpose: str) -> Path:
        """The folder last used for a purpose, such as "export", if it answers; else the pictures folder."""
        kept = str(self._store.value(f"folder/{purpose}", "") or "")
        if kept and ask_with_timeout(Path(kept).is_dir, False):
            return Path(kept)
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(pictures or QDir.homePath())

    def set_folder(self, purpose: str, folder: Path) -> None:
        self._store.setValue(f"folder/{purpose}", str(folder.absolute()))

    def settings(self) -> Settings:
        """The settings last used."""
        settings = DEFAULTS
        for name, setting in SETTINGS.items():
            with suppress(SettingError):
                text = str(self._store.value(f"settings/{name}", ""))
                settings = replace(settings, **{name: setting.parse(text)}) if text else settings
        return settings

    def set_settings(self, settings: Settings) -> None:
        for name, setting in SETTINGS.items():
            self._store.setValue(f"settings/{name}", setting.word(getattr(settings, name)))

    def export_options(self) -> ExportOptions:
        """How a picture was exported last."""
        options = USUAL
        for field in fields(ExportOptions):
            kept = str(self._store.value(f"export/{field.name}", ""))
            for value in ALLOWED[field.name]:
                if str(value) == kept:
                    options = replace(options, **{field.name: value})
        return options

    def set_export_options(self, options: ExportOptions) -> None:
        for field in fields(ExportOptions):
            self._store.setValue(f"export/{field.name}", str(getattr(options, field.name)))

    def export_suffix(self) -> str:
        """That of the format exported last."""
        kept = str(self._store.value("export/suffix", ""))
        return kept if kept in writable_formats() else next(iter(writable_formats()))

    def set_export_suffix(self, suffix: str) -> None:
        self._store.setValue("export/suffix", suffix)

    def theme(self) -> str:
        return str(self._store.value("theme", "system"))

    def set_theme(self, theme: str) -> None:
        self._store.setValue("theme", theme)

    def surround(self) -> str:
        return str(self._store.value("surround", "theme"))

    def set_surround(self, surround: str) -> None:
        self._store.setValue("surround", surround)

    def keys(self, command: str, usual: str) -> str:
        """A command's keys, "; " between several; the usual ones where the artist chose none."""
        return str(self._store.value(f"keys/{command}", usual))

    def set_keys(self, command: str, keys: str) -> None:
        self._store.setValue(f"keys/{command}", keys)

    def layout(self, name: str) -> QByteArray:
        """The stored geometry of a window or a splitter, empty if none is stored."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        self._store.setValue(f"layout/{name}", state)

    def sync(self) -> None:
        """Write all of it down now."""
        self._store.sync()

    def _paths(self, kind: str) -> list[Path]:
        return [Path(text) for text in self._texts(f"recent/{kind}")]

    def _texts(self, key: str) -> list[str]:
        value = self._store.value(key, [])
        if isinstance(value, str):  # a list of one comes back as its item
            return [value]
        return [str(item) for item in value] if isinstance(value, list | tuple) else []
