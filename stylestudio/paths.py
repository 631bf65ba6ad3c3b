"""Where files live: the one door to resources, whether run from a checkout, a wheel or a frozen app."""

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
