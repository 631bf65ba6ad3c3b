import pytest
import torch
from torch import Tensor

from stylestudio.engine.networks.encoder import Encoder
from stylestudio.training.losses import true_features
from stylestudio.training.overfit_features import encoded_picture, overfit_features


@pytest.fixture(scope="module")
def truth(encoder: Encoder, batch: Tensor) -> dict[str, Tensor]:
    return true_features(encoder, batch)


def part(truth: dict[str, Tensor], *indices: int) -> dict[str, Tensor]:
    return {name: features[list(indices)] for name, features in truth.items()}


def test_one_picture_of_a_batch_is_taken_with_its_luminance(truth: dict[str, Tensor]) -> None:
    found = encoded_picture(truth, 2)
    assert torch.equal(found.feature_tensor("relu4_1"), truth["relu4_1"][2:3])
    red, green, blue = truth["image"][2]
    torch.testing.assert_close(found.luminance[0, 0], 0.2126 * red + 0.7152 * green + 0.0722 * blue)


def test_every_content_gets_features_of_its_own_shape(truth: dict[str, Tensor]) -> None:
    found = overfit_features(part(truth, 0, 1), part(truth, 2, 3))
    assert found.shape == truth["relu4_1"][:2].shape
    assert not found.requires_grad


def test_they_are_made_of_the_style_in_the_same_place_styles_going_round(truth: dict[str, Tensor]) -> None:
    found = overfit_features(part(truth, 0, 1, 2), part(truth, 2, 3)).mean((2, 3))
    given = truth["relu4_1"].mean((2, 3))
    for content, style in ((0, 2), (1, 3), (2, 2)):
        distances = (given - found[content]).norm(dim=1)
        assert distances.argmin().item() == style


def test_a_picture_keeps_its_features_in_its_own_style_far_better_than_in_another(truth: dict[str, Tensor]) -> None:
    """Not quite: its plain areas are made of what they are on the whole."""
    content = part(truth, 1)
    own, other = (overfit_features(content, part(truth, style)) for style in (1, 2))
    away, far_away = ((found - content["relu4_1"]).norm() / content["relu4_1"].norm() for found in (own, other))
    assert away < 0.5
    assert away < 0.6 * far_away
