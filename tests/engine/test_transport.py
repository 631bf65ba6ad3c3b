import pytest
import torch
from maps import random_map
from torch import Tensor

from stylestudio.engine.runtime import tiling
from stylestudio.engine.transport import Moments, moments, transport

RIDGE, HARDLY = 1e-2, 1e-7
"""A ridge such as is used, and one for what is exact but for it."""


def rows_of(features: Tensor) -> Tensor:
    return features[0].flatten(1).t().double()


def mixed(seed: int, channels: int, height: int, width: int) -> Tensor:
    """A map whose channels depend on each other, well above 0."""
    mixing = torch.randn(channels, channels, generator=torch.Generator().manual_seed(seed + 50)) * 0.2
    return torch.einsum("ij,bjhw->bihw", mixing, random_map(seed, channels, height, width)) + 9


@pytest.mark.parametrize("chunk", [1, 100, 1 << 20])
def test_moments_are_mean_and_covariance(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    features = mixed(1, 5, 7, 9)
    found = moments(features)
    torch.testing.assert_close(found.mean, rows_of(features).mean(0))
    torch.testing.assert_close(found.covariance, torch.cov(rows_of(features).t(), correction=0), atol=1e-5, rtol=1e-4)


def test_deviations_are_those_of_each_channel() -> None:
    features = mixed(1, 5, 7, 9)
    expected = rows_of(features).std(0, correction=0)
    torch.testing.assert_close(moments(features).deviation, expected, atol=1e-6, rtol=1e-5)


def test_what_was_transported_has_the_other_map_s_moments() -> None:
    content, style = mixed(1, 6, 12, 10), mixed(2, 6, 9, 20)
    wanted = moments(style)
    found = moments(transport(moments(content), wanted, HARDLY)(content))
    torch.testing.assert_close(found.mean, wanted.mean, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(found.covariance, wanted.covariance, atol=1e-3, rtol=1e-2)


def test_a_map_that_has_the_moments_already_stays_as_it_is() -> None:
    features = mixed(3, 4, 8, 8)
    own = moments(features)
    torch.testing.assert_close(transport(own, own, RIDGE)(features), features, atol=1e-3, rtol=1e-4)


def test_the_change_is_the_least_of_all_that_give_these_moments() -> None:
    """A rotation before would give the same moments, but by a longer way."""
    start, end = moments(mixed(4, 3, 9, 9)), moments(mixed(5, 3, 9, 9))
    matrix = transport(start, end, HARDLY).weights.double()
    torch.testing.assert_close(matrix, matrix.t(), atol=1e-6, rtol=1e-6)
    assert torch.linalg.eigvalsh(matrix).min() > 0
    torch.testing.assert_close(matrix @ start.covariance @ matrix, end.covariance, atol=1e-4, rtol=1e-3)


def test_a_map_with_fewer_positions_than_channels_stays_within_its_range() -> None:
    features = random_map(7, 64, 4, 5)
    other = random_map(8, 64, 5, 4)
    found = transport(moments(features), moments(other), RIDGE)(features)
    assert found.max() < 3 * other.max()


@pytest.mark.parametrize("value", [0.0, 3.0])
def test_even_maps_do_no_harm(value: float) -> None:
    even, lively = torch.full((1, 4, 6, 6), value), mixed(6, 4, 6, 6)
    for content, style in ((even, lively), (lively, even), (even, even)):
        found = transport(moments(content), moments(style), RIDGE)(content)
        assert found.isfinite().all()
        torch.testing.assert_close(found.mean((2, 3)), style.mean((2, 3)), atol=0.05, rtol=0.02)


def test_a_greater_ridge_blows_up_less() -> None:
    flat, lively = mixed(3, 4, 8, 8), mixed(4, 4, 8, 8)
    flat[:, 0] = 9 + 1e-3 * flat[:, 0]
    little, much = (transport(moments(flat), moments(lively), ridge).weights.norm() for ridge in (1e-7, 0.1))
    assert little > 10 * much


@pytest.mark.parametrize("chunk", [1, 20, 1 << 20])
def test_of_some_positions_alone_mean_and_covariance_are_as_if_there_were_no_others(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    features, counted = mixed(1, 5, 7, 9), random_map(3, 1, 7, 9)[0, 0] > 0.3
    counted[:2] = False
    expected = rows_of(features)[counted.flatten()]
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    found = moments(features, counted)
    torch.testing.assert_close(found.mean, expected.mean(0))
    torch.testing.assert_close(found.covariance, torch.cov(expected.t(), correction=0), atol=1e-5, rtol=1e-4)


def test_moments_are_kept_in_double_precision() -> None:
    found = moments(mixed(1, 3, 4, 4))
    assert isinstance(found, Moments)
    assert found.mean.dtype == found.covariance.dtype == torch.float64
