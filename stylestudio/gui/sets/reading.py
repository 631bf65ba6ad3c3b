"""Photos of a set on their way into the window, read beside it: values, for the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage

from stylestudio.errors import StudioError
from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.canvas.pyramid import SharedPyramid, prepare_pyramid
from stylestudio.gui.loading import ReadResult, read_or_error
from stylestudio.images.decode import Picture, read
from stylestudio.images.prepared import Preparation
from stylestudio.images.prepared import prepare_photo as prepare
from stylestudio.images.quick_look import quick_look
from stylestudio.studio.batch import pictures_in
from stylestudio.studio.photo_set import MOST_PHOTOS, SetPhoto
from stylestudio.studio.result_names import file_identity

SIDE = 200
"""Of a thumbnail's long side, in pixels: two for each that is shown."""
Image = QImage | StudioError


@dataclass(frozen=True)
class PhotoListing:
    """The photos among what was dropped, and what else lay in its folders."""

    photos: list[Path]
    others: list[Path]


@dataclass(frozen=True, eq=False)
class OpenedPhoto:
    """A photo of a set as it was read, and as it was prepared, which canvases want too."""

    path: Path
    photo: Picture
    how: Preparation
    content: Picture
    common: list[SharedPyramid]


def list_photos(paths: Sequence[Path]) -> PhotoListing:
    """The photos among files and folders, by name, as many as a set holds.

    Raises `PictureError` where there is none. What is not there any more is none of them.
    """
    wanted = sorted(path.absolute() for path in paths)
    there = [path for path in wanted if file_identity(path)]
    found, others = pictures_in(there or wanted)
    gone = set(wanted).difference(there)
    return PhotoListing(found[:MOST_PHOTOS], [*others, *sorted(gone), *found[MOST_PHOTOS:]])


def first_readable(paths: Sequence[Path]) -> list[ReadResult]:
    """The first picture that can be read, and before it those that cannot, with the reason."""
    found: list[ReadResult] = []
    for path in paths:
        found.append(ReadResult(read_or_error(partial(read, path)), path))
        if isinstance(found[-1].outcome, Picture):
            break
    return found


def open_photo(one: SetPhoto) -> OpenedPhoto:
    """The photo in its file, prepared as it was. Raises `PictureError`."""
    photo = read(one.path)
    how, _ = one.edits_of(photo)
    content = prepare(photo, how)
    planes = [plane for plane in (content.stored, content.alpha) if plane is not None]
    return OpenedPhoto(one.path, photo, how, content, [prepare_pyramid(plane) for plane in planes])


def thumbnails(paths: Sequence[Path]) -> dict[Path, Image]:
    """Small images of photos, or why there is none."""
    return {path: thumbnail(path) for path in paths}


def thumbnail(path: Path) -> Image:
    try:
        levels = quick_look(path, SIDE)
    except StudioError as error:
        return error
    kind = QImage.Format.Format_RGBA8888 if levels.shape[2] > 3 else None
    return ArrayImage(levels, kind).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
