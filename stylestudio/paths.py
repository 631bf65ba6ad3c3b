"""Where files live: the one door to resources, from a checkout, a wheel or a frozen app, and to own data."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from stylestudio.errors import StudioError


def resource(*parts: str) -> Path:
    """The path of a bundled file or folder, such as `resource("weights", "manifest.json")`."""
    package = Path(__file__).resolve().parent
    for root in (package / "resources", package.parent / "resources"):
        if root.is_dir():
            return root.joinpath(*parts)
    raise StudioError(
        "Style Studio's own files are missing.", hint="Install Style Studio again, from a complete download."
    )


_NAME = "Style Studio"


def data_folder() -> Path:
    """The folder for what the program keeps for the artist, which may not be there yet; the same with and without Qt.

    It is Qt's AppDataLocation for the organisation and the application "Style Studio".
    """
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or _home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        base = _home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share"
    return Path(base) / _NAME / _NAME


def _home() -> Path:
    """In a container a person may have none; then nothing can be kept, as Qt has it too, and all else goes on."""
    with suppress(RuntimeError):
        return Path.home()
    return Path("/")
