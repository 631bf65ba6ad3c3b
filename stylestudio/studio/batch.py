"""Many pictures in one go: every content with every style."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from stylestudio.errors import OutputError, PictureError, StudioError
from stylestudio.images.decode import Picture, read
from stylestudio.images.export import check_options, check_writable, proposed_name
from stylestudio.images.formats import readable
from stylestudio.images.output import USUAL, ExportOptions
from stylestudio.progress import Progress, Work, scaled
from stylestudio.studio.mix import UNMIXED, MixMaker
from stylestudio.studio.render import Renderer, memory_explained
from stylestudio.studio.results import write_target
from stylestudio.studio.settings import Settings


@dataclass(frozen=True)
class Job:
    """One target to make; `overfit` is where its unmixed overfit picture goes, if anywhere."""

    content: Path
    style: Path
    target: Path
    overfit: Path | None = None

    def outputs(self) -> list[Path]:
        """The files that it writes."""
        return [self.target] if self.overfit is None else [self.target, self.overfit]


@dataclass
class Summary:
    """What became of the jobs: files written, files left as they were, and failures with their reason."""

    done: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    failed: list[tuple[Job, StudioError]] = field(default_factory=list)


def pictures_in(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The files given and those in the folders given, sorted; and what in the folders is hidden or no picture.

    Raises `PictureError` for a path that does not exist or may not be read, and when no picture is left.
    """
    found: dict[Path, None] = {}
    others: list[Path] = []
    for path in paths:
        for entry in entries(path):
            if entry == path or looks_like_a_picture(entry):
                found[entry] = None
            else:
                others.append(entry)
    if not found:
        raise PictureError("There is no picture in the folder.", hint="Give a folder with PNG or JPEG files.")
    return list(found), others


def entries(path: Path) -> list[Path]:
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
    return path.is_file() and readable(path) and not path.name.startswith(".")


def jobs(
    contents: list[Path], styles: list[Path], folder: Path, overfit_folder: Path | None, suffix: str = ".png"
) -> list[Job]:
    """Every content with every style, style by style; targets are named after both and no two are alike."""
    taken: set[str] = set()
    made = []
    for style in styles:
        for content in contents:
            name = unlike(proposed_name(content.stem, style.stem, suffix), taken)
            unmixed = f"{Path(name).stem} (overfit){suffix}"
            overfit = None if overfit_folder is None else overfit_folder / unmixed
            made.append(Job(content, style, folder / name, overfit))
    return made


def unlike(name: str, taken: set[str]) -> str:
    """`name`, with a number if one of the names taken is equal on some system; it is taken from now on."""
    number, candidate, path = 1, name, Path(name)
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{path.stem} {number}{path.suffix}"
    taken.add(candidate.casefold())
    return candidate


def make_folder(folder: Path) -> None:
    """Make the folder if there is none. Raises `OutputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made.", hint="Choose another folder.") from error


def identity(path: Path) -> tuple[int, int] | None:
    """What all names of one file have in common, None if there is no file."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def check_outputs(job: Job, inputs: set[tuple[int, int] | None]) -> None:
    """Raise `OutputError` unless the job's files can be written, and none of them is one of the `inputs`."""
    for path in job.outputs():
        if path.exists() and identity(path) in inputs:
            raise OutputError(f"{path.name} is one of the pictures to read.", hint="Choose another folder.")
        check_writable(path)


def run_job(
    job: Job, style: Picture, settings: Settings, mix: MixMaker, renderer: Renderer, export: ExportOptions = USUAL
) -> Work[None]:
    """Make one target. Raises `StudioError`."""
    content = read(job.content)
    for path in job.outputs():
        check_options(path, export, content.size, content.icc_profile)
    with memory_explained():
        overfit = yield from renderer.overfit(content, style, settings)
        if job.overfit:
            write_target(job.overfit, content, overfit, UNMIXED, export)
        write_target(job.target, content, overfit, mix.mix(content, overfit), export)


def run(
    work: list[Job],
    settings: Settings,
    mix: MixMaker,
    renderer: Renderer,
    overwrite: bool = False,
    export: ExportOptions = USUAL,
) -> Work[Summary]:
    """Run the jobs one after the other; a failure ends only its own job; existing files stay unless `overwrite`."""
    summary, style, style_path = Summary(), None, None
    inputs = {identity(path) for job in work for path in (job.content, job.style)}
    for number, job in enumerate(work):
        existing = [path for path in job.outputs() if path.exists()]
        if existing and not overwrite:
            summary.skipped.append(existing[0])
            continue
        try:
            check_outputs(job, inputs)
            if style is None or style_path != job.style:
                style, style_path = read(job.style), job.style
            named = run_job(job, style, settings, mix, renderer, export)
            for progress in scaled(named, number / len(work), (number + 1) / len(work)):
                yield Progress(f"{job.target.stem}: {progress.stage}", progress.fraction)
            summary.done.append(job.target)
        except StudioError as error:
            summary.failed.append((job, error))
    return summary
