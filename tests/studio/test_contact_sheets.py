"""Which pictures of a batch come where on its contact sheets, and what a sheet may not write over."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylestudio.errors import OutputError
from stylestudio.images.contact_sheet import GAP, LINE, LONG_SIDE, NARROWEST, PAPER, Cell, contact_sheet, sheet_picture
from stylestudio.progress import finish
from stylestudio.studio.batch import BatchJob
from stylestudio.studio.contact_sheets import MOST, check_sheets, sheet_pages, write_sheets


def batch_of(contents: int, styles: int, folder: Path = Path()) -> list[BatchJob]:
    pairs = product(range(styles), range(contents))
    return [BatchJob(folder / f"c{c}.png", folder / f"s{s}.png", folder / f"c{c}s{s}.png") for s, c in pairs]


def names(rows) -> list[list[str]]:
    return [[path.stem if path else "" for path, _ in row] for row in rows]


def test_photos_are_rows_and_styles_are_columns_where_there_are_several_of_both() -> None:
    [rows] = sheet_pages(batch_of(3, 2))
    assert names(rows) == [["", "s0", "s1"], ["c0", "c0s0", "c0s1"], ["c1", "c1s0", "c1s1"], ["c2", "c2s0", "c2s1"]]
    assert [label for _, label in rows[1]] == ["c0", "", ""]


def test_one_photo_comes_first_and_its_targets_are_called_by_their_styles() -> None:
    [rows] = sheet_pages(batch_of(1, 5))
    assert names(rows) == [["c0", "c0s0", "c0s1"], ["c0s2", "c0s3", "c0s4"]]
    assert [label for row in rows for _, label in row] == ["c0", "s0", "s1", "s2", "s3", "s4"]


def test_one_style_comes_first_and_its_targets_are_called_by_their_photos() -> None:
    [rows] = sheet_pages(batch_of(3, 1))
    assert [label for row in rows for _, label in row] == ["s0", "c0", "c1", "c2"]


@pytest.mark.parametrize(("contents", "styles", "sheets"), [(MOST + 1, 2, 2), (MOST + 1, MOST + 1, 4), (600, 1, 2)])
def test_what_does_not_fit_comes_onto_further_sheets_and_nothing_is_lost(
    contents: int, styles: int, sheets: int
) -> None:
    work = batch_of(contents, styles)
    found = sheet_pages(work)
    shown = [path for rows in found for row in rows for path, _ in row]
    assert len(found) == sheets
    assert {job.target for job in work} <= set(shown)
    assert max(len(row) for rows in found for row in rows) <= MOST + 1


def test_every_cell_is_in_its_place_and_no_larger_than_it_may_be(tmp_path: Path) -> None:
    Image.new("RGB", (1200, 900), (200, 0, 0)).save(tmp_path / "wide.png")
    Image.new("RGBA", (60, 90), (0, 200, 0, 0)).save(tmp_path / "clear.png")
    pixels = contact_sheet(
        [[Cell(sheet_picture(tmp_path / "wide.png"), "wide"), Cell(sheet_picture(tmp_path / "clear.png"))]]
    )
    assert pixels.shape == (2 * GAP + LONG_SIDE * 3 // 4 + LINE, 3 * GAP + LONG_SIDE + NARROWEST, 3)
    assert tuple(pixels[GAP + 5, GAP + 5]) == (200, 0, 0)
    assert tuple(pixels[GAP + 5, 2 * GAP + LONG_SIDE + 5]) == PAPER
    written = pixels[GAP + LONG_SIDE * 3 // 4 :, : GAP + LONG_SIDE]
    assert (written < 100).any()


def test_a_long_name_ends_within_its_column() -> None:
    pixels = contact_sheet([[Cell(label="W" * 200)]])
    assert pixels.shape[1] == NARROWEST + 2 * GAP
    assert (pixels[:, -GAP:] == PAPER).all()


@pytest.fixture
def made(tmp_path: Path) -> list[BatchJob]:
    """Three photos in one style: one target is there, one is not, and one is no picture."""
    work = batch_of(3, 1, tmp_path)
    for number, path in enumerate((*(job.content for job in work), work[0].style, work[0].target)):
        Image.new("RGB", (40, 30), (40 * number, 90, 160)).save(path)
    work[1].target.write_text("mine")
    return work


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_a_sheet_is_a_picture_in_the_format_of_its_name_and_a_newer_one_takes_its_place(
    made: list[BatchJob], tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"sheet{ending}"
    for _ in range(2):
        check_sheets(path, made)
        assert finish(write_sheets(path, made)) == [path]
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    assert (np.abs(pixels - (160, 90, 160)).max(2) < 4).sum() > 1000  # the target


def test_nothing_else_is_written_over_unasked_and_no_picture_of_the_batch_ever(
    made: list[BatchJob], tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    Image.new("RGB", (4, 4)).save(other)
    with pytest.raises(OutputError, match="exists already"):
        check_sheets(other, made)
    check_sheets(other, made, overwrite=True)
    for path in (made[0].content, made[0].style, made[2].target):
        with pytest.raises(OutputError, match="own pictures"):
            check_sheets(path, made, overwrite=True)
    with pytest.raises(OutputError):
        check_sheets(tmp_path / "sheet.txt", made)
