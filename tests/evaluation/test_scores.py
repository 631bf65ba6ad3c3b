from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.networks.encoder import LAYERS, Encoder
from stylestudio.evaluation.measures import luminance
from stylestudio.evaluation.scores import (
    Scores,
    content_distance,
    frechet_distance,
    gram,
    gram_distance,
    matrix_root,
    published_features,
    scores,
    ssim,
)
from stylestudio.evaluation.torchvision import to_tensor
from stylestudio.paths import resource

PUBLISHED = Path(__file__).parents[1] / "data" / "vgg16_published.safetensors"


def sample(name: str) -> Tensor:
    with Image.open(resource("samples", *name.split("/"))) as picture:
        return to_tensor(picture.convert("RGB").resize((128, 96)))


@pytest.fixture(scope="module")
def content() -> Tensor:
    return sample("contents/koala.jpg")


@pytest.fixture(scope="module")
def style() -> Tensor:
    return sample("styles/wave.jpg")


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_features_are_the_published_network_s_up_to_the_border(encoder: Encoder, content: Tensor) -> None:
    tensors = load_file(PUBLISHED)
    x = content.flip(0)[None] * 255 - torch.tensor([103.939, 116.779, 123.68])[None, :, None, None]
    found = published_features(encoder, content)
    for name in sorted({name.split(".")[0] for name in tensors}):
        if name.endswith("_1") and name != "conv1_1":
            x = F.max_pool2d(x, 2)
        x = F.conv2d(x, tensors[f"{name}.weight"], tensors[f"{name}.bias"], padding=1).relu()
        if name.endswith("_1"):
            truth, ours = x[0].flatten(1), found[f"relu{name[4:]}"]
            assert ours.shape == truth.shape
            assert (ours - truth).norm() < 1e-2 * truth.norm(), name
    assert set(found) == set(LAYERS)


def test_content_as_it_is_keeps_everything_and_takes_nothing(encoder: Encoder, content: Tensor, style: Tensor) -> None:
    found = scores(encoder, content, content, style)
    assert found.content == pytest.approx(0, abs=1e-5)
    assert found.ssim == pytest.approx(1, abs=1e-5)
    assert found.style_left == pytest.approx(1)
    assert found.frechet_left == pytest.approx(1)
    assert found.high_frequency <= 0
    assert found.clipped == 0


def test_the_style_itself_leaves_no_style_to_take(encoder: Encoder, content: Tensor, style: Tensor) -> None:
    found = scores(encoder, style, content, style)
    assert found.style_left == pytest.approx(0, abs=1e-4)
    assert found.frechet_left == pytest.approx(0, abs=1e-3)
    assert found.content > 0.5
    assert found.ssim < 0.5
    assert found.high_frequency <= 0


def test_a_blurred_picture_lacks_high_frequencies(encoder: Encoder, content: Tensor, style: Tensor) -> None:
    blurred = F.avg_pool2d(F.pad(content[None], (2, 2, 2, 2), mode="reflect"), 5, 1)[0]
    plain, found = (scores(encoder, picture, content, style) for picture in (content, blurred))
    assert found.high_frequency < plain.high_frequency - 6
    assert 0.02 < found.content < 0.6
    assert found.ssim < 0.95


def test_noise_keeps_nothing_and_takes_nothing(encoder: Encoder, content: Tensor, style: Tensor) -> None:
    found = scores(encoder, 0.5 + 0.2 * noise(3, 96, 128), content, style)
    assert found.content > 0.8
    assert found.ssim < 0.2
    assert found.style_left > 0.5
    assert found.high_frequency > 0
    assert 0.005 < found.clipped < 0.05
    assert abs(found.grid) < 4


SANE = {
    "content": {"content": (-1e-6, 0.01), "style": (0.5, 1.2), "blurred": (0.02, 0.6), "noise": (0.8, 1.2)},
    "ssim": {"content": (0.99, 1), "style": (0, 0.5), "blurred": (0.3, 0.95), "noise": (-0.1, 0.2)},
    "style_left": {"content": (0.99, 1.01), "style": (-0.01, 0.01), "blurred": (0.5, 1.5), "noise": (0.5, 10)},
    "frechet_left": {"content": (0.99, 1.01), "style": (-0.01, 0.01), "blurred": (0.5, 3), "noise": (0.5, 30)},
    "high_frequency": {"content": (-20, 0), "style": (-20, 0), "blurred": (-60, -6), "noise": (0, 40)},
    "grid": {"content": (-3, 3), "style": (-3, 3), "blurred": (-3, 3), "noise": (-4, 4)},
    "clipped": {"content": (0, 0), "style": (0, 0), "blurred": (0, 0.001), "noise": (0.005, 0.05)},
}


@pytest.fixture(scope="module")
def found(encoder: Encoder, content: Tensor, style: Tensor) -> dict[str, Scores]:
    blurred = F.avg_pool2d(F.pad(content[None], (2, 2, 2, 2), mode="reflect"), 5, 1)[0]
    pictures = {"content": content, "style": style, "blurred": blurred, "noise": 0.5 + 0.2 * noise(3, 96, 128)}
    return {name: scores(encoder, picture, content, style) for name, picture in pictures.items()}


@pytest.mark.parametrize("picture", ["content", "style", "blurred", "noise"])
@pytest.mark.parametrize("measure", SANE)
def test_every_measure_is_sane_on(found: dict[str, Scores], measure: str, picture: str) -> None:
    low, high = SANE[measure][picture]
    assert low <= getattr(found[picture], measure) <= high


def test_a_grid_of_8_pixels_is_seen(encoder: Encoder, content: Tensor, style: Tensor) -> None:
    with_grid = content.clone()
    with_grid[:, ::8] += 0.1
    with_grid[:, :, ::8] += 0.1
    assert scores(encoder, with_grid, content, style).grid > 6


def test_only_what_the_content_and_the_style_do_not_have_counts_as_clipped(
    encoder: Encoder, content: Tensor, style: Tensor
) -> None:
    white_sky = content.clone()
    white_sky[:, :32] = 1
    blown_out = content.clone()
    blown_out[:, :48] = 1
    assert scores(encoder, white_sky, white_sky, style).clipped == 0
    assert scores(encoder, blown_out, white_sky, style).clipped == pytest.approx(1 / 6, abs=0.01)


def test_half_of_both_stands_between_them(encoder: Encoder, content: Tensor, style: Tensor) -> None:
    found = scores(encoder, (content + style) / 2, content, style)
    assert 0 < found.frechet_left < 1
    assert 0 < found.content < scores(encoder, style, content, style).content
    assert isinstance(found, Scores)


def test_content_distance_ignores_each_channel_s_mean_and_the_common_strength() -> None:
    features = noise(6, 200)
    assert content_distance(features * 3 + noise(6, 1, seed=1), features) == pytest.approx(0, abs=1e-5)
    assert content_distance(noise(6, 20000, seed=2), noise(6, 20000)) == pytest.approx(1, abs=0.02)
    assert content_distance(-features, features) == pytest.approx(2, abs=1e-5)


def test_gram_is_the_mean_product_of_channels() -> None:
    features = torch.tensor([[1.0, 3], [2, 4]])
    assert gram(features).tolist() == [[5, 7], [7, 10]]
    assert gram_distance(features, features) == 0
    assert gram_distance(torch.zeros(2, 2), features) == pytest.approx(1)


def test_the_order_of_positions_does_not_matter_to_style() -> None:
    features = noise(6, 50)
    shuffled = features[:, torch.randperm(50, generator=torch.Generator().manual_seed(1))]
    assert gram_distance(shuffled, features) == pytest.approx(0, abs=1e-5)
    assert frechet_distance(shuffled, features) == pytest.approx(0, abs=1e-5)


def test_frechet_distance_of_the_same_is_0() -> None:
    assert frechet_distance(noise(8, 400), noise(8, 400)) == pytest.approx(0, abs=1e-6)


def test_frechet_distance_of_diagonal_gaussians_is_the_closed_form() -> None:
    means, wanted_means = torch.tensor([0.0, 1, -2]), torch.tensor([1.0, 1, 0.5])
    deviations, wanted_deviations = torch.tensor([1.0, 2, 0.5]), torch.tensor([0.3, 2.5, 1])
    one = noise(3, 200_000) * deviations[:, None] + means[:, None]
    other = noise(3, 200_000, seed=1) * wanted_deviations[:, None] + wanted_means[:, None]
    distance = (means - wanted_means).square().sum() + (deviations - wanted_deviations).square().sum()
    energy = wanted_means.square().sum() + wanted_deviations.square().sum()
    assert frechet_distance(one, other) == pytest.approx((distance / energy).item(), rel=0.02)


def test_a_root_times_itself_is_the_matrix() -> None:
    factor = noise(5, 3).double()
    matrix = factor @ factor.t()
    root = matrix_root(matrix)
    torch.testing.assert_close(root @ root, matrix)


def slow_ssim(image: Tensor, content: Tensor) -> float:
    """Window by window, with weighted means written out."""
    x, y = (luminance(picture).double().numpy() for picture in (image, content))
    line = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    weights = np.outer(line, line) / line.sum() ** 2
    found = []
    for top in range(x.shape[0] - 10):
        for left in range(x.shape[1] - 10):
            a, b = x[top : top + 11, left : left + 11], y[top : top + 11, left : left + 11]
            mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
            variance_a, variance_b = (weights * (a - mean_a) ** 2).sum(), (weights * (b - mean_b) ** 2).sum()
            covariance = (weights * (a - mean_a) * (b - mean_b)).sum()
            light = (2 * mean_a * mean_b + 1e-4) / (mean_a**2 + mean_b**2 + 1e-4)
            found.append(light * (2 * covariance + 9e-4) / (variance_a + variance_b + 9e-4))
    return float(np.mean(found))


def test_ssim_is_what_its_definition_gives_window_by_window(content: Tensor, style: Tensor) -> None:
    one, other = content[:, 30:46, 40:58], style[:, 30:46, 40:58]
    for image in (other, one * 0.8 + 0.1, one):
        assert ssim(image, one) == pytest.approx(slow_ssim(image, one), abs=1e-4)
