"""A set's look as the window has it: named by files, frozen in the queue, told by recipes, the same as `batch`'s."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_looks import CONFIG, SETTINGS

from stylestudio.engine.coding import Networks
from stylestudio.errors import SettingError
from stylestudio.images.decode import from_pixels, read
from stylestudio.images.output import ExportOptions
from stylestudio.progress import finish
from stylestudio.studio import batch, looks
from stylestudio.studio import export_queue as queues
from stylestudio.studio.autosave import record
from stylestudio.studio.autosave.keeping import WorkKeeper, WorkState
from stylestudio.studio.export_queue import ExportQueue
from stylestudio.studio.exporting import LastStyle, make_export, plan_exports
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.looks import SmallPhotos
from stylestudio.studio.mix import Mix
from stylestudio.studio.queue_file import decoded, encoded
from stylestudio.studio.recipe import run_key
from stylestudio.studio.recipe_record import Recipe, from_json, recipe_from, recipe_of, to_json
from stylestudio.studio.render import Renderer
from stylestudio.studio.session import Session
from stylestudio.studio.set_edits import (
    photo_recipes,
    with_more_photos,
    with_same_look,
    with_set,
    with_set_look_of,
    without_photo,
)

PATHS = [Path(f"/photos/{name}.png") for name in "abc"]
PHOTO, STYLE = from_pixels(np.zeros((4, 6, 3)), "a"), from_pixels(np.ones((2, 3, 3)), "wave")
ALONE = with_set(Session(style=STYLE, settings=SETTINGS), PATHS, 0, PHOTO)
TOGETHER = with_same_look(ALONE, True)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A style and three photos of different colours."""
    paths = [tmp_path / f"{name}.png" for name in ("wave", "a", "b", "c")]
    values = np.random.default_rng(7).integers(0, 255, (4, 24, 36, 3), np.uint8)
    for path, levels, colour in zip(paths, values, ("white", "orange", "blue", "green"), strict=True):
        Image.blend(Image.fromarray(levels), Image.new("RGB", (36, 24), colour), 0.6).save(path)
    return paths


@pytest.fixture
def opened(files: list[Path]) -> Session:
    """The photos as a set with one look, in that style."""
    style, *photos = files
    session = with_set(Session(style=read(style), settings=SETTINGS), photos, 0, read(photos[0]))
    return with_same_look(session, True)


def key(session: Session):
    assert session.content and session.style
    return run_key(session.content, session.style, session.settings, session.second, session.look_key)


def test_a_look_is_that_of_its_files_in_any_order_and_its_reference_tells_no_folder() -> None:
    one, other = LookFiles(tuple(PATHS)), LookFiles(tuple(PATHS[::-1]))
    assert (one.key, one.reference) == (other.key, other.reference) and one.reference.photos == 3
    moved = LookFiles(tuple(Path("/elsewhere") / path.name for path in PATHS))
    assert moved.key != one.key and moved.reference == one.reference
    assert LookFiles(tuple(PATHS[:2])).reference.sha256 != one.reference.sha256
    with pytest.raises(ValueError, match="no photos"):
        LookFiles(())


def test_the_switch_and_the_photos_of_the_set_decide_which_run_it_is() -> None:
    assert key(TOGETHER) != key(ALONE) and key(TOGETHER)._replace(look="") == key(ALONE)
    assert key(with_same_look(TOGETHER, False)) == key(ALONE)
    fewer = without_photo(TOGETHER, 2)
    assert key(fewer) != key(TOGETHER) and key(with_more_photos(fewer, PATHS)) == key(TOGETHER)
    both = key(replace(TOGETHER, second=PHOTO))
    assert both.second and both.second.look == both.look == TOGETHER.look_key


def test_a_recipe_tells_of_the_look_and_brings_it_back_only_to_that_set() -> None:
    recipe = recipe_of(TOGETHER)
    assert recipe.look and recipe.look.photos == 3 and from_json(to_json(recipe), Recipe) == recipe
    assert all(one.look == recipe.look for _, one in photo_recipes(TOGETHER))
    assert recipe_of(ALONE).look is None and with_set_look_of(TOGETHER, recipe_of(ALONE)).look is None
    assert with_set_look_of(ALONE, recipe) == TOGETHER
    assert with_set_look_of(without_photo(TOGETHER, 2), recipe).look is None
    assert with_set_look_of(Session(PHOTO, STYLE), recipe).look is None


@pytest.mark.parametrize("look", [[], "a" * 64, {"photos": 0, "sha256": "a" * 64}, {"photos": 3, "sha256": "A" * 64}])
def test_a_recipe_s_look_is_checked_and_older_ones_have_none(look: object) -> None:
    told = json.loads(to_json(recipe_of(TOGETHER)))
    with pytest.raises(SettingError, match=r"makes no sense at look"):
        from_json(json.dumps(told | {"look": look}).encode(), Recipe)
    del told["look"]
    assert from_json(json.dumps(told).encode(), Recipe) == recipe_of(ALONE)


def test_the_switch_is_kept_for_the_next_start_and_a_set_of_before_has_none(tmp_path: Path) -> None:
    keeper = WorkKeeper(tmp_path)
    keeper.save(WorkState(TOGETHER))
    keeper.close()
    saved = WorkKeeper(tmp_path).take_over()
    assert saved and saved.session.look_key == TOGETHER.look_key
    older = json.loads(record.encoded(saved))
    del older["photos"]["same_look"]
    assert record.decoded(json.dumps(older).encode()).session.look is None


def test_exports_with_one_look_are_those_of_batch_and_stay_so_whatever_becomes_of_the_set(
    files: list[Path], opened: Session, networks: Networks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (style, *photos), own, by_batch, alone = files, *(tmp_path / name for name in ("own", "batch", "alone"))
    plan = plan_exports(photo_recipes(opened), style, own, ".png", ExportOptions(), look=opened.look)
    waiting = decoded(encoded(queues.with_exports(ExportQueue(), plan.exports, [plan.look] if plan.look else [])))
    assert len(waiting.looks) == 1
    renderer, reads = Renderer(CONFIG, networks), list[Path]()
    monkeypatch.setattr(looks, "read", lambda path: (reads.append(path), read(path))[1])
    for one in waiting.exports:
        assert finish(make_export(one, set(), LastStyle(), renderer, waiting.look_of(one))).state == "done"
    assert reads == photos  # once, whatever is made of them
    for folder, contents, same_look in ((by_batch, photos[::-1], True), (alone, photos[:1], False)):
        batch.make_folder(folder)
        jobs = batch.make_jobs(contents, [style], folder, None)
        finish(batch.run(jobs, SETTINGS, Mix(), Renderer(CONFIG, networks), same_look=same_look))
    made = {path.name: path.read_bytes() for path in own.iterdir()}
    assert len(made) == 3 and made == {path.name: path.read_bytes() for path in by_batch.iterdir()}
    [one] = alone.iterdir()
    assert not np.array_equal(read(one).stored, read(own / one.name).stored)
    assert recipe_from(own / one.name).look == recipe_of(opened).look and recipe_from(one).look is None


def test_a_photo_is_read_again_only_where_its_file_has_changed_and_left_out_where_it_cannot_be(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    small, reads, (style, *photos) = SmallPhotos(), list[Path](), files
    monkeypatch.setattr(looks, "read", lambda path: (reads.append(path), read(path))[1])
    look = [finish(small.look(LookFiles(tuple(photos)), SETTINGS)) for _ in range(2)]
    assert look[0] and look[1] and look[0].key == look[1].key and reads == photos
    photos[0].write_bytes(style.read_bytes())
    photos[1].write_bytes(b"no picture")
    photos[2].unlink()
    changed = finish(small.look(LookFiles(tuple(photos)), SETTINGS))
    assert changed and [photo.name for photo in changed.photos] == ["a"] and changed.reference == look[0].reference
    assert reads == [*photos, *photos[:2]]
    assert finish(small.look(LookFiles(tuple(photos[1:])), SETTINGS)) is None


def test_a_renderer_that_has_rested_measures_no_set_again(
    opened: Session, networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = Renderer(CONFIG, networks)
    assert opened.look and opened.content and opened.style
    look = finish(renderer.small_photos.look(opened.look, SETTINGS))
    before = finish(renderer.overfit(opened.content, opened.style, SETTINGS, look))
    renderer.release_memory()
    monkeypatch.setattr(looks, "blend_statistics", None)
    assert np.array_equal(finish(renderer.overfit(opened.content, opened.style, SETTINGS, look)), before)


def test_the_files_of_a_look_stand_in_the_queue_once() -> None:
    paths = [Path(f"/photos/of one day/{number:04}.jpg") for number in range(200)]
    session = with_same_look(with_set(Session(style=STYLE), paths, 0, PHOTO), True)
    recipes, look = photo_recipes(session), session.look
    assert look
    exports = [
        queues.Export(0, path, Path("/wave.png"), Path(f"/out/{path.stem}.png"), recipe, look=look.key)
        for path, recipe in recipes
    ]
    queue = queues.with_exports(queues.with_exports(ExportQueue(), exports[:100], [look]), exports[100:], [look])
    data = encoded(queue)
    assert decoded(data) == queue and data.count(b"0007.jpg") == 2  # as an export's photo and in the look
    ended = queues.clear_finished(queues.cancel_exports(queue, range(200)))
    assert ended.looks == () and queues.clear_finished(queue).looks == (look,)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["exports"][0].update(look="b" * 64),
        lambda told: told["exports"][0].update(look="../.."),
        lambda told: told.update(looks=[]),
        lambda told: told["looks"][0].update(paths=[]),
        lambda told: told["looks"][0].update(paths=["photo.png"]),
        lambda told: told["looks"][0].update(paths=["/a.png"] * 5001),
    ],
)
def test_a_queue_whose_look_makes_no_sense_is_refused(change: Callable[[dict], object]) -> None:
    look = LookFiles(tuple(PATHS))
    one = queues.Export(0, PATHS[0], Path("/wave.png"), Path("/out/a.png"), recipe_of(TOGETHER), look=look.key)
    told = json.loads(encoded(queues.with_exports(ExportQueue(), [one], [look])))
    change(told)
    with pytest.raises(SettingError):
        decoded(json.dumps(told).encode())
