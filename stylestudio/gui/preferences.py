"""What the window remembers from one start to the next."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from stylestudio.errors import SettingError
from stylestudio.studio.settings import DEFAULTS, SETTINGS, Settings

MOST_RECENT = 8


class Memory:
    """Typed access to `QSettings`; what was stored wrongly counts as not stored."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    def recent(self, kind: str) -> list[Path]:
        """The last files of a kind, "content" or "style", that still exist, newest first."""
        paths = [Path(text) for text in self._texts(f"recent/{kind}")]
        return [path for path in paths if path.is_file()]

    def add_recent(self, kind: str, path: Path) -> None:
        """Put `path` first."""
        path = path.absolute()
        paths = [path, *(other for other in self.recent(kind) if other != path)]
        self._store.setValue(f"recent/{kind}", [str(path) for path in paths[:MOST_RECENT]])

    def folder(self, purpose: str) -> Path:
        """The folder last used for a purpose, such as "export"; the pictures folder at first."""
        kept = str(self._store.value(f"folder/{purpose}", "") or "")
        if kept and Path(kept).is_dir():
            return Path(kept)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation) or Path.home())

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

    def theme(self) -> str:
        return str(self._store.value("theme", "system"))

    def set_theme(self, theme: str) -> None:
        self._store.setValue("theme", theme)

    def layout(self, name: str) -> QByteArray:
        """The stored geometry of a window or a splitter, empty if none is stored."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        self._store.setValue(f"layout/{name}", state)

    def sync(self) -> None:
        """Write all of it down now."""
        self._store.sync()

    def _texts(self, key: str) -> list[str]:
        value = self._store.value(key, [])
        if isinstance(value, str):  # a list of one comes back as its item
            return [value]
        return [str(item) for item in value] if isinstance(value, list | tuple) else []
