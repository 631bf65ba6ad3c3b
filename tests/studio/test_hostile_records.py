"""Recipes and sessions as a stranger would write them: a record that keeps its promises, or a `StudioError`.

Two seconds each, ten in CI, half a minute together; it goes on longer with
`FUZZ_SECONDS=600 python -m pytest -o faulthandler_timeout=0 tests/studio/test_hostile_records.py`, so long each.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from stylestudio.errors import StudioError
from stylestudio.images.blend import LEAST_SHARE, MOST_SHARE
from stylestudio.images.decode import from_pixels
from stylestudio.images.mask import ByLightness, Gradient, Mask, Point, Stroke
from stylestudio.images.prepared import Preparation, prepare_photo
from stylestudio.studio.autosave.keeping import FinishedOverfit, WorkKeeper, WorkState
from stylestudio.studio.autosave.record import SavedSession, decoded, encoded
from stylestudio.studio.look_files import LookReference
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.recipe_record import Recipe, from_json, recipe_of, to_json
from stylestudio.studio.render import target
from stylestudio.studio.session import Session, with_mix, with_preparation

SECONDS = float(os.environ.get("FUZZ_SECONDS", "10" if os.environ.get("CI") == "true" else "2"))
LONGEST = 5.0
"""Seconds that any one record may take."""

PHOTO, STYLE = (from_pixels(np.full((4, 6, 3), value), "a") for value in (0.25, 0.5))
SESSION = Session(PHOTO, STYLE)
HOW = Preparation(1, 1.5, (0.1, 0.2, 0.9, 1.0), 0.5, -0.25)
STROKE = Stroke((Point(0.1, 0.2, 0.3), Point(0.4, 0.5)), 0.1, 0.2, 0.3, "less")
MIX = Mix(Shares(0.1, 0.5, 1.25), "ycc", Mask((STROKE,), Gradient((0, 0), (1, 1)), ByLightness(1, 0, -1), True))
PREPARED = with_mix(with_preparation(SESSION, HOW, prepare_photo(PHOTO, HOW)), MIX)
WHOLE = replace(recipe_of(PREPARED), look=LookReference(3, "a" * 64))
"""The recipe of a session with all that there is."""

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=300)
    | st.sampled_from(["../../etc/passwd", "/dev/zero", "\\\\host\\share\\a.png", "%00", "a" * 64, "relu4_1", "NaN"])
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner))
CUTS = st.lists(st.tuples(st.integers(0, 1 << 12), st.integers(0, 255), st.sampled_from(["flip", "cut", "add"])))


def places(record: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Of every value in a record."""
    yield path
    inner = record.items() if isinstance(record, dict) else enumerate(record) if isinstance(record, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


@st.composite
def altered_records(draw: st.DrawFn, sound: bytes) -> bytes:
    """A sound record in which values were replaced, or keys taken away, or anything at all."""
    record: Any = json.loads(sound)
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(list(places(record))))
        if not path:
            return altered_bytes(json.dumps(draw(VALUES)).encode(), draw(CUTS))
        place: Any = record
        for key in path[:-1]:
            place = place[key]
        if isinstance(place, dict) and draw(st.booleans()):
            place.pop(path[-1])
        else:
            place[path[-1]] = draw(VALUES)
    return altered_bytes(json.dumps(record).encode(), draw(CUTS))


def altered_bytes(data: bytes, cuts: list[tuple[int, int, str]]) -> bytes:
    changed = bytearray(data)
    for place, value, what in cuts:
        at = place % (len(changed) + 1)
        if what == "add":
            changed.insert(at, value)
        elif what == "cut":
            del changed[at : at + value]
        elif at < len(changed):
            changed[at] ^= value
    return bytes(changed)


def for_a_while(property_of: Callable[[int], None]) -> None:
    """Hypothesis counts examples; here they are drawn until the time is over, others each round.

    The last round goes on for no more examples than a round has, each of which may take `LONGEST`.
    """
    end, number = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        property_of(number)
        number += 1


def quickly(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=1000 * LONGEST, database=None, suppress_health_check=[HealthCheck.too_slow]
    )


class Opened:
    """Python tells of every file that it opens; a hook for that cannot be taken away again, but told to listen."""

    def __init__(self) -> None:
        self.listens, self.names = False, list[object]()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, facts: tuple[object, ...]) -> None:
        if self.listens and event in ("open", "os.listdir", "os.scandir", "socket.connect", "import"):
            self.names.append(facts)

    @contextmanager
    def nothing(self) -> Iterator[None]:
        self.listens = True
        try:
            yield
        finally:
            self.listens = False
        assert not self.names


@pytest.fixture(scope="module")
def opened() -> Opened:
    return Opened()


@pytest.fixture(autouse=True)
def stays_small() -> Iterator[None]:
    process = psutil.Process()
    before = process.memory_info().rss
    yield
    assert process.memory_info().rss - before < 1 << 30


def test_decoding_a_hostile_recipe_gives_a_sound_one_or_a_studio_error(opened: Opened) -> None:
    sound = to_json(WHOLE)

    def run(number: int) -> None:
        @seed(number)
        @quickly(40)
        @given(altered_records(sound))
        def check(data: bytes) -> None:
            try:
                with opened.nothing():
                    recipe = from_json(data, Recipe)
            except StudioError:
                return
            assert from_json(to_json(recipe), Recipe) == recipe
            assert all(LEAST_SHARE <= share <= MOST_SHARE for share in recipe.shares)
            assert recipe.settings.style_side((6, 4), (6, 4)) >= 1
            photo = prepare_photo(PHOTO, recipe.preparation)
            mixed = target(photo, photo.pixels, recipe.mix)
            assert mixed.shape == photo.stored.shape and np.isfinite(mixed).all()

        check()

    for_a_while(run)


def test_decoding_a_hostile_session_gives_a_sound_one_or_a_studio_error(opened: Opened) -> None:
    sound = encoded(SavedSession(WHOLE, False, Path("/photos/a.png").absolute()))

    def run(number: int) -> None:
        @seed(number)
        @quickly(40)
        @given(altered_records(sound))
        def check(data: bytes) -> None:
            try:
                with opened.nothing():
                    saved = decoded(data)
            except StudioError:
                return
            assert decoded(encoded(saved)) == saved
            assert all(path is None or path.is_absolute() for path in (saved.content_path, saved.style_path))
            assert not saved.session.linked or len(set(saved.session.shares)) == 1

        check()

    for_a_while(run)


def test_a_hostile_folder_brings_back_what_was_kept_or_nothing(tmp_path: Path) -> None:
    """Records and pixels altered where they lie; what comes back shows what it is named by."""
    root = tmp_path / "work"
    keeper = WorkKeeper(root)
    keeper.save(WorkState(SESSION, overfit=FinishedOverfit(PHOTO.pixels * 0.5, SESSION.settings)))
    keeper.close()
    [folder] = root.iterdir()
    sound = {path: path.read_bytes() for path in folder.rglob("*") if path.suffix in (".json", ".safetensors")}

    def run(number: int) -> None:
        @seed(number)
        @quickly(20)
        @given(st.dictionaries(st.sampled_from(sorted(sound)), CUTS, min_size=1))
        def check(damage: dict[Path, list[tuple[int, int, str]]]) -> None:
            for path, data in sound.items():
                path.write_bytes(altered_bytes(data, damage.get(path, [])))
            brings_back_only_what_was_kept(root)

        check()

    for_a_while(run)


def brings_back_only_what_was_kept(root: Path) -> None:
    keeper = WorkKeeper(root)
    try:
        saved = keeper.take_over()
        for origin in saved.pictures.values() if saved else ():
            found = keeper.recall_picture(origin)
            assert not found.is_same or (found.picture and found.picture.sha256 == origin[0].sha256)
        finished = saved and saved.overfit and keeper.load_overfit(saved.overfit, PHOTO)
        assert not finished or np.array_equal(finished.pixels, PHOTO.pixels * np.float32(0.5))
    except StudioError:
        pass
    finally:
        keeper.close()
