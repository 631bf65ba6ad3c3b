"""What is written of a session, so that the next start finds all that Undo knew at its end."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import quote_from_bytes, unquote_to_bytes

from msgspec import Meta

from stylestudio.studio.photo_set import PhotoSet, without_masks
from stylestudio.studio.recipe_record import (
    MOST_BYTES,
    VERSION,
    PictureReference,
    Recipe,
    Sha256,
    Version,
    from_json,
    to_json,
)
from stylestudio.studio.session import Session
from stylestudio.studio.settings import Settings
from stylestudio.studio.snapshots import MOST_SNAPSHOTS, Snapshot

MOST_PATH_BYTES = 1 << 13
LARGEST_ZOOM = 1000.0
FARTHEST = 1e6
MOST_STARTS = 1000


@dataclass(frozen=True)
class SavedOverfit:
    """An overfit picture of the session's pictures: its file's name, and what it was made for.

    `second` is the file of that of the second style; `look` as in `RunKey`.
    """

    file: Sha256
    settings: Settings
    cut_short: bool = False
    second: Sha256 | None = None
    look: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")] = ""


@dataclass(frozen=True)
class SavedView:
    """The screen's pixels per picture pixel, and the point of the picture that lies in the middle."""

    zoom: Annotated[float, Meta(gt=0, le=LARGEST_ZOOM)]
    x: Annotated[float, Meta(ge=-FARTHEST, le=FARTHEST)]
    y: Annotated[float, Meta(ge=-FARTHEST, le=FARTHEST)]


@dataclass(frozen=True)
class SavedSession:
    """A session, where its pictures came from, and what was made of them.

    A picture without a path came without a file: its pixels are kept. `view` is None while all is shown. `closed`
    says that the window was closed and not ended from outside; `starts` counts the starts since the record proved
    that it can be brought back. `photos` is the set of the content. Raises `ValueError` for a path that is none.
    """

    recipe: Recipe
    linked: bool
    content_path: Path | None = None
    style_path: Path | None = None
    overfit: SavedOverfit | None = None
    view: SavedView | None = None
    closed: bool = False
    starts: Annotated[int, Meta(ge=0, le=MOST_STARTS)] = 0
    snapshots: Annotated[tuple[Snapshot, ...], Meta(max_length=MOST_SNAPSHOTS)] = ()
    photos: PhotoSet | None = None
    second_path: Path | None = None
    version: Version = VERSION

    @property
    def is_linked(self) -> bool:
        """Whether the shares are linked, which only equal ones can be."""
        return self.linked and len(set(self.recipe.shares)) == 1

    @property
    def session(self) -> Session:
        """The session without its pictures; mask and preparation wait for the photo, and go with any other one.

        The balance waits for the second style.
        """
        recipe = self.recipe
        return Session(
            settings=recipe.settings,
            shares=recipe.shares,
            linked=self.is_linked,
            axes=recipe.axes,
            mask=recipe.mask,
            preparation=recipe.preparation,
            photos=self.photos,
            balance=recipe.balance,
        )

    @property
    def pictures(self) -> dict[str, tuple[PictureReference, Path | None]]:
        """By their kind, "content", "style" or "second", which pictures there were, and where they came from."""
        found = {
            "content": (self.recipe.content, self.content_path),
            "style": (self.recipe.style, self.style_path),
            "second": (self.recipe.second, self.second_path),
        }
        return {kind: (named, path) for kind, (named, path) in found.items() if named is not None}

    @property
    def files(self) -> set[str]:
        """The names of the files of pixels that it needs."""
        pasted = {named.sha256 for named, path in self.pictures.values() if path is None}
        overfits = {self.overfit.file, self.overfit.second} - {None} if self.overfit else set[str]()
        return pasted | {file for file in overfits if file}


def encoded(saved: SavedSession) -> bytes:
    return to_json(saved, enc_hook=as_text)


def decoded(data: bytes) -> SavedSession:
    """Raises `SettingError` for what is no saved session. Opens no file."""
    return from_json(data, SavedSession, dec_hook=as_path)


def snapshots_that_fit(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """The newest of them that half of what a record may hold has room for: large masks may leave some out."""
    room, kept = MOST_BYTES // 2, 0
    for snapshot in reversed(snapshots):
        room -= len(to_json(snapshot))
        if room < 0:
            break
        kept += 1
    return tuple(snapshots[len(snapshots) - kept :])


def set_that_fits(photos: PhotoSet | None) -> PhotoSet | None:
    """The set, without its hidden photos' masks where these would take more than a quarter of what a record may hold.

    None where a set of so many photos would take that even so.
    """
    for found in (photos, photos and without_masks(photos)):
        if found is None or len(to_json(found, enc_hook=as_text)) <= MOST_BYTES // 4:
            return found
    return None


def saved_view(fits: bool, zoom: float, centre: tuple[float, float]) -> SavedView | None:
    """The view to be written, None for one that would not be read again."""
    x, y = centre
    inside = 0 < zoom <= LARGEST_ZOOM and all(math.isfinite(one) and abs(one) <= FARTHEST for one in (x, y))
    return SavedView(zoom, x, y) if inside and not fits else None


def as_text(path: object) -> str:
    """A name of a file need not be text: its bytes, those that are not plain letters as "%E9"."""
    assert isinstance(path, Path)
    return quote_from_bytes(os.fsencode(path), safe="/\\: ")


def as_path(kind: type, text: object) -> Path:
    if not isinstance(text, str) or len(text) > 3 * MOST_PATH_BYTES or not text.isascii():
        raise ValueError("a path")
    raw = unquote_to_bytes(text)
    path = Path(os.fsdecode(raw))
    if len(raw) > MOST_PATH_BYTES or b"\0" in raw or not path.is_absolute():
        raise ValueError("a path")
    return path
