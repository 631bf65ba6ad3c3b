import re
from dataclasses import replace

import pytest

from stylestudio.engine import refine
from stylestudio.engine.methods import METHODS
from stylestudio.engine.runtime import lazy
from stylestudio.errors import SettingError
from stylestudio.studio import memory
from stylestudio.studio.memory import (
    Size,
    available_bytes,
    bytes_needed,
    check_memory,
    fits,
    largest_fitting_size,
    working_sizes,
)
from stylestudio.studio.settings import OWN_SIZE_BELOW, SMALLEST_SIZE, Settings

FINE = Settings(size=None, refine=0)
PHOTO = (6000, 4000)
WAVE = (659, 444)


def free(monkeypatch: pytest.MonkeyPatch, gigabytes: float) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: int(gigabytes * 1e9))


def test_some_memory_is_available() -> None:
    assert 1e6 < available_bytes() < 1e15


def test_more_pixels_need_more() -> None:
    both = ((1200, 1000), (500, 400)), ((1000, 1000), (500, 400)), ((1000, 1000), (400, 400))
    needs = [bytes_needed(content, content, style, FINE) for content, style in both]
    assert needs == sorted(needs, reverse=True) and len(set(needs)) == 3


@pytest.mark.parametrize(
    ("side", "method", "measured"),
    [
        (512, "coarse-to-fine", 0.70),
        (1226, "coarse-to-fine", 1.27),
        (2449, "coarse-to-fine", 2.02),
        (3464, "coarse-to-fine", 1.94),
        (1226, "single", 0.69),
        (2449, "single", 1.04),
        (3464, "single", 1.38),
    ],
)
def test_the_need_is_never_below_what_was_measured_and_at_most_a_quarter_above(
    side: int, method: str, measured: float
) -> None:
    settings = Settings(size=side, method=method, refine=0)
    need = bytes_needed(PHOTO, *working_sizes(PHOTO, WAVE, settings), settings) / 1e9
    assert measured <= need <= 1.25 * measured


@pytest.mark.parametrize(("photo", "measured"), [((4243, 2828), 1.70), ((4899, 3266), 1.88), (PHOTO, 1.72)])
def test_so_it_is_at_large_photos_own_sizes(photo: Size, measured: float) -> None:
    need = bytes_needed(photo, *working_sizes(photo, WAVE, FINE), FINE) / 1e9
    assert measured <= need <= 1.25 * measured


def test_a_laptop_has_enough_for_any_photo() -> None:
    assert bytes_needed(PHOTO, PHOTO, PHOTO, FINE) < 3e9
    assert bytes_needed((8660, 5773), (8660, 5773), PHOTO, FINE) < 3.5e9


def test_every_method_has_its_need_and_single_the_least() -> None:
    needs = {
        method: bytes_needed((1000, 1000), (1000, 1000), (500, 400), replace(FINE, method=method)) for method in METHODS
    }
    assert min(needs, key=needs.__getitem__) == "single"


def test_refining_and_a_larger_photo_to_be_enlarged_to_count() -> None:
    small = Settings(size=512, refine=0)
    pair = working_sizes(PHOTO, WAVE, small)
    assert bytes_needed(PHOTO, *pair, replace(small, refine=15)) > bytes_needed(PHOTO, *pair, small)
    assert bytes_needed(PHOTO, *pair, small) > bytes_needed(pair[0], *pair, small)


def test_the_estimate_knows_the_budgets_of_those_that_hold_and_keep_maps() -> None:
    assert memory.MOST_HELD == lazy.HELD_OF_CONTENT
    assert memory.REFINED_PIXELS == refine.MOST_PIXELS


def test_what_fits_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 4)
    check_memory((1024, 768), (1024, 768), FINE)


@pytest.mark.parametrize("gigabytes", [0.7, 1.0, 1.5])
@pytest.mark.parametrize("style", [WAVE, (3000, 2000)])
def test_what_does_not_fit_is_refused_with_a_size_at_which_as_at_all_smaller_ones_it_does(
    gigabytes: float, style: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, gigabytes)
    with pytest.raises(SettingError) as caught:
        check_memory(PHOTO, style, FINE)
    assert str(caught.value).startswith("A size of 6000 pixels needs about ")
    found = re.search(r"(\d+) pixels or less", caught.value.hint or "")
    assert found
    largest = int(found[1])
    for side in (*range(SMALLEST_SIZE, largest + 1, 64), largest + 64):
        assert fits(PHOTO, style, Settings(size=side, refine=0), gigabytes * 1e9) == (side <= largest)


def test_the_photo_s_own_size_is_proposed_where_it_needs_less_than_the_one_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free(monkeypatch, 1.8)
    check_memory(PHOTO, WAVE, FINE)
    with pytest.raises(SettingError) as caught:
        check_memory(PHOTO, WAVE, Settings(size=2304, refine=0))
    assert re.fullmatch(r"Choose full, or a size of \d+ pixels or less\.", caught.value.hint or "")


def test_the_photo_s_own_size_is_not_proposed_where_the_style_would_then_need_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free(monkeypatch, 1.8)
    with pytest.raises(SettingError) as caught:
        check_memory(PHOTO, PHOTO, Settings(size=2304, refine=0))
    assert re.fullmatch(r"Choose a size of \d+ pixels or less\.", caught.value.hint or "")


def test_only_sizes_are_proposed_at_which_the_photo_is_really_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = style = (1500, 1000)
    monkeypatch.setattr(memory, "available_bytes", lambda: bytes_needed(photo, (1200, 800), (1200, 800), FINE))
    with pytest.raises(SettingError) as caught:
        check_memory(photo, style, FINE)
    assert caught.value.hint == "Choose a size of 960 pixels or less."
    assert OWN_SIZE_BELOW * 960 <= 1500 < OWN_SIZE_BELOW * (960 + 64)


def test_a_style_that_stays_as_it_is_at_a_smaller_size_is_counted_whole() -> None:
    settings, photo = Settings(size=None), (3000, 2000)
    enough = bytes_needed(photo, (1024, 683), WAVE, settings)
    assert largest_fitting_size(photo, WAVE, settings, enough) == 1024


def test_where_nothing_fits_closing_other_programs_is_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 0.0001)
    with pytest.raises(SettingError) as caught:
        check_memory((512, 512), (512, 512), FINE)
    assert caught.value.hint == "Close other programs first."
