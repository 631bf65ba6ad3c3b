"""Overfit pictures of two styles: each made once, shown as they come, and together the session's."""

import gc
from collections.abc import Iterator
from weakref import ref

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from test_runs import AS_PAINTED, CONTENT, OTHER, STYLE, Bench, picture

from stylestudio.studio.session import with_balance, with_content, with_second, with_style, with_styles_swapped

SECOND = picture(0.7, name="second")
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def both(qtbot: QtBot) -> Iterator[Bench]:
    """With the overfit pictures of two styles."""
    bench = Bench(qtbot)
    bench.open(CONTENT, STYLE)
    bench.finish()
    bench.document.apply("Second", with_second, SECOND)
    bench.finish()
    yield bench
    assert bench.tasks.close()


def styles(bench: Bench) -> list[str]:
    return [f"{style.pixels[0, 0, 0]:.1f}" for _, style, _ in bench.renderer.asked]


def test_a_second_style_runs_for_itself_alone_and_both_are_the_session_s(both: Bench) -> None:
    assert styles(both) == ["0.3", "0.7"]
    overfit = both.runs.overfit
    assert overfit is not None and both.runs.is_settled and len(overfit.layers) == 2
    np.testing.assert_allclose(overfit.balanced(0.25), 0.7 * 0.75 + 0.3 * 0.25, atol=1e-6)
    assert overfit.balanced(0) is overfit.layers[0] and overfit.balanced(1) is overfit.layers[1]


def test_a_balance_never_runs_anything_nor_shows_it_anew(both: Bench) -> None:
    changes = len(both.changes)
    for balance in (0.0, 0.3, 1.0):
        both.document.apply("Balance", with_balance, balance)
    both.settle()
    assert len(both.renderer.asked) == 2 and len(both.changes) == changes and not both.runs.busy


def test_only_what_was_changed_runs_again(both: Bench) -> None:
    both.document.apply("Swap", with_styles_swapped)
    assert not both.runs.busy and both.runs.overfit is not None
    assert both.runs.overfit.style is SECOND and both.runs.is_settled
    both.document.undo()
    both.document.apply("Style", with_style, OTHER)
    both.finish()
    assert styles(both) == ["0.3", "0.7", "0.2"] and both.runs.is_settled
    both.document.apply("Second", with_second, None)
    both.document.undo()
    both.document.undo()
    assert not both.runs.busy and both.runs.is_settled and len(both.renderer.asked) == 3


def test_another_photo_runs_both_and_hands_out_only_both_together(both: Bench) -> None:
    handed, changes = list[object](), len(both.changes)
    both.document.apply("Photo", with_content, OTHER)
    assert both.runs.when_final(handed.append)
    both.finish()
    assert styles(both)[2:] == ["0.3", "0.7"]
    assert handed == [both.runs.overfit] and both.runs.is_settled
    fractions = [fraction for _, fraction, _ in both.progress[-4:]]
    assert fractions == sorted(fractions) and fractions[-1] > 0.5 > fractions[0]
    alone = [one for one in both.changes[changes:] if one and not one.draft and one.second is None]
    assert len(alone) == 1  # the first style's, until the second comes


def test_the_second_one_s_drafts_are_shown_with_the_first_as_it_is(both: Bench) -> None:
    both.hold(64)
    both.document.apply("Second", with_second, picture(0.9, name="third"))
    both.held()
    both.qtbot.waitUntil(lambda: both.runs.overfit is not None and both.runs.overfit.draft)
    shown = both.runs.overfit
    assert shown is not None and [layer.shape[1] for layer in shown.layers] == [500, 64]
    assert not both.runs.is_settled
    both.runs.cancel()
    shown = both.runs.overfit
    assert shown is not None and not shown.draft and shown.style is STYLE and both.runs.can_restart
    both.hold("")
    both.runs.restart()
    both.finish()
    assert both.runs.is_settled and len(both.renderer.asked) == 4


def test_a_second_picture_that_was_cut_short_is_refined_alone(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.open(CONTENT, STYLE)
    bench.set(refine=30)
    bench.finish()
    bench.hold("steps")
    bench.document.apply("Second", with_second, SECOND)
    bench.qtbot.waitUntil(lambda: bench.runs.overfit is not None and bench.runs.overfit.refining)
    assert bench.runs.is_settled
    bench.runs.cancel()
    assert bench.runs.overfit is not None and bench.runs.overfit.cut_short and bench.runs.can_restart
    before = len(bench.renderer.asked)
    bench.hold("")
    bench.runs.restart()
    bench.finish()
    assert [style for _, style, _ in bench.renderer.asked[before:]] == [SECOND]
    assert bench.runs.overfit is not None and not bench.runs.overfit.cut_short
    assert bench.tasks.close()


def test_with_many_pictures_kept_the_two_that_are_wanted_stay_together(both: Bench) -> None:
    for patch_size in (1, 5, 7):
        both.set(patch_size=patch_size)
        both.finish()
        assert both.runs.is_settled
    for _ in range(3):
        both.document.undo()
        both.finish()
        assert both.runs.is_settled and both.document.session.settings.patch_size in (5, 1, AS_PAINTED.patch_size)


def test_the_first_of_two_is_to_leave_room_for_the_other(both: Bench) -> None:
    both.document.apply("Photo", with_content, OTHER)
    both.finish()
    assert both.renderer.others == [0, 0, 1, 0]


def test_pictures_that_are_forgotten_are_held_by_nothing(both: Bench) -> None:
    assert both.runs.overfit is not None
    pixels = [ref(layer) for layer in both.runs.overfit.layers]
    both.document.apply("One", with_second, None)
    both.changes.clear()
    both.runs.release_memory()
    gc.collect()
    assert [one() is not None for one in pixels] == [True, False]


def test_what_is_being_refined_goes_on_while_a_second_style_comes_is_swapped_and_goes(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.refine("steps")
    bench.document.apply("Second", with_second, SECOND)
    assert bench.runs.busy and not bench.runs.is_settled
    bench.document.apply("Swap", with_styles_swapped)
    bench.settle()
    assert styles(bench) == ["0.3"] and not bench.renderer.closed
    bench.hold("")
    bench.finish()
    assert styles(bench) == ["0.3", "0.7"] and bench.runs.is_settled
    assert bench.runs.overfit is not None and bench.runs.overfit.style is SECOND
    bench.hold("steps")
    bench.document.apply("Style", with_style, OTHER)
    bench.qtbot.waitUntil(lambda: bench.runs.overfit is not None and bench.runs.overfit.refining)
    bench.document.apply("One", with_second, None)
    assert bench.runs.busy and bench.runs.overfit is not None and bench.runs.overfit.style is OTHER
    bench.document.apply("Style", with_style, STYLE)
    assert not bench.runs.busy and bench.runs.is_settled and styles(bench) == ["0.3", "0.7", "0.2"]
    assert bench.tasks.close()
