import re
from math import ceil

import pytest

from stylestudio.errors import SettingError
from stylestudio.studio import memory_need
from stylestudio.studio.memory_need import available, check, needed
from stylestudio.studio.recipe import METHODS, SMALLEST_SIZE, Settings

FINE = "coarse-to-fine"


def free(monkeypatch: pytest.MonkeyPatch, gigabytes: float) -> None:
    monkeypatch.setattr(memory_need, "available", lambda: int(gigabytes * 1e9))


def test_some_memory_is_available() -> None:
    assert 1e6 < available() < 1e15


def test_more_pixels_need_more() -> None:
    sizes = ((2000, 1000), (500, 400)), ((1000, 1000), (500, 400)), ((1000, 1000), (400, 400))
    needs = [needed(*both, FINE) for both in sizes]
    assert needs == sorted(needs, reverse=True) and len(set(needs)) == 3


def test_a_laptop_has_enough_for_any_photo() -> None:
    assert needed((6000, 4000), (6000, 4000), FINE) < 3e9
    assert needed((8660, 5773), (6000, 4000), FINE) < 3.5e9


def test_every_method_has_its_need_and_single_the_least() -> None:
    needs = {method: needed((1000, 1000), (500, 400), method) for method in METHODS}
    assert min(needs, key=needs.__getitem__) == "single"


def test_what_fits_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 4)
    check((1024, 768), (1024, 768), (1024, 768), FINE)


@pytest.mark.parametrize("gigabytes", [0.3, 1.0, 2.0])
def test_what_does_not_fit_is_refused_with_the_largest_size_that_does(
    gigabytes: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, gigabytes)
    with pytest.raises(SettingError) as caught:
        check((6000, 4000), (6000, 4000), (3000, 2000), FINE)
    assert str(caught.value).startswith("A size of 6000 pixels needs about ")
    found = re.search(r"(\d+) pixels or less", caught.value.hint or "")
    assert found
    largest = int(found[1])
    for side, fits in ((largest, True), (largest + 64, False)):
        share = side / 6000
        sizes = [(ceil(width * share), ceil(height * share)) for width, height in ((6000, 4000), (3000, 2000))]
        assert (needed(sizes[0], sizes[1], FINE) <= gigabytes * 1e9) == fits


def test_where_nothing_fits_closing_other_programs_is_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 0.0001)
    with pytest.raises(SettingError) as caught:
        check((512, 512), (512, 512), (512, 512), FINE)
    assert caught.value.hint == "Close other programs first."


def test_only_sizes_are_proposed_at_which_the_photo_is_really_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = style = (1500, 1000)
    there = needed((1200, 800), (1200, 800), FINE)
    monkeypatch.setattr(memory_need, "available", lambda: there)
    with pytest.raises(SettingError) as caught:
        check(photo, photo, style, FINE)
    found = re.search(r"(\d+) pixels or less", caught.value.hint or "")
    assert found and int(found[1]) == 960
    for size in range(SMALLEST_SIZE, 961, 32):
        side = Settings(size=size).content_side(photo)
        smaller = (side, ceil(side * 2 / 3))
        assert side == size
        assert needed(smaller, smaller, FINE) <= there
