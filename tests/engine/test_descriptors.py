import pytest
import torch
from maps import random_map
from torch import Tensor

from stylestudio.engine.config import DescriptorConfig
from stylestudio.engine.matching import descriptors
from stylestudio.engine.matching.descriptors import (
    StandardisedMap,
    WeightedMaps,
    principal_components,
    sample_patches,
    sample_positions,
    standardise,
)
from stylestudio.engine.runtime import tiling
from stylestudio.engine.transport import moments


def every(height: int, width: int) -> Tensor:
    return torch.arange(height * width)


TUNING = DescriptorConfig(components=64, values=512, samples=4096)


def alone(features: Tensor) -> WeightedMaps:
    """A map as it is, standardised."""
    return WeightedMaps(((1.0, standard_of(features)),))


def standard_of(features: Tensor) -> StandardisedMap:
    return standardise(features, moments(features))


def everywhere(features: Tensor) -> tuple[slice, slice]:
    return slice(0, features.shape[2]), slice(0, features.shape[3])


def described(query: Tensor, keys: Tensor, patch_size: int) -> tuple[Tensor, ...]:
    """Descriptors (N, D) of two maps (1, C, h, w)."""
    directions = descriptors.find_directions(alone(keys), patch_size, 0, TUNING)
    return tuple(
        descriptors.describe_patches(alone(one), directions, *everywhere(one)).flatten(0, 1) for one in (query, keys)
    )


def test_standardised_channels_have_mean_0_and_deviation_1() -> None:
    found = standard_of(random_map(0, 5, 12, 9) * 30 + 7).values_at(every(12, 9))
    torch.testing.assert_close(found.mean(0), torch.zeros(5), atol=1e-5, rtol=0)
    torch.testing.assert_close(found.std(0, correction=0), torch.ones(5))


def test_constant_channels_become_0() -> None:
    features = torch.cat([random_map(0, 1, 6, 6), torch.full((1, 1, 6, 6), 3.25), torch.zeros(1, 1, 6, 6)], 1)
    found = standard_of(features).values_at(every(6, 6))
    assert found[:, 0].abs().max() > 1
    assert found[:, 1:].abs().max() < 1e-3


def test_what_is_projected_in_parts_is_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 40)
    one, other = random_map(1, 6, 8, 7) * 4 + 2, random_map(2, 6, 8, 7)
    query = WeightedMaps(((0.3, standard_of(one)), (0.7, standard_of(other))))
    directions = torch.randn(4, 6, generator=torch.Generator().manual_seed(3))
    found = query.project(directions, *everywhere(one))
    assert found.shape == (1, 4, 8, 7)
    torch.testing.assert_close(
        found[0].flatten(1).t(), query.values_at(every(8, 7)) @ directions.t(), atol=1e-5, rtol=1e-4
    )


def test_maps_are_mixed_by_their_weights() -> None:
    one, other = random_map(1, 4, 6, 7), random_map(2, 4, 6, 7)
    found = WeightedMaps(((0.25, standard_of(one)), (0.75, standard_of(other)))).values_at(every(6, 7))
    parts = [standard_of(features).values_at(every(6, 7)) for features in (one, other)]
    torch.testing.assert_close(found, 0.25 * parts[0] + 0.75 * parts[1])


def test_the_strongest_direction_comes_first() -> None:
    rows = torch.randn(500, 4, generator=torch.Generator().manual_seed(2)) * torch.tensor([1.0, 9, 0.1, 3])
    found = principal_components(rows, 3)
    torch.testing.assert_close(found.abs(), torch.eye(4)[[1, 3, 0]], atol=0.1, rtol=0)
    torch.testing.assert_close(found @ found.t(), torch.eye(3), atol=1e-4, rtol=0)


def test_few_directions_of_many_keep_nearly_as_much_as_the_best_would() -> None:
    generator = torch.Generator().manual_seed(3)
    rows = torch.randn(800, 300, generator=generator) * torch.logspace(0, -2, 300)
    rows = rows @ torch.linalg.qr(torch.randn(300, 300, generator=generator)).Q
    best = torch.linalg.eigh(rows.t() @ rows).eigenvectors.flip(1)[:, :40].t()
    found, again = principal_components(rows, 40), principal_components(rows, 40)
    torch.testing.assert_close(found @ found.t(), torch.eye(40), atol=1e-4, rtol=0)
    assert (rows @ found.t()).square().sum() > 0.99 * (rows @ best.t()).square().sum()
    assert torch.equal(found, again)


def test_directions_leave_the_generator_that_all_share_alone() -> None:
    before = torch.get_rng_state()
    principal_components(torch.ones(200, 300), 40)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_large_map_is_sampled_by_seed() -> None:
    first, again, other = (sample_positions(8, 9, seed, 10) for seed in (1, 1, 2))
    assert first.shape == (10,)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.unique().numel() == 10


def test_a_small_map_is_taken_whole_but_for_what_may_not_be_taken() -> None:
    assert torch.equal(sample_positions(4, 5, 0, 4096), torch.arange(20))
    usable = torch.zeros(4, 5, dtype=torch.bool)
    usable[1, 2:4] = usable[3, 0] = True
    assert sample_positions(4, 5, 0, 4096, usable).tolist() == [7, 8, 15]
    assert sample_positions(4, 5, 0, 2, usable).tolist() in ([7, 8], [7, 15], [8, 15])


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_sampled_patches_are_those_of_the_unfolded_map(patch_size: int) -> None:
    features, positions = random_map(3, 6, 7, 5), torch.tensor([0, 8, 17, 34])
    padded = torch.nn.functional.pad(features, (patch_size // 2,) * 4, mode="replicate")
    every = torch.nn.functional.unfold(padded, patch_size)[0].t()
    assert torch.equal(sample_patches(features, positions, patch_size), every[positions])


@pytest.mark.parametrize(("channels", "side", "patch_size"), [(9, 2, 1), (513, 2, 1), (513, 3, 3), (65, 8, 3)])
def test_maps_with_fewer_positions_than_components_can_be_described(channels: int, side: int, patch_size: int) -> None:
    style = random_map(4, channels, side, side)
    for found in described(style, style, patch_size):
        assert found.shape[0] == side * side
        assert found.shape[1] <= TUNING.components
        assert found.isfinite().all()


def test_a_descriptor_has_so_many_components_of_patches_of_so_many_values() -> None:
    for patch_size, channels in ((1, 7), (3, 5), (5, 2)):
        found = descriptors.find_directions(alone(random_map(4, 20, 9, 9)), patch_size, 0, DescriptorConfig(7, 50, 60))
        assert found.channels.shape == (channels, 20)
        assert found.patches.shape == (7, channels, patch_size, patch_size)


def test_an_even_style_can_be_described() -> None:
    style = torch.full((1, 20, 4, 4), 2.0)
    assert all(found.isfinite().all() for found in described(style, style, 3))


def standard(features: Tensor) -> Tensor:
    deviation, mean = torch.std_mean(features, (2, 3), keepdim=True, correction=0)
    return (features - mean) / deviation


def cosines(one: Tensor, other: Tensor) -> Tensor:
    return torch.nn.functional.normalize(one, dim=1) @ torch.nn.functional.normalize(other, dim=1).t()


def patches(features: Tensor, patch_size: int) -> Tensor:
    """(h·w, C·k²) values of the patch around every position."""
    padded = torch.nn.functional.pad(features, (patch_size // 2,) * 4, mode="replicate")
    return torch.nn.functional.unfold(padded, patch_size)[0].t()


def test_few_channels_keep_all_their_correlations() -> None:
    style, content = random_map(5, 12, 6, 7), random_map(6, 12, 4, 5)
    ours = cosines(*described(content, style, 1))
    torch.testing.assert_close(
        ours, cosines(patches(standard(content), 1), patches(standard(style), 1)), atol=1e-3, rtol=1e-3
    )


def test_descriptors_tell_most_of_what_tells_patches_apart() -> None:
    """The 64 strongest components of 9 x 8 patch values keep nearly all correlations."""
    style = random_map(7, 8, 10, 10)
    ours = described(style, style, 3)[1]
    true = patches(standard(style), 3)
    error = cosines(ours, ours) - cosines(true, true)
    assert error.abs().max() < 0.1
    assert error.square().mean().sqrt() < 0.02


def test_patches_are_described_in_parts_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    style, content = random_map(5, 12, 9, 7), random_map(6, 12, 8, 5)
    whole = described(content, style, 3)
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 100)
    for one, other in zip(described(content, style, 3), whole, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_windows_are_described_as_in_the_whole_map(patch_size: int) -> None:
    features = random_map(5, 12, 9, 7)
    what = alone(features)
    directions = descriptors.find_directions(what, patch_size, 0, TUNING)
    whole = descriptors.describe_patches(what, directions, *everywhere(features))
    for rows, columns in ((slice(0, 4), slice(0, 7)), (slice(4, 9), slice(2, 3)), (slice(3, 6), slice(5, 7))):
        part = descriptors.describe_patches(what, directions, rows, columns)
        torch.testing.assert_close(part, whole[rows, columns], atol=1e-5, rtol=1e-4)
