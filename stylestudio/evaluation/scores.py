"""How much of the style a picture has taken, and how much of the content it has kept.

The features are those of VGG-16 with its published scales and zero padding. Content: centred cosine at relu4_1. Style:
Gram matrices (Gatys et al. 2016, section 2.2). Frechet distance of feature distributions: Heusel et al., "GANs Trained
by a Two Time-Scale Update Rule", 2017, section 3. SSIM: Wang et al., "Image Quality Assessment", 2004, section III.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.networks.encoder import KERAS_MEANS_BGR, LAYERS, Encoder, convolution_names
from stylestudio.evaluation.faults import (
    chroma_ratio,
    chroma_speckle,
    colour_fringing,
    excess_repetition,
    order_of_light,
)
from stylestudio.evaluation.measures import grid_energy, high_frequency_power, luminance

FRECHET_LAYERS = ("relu2_1", "relu3_1")


@dataclass(frozen=True)
class Scores:
    """Of one picture: `content` 0 same, 1 unrelated; `ssim` 1 same; `style_left` and `frechet_left` 1 nothing taken,
    0 the style itself; `high_frequency` and `grid` in dB; `clipped` the share of values at or beyond 0 and 1, less the
    larger such share of content and style. The rest are faults by kind, see `fault_measures`: `order` of light, 1 the
    content's; `chroma` over the style's; `speckle` in dB; `stamps` and `rims`, 0 none."""

    content: float
    ssim: float
    style_left: float
    frechet_left: float
    high_frequency: float
    grid: float
    clipped: float
    order: float
    chroma: float
    speckle: float
    stamps: float
    rims: float


@torch.no_grad()
def published_features(encoder: Encoder, image: Tensor) -> dict[str, Tensor]:
    """Feature maps (C, positions) of an image (3, H, W) as the published network gives them."""
    means = torch.tensor(KERAS_MEANS_BGR).flip(0).to(image)[:, None, None] / 255
    x = F.pad((image - means)[None], (1, 1, 1, 1)) + means
    features = {}
    for name in convolution_names(encoder.architecture):
        convolution, scale = encoder.convolution(name), encoder.get_buffer(f"{name}_scale")
        if name != "conv1_1":
            x = F.pad(F.max_pool2d(x, 2) if name.endswith("_1") else x, (1, 1, 1, 1))
        x = torch.relu(F.conv2d(x, convolution.weight, convolution.bias))
        if name.endswith("_1"):
            features[f"relu{name[4:]}"] = (x[0] / scale[:, None, None]).flatten(1)
    return features


def content_distance(features: Tensor, content_features: Tensor) -> float:
    """1 less the centred cosine of two maps (C, positions): 0 same, 1 unrelated."""
    x, y = (f - f.mean(1, keepdim=True) for f in (features, content_features))
    norms = (x.square().sum(1) * y.square().sum(1)).sqrt().sum()
    return 1 - ((x * y).sum() / norms.clamp_min(1e-12)).item()


def gram(features: Tensor) -> Tensor:
    """(C, C) inner products of the channels of a map (C, positions), per position."""
    return features @ features.t() / features.shape[1]


def gram_distance(features: Tensor, style_features: Tensor) -> float:
    """Distance of the Gram matrices over the style's norm."""
    wanted = gram(style_features)
    return ((gram(features) - wanted).norm() / wanted.norm()).item()


def frechet_distance(features: Tensor, style_features: Tensor) -> float:
    """Frechet distance of two maps' channel distributions over the style's own energy; maps are (C, positions)."""
    (mean, covariance), (wanted_mean, wanted) = (
        (f.mean(1), torch.cov(f, correction=0)) for f in (features.double(), style_features.double())
    )
    root = matrix_root(wanted)
    cross = torch.linalg.eigvalsh(root @ covariance @ root).clamp_min(0).sqrt().sum()
    distance = (mean - wanted_mean).square().sum() + covariance.trace() + wanted.trace() - 2 * cross
    return (distance / (wanted_mean.square().sum() + wanted.trace())).item()


def matrix_root(matrix: Tensor) -> Tensor:
    """The symmetric square root of a positive matrix."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp_min(0).sqrt() @ vectors.t()


def mean_of(distance, layers: tuple[str, ...], one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    return sum(distance(one[layer], other[layer]) for layer in layers) / len(layers)


def ssim(image: Tensor, content: Tensor) -> float:
    """Structural similarity of luminance, Gaussian window of 11 pixels and deviation 1.5, values 0..1."""
    offsets = torch.arange(11, dtype=torch.float32) - 5
    line = torch.exp(-offsets.square() / (2 * 1.5**2))
    window = torch.outer(line, line)[None, None] / line.sum().square()
    x, y = (luminance(picture)[None, None] for picture in (image, content))
    mean_x, mean_y = F.conv2d(x, window), F.conv2d(y, window)
    variance_x = F.conv2d(x * x, window) - mean_x.square()
    variance_y = F.conv2d(y * y, window) - mean_y.square()
    covariance = F.conv2d(x * y, window) - mean_x * mean_y
    first, second = 0.01**2, 0.03**2
    top = (2 * mean_x * mean_y + first) * (2 * covariance + second)
    return (top / ((mean_x.square() + mean_y.square() + first) * (variance_x + variance_y + second))).mean().item()


def clipped_share(image: Tensor) -> float:
    """Of the values, those that are black, white or beyond."""
    return ((image <= 0) | (image >= 1)).float().mean().item()


@torch.no_grad()
def scores(encoder: Encoder, picture: Tensor, content: Tensor, style: Tensor) -> Scores:
    """Measure a picture (3, H, W) against its content (3, H, W) and style (3, H', W'); values 0..1."""
    clipped, *given = (clipped_share(image) for image in (picture, content, style))
    picture = picture.clamp(0, 1)
    of_picture, of_content, of_style = (published_features(encoder, image) for image in (picture, content, style))
    decibels = torch.tensor([high_frequency_power(image) for image in (picture, content, style)]).log10() * 10
    return Scores(
        content=content_distance(of_picture["relu4_1"], of_content["relu4_1"]),
        ssim=ssim(picture, content),
        style_left=mean_of(gram_distance, LAYERS, of_picture, of_style)
        / mean_of(gram_distance, LAYERS, of_content, of_style),
        frechet_left=mean_of(frechet_distance, FRECHET_LAYERS, of_picture, of_style)
        / mean_of(frechet_distance, FRECHET_LAYERS, of_content, of_style),
        high_frequency=(decibels[0] - decibels[1:].max()).item(),
        grid=grid_energy(picture),
        clipped=max(0.0, clipped - max(given)),
        order=order_of_light(picture, content),
        chroma=chroma_ratio(picture, style),
        speckle=chroma_speckle(picture, content, style),
        stamps=excess_repetition(picture, content, style),
        rims=colour_fringing(picture, content),
    )
