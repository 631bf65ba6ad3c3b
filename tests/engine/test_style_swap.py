from dataclasses import replace as altered

import pytest
import torch
from maps import LargestTensor, laid, never_falls, outcome, random_map, sample_image
from torch import Tensor

from stylestudio.engine import tiling
from stylestudio.engine.coding import Networks
from stylestudio.engine.config import DEFAULT, Config, Swap
from stylestudio.engine.matching.method import Encoded, Layer, MatchSettings
from stylestudio.engine.matching.naive import naive_scores, naive_swap_matches
from stylestudio.engine.matching.style_swap import replace, searched, swap_matches
from stylestudio.engine.patches import Matches, lay_down
from stylestudio.progress import finish

SIZES = [((9, 11), (7, 9)), ((7, 9), (13, 11)), ((8, 7), (7, 15)), ((13, 8), (9, 7))]


def layer_of(content: Tensor, style: Tensor) -> Layer:
    light = torch.zeros(1, 1, 8, 8)
    return Layer("relu4_1", Encoded.of({"relu4_1": content}, light), Encoded.of({"relu4_1": style}, light))


def shortfall(content: Tensor, style: Tensor, matches: Matches, patch_size: int) -> float:
    """By how much the chosen scores stay below the best ones, at most."""
    scores = naive_scores(content, style, patch_size)
    index = matches.rows * (style.shape[3] - patch_size + 1) + matches.columns
    return (scores.amax(0) - scores.gather(0, index[None])[0]).max().item()


@pytest.mark.parametrize("patch_size", [1, 3, 5, 7])
@pytest.mark.parametrize(("content_size", "style_size"), SIZES)
def test_the_chosen_score_is_the_best_that_the_naive_form_finds(
    patch_size: int, content_size: tuple[int, int], style_size: tuple[int, int]
) -> None:
    content, style = random_map(1, 16, *content_size), random_map(2, 16, *style_size)
    matches = finish(swap_matches(content, style, patch_size))
    assert matches.rows.shape == (content_size[0] - patch_size + 1, content_size[1] - patch_size + 1)
    assert shortfall(content, style, matches, patch_size) < 1e-4


@pytest.mark.parametrize("values", [1, 200, 400])
def test_a_large_style_is_searched_in_strips_with_the_same_outcome(
    values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, style = random_map(6, 16, 8, 7), random_map(7, 16, 13, 9)
    at_once = finish(swap_matches(content, style, 3))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", values)
    told = list(swap_matches(content, style, 3))
    assert len(told) > 8
    assert never_falls(told)
    in_strips = finish(swap_matches(content, style, 3))
    assert torch.equal(in_strips.rows, at_once.rows)
    assert torch.equal(in_strips.columns, at_once.columns)


def test_a_large_style_is_searched_by_its_principal_components_at_hardly_a_loss(networks: Networks) -> None:
    with torch.no_grad():
        content = networks.encoder(sample_image("contents/koala.jpg", 256))["relu4_1"]
        style = networks.encoder(sample_image("styles/wave.jpg", 256))["relu4_1"]
    best = naive_scores(content, style, 3).amax(0)

    size = style.shape[2] * style.shape[3]
    whole, part = (altered(DEFAULT, swap=Swap(whole_up_to=most, components=200)) for most in (size, size - 1))

    def mean_similarity(config: Config) -> float:
        matches = finish(swap_matches(content, style, 3, config))
        index = matches.rows * (style.shape[3] - 2) + matches.columns
        return naive_scores(content, style, 3).gather(0, index[None]).mean().item()

    assert mean_similarity(whole) == pytest.approx(best.mean().item(), abs=1e-5)
    assert finish(searched(style, 3, part)).features.shape[1] == 200 < style.shape[1]
    assert 0.99 * best.mean() < mean_similarity(part) < best.mean() - 1e-5


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_it_holds_on_real_features_too(patch_size: int, networks: Networks) -> None:
    with torch.no_grad():
        content = networks.encoder(sample_image("contents/koala.jpg", 128)[:, :, :80, :112])["relu4_1"]
        style = networks.encoder(sample_image("styles/wave.jpg", 128)[:, :, :80, :120])["relu4_1"]
    matches = finish(swap_matches(content, style, patch_size))
    assert shortfall(content, style, matches, patch_size) < 1e-4


def test_a_worse_choice_would_be_noticed() -> None:
    content, style = random_map(1, 16, 9, 9), random_map(2, 16, 9, 9)
    best = naive_swap_matches(content, style, 3)
    assert shortfall(content, style, best, 3) == 0
    assert shortfall(content, style, Matches(best.rows.flip(0), best.columns), 3) > 1e-2


def test_naive_scores_are_cosines_of_patches() -> None:
    content, style = random_map(3, 4, 5, 4), random_map(4, 4, 4, 6)
    scores = naive_scores(content, style, 3)
    one, other = content[0, :, 2:5, 1:4].flatten(), style[0, :, 1:4, 2:5].flatten()
    assert scores[1 * 4 + 2, 2, 1].item() == pytest.approx(torch.cosine_similarity(one, other, 0).item(), abs=1e-5)


@pytest.mark.parametrize("patch_size", [1, 3, 5])
def test_style_swap_of_a_picture_with_itself_changes_nothing(patch_size: int) -> None:
    features = random_map(5, 12, 9, 7)
    found, matches = finish(replace(layer_of(features, features), MatchSettings(patch_size=patch_size)))
    torch.testing.assert_close(found, features)
    assert torch.equal(matches.columns[0], torch.arange(8 - patch_size))


def test_style_swap_of_a_real_picture_with_itself_changes_nothing(networks: Networks) -> None:
    with torch.no_grad():
        features = networks.encoder(sample_image("contents/bridge.jpg", 128)[:, :, :80, :128])["relu4_1"]
    found, _ = finish(replace(layer_of(features, features), MatchSettings()))
    torch.testing.assert_close(found, features, rtol=1e-3, atol=1e-3)


def test_the_strength_of_style_patches_does_not_matter() -> None:
    content, style = random_map(6, 12, 8, 8), random_map(7, 12, 8, 8)
    plain, stronger = (finish(swap_matches(content, style * factor, 3)) for factor in (1, 50))
    assert torch.equal(plain.rows, stronger.rows)
    assert torch.equal(plain.columns, stronger.columns)


def test_replaced_features_are_laid_down_style_patches() -> None:
    content, style = random_map(8, 12, 8, 9), random_map(9, 12, 7, 6)
    found, matches = finish(replace(layer_of(content, style), MatchSettings(patch_size=3)))
    assert found.shape == content.shape
    assert torch.equal(laid(found), laid(lay_down(style, matches, 3)))


@pytest.mark.parametrize(("content_size", "style_size", "fitting"), [((4, 9), (9, 9), 3), ((9, 9), (2, 3), 1)])
def test_a_patch_too_large_for_a_map_is_made_to_fit(
    content_size: tuple[int, int], style_size: tuple[int, int], fitting: int
) -> None:
    content, style = random_map(1, 8, *content_size), random_map(2, 8, *style_size)
    found, matches = finish(replace(layer_of(content, style), MatchSettings(patch_size=7)))
    smaller, expected = finish(replace(layer_of(content, style), MatchSettings(patch_size=fitting)))
    assert torch.equal(laid(found), laid(smaller))
    assert matches.rows.shape == expected.rows.shape == (content_size[0] - fitting + 1, content_size[1] - fitting + 1)


def test_progress_is_told_at_least_once_a_row_and_never_falls() -> None:
    _, told = outcome(swap_matches(random_map(1, 8, 11, 6), random_map(2, 8, 7, 7), 3))
    assert len(told) >= 11
    assert never_falls(told)
    assert told[-1].fraction == 1


def test_no_tensor_is_larger_than_one_content_row_against_the_style() -> None:
    height, width, style_height, style_width = 30, 11, 13, 12
    content, style = random_map(1, 4, height, width), random_map(2, 4, style_height, style_width)
    with LargestTensor() as largest:
        finish(swap_matches(content, style, 3))
    assert 0 < largest.values <= width * style_height * style_width


def test_the_naive_form_does_need_more_than_a_row() -> None:
    content, style = random_map(1, 4, 30, 11), random_map(2, 4, 13, 12)
    with LargestTensor() as largest:
        naive_swap_matches(content, style, 3)
    assert largest.values > 11 * 13 * 12
