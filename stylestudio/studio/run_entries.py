"""Which entries of the library a window's runs have: an entry follows its mix until it is exported or starred."""

from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio.images.resize import Pixels
from stylestudio.studio.library_records import RunEntry, describe_picture
from stylestudio.studio.recipe import RunKey, run_key
from stylestudio.studio.run_record import record_of, target_thumbnail
from stylestudio.studio.session import Session

if TYPE_CHECKING:  # SQLite is loaded by whoever opens one
    from stylestudio.studio.library import Library


class RunEntries:
    """For the thread that has the library open."""

    def __init__(self) -> None:
        self._numbers: dict[RunKey, int] = {}

    def record_run(self, library: "Library", session: Session, overfit: Pixels) -> int:
        """The number of the entry for a finished run with the session's mix; made, or brought up to date.

        One with the very recipe is taken as it is, from whenever it is. One that was exported or has a star stays, and
        another is made beside it. `overfit` is that of the session's two pictures. Raises `LibraryError`.
        """
        assert session.content is not None and session.style is not None
        pictures = session.content, session.style
        key = run_key(*pictures, session.settings, session.second, session.look_key)
        record = record_of(session)
        entries = library.runs(content=session.content.sha256, style=session.style.sha256)
        same = next((entry.id for entry in entries if entry.recipe == record), None)
        mine = next((entry for entry in entries if entry.id == self._numbers.get(key)), None)
        if same is not None:
            self._numbers[key] = same
        elif mine is None or is_settled(library, mine):
            small = target_thumbnail(session, overfit)
            self._numbers[key] = library.record_run(
                describe_picture(session.content), describe_picture(session.style), record, small
            )
        else:
            library.set_run(mine.id, record, target_thumbnail(session, overfit))
        return self._numbers[key]

    def record_export(self, library: "Library", path: Path, session: Session, overfit: Pixels | None) -> None:
        """A file was written of this; without an `overfit` picture it belongs to no run. Raises `LibraryError`."""
        library.record_export(path, None if overfit is None else self.record_run(library, session, overfit))


def is_settled(library: "Library", entry: RunEntry) -> bool:
    """Whether the artist has done something with it that another mix must not take away."""
    return entry.star or any(export.run == entry.id for export in library.exports())
