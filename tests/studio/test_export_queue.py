import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from stylestudio.errors import OutputError, PictureError, SettingError, StudioError
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.mask import Gradient, Mask
from stylestudio.images.output import ExportOptions
from stylestudio.images.resize import to_8bit
from stylestudio.progress import Progress, Work, finish
from stylestudio.studio import batch
from stylestudio.studio import export_queue as queues
from stylestudio.studio.export_queue import Export, ExportQueue
from stylestudio.studio.exporting import (
    LastStyle,
    input_identities,
    make_export,
    plan_exports,
    record_export,
    replace_existing,
)
from stylestudio.studio.library import Library
from stylestudio.studio.mix import Mix
from stylestudio.studio.queue_file import QueueFile, decoded, encoded
from stylestudio.studio.recipe_record import Recipe, recipe_of
from stylestudio.studio.render import Renderer, target
from stylestudio.studio.run_record import record_of
from stylestudio.studio.session import Session, with_mask
from stylestudio.studio.set_edits import photo_recipes, with_set
from stylestudio.studio.settings import Settings

RECIPE = recipe_of(Session())
MASK = Mask(gradient=Gradient((0, 0), (1, 0.5), (-1, 0.5)))


class Negatives:
    """A renderer whose overfit pictures are negatives."""

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, **more: object
    ) -> Work[NDArray[np.float32]]:
        yield Progress("Painting", 0.5)
        return 1 - content.pixels


RENDERER = cast("Renderer", Negatives())


def export(name: str, **more) -> Export:
    return Export(0, Path(f"/in/{name}.png"), Path("/in/wave.png"), Path(f"/out/{name}.png"), RECIPE, **more)


def queue(*names: str) -> ExportQueue:
    return queues.with_exports(ExportQueue(), [export(name) for name in names])


def states(one: ExportQueue) -> list[str]:
    return [export.state for export in one.exports]


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """A style and three photos."""
    paths = [tmp_path / f"{name}.png" for name in ("wave", "a", "b", "c")]
    for number, path in enumerate(paths):
        Image.linear_gradient("L").resize((20 + number, 16)).convert("RGB").save(path)
    return paths


def test_exports_are_made_in_their_order_and_one_may_be_brought_forward() -> None:
    three = queue("a", "b", "c")
    assert three.next and three.next.number == 0
    running = queues.mark_begun(three, 0)
    assert [one.number for one in queues.move_to_front(running, 2).exports] == [0, 2, 1]
    after = queues.mark_ended(running, 0, "done", seconds=3)
    assert after.next and after.next.number == 1 and after.waiting_count == 2


def test_a_failure_stops_only_its_own_export_and_can_be_tried_again() -> None:
    failed = queues.mark_ended(queue("a", "b"), 0, "failed", "The disk is full. Make room.")
    assert states(failed) == ["failed", "waiting"] and failed.next and failed.next.number == 1
    assert states(queues.retry_exports(failed, [0, 1])) == ["waiting", "waiting"]
    assert states(queues.cancel_exports(failed, [0, 1])) == ["failed", "cancelled"]
    assert states(queues.clear_finished(queues.cancel_exports(failed, [1]))) == ["failed"]


def test_the_same_export_queued_again_takes_the_place_of_the_one_that_waits() -> None:
    running = queues.mark_begun(queue("a", "b"), 0)
    twice = queues.with_exports(running, [export("a"), export("b")])
    assert [(one.number, one.content.stem, one.replace) for one in twice.exports] == [
        (0, "a", False),
        (2, "a", True),
        (3, "b", True),
    ]


def test_what_ended_the_program_twice_is_not_begun_a_third_time() -> None:
    once = queues.recover_queue(queues.mark_begun(queue("a", "b"), 0))
    assert states(once) == ["waiting", "waiting"]
    twice = queues.recover_queue(queues.mark_begun(once, 0))
    assert states(twice) == ["failed", "waiting"] and "ended twice" in twice.exports[0].reason
    stopped = queues.mark_interrupted(queues.mark_begun(queue("a"), 0), 0)
    assert states(queues.recover_queue(queues.mark_begun(stopped, 0))) == ["waiting"]


def test_the_time_left_follows_from_what_the_others_took() -> None:
    one = queues.mark_ended(queue("a", "b", "c"), 0, "done", seconds=4)
    assert queues.seconds_left(one, 0.5, 2) == pytest.approx(4 * 1.5)
    assert queues.seconds_left(queue("a", "b"), 0.5, 3) == pytest.approx(6 * 1.5)
    assert queues.seconds_left(queue("a", "b"), 0.01, 3) is None


def test_exports_make_the_files_of_batch_under_the_same_names(pictures: list[Path], tmp_path: Path) -> None:
    style, *photos = pictures
    own, by_batch = tmp_path / "own", tmp_path / "batch"
    session = with_set(Session(style=read(style)), photos, 0, read(photos[0]))
    plan = plan_exports(photo_recipes(session), style, own, ".jpg", ExportOptions(quality=80))
    for one in plan.exports:
        assert finish(make_export(one, input_identities(plan.exports), LastStyle(), RENDERER)).state == "done"
    batch.make_folder(by_batch)
    jobs = batch.make_jobs(photos, [style], by_batch, None, ".jpg")
    finish(batch.run(jobs, session.settings, Mix(), RENDERER, export=ExportOptions(quality=80)))
    names = sorted(path.name for path in by_batch.iterdir())
    assert len(names) == 3 and names == sorted(path.name for path in own.iterdir())
    assert all((own / name).read_bytes() == (by_batch / name).read_bytes() for name in names)


def test_a_photos_own_mask_is_in_its_target_and_in_no_other(pictures: list[Path], tmp_path: Path) -> None:
    style, *photos = pictures
    session = with_mask(with_set(Session(style=read(style)), photos, 0, read(photos[0])), MASK)
    for one in plan_exports(photo_recipes(session), style, tmp_path / "own", ".png", ExportOptions()).exports:
        finish(make_export(one, set(), LastStyle(), RENDERER))
        photo = read(one.content)
        mix = session.mix if one.content == photos[0] else Mix()
        assert np.array_equal(read(one.target).stored, to_8bit(target(photo, 1 - photo.pixels, mix)))


def test_nothing_is_written_over_unasked(pictures: list[Path], tmp_path: Path) -> None:
    style, *photos = pictures
    work = [(path, RECIPE) for path in photos]
    first = plan_exports(work, style, tmp_path / "own", ".png", ExportOptions())
    first.exports[1].target.write_bytes(b"the artist's")
    plan = plan_exports(work, style, tmp_path / "own", ".png", ExportOptions())
    assert plan.there == [first.exports[1].target]
    assert finish(make_export(plan.exports[1], set(), LastStyle(), RENDERER)).state == "skipped"
    assert first.exports[1].target.read_bytes() == b"the artist's"
    again = replace_existing(plan)
    assert [one.replace for one in again] == [False, True, False]
    assert finish(make_export(again[1], set(), LastStyle(), RENDERER)).state == "done"
    read(first.exports[1].target)


def test_an_export_is_in_the_history_once_with_its_files(pictures: list[Path], tmp_path: Path) -> None:
    style, photo, *_ = pictures
    session = with_set(Session(style=read(style)), [photo], 0, read(photo))
    library = Library(tmp_path / "library")
    for folder in ("one", "two"):
        [one] = plan_exports(photo_recipes(session), style, tmp_path / folder, ".png", ExportOptions()).exports
        record_export(library, one.target, finish(make_export(one, set(), LastStyle(), RENDERER)).entry)
    [run] = library.runs()
    assert run.content_name == photo.stem and run.recipe == record_of(Session(read(photo), read(style)))
    assert {export.path.parent.name for export in library.exports() if export.run == run.id} == {"one", "two"}
    library.close()


def test_photos_of_one_name_from_two_sets_get_two_files(pictures: list[Path], tmp_path: Path) -> None:
    style, photo, *_ = pictures
    other = tmp_path / "more" / photo.name
    first = plan_exports([(photo, RECIPE)], style, tmp_path, ".png", ExportOptions()).exports
    second = plan_exports([(other, RECIPE)], style, tmp_path, ".png", ExportOptions(), first).exports
    assert second[0].target.name == f"{first[0].target.stem} 2.png"
    assert plan_exports([(photo, RECIPE)], style, tmp_path, ".png", ExportOptions(), first).exports == first


def test_a_picture_that_was_changed_since_is_not_taken_for_the_one_that_was_queued(
    pictures: list[Path], tmp_path: Path
) -> None:
    style, photo, *_ = pictures
    session = with_set(Session(style=read(style)), [photo], 0, read(photo))
    [one] = plan_exports(photo_recipes(session), style, tmp_path / "own", ".png", ExportOptions()).exports
    Image.new("RGB", (9, 9)).save(style)
    with pytest.raises(PictureError, match=r"wave\.png is not the picture any more"):
        finish(make_export(one, set(), LastStyle(), RENDERER))
    photo.unlink()
    Image.linear_gradient("L").resize((20, 16)).convert("RGB").save(style)
    with pytest.raises(PictureError, match="does not exist"):
        finish(make_export(one, set(), LastStyle(), RENDERER))


def test_a_photo_that_is_queued_is_never_written_over(pictures: list[Path], tmp_path: Path) -> None:
    style, photo, other, _ = pictures
    one = replace(export("x"), content=photo, style=style, target=other, replace=True)
    with pytest.raises(OutputError, match="one of the pictures to read"):
        finish(make_export(one, input_identities([one, replace(one, content=other)]), LastStyle(), RENDERER))


# on the disk


def test_the_queue_is_there_at_the_next_start_as_far_as_it_is_not_made(tmp_path: Path) -> None:
    file = QueueFile(tmp_path / "queue")
    three = queues.mark_ended(queues.mark_ended(queue("a", "b", "c"), 0, "done"), 1, "failed", "It is broken. Mend it.")
    file.write(three)
    assert QueueFile(tmp_path / "queue").take_over() == (ExportQueue(), [])  # its window lives
    file.close()
    later = QueueFile(tmp_path / "queue")
    found, faults = later.take_over()
    assert faults == [] and [(one.content.stem, one.state) for one in found.exports] == [
        ("b", "failed"),
        ("c", "waiting"),
    ]
    later.write(ExportQueue())
    later.close()
    assert list((tmp_path / "queue").iterdir()) == []


def test_two_windows_queues_become_one(tmp_path: Path) -> None:
    files = [QueueFile(tmp_path) for _ in range(2)]
    for file, name in zip(files, "ab", strict=True):
        file.write(replace(queue(name), paused=name == "a"))
    for file in files:
        file.close()
    found, _ = QueueFile(tmp_path).take_over()
    assert sorted(one.content.stem for one in found.exports) == ["a", "b"] and found.paused
    assert len({one.number for one in found.exports}) == 2 and len(list(tmp_path.glob("*.json"))) == 1


def test_a_damaged_queue_is_set_aside_and_said(tmp_path: Path) -> None:
    file = QueueFile(tmp_path)
    file.write(queue("a"))
    file.close()
    [path] = tmp_path.glob("*.json")
    path.write_bytes(path.read_bytes()[:-9])
    found, [fault] = QueueFile(tmp_path).take_over()
    assert found == ExportQueue() and "damaged" in str(fault)
    assert [left.name for left in tmp_path.glob("*.json")] == [f"{path.stem}.damaged.json"]


def test_a_full_disk_is_said_and_the_older_queue_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = QueueFile(tmp_path)
    file.write(queue("a"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("stylestudio.studio.queue_file.open_replacing", full)
    with pytest.raises(OutputError, match="No space"):
        file.write(queue("a", "b"))
    file.close()
    assert len(QueueFile(tmp_path).take_over()[0].exports) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(number=-1),
        lambda one: one.update(target="relative.png"),
        lambda one: one.update(target="/out/a.exe"),
        lambda one: one.update(content="/in/\x00.png"),
        lambda one: one.update(state="being made"),
        lambda one: one["options"].update(quality=900),
        lambda one: one["options"].update(bits=7),
        lambda one: one["recipe"].update(shares=[9, 9, 9]),
        lambda one: one.update(seconds=-1),
    ],
)
def test_a_queue_with_a_field_that_makes_no_sense_is_refused(change: Callable[[dict], object]) -> None:
    record = json.loads(encoded(queue("a")))
    change(record["exports"][0])
    with pytest.raises(SettingError):
        decoded(json.dumps(record).encode())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.binary(max_size=3))
def test_any_damage_gives_a_queue_or_a_sentence(place: int, junk: bytes) -> None:
    data = encoded(queue("a", "b"))
    place %= len(data)
    try:
        assert isinstance(decoded(data[:place] + junk + data[place + len(junk) :]), ExportQueue)
    except StudioError as error:
        assert error.hint


def test_a_recipe_of_a_set_survives_the_queue(pictures: list[Path]) -> None:
    style, *photos = pictures
    content = from_pixels(np.zeros((4, 4, 3)), "x")
    session = with_mask(with_set(Session(style=content), photos, 0, content), MASK)
    exports = plan_exports(
        photo_recipes(session), style, style.parent / "own", ".webp", ExportOptions(quality=5)
    ).exports
    one = queues.with_exports(ExportQueue(), exports)
    assert decoded(encoded(one)) == one and isinstance(one.exports[0].recipe, Recipe)
