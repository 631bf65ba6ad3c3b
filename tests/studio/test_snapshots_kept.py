"""Snapshots in the record of a session, and what they say of it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from stylestudio.errors import SettingError
from stylestudio.images.decode import from_pixels
from stylestudio.images.mask import NO_MASK, Mask, Point, Stroke
from stylestudio.images.prepared import Preparation, prepare_photo
from stylestudio.studio.autosave.record import SavedSession, decoded, encoded, snapshots_that_fit
from stylestudio.studio.mix import KEEP_COLOURS, Mix
from stylestudio.studio.recipe import Shares, run_key
from stylestudio.studio.recipe_record import MOST_BYTES, recipe_of
from stylestudio.studio.session import Session, with_mix, with_preparation
from stylestudio.studio.settings import Settings
from stylestudio.studio.snapshots import Snapshot, is_at, next_seed, recall_snapshot, with_session_mix

PHOTO, OTHER = (from_pixels(np.full((30, 40, 3), grey, np.float32), str(grey)) for grey in (0.25, 0.75))
MASK = Mask((Stroke((Point(0.2, 0.2, 1.0), Point(0.4, 0.3, 0.5)), 0.2, 0.5, 1.0),))
SNAPSHOTS = (
    Snapshot("Dusk", KEEP_COLOURS),
    Snapshot("2", Mix(Shares(1.5, 0, -0.25), mask=MASK), Settings(seed=7), "x"),
)


def test_snapshots_come_back_from_the_record_as_they_were() -> None:
    saved = SavedSession(recipe_of(Session()), True, snapshots=SNAPSHOTS)
    assert decoded(encoded(saved)) == saved


def test_a_record_without_snapshots_has_none_and_a_broken_one_is_refused() -> None:
    table = json.loads(encoded(SavedSession(recipe_of(Session()), True, snapshots=SNAPSHOTS)))
    del table["snapshots"]
    assert decoded(json.dumps(table).encode()).snapshots == ()
    for wrong in (
        {"name": " ", "mix": {}},
        {"name": "a", "mix": {"shares": [9, 0, 0]}},
        {"name": "a", "mix": {}, "settings": {"seed": -1}},
    ):
        table["snapshots"] = [wrong]
        with pytest.raises(SettingError):
            decoded(json.dumps(table).encode())


def test_the_newest_snapshots_fit_into_the_record() -> None:
    points = tuple(Point(0.123456789, index / 1e6, 0.5) for index in range(MOST_BYTES // 300))
    large = [Snapshot(str(number), Mix(mask=Mask((Stroke(points, 0.1),)))) for number in range(12)]
    found = snapshots_that_fit(large)
    assert 0 < len(found) < len(large)
    assert found == tuple(large[-len(found) :])
    assert snapshots_that_fit(SNAPSHOTS) == SNAPSHOTS


def test_recalling_brings_mix_and_settings_back_and_the_mask_only_on_its_own_photo() -> None:
    session = with_mix(Session(PHOTO, settings=Settings(seed=3)), Mix(Shares(0.1, 0.2, 0.3), mask=MASK))
    (snapshot,) = with_session_mix((), session)
    assert is_at(session, snapshot)
    assert recall_snapshot(Session(PHOTO), snapshot).mix == session.mix
    assert recall_snapshot(Session(OTHER), snapshot).mix == replace(session.mix, mask=NO_MASK)
    assert recall_snapshot(Session(OTHER), snapshot).settings.seed == 3


def test_a_mask_belongs_to_the_photo_however_light_but_not_to_another_crop() -> None:
    session = with_mix(Session(PHOTO), Mix(mask=MASK))
    (snapshot,) = with_session_mix((), session)
    lighter, cropped = Preparation(exposure=1), Preparation(crop=(0, 0, 0.5, 1))
    for how, mask in ((lighter, MASK), (cropped, NO_MASK)):
        assert recall_snapshot(with_preparation(session, how, prepare_photo(PHOTO, how)), snapshot).mask == mask


def test_another_seed_is_one_that_nothing_has_and_makes_another_run() -> None:
    session = Session(PHOTO, OTHER, Settings(seed=2))
    seed = next_seed(SNAPSHOTS, session)
    assert seed == 8
    assert next_seed([Snapshot("a", Mix(), Settings(seed=9999))], session) not in (2, 9999)
    assert run_key(PHOTO, OTHER, session.settings) != run_key(PHOTO, OTHER, Settings(seed=seed))
