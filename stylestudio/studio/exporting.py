"""Exports of a queue planned and made, by the code of `stylestudio batch`: the same names, the same pixels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stylestudio.errors import PictureError
from stylestudio.images.decode import Picture, read
from stylestudio.images.output import ExportOptions
from stylestudio.progress import Work
from stylestudio.studio import batch
from stylestudio.studio.export_queue import Export, State
from stylestudio.studio.recipe_record import Named, Recipe
from stylestudio.studio.render import Renderer

Identities = set[tuple[int, int] | None]


@dataclass(frozen=True)
class Planned:
    """Exports to be queued, and those of their files that are there already."""

    exports: list[Export]
    there: list[Path]


@dataclass
class Styles:
    """The style that was read last: a set has one. Work on it is done on one thread alone."""

    path: Path | None = None
    picture: Picture | None = None

    def read(self, path: Path) -> Picture:
        """Raises `PictureError`."""
        if self.picture is None or self.path != path:
            self.path, self.picture = None, None
            self.picture, self.path = read(path), path
        return self.picture


def planned(
    photos: Sequence[tuple[Path, Recipe]],
    style: Path,
    folder: Path,
    suffix: str,
    options: ExportOptions,
    waiting: Collection[Export] = (),
) -> Planned:
    """Each photo's target in this style, named as `batch` names them, in `folder`. Raises `OutputError`.

    `waiting` are exports that are queued already: their files are theirs, though they are not there yet.
    """
    batch.make_folder(folder)
    batch.check_folder(folder)
    jobs = batch.jobs([path for path, _ in photos], [style], folder, None, suffix)
    reserved = {one.target: one.makes for one in waiting}
    taken = {path.name.casefold() for path in [*reserved, *(job.target for job in jobs)] if path.parent == folder}
    exports: list[Export] = []
    for job, (path, recipe) in zip(jobs, photos, strict=True):
        target = job.target
        if reserved.get(target, (path, style, target)) != (path, style, target):
            target = folder / batch.unlike(target.name, taken)
        exports.append(Export(0, path, style, target, recipe, options))
    return Planned(exports, [one.target for one in exports if one.target.exists()])


def replacing(plan: Planned) -> list[Export]:
    """Its exports, such that those files are replaced."""
    there = set(plan.there)
    return [replace(one, replace=True) if one.target in there else one for one in plan.exports]


def make(one: Export, inputs: Identities, styles: Styles, renderer: Renderer) -> Work[State]:
    """Make one export; what became of it. `inputs` are the identities of pictures that must not be written over.

    An existing file stays unless the export says otherwise. Raises `StudioError`.
    """
    job = batch.Job(one.content, one.style, one.target)
    if batch.existing(job) and not one.replace:
        return "skipped"
    batch.check_outputs(job, inputs)
    style, photo = styles.read(one.style), read(one.content)
    recipe = one.recipe
    check_same(one.style, style, recipe.style)
    check_same(one.content, photo, recipe.content)
    yield from batch.run_job(job, photo, style, recipe.settings, recipe.mix, renderer, one.options, recipe)
    return "done"


def inputs_of(exports: Collection[Export]) -> Identities:
    """The identities of all pictures that these read."""
    return batch.inputs_of([batch.Job(one.content, one.style, one.target) for one in exports])


def check_same(path: Path, picture: Picture, wanted: Named | None) -> None:
    """Raise `PictureError` unless the file holds the picture that it held when the export was queued."""
    if wanted is not None and picture.sha256 != wanted.sha256:
        raise PictureError(
            f"{path.name} is not the picture any more that it was when the export was queued.",
            hint="Open it, and export it again.",
        )
