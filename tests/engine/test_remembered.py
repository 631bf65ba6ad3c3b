import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
import torch
from maps import pixels_of, random_image, random_map, scales_of
from torch import Tensor

from stylestudio.engine import coding, pipeline
from stylestudio.engine.coding import Networks, convolve_lazily, encode, lazy_image_of
from stylestudio.engine.matching.base import EncodedPicture, MatchSettings
from stylestudio.engine.networks.decoder import InverseNetwork
from stylestudio.engine.networks.encoder import Encoder
from stylestudio.engine.pipeline import overfit
from stylestudio.engine.runtime import lazy
from stylestudio.engine.runtime.lazy import CachedMap, LazyMap, Place, clear_caches, materialise, start_caching, window
from stylestudio.engine.runtime.tiling import empty_like
from stylestudio.progress import Cancelled, Work, cancellable, finish

HEIGHT, WIDTH = 22, 27


@dataclass
class Counted(LazyMap):
    """Notes what it was asked for."""

    values: Tensor
    asked: list[Place] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        one, channels, height, width = self.values.shape
        return one, channels, height, width

    def window(self, rows: slice, columns: slice) -> Tensor:
        self.asked.append((rows, columns))
        return self.values[:, :, rows, columns]


@pytest.fixture
def counted() -> Counted:
    return Counted(random_map(1, 3, HEIGHT, WIDTH))


def place(top: int, bottom: int, left: int, right: int) -> Place:
    return slice(top, bottom), slice(left, right)


@pytest.mark.parametrize("where", [place(0, 22, 0, 27), place(3, 9, 8, 20), place(20, 22, 25, 27), place(5, 6, 5, 6)])
def test_a_window_is_the_source_s_own_in_half_precision_at_first_and_later(where: Place, counted: Counted) -> None:
    features = CachedMap(counted)
    expected = counted.values[:, :, *where].half().float()
    for _ in range(2):
        assert torch.equal(window(features, *where), expected)


def test_what_was_worked_out_is_not_asked_for_again(counted: Counted) -> None:
    features = CachedMap(counted)
    window(features, *place(0, 12, 0, 12))
    window(features, *place(1, 11, 2, 12))
    assert len(counted.asked) == 1


def test_what_lies_partly_outside_of_what_is_known_is_worked_out(counted: Counted) -> None:
    features = CachedMap(counted)
    window(features, *place(0, 12, 0, 12))
    window(features, *place(0, 13, 0, 12))
    assert len(counted.asked) == 2


@pytest.mark.parametrize("side", [5, 6, 7, 11])
def test_windows_that_overlap_by_a_cell_leave_no_gap(side: int, counted: Counted) -> None:
    features = CachedMap(counted)
    for top in range(0, HEIGHT, side):
        for left in range(0, WIDTH, side):
            far = min(top + side + 4, HEIGHT), min(left + side + 4, WIDTH)
            window(features, *place(max(top - 4, 0), far[0], max(left - 4, 0), far[1]))
    before = len(counted.asked)
    assert torch.equal(finish(materialise(features, "")), counted.values.half().float())
    assert len(counted.asked) == before


def test_what_is_forgotten_is_worked_out_each_time_until_it_is_to_be_remembered_again(counted: Counted) -> None:
    features = CachedMap(counted)
    everything = place(0, HEIGHT, 0, WIDTH)
    window(features, *everything)
    clear_caches([features, counted.values])
    for _ in range(2):
        window(features, *everything)
    assert len(counted.asked) == 3
    start_caching([features, counted.values])
    for _ in range(2):
        window(features, *everything)
    assert len(counted.asked) == 4


@pytest.fixture
def networks() -> Networks:
    torch.manual_seed(0)
    return Networks(Encoder().requires_grad_(False), InverseNetwork().requires_grad_(False))


def painting(networks: Networks, found: list[EncodedPicture], limit: float = 0) -> Work[Tensor]:
    """The work on a pair; the photo is noted when it is read, and not read again if it is there already.

    Its maps of more than `limit` bytes are lazy.
    """
    (scale,) = scales_of(networks, random_image(3, 64, 80), random_image(4, 64, 64), limit=limit)

    def noted() -> Work[EncodedPicture]:
        if not found:
            found.append((yield from scale.content()))
        return found[0]

    return overfit(networks, [replace(scale, content=noted)], "coarse-to-fine", MatchSettings())


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Whether anything is remembered just now."""
    made: list[weakref.ref[Tensor]] = []

    def noted(model: Tensor, shape: tuple[int, int, int, int]) -> Tensor:
        values = empty_like(model, shape)
        if model.dtype == torch.half:  # what is remembered is
            made.append(weakref.ref(values))
        return values

    monkeypatch.setattr(lazy, "empty_like", noted)
    return lambda: any(reference() is not None for reference in made)


def test_a_picture_is_the_same_whether_its_photo_s_features_are_remembered_or_not(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = finish(painting(networks, []))
    monkeypatch.setattr(pipeline, "start_caching", clear_caches)
    torch.testing.assert_close(finish(painting(networks, [])), expected, atol=1 / 255, rtol=0)


def test_each_time_a_photo_is_painted_it_is_remembered_until_the_largest_maps_come(
    networks: Networks, held: Callable[[], bool]
) -> None:
    photo: list[EncodedPicture] = []
    for _ in range(2):
        when = [progress.fraction for progress in painting(networks, photo) if held()]
        assert when and max(when) < 0.8
        assert not held()


@pytest.mark.parametrize("steps", [0, 10, 25])
def test_of_work_that_is_given_up_nothing_is_remembered(
    steps: int, networks: Networks, held: Callable[[], bool]
) -> None:
    """Not even while the style is read, when relu4_1 is already made of what is remembered."""
    photo: list[EncodedPicture] = []
    work = painting(networks, photo, limit=200_000)
    while not photo:
        next(work)
    for _ in range(steps):
        next(work)
    assert held()
    work.close()
    assert not held()


def test_of_work_that_is_cancelled_in_the_middle_of_arithmetic_nothing_is_remembered(
    networks: Networks, held: Callable[[], bool]
) -> None:
    photo: list[EncodedPicture] = []
    with pytest.raises(Cancelled), cancellable(lambda: not (photo and held())):
        finish(painting(networks, photo, limit=200_000))
    assert photo
    assert not held()


def test_no_graphics_card_is_asked_to_remember(networks: Networks) -> None:
    features = convolve_lazily(networks.encoder, random_map(1, 128, 32, 32), "relu2_1", "relu3_1")
    assert isinstance(coding.cache_map(features, torch.device("cpu")), CachedMap)
    assert coding.cache_map(features, torch.device("cuda")) is features


def test_a_map_that_would_take_too_much_is_not_remembered(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "PHOTO_MAP", replace(coding.PHOTO_MAP, bytes=1000))
    image = lazy_image_of(pixels_of(random_image(3, 64, 80)), networks)
    photo = finish(encode(networks, image, ("relu3_1",), "", 0))
    assert not isinstance(photo.features["relu3_1"], CachedMap)
