from dataclasses import replace as altered

import pytest
import torch
from maps import laid, random_map, sample_image
from torch import Tensor

from stylestudio.engine.coding import Networks
from stylestudio.engine.config import DEFAULT, Config, DescriptorConfig
from stylestudio.engine.matching.base import EncodedPicture, LayerInputs, MatchSettings
from stylestudio.engine.matching.descriptors import standardise
from stylestudio.engine.matching.nnf import AveragedPatches, Nnf
from stylestudio.engine.matching.reference import naive_scores, naive_swap_matches
from stylestudio.engine.matching.style_swap import replace, without_guidance
from stylestudio.engine.transport import moments
from stylestudio.progress import finish

SIZES = [((9, 11), (7, 9)), ((7, 9), (13, 11)), ((8, 7), (7, 15)), ((13, 8), (9, 7))]


def layer_of(content: Tensor, style: Tensor) -> LayerInputs:
    light = torch.zeros(1, 1, 8, 8)
    return LayerInputs(
        "relu4_1",
        EncodedPicture.from_features({"relu4_1": content}, light),
        EncodedPicture.from_features({"relu4_1": style}, light),
    )


ALL_VALUES = altered(DEFAULT, appearance=DescriptorConfig(components=9999, values=99999, samples=9999))
"""Descriptors that leave nothing out."""


def swapped(content: Tensor, style: Tensor, patch_size: int = 3, config: Config = DEFAULT) -> tuple[Tensor, Nnf]:
    """The replaced map and the matches."""
    settings = MatchSettings(patch_size=patch_size, config=config)
    features, matches = finish(replace(layer_of(content, style), settings))
    return laid(features), matches


def normalised(features: Tensor) -> Tensor:
    """What is compared: each channel less its mean, over its deviation."""
    one = standardise(features, moments(features))
    return (features - one.mean[:, None, None]) / one.deviation[:, None, None]


def scores_of(content: Tensor, style: Tensor, matches: Nnf, patch_size: int) -> tuple[Tensor, Tensor]:
    """The scores of the chosen patches, and the best that the naive form finds."""
    scores = naive_scores(normalised(content), normalised(style), patch_size)
    index = matches.rows * style.shape[3] + matches.columns
    return scores.gather(0, index[None])[0], scores.amax(0)


@pytest.mark.parametrize("patch_size", [1, 3, 5, 7])
@pytest.mark.parametrize(("content_size", "style_size"), SIZES)
def test_by_descriptors_that_leave_nothing_out_the_chosen_score_is_the_best_that_the_naive_form_finds(
    patch_size: int, content_size: tuple[int, int], style_size: tuple[int, int]
) -> None:
    content, style = random_map(1, 16, *content_size), random_map(2, 16, *style_size)
    matches = swapped(content, style, patch_size, ALL_VALUES)[1]
    chosen, best = scores_of(content, style, matches, patch_size)
    torch.testing.assert_close(chosen, best, atol=1e-4, rtol=0)


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_on_real_features_the_choice_is_nearly_as_good_as_the_naive_form_s(
    patch_size: int, shipped_networks: Networks
) -> None:
    with torch.no_grad():
        content = shipped_networks.encoder(sample_image("contents/koala.jpg", 256))["relu4_1"]
        style = shipped_networks.encoder(sample_image("styles/wave.jpg", 256))["relu4_1"]
    chosen, best = scores_of(content, style, swapped(content, style, patch_size)[1], patch_size)
    assert chosen.mean() > 0.85 * best.mean()


def test_a_worse_choice_would_be_noticed() -> None:
    content, style = random_map(1, 16, 9, 9), random_map(2, 16, 9, 9)
    best = naive_swap_matches(normalised(content), normalised(style), 3)
    chosen, wanted = scores_of(content, style, best, 3)
    assert torch.equal(chosen, wanted)
    other, _ = scores_of(content, style, Nnf(best.rows.flip(0), best.columns), 3)
    assert other.mean() < 0.5 * wanted.mean()


def test_naive_scores_are_cosines_of_patches() -> None:
    content, style = random_map(3, 4, 5, 4), random_map(4, 4, 4, 6)
    scores = naive_scores(content, style, 3)
    one, other = content[0, :, 2:5, 1:4].flatten(), style[0, :, 1:4, 2:5].flatten()
    assert scores[2 * 6 + 3, 3, 2].item() == pytest.approx(torch.cosine_similarity(one, other, 0).item(), abs=1e-5)


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_style_swap_of_a_picture_with_itself_changes_nothing(patch_size: int) -> None:
    features = random_map(5, 12, 9, 7)
    found, matches = swapped(features, features, patch_size)
    torch.testing.assert_close(found, features)
    assert torch.equal(matches.columns[0], torch.arange(7))


def test_style_swap_of_a_real_picture_with_itself_changes_nothing(shipped_networks: Networks) -> None:
    with torch.no_grad():
        features = shipped_networks.encoder(sample_image("contents/bridge.jpg", 128)[:, :, :80, :128])["relu4_1"]
    torch.testing.assert_close(swapped(features, features)[0], features, rtol=1e-3, atol=1e-3)


def test_the_strength_of_style_patches_does_not_matter() -> None:
    content, style = random_map(6, 12, 8, 8), random_map(7, 12, 8, 8)
    plain, stronger = (swapped(content, style * factor)[1] for factor in (1, 50))
    assert torch.equal(plain.rows, stronger.rows)
    assert torch.equal(plain.columns, stronger.columns)


def test_replaced_features_are_whole_patches_of_the_style() -> None:
    content, style = random_map(8, 12, 8, 9), random_map(9, 12, 7, 6)
    for patch_size in (1, 3, 5):
        found, matches = swapped(content, style, patch_size)
        assert torch.equal(found, laid(AveragedPatches(style, matches, patch_size)))


@pytest.mark.parametrize(("content_size", "style_size", "fitting"), [((4, 9), (9, 9), 3), ((9, 9), (2, 3), 1)])
def test_a_patch_too_large_for_a_map_is_made_to_fit(
    content_size: tuple[int, int], style_size: tuple[int, int], fitting: int
) -> None:
    content, style = random_map(1, 8, *content_size), random_map(2, 8, *style_size)
    assert torch.equal(swapped(content, style, 7)[0], swapped(content, style, fitting)[0])


def test_nothing_counts_but_appearance() -> None:
    search = altered(DEFAULT.search, rounds=0, reach=0, agreement=0.0, reuse=0.0)
    whole = altered(DEFAULT.replacement, overlap=5)
    expected = altered(DEFAULT, scales=altered(DEFAULT.scales, light=0.0), search=search, replacement=whole)
    assert without_guidance(DEFAULT, 5) == expected
