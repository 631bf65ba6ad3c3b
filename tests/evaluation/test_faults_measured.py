import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.evaluation.faults import (
    chroma_ratio,
    chroma_speckle,
    colour_fringing,
    excess_repetition,
    order_of_light,
    strongest_repetition,
)

HEIGHT, WIDTH = 192, 256
FLAT = torch.full((3, HEIGHT, WIDTH), 0.5)
EVERYWHERE = torch.ones(HEIGHT, WIDTH, dtype=torch.bool)


def noise(seed: int = 0, strength: float = 0.05) -> Tensor:
    """(3, H, W) grey noise around 0.5."""
    grain = torch.randn(1, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(seed))
    return (0.5 + strength * grain).clamp(0, 1).repeat(3, 1, 1)


def stamped(period: int) -> Tensor:
    """The same square of noise over and over."""
    return noise()[:, :period, :period].repeat(1, HEIGHT // period, WIDTH // period)


def silhouette() -> Tensor:
    """A dark, lively square on a light ground."""
    image = torch.full((3, HEIGHT, WIDTH), 0.8)
    image[:, 64:128, 96:160] = noise(strength=0.2)[:, 64:128, 96:160] - 0.3
    return image


@pytest.mark.parametrize("period", [8, 16, 32, 64])
def test_the_same_stamp_over_and_over_is_found_at_its_period(period: int) -> None:
    assert excess_repetition(stamped(period), FLAT, noise()) > 0.9


def test_noise_has_no_stamps() -> None:
    assert strongest_repetition(noise(), EVERYWHERE) < 0.05
    assert excess_repetition(noise(1), FLAT, noise(2)) < 0.05


def test_repeats_that_the_style_has_too_are_no_fault() -> None:
    assert excess_repetition(stamped(16), FLAT, stamped(16)) == 0


def test_stamps_are_looked_for_only_where_the_content_is_flat() -> None:
    assert excess_repetition(stamped(16), noise(strength=0.3), noise()) == 0


def test_turned_light_has_the_opposite_order_and_a_curve_the_same() -> None:
    ramp = torch.linspace(0.1, 0.9, WIDTH).expand(3, HEIGHT, WIDTH)
    assert order_of_light(ramp**2, ramp) == pytest.approx(1, abs=0.02)
    assert order_of_light(1 - ramp, ramp) == pytest.approx(-1, abs=0.15)


def test_chroma_is_told_over_the_style_s() -> None:
    style = torch.tensor([0.9, 0.3, 0.1])[:, None, None].expand(3, HEIGHT, WIDTH)
    grey = style.mean(0, keepdim=True).expand_as(style)
    assert chroma_ratio(style, style) == pytest.approx(1)
    assert chroma_ratio(torch.lerp(grey, style, 0.5), style) == pytest.approx(0.5, abs=0.1)
    assert chroma_ratio(grey, grey) == 1


def test_specks_of_colour_are_told_and_specks_of_light_are_not() -> None:
    grain = torch.randn(3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(3))
    style = FLAT + 0.02 * grain
    assert chroma_speckle(FLAT + 0.08 * grain, FLAT, style) == pytest.approx(12, abs=0.5)
    assert chroma_speckle(noise(), FLAT, style) < -20


def test_a_pale_rim_around_a_silhouette_is_told_and_the_silhouette_itself_is_not() -> None:
    content = silhouette()
    around = F.max_pool2d((content < 0.5).float()[None], 15, 1, 7)[0]
    rimmed = torch.where((around > 0) & (content > 0.5), torch.tensor(1.0), content)
    assert colour_fringing(content, content) == 0
    assert colour_fringing(0.5 * content, content) < 0.02
    assert colour_fringing(rimmed, content) > 0.03
