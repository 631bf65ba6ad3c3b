"""The faults that overfit pictures are known for, by kind, on sample pairs and real weights."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from stylestudio.evaluation.faults import (
    cell_luminance,
    chroma_ratio,
    chroma_speckle,
    colour_fringing,
    excess_repetition,
    order_of_light,
)
from stylestudio.evaluation.scores import LAYERS, gram_distance, mean_of, published_features
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.resize import resample, size_for
from stylestudio.paths import resource
from stylestudio.progress import finish
from stylestudio.studio.render import Renderer
from stylestudio.studio.settings import Settings

SIZE = 384
UNREFINED = Settings(size=SIZE, refine=0)


class Pair(Protocol):
    name: str
    content: NDArray[np.float32]
    style: NDArray[np.float32]
    overfit: dict[str, NDArray[np.float32]]


def image(pixels: NDArray[np.float32]) -> Tensor:
    """(3, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(pixels, 2, 0)))


def sample(kind: str, name: str, side: int = SIZE) -> Picture:
    picture = read(resource("samples", kind, f"{name}.jpg"))
    return from_pixels(resample(picture.stored, size_for(picture.size, side)), name)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture(scope="module")
def night(renderer: Renderer) -> tuple[Tensor, Tensor, Tensor]:
    """The bridge at night, the wave, and the overfit picture of both."""
    content, style = sample("contents", "bridge"), sample("styles", "wave")
    overfit = finish(renderer.overfit(content, style, UNREFINED))
    return image(content.pixels), image(style.pixels), image(overfit)


def of_all(pairs: Sequence[Pair]) -> dict[str, tuple[Tensor, Tensor, Tensor]]:
    """Overfit picture, content and style of every sample pair, small."""
    return {
        pair.name: (image(pair.overfit["coarse-to-fine"]), image(pair.content), image(pair.style)) for pair in pairs
    }


def test_an_even_sky_is_not_stamped_over_and_over(night: tuple[Tensor, Tensor, Tensor]) -> None:
    content, style, overfit = night
    assert excess_repetition(overfit, content, style) < 0.15


def test_silhouettes_have_no_pale_or_coloured_rims(pairs: Sequence[Pair]) -> None:
    found = {name: colour_fringing(overfit, content) for name, (overfit, content, _) in of_all(pairs).items()}
    assert {name: rim for name, rim in found.items() if rim > 0.22} == {}
    assert np.mean(list(found.values())) < 0.1


def test_colours_are_nearly_as_strong_as_the_style_s(pairs: Sequence[Pair]) -> None:
    found = [chroma_ratio(overfit, style) for overfit, _, style in of_all(pairs).values()]
    assert np.mean(found) > 0.92
    assert min(found) > 0.8


def test_night_stays_night_and_day_stays_day(pairs: Sequence[Pair]) -> None:
    found = {name: order_of_light(overfit, content) for name, (overfit, content, _) in of_all(pairs).items()}
    assert {name: order for name, order in found.items() if order < 0.7} == {}
    assert np.mean(list(found.values())) > 0.88


def test_a_photo_in_fog_stays_calm(renderer: Renderer) -> None:
    """The darker half of fog became black blots: large areas may differ no more than in the clear photo's picture."""
    clear, style = sample("contents", "castle", 256), sample("styles", "wave", 256)
    fog = from_pixels(0.6 + 0.25 * clear.pixels, "fog")
    ranges = [
        cell_luminance(image(finish(renderer.overfit(content, style, UNREFINED)))).std().item()
        for content in (clear, fog)
    ]
    assert ranges[1] < 0.8 * ranges[0]


def test_no_specks_of_colour_that_neither_photo_nor_style_has(night: tuple[Tensor, Tensor, Tensor]) -> None:
    content, style, overfit = night
    assert chroma_speckle(overfit, content, style) < 1


def test_the_style_does_not_fade_with_size(renderer: Renderer) -> None:
    encoder, left = renderer.networks().encoder, []
    for side in (192, SIZE):
        content, style = sample("contents", "castle", side), sample("styles", "village", side)
        overfit = finish(renderer.overfit(content, style, Settings(size=side, refine=0)))
        found, plain, wanted = (
            published_features(encoder, image(pixels)) for pixels in (overfit, content.pixels, style.pixels)
        )
        left.append(mean_of(gram_distance, LAYERS, found, wanted) / mean_of(gram_distance, LAYERS, plain, wanted))
    assert left[1] < 1.1 * left[0]
