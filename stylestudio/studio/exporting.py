"""Exports of a queue planned and made, by the code of `stylestudio batch`: the same names, the same pixels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stylestudio.errors import PictureError
from stylestudio.images.decode import Picture, read
from stylestudio.images.output import ExportOptions
from stylestudio.images.quick_look import quick_look
from stylestudio.images.thumbnail import LONG_SIDE, thumbnail
from stylestudio.progress import Work, as_part
from stylestudio.studio import batch
from stylestudio.studio.export_queue import Export, State
from stylestudio.studio.library_records import PictureRecord, describe_picture
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.looks import READ
from stylestudio.studio.recipe_record import PictureReference, Recipe, picture_reference, to_json
from stylestudio.studio.render import Renderer
from stylestudio.studio.two_styles import SecondStyle

if TYPE_CHECKING:  # SQLite is loaded by whoever opens one
    from stylestudio.studio.library import Library

Identities = set[tuple[int, int] | None]


@dataclass(frozen=True)
class ExportPlan:
    """Exports to be queued, those of their files that are there already, and the look that they share, if any."""

    exports: list[Export]
    there: list[Path]
    look: LookFiles | None = None


@dataclass(frozen=True)
class LibraryEntry:
    """What the library is told of an export: both pictures, the recipe as JSON, the target small as a WebP file."""

    content: PictureRecord
    style: PictureRecord
    record: str
    thumbnail: bytes


@dataclass(frozen=True)
class ExportResult:
    """What became of an export; without an `entry` there is nothing for the history."""

    state: State
    entry: LibraryEntry | None = None


@dataclass
class LastStyle:
    """The styles that were read last: a set has one or two. Work on them is done on one thread alone."""

    pictures: dict[Path, Picture] = field(default_factory=dict[Path, Picture])

    def read(self, *paths: Path) -> list[Picture]:
        """These pictures; others are forgotten first. Raises `PictureError`."""
        self.pictures = {path: picture for path, picture in self.pictures.items() if path in paths}
        for path in paths:
            if path not in self.pictures:
                self.pictures[path] = read(path)
        return [self.pictures[path] for path in paths]


def plan_exports(
    photos: Sequence[tuple[Path, Recipe]],
    style: Path,
    folder: Path,
    suffix: str,
    options: ExportOptions,
    waiting: Collection[Export] = (),
    second: Path | None = None,
    look: LookFiles | None = None,
) -> ExportPlan:
    """Each photo's target in this style, or these two, named as `batch` names them, in `folder`. Raises `OutputError`.

    They get the common `look` of these files, or each its own. `waiting` are exports that are queued already: their
    files are theirs, though they are not there yet.
    """
    batch.make_folder(folder)
    batch.check_folder(folder)
    jobs = batch.make_jobs([path for path, _ in photos], [style], folder, None, suffix, second)
    reserved = {one.target: one.job_key for one in waiting}
    taken = {path.name.casefold() for path in [*reserved, *(job.target for job in jobs)] if path.parent == folder}
    exports: list[Export] = []
    for job, (path, recipe) in zip(jobs, photos, strict=True):
        target = job.target
        if reserved.get(target, (path, style, second, target)) != (path, style, second, target):
            target = folder / batch.unique_name(target.name, taken)
        exports.append(Export(0, path, style, target, recipe, options, second=second, look=look.key if look else ""))
    return ExportPlan(exports, [one.target for one in exports if one.target.exists()], look)


def replace_existing(plan: ExportPlan) -> list[Export]:
    """Its exports, such that those files are replaced."""
    there = set(plan.there)
    return [replace(one, replace=True) if one.target in there else one for one in plan.exports]


def make_export(
    one: Export, inputs: Identities, styles: LastStyle, renderer: Renderer, files: LookFiles | None = None
) -> Work[ExportResult]:
    """Make one export, with the look of these files. `inputs` are the identities of pictures that stay as they are.

    An existing file stays unless the export says otherwise. Raises `StudioError`.
    """
    job = batch_job(one)
    if batch.existing_outputs(job) and not one.replace:
        return ExportResult("skipped")
    batch.check_outputs(job, inputs)
    (style, *others), photo = styles.read(*job.inputs()[1:]), read(one.content)
    recipe = one.recipe
    wanted = recipe.content, recipe.style, recipe.second
    for path, picture, name in zip(job.inputs(), (photo, style, *others), wanted, strict=False):
        check_unchanged(path, picture, name)
    second = SecondStyle(others[0], recipe.balance) if others else None
    facts = recipe.settings, recipe.mix, renderer, one.options, recipe
    look = (yield from as_part(renderer.small_photos.look(files, recipe.settings), 0.0, READ)) if files else None
    making = batch.run_job(job, photo, style, *facts, look=look, second=second)
    yield from as_part(making, READ if files else 0.0, 1.0)
    return ExportResult("done", library_entry(one, photo, style))


def library_entry(one: Export, photo: Picture, style: Picture) -> LibraryEntry | None:
    """For the history; None where the file that was written cannot be read."""
    try:
        levels = quick_look(one.target, LONG_SIDE)
    except PictureError:
        return None
    record = to_json(replace(one.recipe, content=picture_reference(photo), style=picture_reference(style))).decode()
    small = thumbnail(levels[..., :3], levels[..., 3] if levels.shape[2] > 3 else None)
    return LibraryEntry(describe_picture(photo, one.content), describe_picture(style, one.style), record, small)


def record_export(library: "Library", path: Path, entry: LibraryEntry | None) -> None:
    """That this file was written; the run is put down too, unless it is there. Raises `LibraryError`."""
    run = None
    if entry is not None:
        runs = library.runs(content=entry.content.sha256, style=entry.style.sha256)
        run = next((other.id for other in runs if other.recipe == entry.record), None)
        run = run or library.record_run(entry.content, entry.style, entry.record, entry.thumbnail)
    library.record_export(path, run)


def input_identities(exports: Collection[Export]) -> Identities:
    """The identities of all pictures that these read."""
    return batch.input_identities([batch_job(one) for one in exports])


def batch_job(one: Export) -> batch.BatchJob:
    """It as a job of a batch."""
    return batch.BatchJob(one.content, one.style, one.target, second=one.second)


def check_unchanged(path: Path, picture: Picture, wanted: PictureReference | None) -> None:
    """Raise `PictureError` unless the file holds the picture that it held when the export was queued."""
    if wanted is not None and picture.sha256 != wanted.sha256:
        raise PictureError(
            f"{path.name} is not the picture any more that it was when the export was queued.",
            hint="Open it, and export it again.",
        )
