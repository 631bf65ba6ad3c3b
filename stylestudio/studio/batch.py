"""Many pictures in one go: every content with every style."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from stylestudio.errors import OutputError, PictureError, StudioError
from stylestudio.images.decode import Picture, read
from stylestudio.images.export import check_options, check_writable, depends_on_photo
from stylestudio.images.formats import is_readable_name
from stylestudio.images.output import USUAL, ExportOptions
from stylestudio.images.prepared import prepare_photo
from stylestudio.images.provenance import is_result
from stylestudio.progress import Progress, Work, as_part
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.looks import Look, SmallPhotos
from stylestudio.studio.mix import UNMIXED, MixMaker
from stylestudio.studio.recipe_record import Recipe, edits_of_photo, recipe_for
from stylestudio.studio.render import Renderer, explaining_memory_errors
from stylestudio.studio.result_names import file_identity, kept_name, origin, results_in, unique_name, usual_name
from stylestudio.studio.results import write_target
from stylestudio.studio.settings import Settings
from stylestudio.studio.two_styles import SecondFile, SecondStyle, overfit_of_styles


@dataclass(frozen=True)
class BatchJob:
    """One target to make, of one style or two; `overfit` is where its unmixed overfit picture goes, if anywhere."""

    content: Path
    style: Path
    target: Path
    overfit: Path | None = None
    second: Path | None = None

    def inputs(self) -> list[Path]:
        """The files that it reads."""
        return [path for path in (self.content, self.style, self.second) if path]

    def outputs(self) -> list[Path]:
        """The files that it writes."""
        return [self.target] if self.overfit is None else [self.target, self.overfit]

    @property
    def origin(self) -> str:
        """What its target is known by later on, whatever its name."""
        return origin(self.content, self.style, self.second)


@dataclass
class Summary:
    """What became of the jobs: files written, files left as they were, and failures with their reason.

    `remarks` says by picture what is to be known of how it was read, `seconds` by target how long it took to make.
    """

    done: list[Path] = field(default_factory=list[Path])
    skipped: list[Path] = field(default_factory=list[Path])
    failed: list[tuple[BatchJob, StudioError]] = field(default_factory=list[tuple[BatchJob, StudioError]])
    remarks: dict[Path, str] = field(default_factory=dict[Path, str])
    seconds: dict[Path, float] = field(default_factory=dict[Path, float])

    def read(self, path: Path) -> Picture:
        """The picture in this file, with what there is to remark on put down. Raises `PictureError`."""
        picture = read(path)
        if picture.remark:
            self.remarks[path] = picture.remark
        return picture


NO_PICTURE, RESULT = "not a picture", "made by Style Studio; to take it all the same, give it by its name"


def pictures_in(paths: Iterable[Path]) -> tuple[list[Path], dict[Path, str]]:
    """The files given and the pictures in the folders given, sorted; and what else is in the folders, with the reason.

    Raises `PictureError` for a path that does not exist or may not be read, and when no picture is left.
    """
    found: dict[Path, None] = {}
    others: dict[Path, str] = {}
    for path in paths:
        for entry in folder_entries(path):
            if reason := "" if entry == path else reason_to_skip(entry):
                others[entry] = reason
            else:
                found[entry] = None
    if not found and RESULT in others.values():
        raise PictureError(
            "The folder holds only pictures that Style Studio has made.", hint="Give those to be taken by their names."
        )
    if not found:
        raise PictureError("There is no picture in the folder.", hint="Give a folder with PNG or JPEG files.")
    return list(found), others


def reason_to_skip(entry: Path) -> str:
    """Why what is in a folder is not taken as a picture to work on; empty where it is."""
    if not looks_like_a_picture(entry):
        return NO_PICTURE
    return RESULT if is_result(entry) else ""


def folder_entries(path: Path) -> list[Path]:
    """The path itself, or if it is a folder what is in it, sorted. Raises `PictureError`."""
    try:
        path.stat()
        return sorted(path.iterdir()) if path.is_dir() else [path]
    except PermissionError as error:
        raise PictureError(f"{path} may not be read.", hint="Allow it, or choose another folder.") from error
    except OSError as error:
        raise PictureError(f"{path} does not exist.", hint="Check the name and the folder.") from error


def looks_like_a_picture(path: Path) -> bool:
    """By its name; systems leave hidden files beside pictures that are named like them."""
    return path.is_file() and is_readable_name(path) and not path.name.startswith(".")


def make_jobs(
    contents: list[Path],
    styles: list[Path],
    folder: Path,
    overfit_folder: Path | None,
    suffix: str = ".png",
    second: Path | None = None,
) -> list[BatchJob]:
    """Every content with every style, style by style, and the second one; targets are named after them, no two alike.

    One that is in the folder already keeps its name, whatever pictures of equal names have come since.
    """
    pairs = [(content, style) for style in styles for content in contents]
    there = results_in(folder, suffix)
    taken = {path.name.casefold() for paths in there.values() for path in paths}
    kept = {pair: name for pair in pairs if (name := kept_name(*pair, suffix, there, second))}
    made: list[BatchJob] = []
    for content, style in pairs:
        name = kept.get((content, style)) or unique_name(usual_name(content, style, suffix, second), taken)
        unmixed = f"{Path(name).stem} (overfit){suffix}"
        overfit = None if overfit_folder is None else overfit_folder / unmixed
        made.append(BatchJob(content, style, folder / name, overfit, second))
    return made


def make_folder(folder: Path) -> None:
    """Make the folder if there is none. Raises `OutputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made.", hint="Choose another folder.") from error


def check_folder(folder: Path) -> None:
    """Raise `OutputError` unless the folder is there, or could be made, and files could be put into it."""
    with suppress(OSError):
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            return
    raise OutputError(f"The folder {folder} cannot be made or written to.", hint="Choose another folder.")


def existing_outputs(job: BatchJob) -> list[Path]:
    """Those of its files that are there already."""
    return [path for path in job.outputs() if path.exists()]


def input_identities(work: list[BatchJob]) -> set[tuple[int, int] | None]:
    """The identities of all pictures that are read."""
    return {file_identity(path) for job in work for path in job.inputs()}


def check_outputs(job: BatchJob, inputs: set[tuple[int, int] | None]) -> None:
    """Raise `OutputError` unless the job's files can be written, and none of them is one of the `inputs`."""
    for path in job.outputs():
        if path.exists() and file_identity(path) in inputs:
            raise OutputError(f"{path.name} is one of the pictures to read.", hint="Choose another folder.")
        check_writable(path)


def plan(
    work: list[BatchJob], overwrite: bool = False, export: ExportOptions = USUAL, recipe: Recipe | None = None
) -> Summary:
    """What `run` would do, as far as it can be told beforehand; as done counts what would be made. Makes nothing.

    Photos are read only where it depends on them whether they can be exported so.
    """
    summary, inputs = Summary(), input_identities(work)
    for job in work:
        there = existing_outputs(job)
        if there and not overwrite:
            summary.skipped.append(there[0])
            continue
        try:
            if all(path.parent.exists() for path in job.outputs()):
                check_outputs(job, inputs)
            if any(depends_on_photo(path, export) for path in job.outputs()):
                check_export(job, content_of(summary.read(job.content), recipe), export)
            summary.done.append(job.target)
        except StudioError as error:
            summary.failed.append((job, error))
    return summary


def content_of(photo: Picture, recipe: Recipe | None) -> Picture:
    """The photo as it is worked on: prepared where the recipe is of this very one."""
    return prepare_photo(photo, edits_of_photo(photo, recipe)[0])


def check_export(job: BatchJob, content: Picture, export: ExportOptions) -> None:
    """Raise `OutputError` unless targets of this content can be written so to the job's files."""
    for path in job.outputs():
        check_options(path, export, content.size, content.icc_profile)


def run_job(
    job: BatchJob,
    photo: Picture,
    style: Picture,
    settings: Settings,
    mix: MixMaker,
    renderer: Renderer,
    export: ExportOptions = USUAL,
    recipe: Recipe | None = None,
    look: Look | None = None,
    second: SecondStyle | None = None,
) -> Work[None]:
    """Make one target, with this look, of one style or two. Raises `StudioError`.

    What the recipe says of the very photo is done to it.
    """
    how, mask = edits_of_photo(photo, recipe)
    content = prepare_photo(photo, how)
    check_export(job, content, export)
    with explaining_memory_errors():
        overfit = yield from overfit_of_styles(renderer, content, style, settings, second, look)
        other, balance = (second.picture, second.balance) if second else (None, 0.0)
        unmixed = replace(UNMIXED, balance=balance)
        mixed = replace(mix.mix(content, overfit), mask=mask, balance=balance)
        told = recipe_for(photo, style, settings, unmixed, how, other, look and look.reference)
        if job.overfit:
            write_target(job.overfit, content, overfit, unmixed, export, recipe=told)
        write_target(job.target, content, overfit, mixed, export, origin=job.origin, recipe=told)


def look_of_all(work: list[BatchJob], settings: Settings) -> Work[Look | None]:
    """The look of all photos that can be read, as they lie in their files; None where none can."""
    files = LookFiles(tuple(dict.fromkeys(job.content for job in work)))
    return (yield from as_part(SmallPhotos().look(files, settings), 0.0, 0.0))


def run(
    work: list[BatchJob],
    settings: Settings,
    mix: MixMaker,
    renderer: Renderer,
    overwrite: bool = False,
    export: ExportOptions = USUAL,
    recipe: Recipe | None = None,
    same_look: bool = False,
    second_file: SecondFile | None = None,
) -> Work[Summary]:
    """Run the jobs one after the other; a failure ends only its own job; existing files stay unless `overwrite`.

    `recipe` is that of one of the photos, whose preparation and mask are for it alone. With `same_look` all photos get
    the look of all of them together, also of those whose targets are there. Raises `PictureError` for a second style
    that cannot be read.
    """
    summary, style, style_path = Summary(), None, None
    second = second_file and SecondStyle(summary.read(second_file.path), second_file.balance)
    look = (yield from look_of_all(work, settings)) if same_look and work else None
    inputs = input_identities(work)
    for number, job in enumerate(work):
        there = existing_outputs(job)
        if there and not overwrite:
            summary.skipped.append(there[0])
            continue
        began = time.perf_counter()
        try:
            check_outputs(job, inputs)
            if style is None or style_path != job.style:
                style, style_path = summary.read(job.style), job.style
            how = settings, mix, renderer, export, recipe, look, second
            making = run_job(job, summary.read(job.content), style, *how)
            for progress in as_part(making, number / len(work), (number + 1) / len(work)):
                yield Progress(f"{job.target.stem}: {progress.stage}", progress.fraction)
            summary.done.append(job.target)
            summary.seconds[job.target] = time.perf_counter() - began
        except StudioError as error:
            summary.failed.append((job, error))
    return summary
