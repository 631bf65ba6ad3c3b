from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylestudio.errors import OutputError, PictureError
from stylestudio.images.decode import Picture
from stylestudio.images.formats import writable_formats
from stylestudio.progress import Progress, Work, finish
from stylestudio.studio.batch import (
    RESULT,
    BatchJob,
    Summary,
    check_folder,
    make_folder,
    make_jobs,
    pictures_in,
    plan,
    run,
)
from stylestudio.studio.looks import Look
from stylestudio.studio.mix import Mix
from stylestudio.studio.render import Renderer
from stylestudio.studio.settings import Settings


def touched(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).touch()
    return [folder / name for name in names]


def names(found: Iterable[Path]) -> list[str]:
    return [path.name for path in found]


def test_a_folder_gives_its_pictures_sorted_and_tells_what_is_none(tmp_path: Path) -> None:
    touched(tmp_path, "b.JPG", "a.png", "notes.txt", ".hidden.png", "d.webp")
    (tmp_path / "folder.png").mkdir()
    pictures, others = pictures_in([tmp_path])
    assert names(pictures) == ["a.png", "b.JPG", "d.webp"]
    assert names(others) == [".hidden.png", "folder.png", "notes.txt"]


def test_a_file_given_by_name_is_taken_whatever_its_name(tmp_path: Path) -> None:
    [path] = touched(tmp_path, "picture.unknown")
    assert pictures_in([path]) == ([path], {})


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
    made = make_jobs([Path("a.png"), Path("b.png")], [Path("s.png"), Path("t.png")], Path("out"), None)
    assert [(job.content.stem, job.style.stem) for job in made] == [("a", "s"), ("b", "s"), ("a", "t"), ("b", "t")]
    assert names([job.target for job in made])[0] == "a in the style of s.png"
    assert all(job.overfit is None for job in made)


def test_equal_names_are_told_apart_also_where_case_does_not_count() -> None:
    made = make_jobs([Path("a.png"), Path("a.jpg"), Path("A.tif")], [Path("s.png")], Path("out"), None)
    assert len({job.target.name.casefold() for job in made}) == 3


def test_overfit_pictures_are_named_after_their_targets() -> None:
    [job] = make_jobs([Path("a.png.jpg")], [Path("s.png")], Path("out"), Path("raw"))
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
    work = [BatchJob(a, style, b), BatchJob(b, style, tmp_path / "fine.png", a)]
    summary = finish(run(work, Settings(), Mix(), Renderer(), overwrite=True))
    assert [job for job, _ in summary.failed] == work
    assert all(isinstance(error, OutputError) for _, error in summary.failed)
    assert {path: path.read_bytes() for path in inputs} == kept


def painted(folder: Path, *names: str) -> list[Path]:
    """Small pictures of these names, each of another colour, in the folder."""
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(names):
        Image.new("RGB", (8, 6), (40 * number, 90, 160)).save(folder / name)
    return [folder / name for name in names]


class Negatives(Renderer):
    """Its overfit pictures are the contents' negatives, and it counts them and their looks."""

    def __init__(self) -> None:
        super().__init__()
        self.made, self.looks = 0, list[Look | None]()

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, look: Look | None = None, others: int = 0
    ) -> Work[np.ndarray]:
        yield Progress("Painting", 0.5)
        self.made += 1
        self.looks.append(look)
        return 1 - content.pixels


def run_all(contents: list[Path], styles: list[Path], out: Path, suffix: str = ".png") -> tuple[dict[str, bytes], int]:
    """Every file in `out` after a batch, and how many pictures it has made."""
    make_folder(out)
    renderer = Negatives()
    summary = finish(run(make_jobs(contents, styles, out, None, suffix), Settings(), Mix(), renderer))
    assert not summary.failed
    return {path.name: path.read_bytes() for path in out.iterdir() if path not in contents}, renderer.made


@pytest.mark.parametrize("suffix", writable_formats())
@pytest.mark.parametrize(("first", "later"), [("IMG_1.png", "IMG_1.bmp"), ("IMG_1.bmp", "IMG_1.png")])
def test_a_photo_that_comes_later_is_made_and_its_namesake_not_twice(
    tmp_path: Path, first: str, later: str, suffix: str
) -> None:
    [style] = painted(tmp_path, "s.png")
    contents = painted(tmp_path / "photos", first)
    before, made = run_all(contents, [style], tmp_path / "out", suffix)
    assert made == len(before) == 1
    contents = sorted([*contents, *painted(tmp_path / "photos", "other.png", later)[1:]])
    after, made = run_all(contents, [style], tmp_path / "out", suffix)
    assert (made, len(after)) == (1, 2)
    assert before.items() <= after.items()
    assert run_all(contents, [style], tmp_path / "out", suffix) == (after, 0)


def test_photos_of_one_name_in_two_folders_are_both_made_whichever_comes_first(tmp_path: Path) -> None:
    [style] = painted(tmp_path, "s.png")
    near, far = painted(tmp_path / "near", "a.png"), painted(tmp_path / "far", "x.png", "a.png")[1:]
    before, _ = run_all(near, [style], tmp_path / "out")
    after, made = run_all(far + near, [style], tmp_path / "out")
    assert (made, len(after)) == (1, 2)
    assert before.items() <= after.items()
    assert run_all(near + far, [style], tmp_path / "out") == (after, 0)


def test_a_style_of_the_same_name_makes_pictures_of_its_own(tmp_path: Path) -> None:
    contents = painted(tmp_path / "photos", "a.png")
    png, bmp = painted(tmp_path, "s.png", "s.bmp")
    run_all(contents, [png], tmp_path / "out")
    after, made = run_all(contents, [bmp, png], tmp_path / "out")
    assert (made, len(after)) == (1, 2)


def test_results_beside_the_photos_are_no_photos_the_next_time_unless_they_are_given_by_name(tmp_path: Path) -> None:
    [style] = painted(tmp_path, "s.png")
    [photo] = painted(tmp_path / "photos", "a.png")
    run_all([photo], [style], photo.parent)
    [result] = (path for path in photo.parent.iterdir() if path != photo)
    assert pictures_in([photo.parent]) == ([photo], {result: RESULT})
    assert pictures_in([photo.parent, result])[0] == [photo, result]
    photo.unlink()
    with pytest.raises(PictureError, match="Style Studio has made"):
        pictures_in([photo.parent])


def test_a_result_that_the_artist_has_renamed_is_theirs_and_made_again(tmp_path: Path) -> None:
    [style] = painted(tmp_path, "s.png")
    contents = painted(tmp_path / "photos", "a.png")
    before, _ = run_all(contents, [style], tmp_path / "out")
    [name] = before
    (tmp_path / "out" / name).rename(tmp_path / "out" / "mine.png")
    after, made = run_all(contents, [style], tmp_path / "out")
    assert made == 1
    assert after == {"mine.png": before[name], **before}


def test_folders_may_move_between_two_batches(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    [style] = painted(tmp_path / "here" / "styles", "s.png")
    contents = painted(tmp_path / "here" / "photos", "a.png")
    run_all(contents, [style], tmp_path / "here" / "out")
    there = (tmp_path / "here").rename(tmp_path / "there")
    _, made = run_all([there / "photos" / "a.png"], [there / "styles" / "s.png"], there / "out")
    assert made == 0


def test_a_plan_says_what_would_be_made_and_makes_nothing(tmp_path: Path) -> None:
    [style] = painted(tmp_path, "s.png")
    contents = painted(tmp_path / "photos", "a.png", "b.png")
    work = make_jobs(contents, [style], tmp_path / "out", tmp_path / "raw")
    assert plan(work) == Summary(done=[job.target for job in work])
    assert not (tmp_path / "out").exists()
    run_all(contents[:1], [style], tmp_path / "out")
    work = make_jobs(contents, [style], tmp_path / "out", None)
    assert plan(work) == Summary(done=[work[1].target], skipped=[work[0].target])
    assert plan(work, overwrite=True) == Summary(done=[job.target for job in work])


def test_a_plan_says_what_would_fail(tmp_path: Path) -> None:
    [style] = painted(tmp_path, "s.png")
    [content] = painted(tmp_path, "a.png")
    job = BatchJob(content, style, style)
    [(failed, error)] = plan([job], overwrite=True).failed
    assert failed == job
    assert isinstance(error, OutputError)


@pytest.mark.parametrize("place", ["file/out", "x" * 300])
def test_a_folder_that_cannot_be_made_is_told_before_it_is_tried(tmp_path: Path, place: str) -> None:
    touched(tmp_path, "file")
    with pytest.raises(OutputError):
        check_folder(tmp_path / place)
    check_folder(tmp_path / "deep" / "down")
    assert not (tmp_path / "deep").exists()


def test_the_look_is_that_of_all_photos_that_can_be_read_also_of_those_made_before(tmp_path: Path) -> None:
    [style] = painted(tmp_path, "s.png")
    contents = painted(tmp_path / "photos", "a.png", "b.png", "c.png")
    run_all(contents[:1], [style], tmp_path / "out")
    contents[1].write_bytes(b"no picture")
    renderer, work = Negatives(), make_jobs(contents, [style], tmp_path / "out", None)
    summary = finish(run(work, Settings(), Mix(), renderer, same_look=True))
    assert [job.content for job, _ in summary.failed] == [contents[1]]
    assert summary.done == [work[2].target]
    [look] = renderer.looks
    assert look is not None
    assert sorted(photo.name for photo in look.photos) == ["a", "c"]


def test_without_being_asked_for_there_is_no_common_look(tmp_path: Path) -> None:
    [style] = painted(tmp_path, "s.png")
    renderer = Negatives()
    work = make_jobs(painted(tmp_path / "photos", "a.png", "b.png"), [style], tmp_path, None)
    finish(run(work, Settings(), Mix(), renderer))
    assert renderer.looks == [None, None]
