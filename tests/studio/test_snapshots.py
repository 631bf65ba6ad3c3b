from itertools import pairwise

import numpy as np
import pytest

from stylestudio.errors import SettingError
from stylestudio.images.blend import blend
from stylestudio.studio.mix import KEEP_COLOURS, Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.snapshots import MOST_SNAPSHOTS, crossfade, rename_snapshot, with_snapshot, without_snapshot

ONE, OTHER = Mix(Shares(0.1, 0.5, 0.9)), Mix(Shares(0.7, 0.3, 1.0))


def test_snapshots_get_a_name_of_their_own() -> None:
    found = ()
    for name in ("", "Dusk", " dusk ", "", "Dusk"):
        found = with_snapshot(found, ONE, name)
    assert [one.name for one in found] == ["1", "Dusk", "dusk 2", "2", "Dusk 3"]
    assert rename_snapshot(found, found[0], "Dusk")[0].name == "Dusk 4"
    assert rename_snapshot(found, found[1], "Dusk") == found
    assert without_snapshot(found, found[1]) == (found[0], *found[2:])
    with pytest.raises(SettingError):
        rename_snapshot(found, found[0], " ")


def test_there_are_so_many_and_the_oldest_goes() -> None:
    found = ()
    for _ in range(MOST_SNAPSHOTS + 2):
        found = with_snapshot(found, ONE)
    assert len(found) == MOST_SNAPSHOTS
    assert found[0].name == "3"


@pytest.mark.parametrize("share", [0, 0.3, 0.5, 1])
def test_a_cross_fade_on_the_same_axes_is_that_of_the_two_targets(share: float) -> None:
    content, overfit = np.random.default_rng(1).random((2, 5, 6, 3), np.float32)
    one, other = (blend(content, overfit, mix.shares) for mix in (ONE, OTHER))
    faded = blend(content, overfit, crossfade(ONE, OTHER, share).shares)
    np.testing.assert_allclose(faded, one * (1 - share) + other * share, atol=1e-6)


def test_a_cross_fade_to_other_axes_begins_and_ends_right_and_does_not_jump() -> None:
    content, overfit = np.random.default_rng(1).random((2, 5, 6, 3), np.float32)
    assert crossfade(ONE, KEEP_COLOURS, 0).shares == ONE.shares
    assert crossfade(ONE, KEEP_COLOURS, 1) == KEEP_COLOURS
    mixes = [crossfade(ONE, KEEP_COLOURS, share) for share in np.linspace(0, 1, 101)]
    targets = [blend(content, overfit, mix.shares, axes=mix.axes) for mix in mixes]
    assert max(np.abs(after - before).max() for before, after in pairwise(targets)) < 0.05
