"""Maps that are worked out window by window. Here every map is lazy, and windows are as small as can be."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from maps import LargestTensor, laid, never_falls, pixels_of, random_image, random_map, scales_of
from torch import Tensor
from torch.nn import functional as F
from work import outcome

from stylestudio.engine import coding, pipeline, transport
from stylestudio.engine.coding import Networks, encode, lazy_image_of
from stylestudio.engine.matching import coarse_to_fine
from stylestudio.engine.matching.base import MatchSettings
from stylestudio.engine.methods import METHODS
from stylestudio.engine.networks.encoder import LAYERS
from stylestudio.engine.pipeline import overfit
from stylestudio.engine.runtime import lazy
from stylestudio.engine.runtime.lazy import (
    ConvolvedMap,
    JoinedMap,
    LazyMap,
    LazyPixels,
    materialise,
    materialise_if_small,
    window,
    windows,
)
from stylestudio.engine.transport import moments, sample_windows
from stylestudio.progress import finish


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.no_grad():
        yield


@pytest.fixture
def all_lazy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is held, and windows have 32 positions a side at the most."""
    for module in (lazy, pipeline, coarse_to_fine):
        monkeypatch.setattr(module, "HELD", 0)
    monkeypatch.setattr(pipeline, "HELD_OF_CONTENT", 0)
    monkeypatch.setattr(lazy, "LARGEST_WINDOW", 32)
    monkeypatch.setattr(coarse_to_fine, "CHOSEN_AT_ONCE", 32 * 128)
    monkeypatch.setattr(transport, "MOST_WINDOWS", 1000)


def blur(part: Tensor, scale: float) -> Tensor:
    """Reaches one position to every side; finer or coarser than it came."""
    smooth = F.avg_pool2d(F.pad(part, (1, 1, 1, 1), mode="reflect"), 3, 1)
    return F.interpolate(smooth, scale_factor=2) if scale > 1 else F.max_pool2d(smooth, 2)


def made(source: Tensor | LazyMap, scale: float) -> ConvolvedMap:
    return ConvolvedMap(source, partial(blur, scale=scale), source.shape[1], scale, tile=6, halo=2, multiple=2)


@pytest.mark.parametrize("scale", [2.0, 0.5])
@pytest.mark.parametrize(
    "place", [(slice(0, 5), slice(0, 13)), (slice(3, 4), slice(6, 11)), (slice(2, 10), slice(9, 13))]
)
def test_a_window_is_what_the_whole_has_there(place: tuple[slice, slice], scale: float) -> None:
    features = made(made(random_map(1, 3, 40, 52), 0.5), scale)
    expected = blur(blur(random_map(1, 3, 40, 52), 0.5), scale)
    torch.testing.assert_close(window(features, *place), expected[:, :, *place])
    torch.testing.assert_close(laid(features), expected)


def test_maps_are_joined_window_by_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy, "LARGEST_WINDOW", 3)
    one, other = random_map(1, 4, 7, 8), random_map(2, 4, 7, 8)
    found, told = outcome(materialise(JoinedMap((one, other), torch.add, 4), "Joining"))
    assert torch.equal(found, one + other)
    assert never_falls(told) and told[-1].fraction == 1


def test_what_reaches_beyond_a_window_is_joined_as_on_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def smooth(one: Tensor, other: Tensor) -> Tensor:
        return F.avg_pool2d(F.pad(one + other, (2, 2, 2, 2), mode="replicate"), 5, 1)

    monkeypatch.setattr(lazy, "LARGEST_WINDOW", 3)
    one, other = random_map(1, 4, 11, 13), random_map(2, 4, 11, 13)
    torch.testing.assert_close(laid(JoinedMap((one, other), smooth, 4, reach=2)), smooth(one, other))


def test_pixels_are_repeated_beyond_their_border() -> None:
    pixels = np.random.default_rng(1).random((5, 9, 3), np.float32)
    image = LazyPixels(pixels, 16, 16, torch.device("cpu"))
    expected = F.pad(torch.from_numpy(pixels).permute(2, 0, 1)[None], (0, 7, 0, 11), mode="replicate")
    for rows, columns in ((slice(0, 16), slice(0, 16)), (slice(4, 7), slice(8, 9)), (slice(10, 12), slice(9, 16))):
        assert torch.equal(window(image, rows, columns), expected[:, :, rows, columns])


def test_only_maps_beyond_the_limit_stay_lazy() -> None:
    features = made(random_map(1, 3, 8, 10), 2.0)
    size = 4 * 3 * 16 * 20
    assert isinstance(finish(materialise_if_small(features, "", size)), Tensor)
    assert finish(materialise_if_small(features, "", size - 1)) is features


def test_a_tensor_is_one_window_and_a_lazy_map_as_many_as_it_takes() -> None:
    features = random_map(1, 3, 8, 10)
    assert list(windows(features, 4)) == [(slice(0, 8), slice(0, 10))]
    parts = list(windows(made(features, 2.0), 8))
    assert len(parts) == 2 * 3
    covered = torch.zeros(16, 20)
    for rows, columns in parts:
        covered[rows, columns] += 1
    assert (covered == 1).all()


def test_moments_of_windows_are_those_of_the_whole(all_lazy: None) -> None:
    features = made(random_map(1, 3, 40, 30), 2.0)
    found, expected = moments(features), moments(laid(features))
    torch.testing.assert_close(found.mean, expected.mean, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.covariance, expected.covariance, atol=1e-5, rtol=1e-4)


def test_of_very_many_windows_some_are_looked_at_always_the_same() -> None:
    places = [(slice(row, row + 1), slice(0, 1)) for row in range(100)]
    found = sample_windows(places)
    assert len(set(map(str, found))) == transport.MOST_WINDOWS
    assert found == sample_windows(places)
    assert sample_windows(places[:5]) == places[:5]


def test_lazy_features_are_those_that_are_held(networks: Networks, all_lazy: None) -> None:
    pixels = pixels_of(random_image(3, 77, 90))
    held = finish(encode(networks, random_image(3, 77, 90), LAYERS, ""))
    lazy = finish(encode(networks, lazy_image_of(pixels, networks), LAYERS, "", 0))
    torch.testing.assert_close(lazy.luminance, held.luminance)
    for name in LAYERS:
        assert isinstance(lazy.features[name], LazyMap)
        atol, rtol = (2e-3, 1e-3) if name in ("relu3_1", "relu4_1") else (1e-3, 1e-4)
        torch.testing.assert_close(laid(lazy.features[name]), held.feature_tensor(name), atol=atol, rtol=rtol)


@pytest.mark.parametrize("method", METHODS)
def test_a_picture_made_in_windows_is_the_one_made_at_once(
    method: str, networks: Networks, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coding, "PHOTO_MAP", replace(coding.PHOTO_MAP, bytes=0))
    shares = (0.5, 1.0) if METHODS[method].scaled else (1.0,)
    generator = torch.Generator().manual_seed(1)
    image = (random_image(1, 90, 110) + 0.2 * torch.rand(1, 3, 90, 110, generator=generator)).clamp(0, 1)

    def picture(limit: float) -> Tensor:
        scales = scales_of(networks, image, random_image(2, 56, 64), method, shares, limit)
        return finish(overfit(networks, scales, method, MatchSettings()))

    at_once = picture(float("inf"))
    request.getfixturevalue("all_lazy")
    difference = (picture(0) - at_once).abs().amax(1) * 255
    assert (difference > 1).float().mean() < 1e-3
    assert difference.mean() < 0.1


@pytest.mark.parametrize("method", METHODS)
def test_no_tensor_grows_with_the_picture_but_what_is_small(
    method: str, networks: Networks, request: pytest.FixtureRequest
) -> None:
    shares = (0.25, 1.0) if METHODS[method].scaled else (1.0,)

    def largest(width: int, limit: float) -> int:
        scales = scales_of(networks, random_image(1, 32, width), random_image(2, 32, 32), method, shares, limit)
        with LargestTensor() as noted:
            finish(overfit(networks, scales, method, MatchSettings(patch_size=1)))
        return noted.values

    held = largest(640, float("inf"))
    request.getfixturevalue("all_lazy")
    assert largest(640, 0) <= largest(256, 0) < 0.6 * held
