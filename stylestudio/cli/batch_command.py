"""`stylestudio batch`: what it is asked for, and what it says of it in words or as JSON."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stylestudio.cli.commands import check_input, tell_remark, tell_remarks
from stylestudio.cli.console import print_remark, print_result, run_with_progress
from stylestudio.cli.library_command import open_library
from stylestudio.errors import SettingError
from stylestudio.images.output import ExportOptions
from stylestudio.studio import batch as batches
from stylestudio.studio.batch import BatchJob, Summary
from stylestudio.studio.contact_sheets import check_sheets, sheet_files, write_sheets
from stylestudio.studio.mix import MixMaker
from stylestudio.studio.recipe_record import Recipe
from stylestudio.studio.render import Renderer
from stylestudio.studio.settings import Settings
from stylestudio.studio.shelf import files_of, styles_tagged, update_shelf
from stylestudio.studio.two_styles import SecondFile

SOME_FAILED = 1


@dataclass(frozen=True)
class BatchOptions:
    """What a batch is to make of which files, and what it is to say; all as the options of the command line."""

    contents: list[Path]
    styles: list[Path]
    tag: str | None
    folder: Path
    overfit_folder: Path | None
    sheet: Path | None
    suffix: str
    same_look: bool
    overwrite: bool
    dry_run: bool
    as_json: bool
    quiet: bool
    second: SecondFile | None = None


def batch(
    asked: BatchOptions, settings: Settings, mix: MixMaker, export: ExportOptions, recipe: Recipe | None = None
) -> int:
    """Every content with every style; with `dry_run`, only say what would be made.

    Raises `StudioError` for what concerns all jobs; returns 1 if some failed.
    """
    began = time.perf_counter()
    work, others = plan_jobs(asked)
    for path, reason in others.items():
        print_remark(f"Skipped {path}: {reason}.")
    if asked.sheet:
        check_sheets(asked.sheet, work, asked.overwrite)
    sheets: list[Path] = []
    if asked.dry_run:
        summary = batches.plan(work, asked.overwrite, export, recipe)
        if asked.sheet:
            sheets = sheet_files(asked.sheet, work)
    else:
        renderer = Renderer()
        how = asked.overwrite, export, recipe, asked.same_look, asked.second
        running = batches.run(work, settings, mix, renderer, *how)
        summary = run_with_progress(running, asked.quiet)
        if asked.sheet:
            sheets = run_with_progress(write_sheets(asked.sheet, work), asked.quiet)
        tell_remark(renderer, asked.quiet)
        tell_remarks({str(path): remark for path, remark in summary.remarks.items()} if not asked.quiet else {})
    if asked.as_json:
        print_result(json.dumps(as_json(work, summary, others, sheets, time.perf_counter() - began), indent=2))
    elif asked.dry_run:
        for job in work:
            if job.target in summary.done:
                second = f" and {job.second}" if job.second else ""
                print_result(f"{job.target}: {job.content} in the style of {job.style}{second}")
    return tell_summary(summary, asked.dry_run)


def plan_jobs(asked: BatchOptions) -> tuple[list[BatchJob], dict[Path, str]]:
    """All jobs, and what of the folders and the library is not taken, with the reason. Raises `StudioError`.

    Folders to write to are made, or with `dry_run` only looked at.
    """
    contents, others = batches.pictures_in(asked.contents)
    styles: list[Path] = []
    if asked.styles:
        styles, no_styles = batches.pictures_in(asked.styles)
        others |= no_styles
    if asked.tag is not None:
        found, gone = styles_of_library(asked.tag, asked.quiet)
        styles, others = list(dict.fromkeys([*styles, *found])), others | gone
    if not styles:
        raise SettingError("No style is given.", hint="Give --style, or --styles-of-library with a tag.")
    if asked.second:
        check_input(asked.second.path)
    for place in filter(None, (asked.folder, asked.overfit_folder)):
        (batches.check_folder if asked.dry_run else batches.make_folder)(place)
    second = asked.second and asked.second.path
    return batches.make_jobs(contents, styles, asked.folder, asked.overfit_folder, asked.suffix, second), others


def styles_of_library(tag: str, quiet: bool) -> tuple[list[Path], dict[Path, str]]:
    """The files of the shelf's styles with this tag or star, and those that are not there any more, with the reason.

    Raises `LibraryError`, and `SettingError` where no style has the tag.
    """
    with open_library() as library:
        for fault in run_with_progress(update_shelf(library), quiet):
            print_remark(str(fault))
        entries = styles_tagged(library, tag)
        if not entries:
            tags = ", ".join(library.tags())
            raise SettingError(f"No style of the library has the tag {tag}.", hint=f"Give star, or one of: {tags}.")
        found, gone = files_of(library, entries)
    return found, gone


def as_json(
    work: list[BatchJob], summary: Summary, others: Mapping[Path, str], sheets: list[Path], seconds: float
) -> dict[str, object]:
    """What became of the jobs; after a dry run, of those `done` no seconds are known."""
    skipped, done = set(summary.skipped), set(summary.done)
    return {
        "done": [job_as_json(job, seconds=summary.seconds.get(job.target)) for job in work if job.target in done],
        "skipped": [job_as_json(job) for job in work if skipped.intersection(job.outputs())],
        "failed": [job_as_json(job, message=error.message, hint=error.hint) for job, error in summary.failed],
        "not_taken": [{"file": str(path), "reason": reason} for path, reason in others.items()],
        "remarks": {str(path): remark for path, remark in summary.remarks.items()},
        "sheets": [str(path) for path in sheets],
        "seconds": seconds,
    }


def job_as_json(job: BatchJob, **more: object) -> dict[str, object]:
    """The job's files, and more; what is None is left out."""
    files = {"file": job.target, "overfit": job.overfit, "content": job.content, "style": job.style}
    files |= {"second_style": job.second}
    return {name: str(path) for name, path in files.items() if path} | {
        name: value for name, value in more.items() if value is not None
    }


def tell_summary(summary: Summary, dry_run: bool = False) -> int:
    """Say what became of the jobs, or would; returns 1 if some failed."""
    skipped, failed, done = ("Would skip", "Would fail", "to be made") if dry_run else ("Skipped", "Failed", "done")
    for path in summary.skipped:
        print_remark(f"{skipped} {path}: it exists already (--overwrite replaces it).")
    for job, error in summary.failed:
        print_remark(f"{failed} {job.target.name}: {error}")
    print_remark(f"{len(summary.done)} {done}, {len(summary.skipped)} skipped, {len(summary.failed)} failed.")
    return SOME_FAILED if summary.failed else 0
