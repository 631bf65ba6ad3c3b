"""What a batch has made, on contact sheets: photos as rows and styles as columns where there are several of both."""

from collections.abc import Sequence
from itertools import product
from math import ceil, sqrt
from pathlib import Path
from typing import TypeVar

from stylestudio.errors import OutputError, PictureError
from stylestudio.images.contact_sheet import Cell, contact_sheet, sheet_picture
from stylestudio.images.export import check_format, check_writable, write
from stylestudio.images.provenance import origin_of
from stylestudio.progress import Progress, Work
from stylestudio.studio.batch import BatchJob, input_identities
from stylestudio.studio.result_names import file_identity

T = TypeVar("T")

STAGE = "Contact sheet"
ORIGIN = "contact sheet"
"""What a sheet is known by later on, to be replaced by a newer one."""
MOST = 24
"""Rows and columns of a sheet: what is beyond comes onto further ones, at the same size."""
NOT_MADE, UNREADABLE = "not made", "cannot be read"

Shown = tuple[Path | None, str]
"""A picture's file and what is written below it; None is an empty place."""


def sheet_pages(work: Sequence[BatchJob]) -> list[list[list[Shown]]]:
    """The rows of each sheet. Where there is one photo or one style alone, that comes first, and all targets follow."""
    contents, styles = list(dict.fromkeys(job.content for job in work)), list(dict.fromkeys(job.style for job in work))
    if len(contents) > 1 and len(styles) > 1:
        made = {(job.content, job.style): job.target for job in work}
        return [
            [
                [(None, ""), *map(titled, across)],
                *([titled(content), *((made.get((content, style)), "") for style in across)] for content in down),
            ]
            for down, across in product(split_into(contents, MOST), split_into(styles, MOST))
        ]
    common = [titled(one[0]) for one in (contents, styles) if len(one) == 1]
    targets = [(job.target, (job.content if len(styles) == 1 else job.style).stem) for job in work]
    columns = min(MOST, ceil(sqrt(len(common) + len(targets))))
    return [split_into(page, columns) for page in split_into([*common, *targets], MOST * columns)]


def titled(path: Path) -> Shown:
    return path, path.stem


def split_into(values: list[T], most: int) -> list[list[T]]:
    """The values in lists of so many at most."""
    return [values[start : start + most] for start in range(0, len(values), most)]


def sheet_files(path: Path, work: Sequence[BatchJob]) -> list[Path]:
    """`path`, and where one sheet cannot hold all "sheet 2.png" and so on beside it."""
    further = range(2, len(sheet_pages(work)) + 1)
    return [path, *(path.with_name(f"{path.stem} {number}{path.suffix}") for number in further)]


def check_sheets(path: Path, work: list[BatchJob], overwrite: bool = False) -> None:
    """Raise `OutputError` unless the sheets of these jobs can be written there.

    They replace sheets of former batches, and other files only with `overwrite`; never a picture of this one.
    """
    taken = {target.absolute() for job in work for target in job.outputs()}
    for file in sheet_files(path, work):
        check_format(file)
        if file.absolute() in taken or (file.exists() and file_identity(file) in input_identities(work)):
            raise OutputError(f"{file} is one of the batch's own pictures.", hint="Give the sheet another name.")
        if file.exists() and not overwrite and origin_of(file) != ORIGIN:
            raise OutputError(f"{file} exists already.", hint="Give the sheet another name, or say --overwrite.")
        if file.parent.exists():
            check_writable(file)


def write_sheets(path: Path, work: list[BatchJob]) -> Work[list[Path]]:
    """Write the sheets of what there is of these jobs' targets, and give their files. Raises `OutputError`."""
    files, sheets, done = sheet_files(path, work), sheet_pages(work), 0
    total = sum(len(row) for rows in sheets for row in rows)
    for file, rows in zip(files, sheets, strict=True):
        cells: list[list[Cell]] = []
        for row in rows:
            cells.append([])
            for shown in row:
                yield Progress(STAGE, done / total)
                cells[-1].append(load_cell(*shown))
                done += 1
        write(file, contact_sheet(cells), origin=ORIGIN)
    yield Progress(STAGE, 1.0)
    return files


def load_cell(path: Path | None, label: str) -> Cell:
    """The picture with its label; of one that is not there or cannot be read, only words."""
    if path is None:
        return Cell()
    if not path.exists():
        return Cell(label=f"{label}: {NOT_MADE}" if label else NOT_MADE)
    try:
        return Cell(sheet_picture(path), label)
    except PictureError:
        return Cell(label=f"{label}: {UNREADABLE}" if label else UNREADABLE)
