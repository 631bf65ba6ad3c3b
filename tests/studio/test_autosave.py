"""What is kept of each window's work: whole at every moment, bounded, and nobody else's."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from nth_fault import fault_at
from numpy.typing import NDArray

from stylestudio.errors import OutputError, SettingError
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.mask import Gradient, Mask, Point, Stroke
from stylestudio.images.metadata import Metadata
from stylestudio.images.prepared import AS_IT_IS, Preparation, prepare_photo
from stylestudio.studio.autosave import folders
from stylestudio.studio.autosave.keeping import FinishedOverfit, WorkKeeper, WorkState
from stylestudio.studio.autosave.record import SavedSession, decoded, encoded, saved_view
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.recipe_record import PictureReference, Recipe
from stylestudio.studio.session import Session, with_mix, with_preparation
from stylestudio.studio.settings import Settings

SIZE = (12, 16, 3)


def noise(seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random(SIZE, np.float32)


def pasted(seed: int, name: str = "pasted picture") -> Picture:
    return from_pixels(noise(seed), name)


def work(seed: int = 0, **more: object) -> WorkState:
    """Two pictures without files, shares, and a finished overfit picture, all of this seed."""
    session = Session(pasted(seed), pasted(seed + 50), shares=Shares(seed / 100, 0.5, 0.5), linked=False)
    return replace(WorkState(session, overfit=FinishedOverfit(noise(seed + 99), session.settings)), **more)


def brought(root: Path, how: Preparation = AS_IT_IS) -> tuple[SavedSession, NDArray[np.float32]] | None:
    """What the next window finds, whole, where the photo was prepared so."""
    keeper = WorkKeeper(root)
    saved = keeper.take_over()
    if saved is None:
        return None
    content = keeper.recall_picture(saved.pictures["content"])
    assert content.is_same and content.picture and keeper.recall_picture(saved.pictures["style"]).is_same
    assert saved.overfit
    assert saved.recipe.preparation == how
    finished = keeper.load_overfit(saved.overfit, prepare_photo(content.picture, how))
    keeper.close()
    assert finished
    return saved, finished.pixels


def is_work(found: tuple[SavedSession, NDArray[np.float32]], seed: int) -> bool:
    saved, pixels = found
    return saved.recipe.shares.red == seed / 100 and np.array_equal(pixels, noise(seed + 99))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def keeper(root: Path) -> WorkKeeper:
    return WorkKeeper(root)


def test_what_is_saved_comes_back_to_the_bit(keeper: WorkKeeper, root: Path) -> None:
    keeper.save(work(3))
    keeper.close()
    found = brought(root)
    assert found and is_work(found, 3) and found[0].recipe.settings == Settings()


def test_a_pasted_picture_comes_back_with_its_alpha_its_profile_and_what_its_file_said(
    keeper: WorkKeeper, root: Path
) -> None:
    deep = from_pixels(noise(1), "pasted picture", noise(2)[..., 0])
    levels = from_pixels(np.round(noise(3) * 255) / 255, "pasted picture", np.round(noise(4)[..., 0]))
    said = Metadata(exif=b"II*\0", dpi=(300.0, 299.5))
    pictures = [replace(one, icc_profile=b"profile", metadata=said) for one in (deep, levels)]
    keeper.save(WorkState(Session(pictures[0], pictures[1])))
    keeper.close()
    later = WorkKeeper(root)
    saved = later.take_over()
    assert saved
    for kind, picture in zip(("content", "style"), pictures, strict=True):
        found = later.recall_picture(saved.pictures[kind]).picture
        assert found and found.stored.dtype == picture.stored.dtype and found.metadata == said
        assert np.array_equal(found.stored, picture.stored) and found.icc_profile == b"profile"
        assert found.alpha is not None and picture.alpha is not None and np.array_equal(found.alpha, picture.alpha)
    later.close()


def test_mask_axes_and_how_the_photo_was_prepared_come_back_and_the_photo_as_it_was_read(
    keeper: WorkKeeper, root: Path
) -> None:
    mask = Mask((Stroke((Point(1 / 3, 0.5, 0.7),), 0.1),), Gradient((0, 0), (1 / 7, 1)))
    how = Preparation(1, 2.5, (0.1, 0, 1, 0.9), 0.5)
    photo = pasted(1)
    session = with_preparation(Session(photo, pasted(2)), how, prepare_photo(photo, how))
    session = with_mix(session, Mix(Shares(1, 0, -0.2), "ycc", mask))
    assert session.content
    overfit = session.content.pixels * np.float32(0.5)
    keeper.save(WorkState(session, overfit=FinishedOverfit(overfit, session.settings)))
    keeper.close()
    found = brought(root, how)
    assert found and found[0].session.mix == session.mix and np.array_equal(found[1], overfit)
    assert found[0].recipe.content == PictureReference(photo.name, photo.sha256)


def test_while_a_photo_is_looked_for_its_mask_waits_too(keeper: WorkKeeper, root: Path) -> None:
    mask, how = Mask(gradient=Gradient((0, 0), (1, 1))), Preparation(2)
    away = PictureReference("photo", "a" * 64), Path("/photos/away.png").absolute()
    waiting = Session(style=pasted(2), mask=mask, preparation=how)
    keeper.save(WorkState(waiting, lost={"content": away}))
    keeper.close()
    saved = WorkKeeper(root).take_over()
    assert saved and saved.pictures["content"] == away
    assert (saved.session.mask, saved.session.preparation) == (mask, how)


def test_pixels_are_written_once(keeper: WorkKeeper, root: Path) -> None:
    first = work(1)
    keeper.save(first)
    before = {path: path.stat().st_ino for path in root.rglob("*.safetensors")}
    keeper.save(replace(first, session=replace(first.session, shares=Shares(0.3, 0.3, 0.3))))
    assert {path: path.stat().st_ino for path in root.rglob("*.safetensors")} == before and len(before) == 3


def test_the_same_record_is_not_written_again(keeper: WorkKeeper, root: Path) -> None:
    keeper.save(work(1))
    [record] = root.rglob("session.json")
    before = record.stat().st_ino
    keeper.save(work(1))
    assert record.stat().st_ino == before


def test_any_step_of_saving_may_fail_and_the_work_before_it_or_the_new_one_is_there_whole(root: Path) -> None:
    for number in range(1, 200):
        keeper = WorkKeeper(root / str(number))
        keeper.save(work(1))
        with fault_at(number) as nth:
            try:
                keeper.save(work(2))
            except OutputError as error:
                assert "cannot be kept" in error.message
        keeper.close()
        found = brought(root / str(number))
        assert found and (is_work(found, 1) or is_work(found, 2))
        if not nth.happened:
            assert is_work(found, 2) and number > 20
            return
    pytest.fail("It never came to its end.")


def test_after_a_failed_save_the_next_one_succeeds_and_leaves_nothing_half_written(
    keeper: WorkKeeper, root: Path
) -> None:
    for number in (2, 5, 9, 14, 18, 21):
        with fault_at(number), suppress(OutputError):
            keeper.save(work(number))
        keeper.save(work(number))
    keeper.close()
    found = brought(root)
    assert found and is_work(found, 21)
    assert not list(root.rglob("*.part"))


KILLS = """
import os, signal, sys
from pathlib import Path
from nth_fault import fault_at
from test_autosave import brought, is_work, work
from stylestudio.studio.autosave.keeping import WorkKeeper

for number in range(1, 200):
    root = Path(sys.argv[1]) / str(number)
    child = os.fork()
    if not child:
        keeper = WorkKeeper(root)
        keeper.save(work(1))
        with fault_at(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
            keeper.save(work(2))
        os._exit(0)
    died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    found = brought(root)
    assert found and (is_work(found, 1) or is_work(found, 2)), number
    assert not list(root.rglob("*.part")), number
    if died == 0:
        assert is_work(found, 2)
        print(number - 1)
        break
    assert died == -signal.SIGKILL, died
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork, with which 30 kills take a second.")
def test_killed_at_any_step_of_saving_the_work_before_it_or_the_new_one_is_there_whole(root: Path) -> None:
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", KILLS, str(root)]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def test_a_living_windows_work_is_not_taken(root: Path) -> None:
    one, other = WorkKeeper(root), WorkKeeper(root)
    one.save(work(1))
    assert other.take_over() is None
    other.save(work(2))
    one.save(work(3))
    for keeper in (one, other):
        keeper.close()
    assert [is_work(found, seed) for seed in (3, 2) if (found := brought_and_kept(root))] == [True, True]


def brought_and_kept(root: Path) -> tuple[SavedSession, NDArray[np.float32]] | None:
    """As `brought`; the window that takes it over then lives on."""
    found = brought(root)
    LIVING.append(WorkKeeper(root))
    LIVING[-1].take_over()
    return found


LIVING: list[WorkKeeper] = []


@pytest.fixture(autouse=True)
def ended() -> object:
    yield
    while LIVING:
        LIVING.pop().close()


def test_beside_a_living_window_only_what_was_interrupted_comes_back(root: Path) -> None:
    living, closed, killed = WorkKeeper(root), WorkKeeper(root), WorkKeeper(root)
    living.save(work(1))
    killed.save(work(2))
    closed.save(work(3, closed=True))
    closed.close()
    assert WorkKeeper(root).take_over() is None
    killed.close()
    os.utime(next(path for path in root.rglob("session.json") if b"0.03" in path.read_bytes()), (1, 1))
    found = brought(root)
    assert found and is_work(found, 2)
    living.close()


def test_starts_are_counted_until_it_is_saved_again(keeper: WorkKeeper, root: Path) -> None:
    keeper.save(work(1, closed=True))
    keeper.close()
    for starts in (1, 2):
        found = brought(root)
        assert found and found[0].starts == starts
    assert not found[0].closed


def test_together_they_stay_within_the_budget_and_the_oldest_goes_first(root: Path) -> None:
    one = sum(path.stat().st_size for path in kept(root.parent / "measured", 1))
    for seed in (1, 2, 3):
        keeper = WorkKeeper(root, budget=round(2.5 * one))
        keeper.save(work(seed))
        keeper.close()
        for path in root.rglob("session.json"):
            before = path.stat().st_mtime - 100
            os.utime(path, (before, before))
    found = [brought_and_kept(root) for _ in range(2)]
    assert [is_work(one, seed) for one, seed in zip(found, (3, 2), strict=True) if one] == [True, True]
    assert WorkKeeper(root).take_over() is None


def kept(root: Path, seed: int) -> list[Path]:
    keeper = WorkKeeper(root)
    keeper.save(work(seed))
    keeper.close()
    return [path for path in root.rglob("*") if path.is_file()]


def test_of_the_windows_own_only_what_it_needs_stays_within_the_budget(root: Path) -> None:
    one = sum(path.stat().st_size for path in kept(root.parent / "measured", 1))
    keeper = WorkKeeper(root / "own", budget=round(1.5 * one))
    for seed in range(5):
        keeper.save(work(seed))
    assert sum(path.stat().st_size for path in (root / "own").rglob("*") if path.is_file()) < 1.5 * one
    keeper.close()
    found = brought(root / "own")
    assert found and is_work(found, 4)


def test_an_overfit_picture_larger_than_the_budget_is_made_again_instead(root: Path) -> None:
    keeper = WorkKeeper(root, budget=noise(0).nbytes * 2)
    keeper.save(work(1))
    keeper.close()
    later = WorkKeeper(root)
    saved = later.take_over()
    assert saved and saved.overfit is None
    later.close()


def test_forgetting_leaves_a_living_windows_work(root: Path) -> None:
    living, own = WorkKeeper(root), WorkKeeper(root)
    living.save(work(1))
    own.save(work(2))
    own.forget()
    own.close()
    living.close()
    found = brought(root)
    assert found and is_work(found, 1)
    assert len(list(root.iterdir())) == 1


def test_an_empty_session_keeps_nothing(keeper: WorkKeeper, root: Path) -> None:
    keeper.save(WorkState(Session()))
    assert not root.exists()
    keeper.save(work(1))
    keeper.save(WorkState(Session()))
    assert not list(root.rglob("*.json")) and not list(root.rglob("*.safetensors"))
    keeper.close()
    assert list(root.iterdir()) == []


def test_a_photos_path_is_kept_whatever_its_name_is(keeper: WorkKeeper, root: Path) -> None:
    names = ["photo.png", "Ünïcode – 写真.png", "a%20b.png", 'quote".png']
    if os.name != "nt":
        names.append(os.fsdecode(b"not \xff text.png"))
    for name in names:
        path = Path.cwd().joinpath("folder", name)
        saved = SavedSession(Recipe(PictureReference("photo", "a" * 64), None, Settings(), Shares(1, 1, 1)), True, path)
        assert decoded(encoded(saved)) == saved


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"content_path":null', '"content_path":"photo.png"'),
        ('"content_path":null', '"content_path":"/photos/%00.png"'),
        ('"content_path":null', f'"content_path":"/{"a" * 20000}"'),
        ('"content_path":null', '"content_path":7'),
        ('"linked":false', '"linked":1'),
        ('"view":null', '"view":{"zoom":0,"x":0,"y":0}'),
        ('"view":null', '"view":{"zoom":1,"x":1e99,"y":0}'),
        ('"starts":0', '"starts":-1'),
        ('"overfit":null', '"overfit":{"file":"../../../etc/passwd","settings":{}}'),
        ('"size":1024', '"size":1e9'),
        ('"axes":"rgb"', '"axes":"cmyk"'),
        ('"strokes":[]', '"strokes":[{"points":[[0.5,0.5,2]],"size":0.1}]'),
        ('"turns":0', '"turns":9'),
    ],
)
def test_a_record_is_checked_field_by_field(old: str, new: str) -> None:
    text = encoded(
        SavedSession(Recipe(PictureReference("a", "a" * 64), None, Settings(), Shares(1, 1, 1)), False)
    ).decode()
    assert old in text
    with pytest.raises(SettingError):
        decoded(text.replace(old, new).encode())


def test_what_could_not_be_read_again_is_not_written_over_what_can(keeper: WorkKeeper, root: Path) -> None:
    keeper.save(work(1))
    endless = Path(os.path.abspath("x" * 9000))  # noqa: PTH100  # it would ask the disk
    name = PictureReference("photo", "a" * 64)
    with pytest.raises(OutputError):
        keeper.save(work(2, session=Session(), overfit=None, lost={"content": (name, endless)}))
    keeper.close()
    found = brought(root)
    assert found and is_work(found, 1)


def test_a_record_of_a_newer_version_is_said_to_be_one() -> None:
    with pytest.raises(SettingError, match="newer Style Studio"):
        decoded(b'{"version":2,"something":"else"}')


def test_a_view_that_could_not_be_read_again_is_not_written() -> None:
    assert saved_view(False, 0.0, (1, 1)) is None
    assert saved_view(False, 1.0, (float("nan"), 1)) is None
    assert saved_view(True, 1.0, (1, 1)) is None
    assert saved_view(False, 2.0, (1, 1))


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b'{"version":1}', b"[" * 60000, b"x" * 9_000_000])
def test_a_damaged_record_is_set_aside_whole(content: bytes, keeper: WorkKeeper, root: Path) -> None:
    keeper.save(work(1))
    keeper.close()
    [record] = root.rglob("session.json")
    record.write_bytes(content)
    later = WorkKeeper(root)
    with pytest.raises(SettingError):
        later.take_over()
    assert (record.parent / folders.DAMAGED).read_bytes() == content
    later.save(work(2))
    later.close()
    found = brought(root)
    assert found and is_work(found, 2)


def test_a_place_that_is_none_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("")
    keeper = WorkKeeper(tmp_path / "work")
    assert keeper.take_over() is None
    with pytest.raises(OutputError, match="cannot be kept for the next start"):
        keeper.save(work(1))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions.")
def test_nobody_else_may_look_into_it(keeper: WorkKeeper, root: Path) -> None:
    keeper.save(work(1))
    assert root.stat().st_mode & 0o077 == 0


Damage = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:50], lambda data: b"\xff" * 90, lambda data: data + b"\0"]
)
def test_damaged_pixels_count_as_not_there(damage: Damage, keeper: WorkKeeper, root: Path) -> None:
    keeper.save(work(1))
    keeper.close()
    for path in root.rglob("*.safetensors"):
        path.write_bytes(damage(path.read_bytes()))
    later = WorkKeeper(root)
    saved = later.take_over()
    assert saved and saved.overfit
    assert later.load_overfit(saved.overfit, pasted(1)) is None
    found = later.recall_picture(saved.pictures["content"])
    assert found.picture is None and found.reason
    later.close()
