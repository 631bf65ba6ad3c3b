from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylestudio.errors import OutputError, PictureError
from stylestudio.progress import finish
from stylestudio.studio.batch import Job, jobs, make_folder, pictures_in, run
from stylestudio.studio.mix import Mix
from stylestudio.studio.render import Renderer
from stylestudio.studio.settings import Settings


def touched(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).touch()
    return [folder / name for name in names]


def names(found: list[Path]) -> list[str]:
    return [path.name for path in found]


def test_a_folder_gives_its_pictures_sorted_and_tells_what_is_none(tmp_path: Path) -> None:
    touched(tmp_path, "b.JPG", "a.png", "notes.txt", ".hidden.png", "d.webp")
    (tmp_path / "folder.png").mkdir()
    pictures, others = pictures_in([tmp_path])
    assert names(pictures) == ["a.png", "b.JPG", "d.webp"]
    assert names(others) == [".hidden.png", "folder.png", "notes.txt"]


def test_a_file_given_by_name_is_taken_whatever_its_name(tmp_path: Path) -> None:
    [path] = touched(tmp_path, "picture.unknown")
    assert pictures_in([path]) == ([path], [])


def test_a_picture_given_twice_is_taken_once(tmp_path: Path) -> None:
    [path] = touched(tmp_path, "a.png")
    assert pictures_in([path, tmp_path, path])[0] == [path]


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    touched(tmp_path, "notes.txt")
    with pytest.raises(PictureError):
        pictures_in([tmp_path])


@pytest.mark.parametrize("name", ["missing.png", "x" * 300])
def test_a_path_that_leads_nowhere_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(PictureError, match="does not exist"):
        pictures_in([tmp_path / name])


def test_every_content_goes_with_every_style_style_by_style() -> None:
    made = jobs([Path("a.png"), Path("b.png")], [Path("s.png"), Path("t.png")], Path("out"), None)
    assert [(job.content.stem, job.style.stem) for job in made] == [("a", "s"), ("b", "s"), ("a", "t"), ("b", "t")]
    assert names([job.target for job in made])[0] == "a in the style of s.png"
    assert all(job.overfit is None for job in made)


def test_equal_names_are_told_apart_also_where_case_does_not_count() -> None:
    made = jobs([Path("a.png"), Path("a.jpg"), Path("A.tif")], [Path("s.png")], Path("out"), None)
    assert len({job.target.name.casefold() for job in made}) == 3


def test_overfit_pictures_are_named_after_their_targets() -> None:
    [job] = jobs([Path("a.png.jpg")], [Path("s.png")], Path("out"), Path("raw"))
    assert job.overfit == Path("raw/a.png in the style of s (overfit).png")


def test_an_output_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    make_folder(tmp_path / "deep" / "down")
    make_folder(tmp_path / "deep" / "down")
    assert (tmp_path / "deep" / "down").is_dir()


def test_a_file_in_the_way_of_the_output_folder_is_told(tmp_path: Path) -> None:
    [path] = touched(tmp_path, "out")
    with pytest.raises(OutputError):
        make_folder(path)


def test_a_job_that_would_overwrite_another_jobs_picture_fails(tmp_path: Path) -> None:
    inputs = [tmp_path / name for name in ("a.png", "b.png", "s.png")]
    for number, path in enumerate(inputs):
        Image.fromarray(np.full((8, 8, 3), 60 * number, np.uint8)).save(path)
    kept = {path: path.read_bytes() for path in inputs}
    a, b, style = inputs
    work = [Job(a, style, b), Job(b, style, tmp_path / "fine.png", a)]
    summary = finish(run(work, Settings(), Mix(), Renderer(), overwrite=True))
    assert [job for job, _ in summary.failed] == work
    assert all(isinstance(error, OutputError) for _, error in summary.failed)
    assert {path: path.read_bytes() for path in inputs} == kept
