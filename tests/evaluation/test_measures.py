import math

import pytest
import torch
from torch import Tensor

from stylestudio.evaluation.measures import (
    colour_shift,
    grid_energy,
    high_frequency_power,
    luminance,
    power_spectrum,
    psnr,
)


def noise(seed: int = 0, height: int = 128, width: int = 160) -> Tensor:
    return torch.rand(3, height, width, generator=torch.Generator().manual_seed(seed))


def lines(period: int, height: int = 128, width: int = 160) -> Tensor:
    """(3, H, W): every `period`th row and column a little lighter."""
    image = torch.zeros(3, height, width)
    image[:, ::period] += 0.1
    image[:, :, ::period] += 0.1
    return image


def test_the_same_picture_has_no_noise_at_all() -> None:
    assert psnr(noise(), noise()) == math.inf


@pytest.mark.parametrize(("error", "decibels"), [(0.1, 20), (0.01, 40), (1, 0)])
def test_psnr_is_the_squared_error_in_decibels(error: float, decibels: float) -> None:
    assert psnr(torch.full((3, 8, 8), error), torch.zeros(3, 8, 8)) == pytest.approx(decibels, abs=1e-4)


def test_psnr_sees_a_picture_clamped() -> None:
    white = torch.ones(3, 8, 8)
    assert psnr(white * 3, white) == math.inf
    assert psnr(white * -2, white) == pytest.approx(0)


def test_colour_shift_is_in_levels_channel_by_channel() -> None:
    truth = noise() * 0.5 + 0.2
    shift = torch.tensor([2.0, 0, -3])
    found = colour_shift(truth + shift[:, None, None] / 255, truth)
    torch.testing.assert_close(found, shift, atol=1e-3, rtol=0)


def test_white_has_luminance_1_and_green_weighs_most() -> None:
    torch.testing.assert_close(luminance(torch.ones(3, 4, 5)), torch.ones(4, 5))
    channels = [luminance(torch.eye(3)[:, i, None, None].expand(3, 1, 1)).item() for i in range(3)]
    assert channels[1] > channels[0] > channels[2] > 0


def test_a_wave_stands_in_the_spectrum_at_its_frequency() -> None:
    wave = torch.sin(torch.arange(160) * 2 * math.pi / 16).expand(3, 128, 160)
    power = power_spectrum(wave)
    assert divmod(int(power.argmax()), 160) in {(0, 10), (0, 150)}


@pytest.mark.parametrize("seed", range(3))
def test_noise_has_no_grid(seed: int) -> None:
    assert abs(grid_energy(noise(seed, 256, 256))) < 2


@pytest.mark.parametrize("period", [2, 4, 8])
def test_a_grid_is_seen_in_noise(period: int) -> None:
    plain = noise() * 0.2
    assert grid_energy(plain + lines(period)) > grid_energy(plain) + 5


def test_a_grid_of_8_pixels_stands_far_above_noise() -> None:
    assert grid_energy(noise() * 0.1 + lines(8)) > 10


def test_lines_at_other_periods_are_no_grid() -> None:
    assert grid_energy(noise() * 0.2 + lines(11)) < 2


def test_an_odd_size_is_measured_too() -> None:
    assert grid_energy(noise(0, 133, 75) * 0.1 + lines(8, 133, 75)) > 10


def test_an_even_picture_has_no_grid() -> None:
    assert grid_energy(torch.full((3, 64, 64), 0.3)) == pytest.approx(0)


def test_high_frequencies_of_noise_are_their_share_of_its_power() -> None:
    image = noise(1, 256, 256)
    radius = torch.hypot(*torch.meshgrid(torch.fft.fftfreq(256), torch.fft.fftfreq(256), indexing="ij"))
    share = (radius > 0.25).float().mean().item()
    window = (torch.hann_window(256).square().mean() ** 2).item()
    expected = luminance(image).var().item() * share * window
    assert high_frequency_power(image) == pytest.approx(expected, rel=0.1)


def test_blurring_takes_high_frequencies_away() -> None:
    image = noise()
    blurred = torch.nn.functional.avg_pool2d(image, 5, 1)
    assert high_frequency_power(blurred) < 0.05 * high_frequency_power(image)


def test_a_slow_wave_has_no_high_frequencies_and_a_fast_one_only_such() -> None:
    slow, fast = (torch.sin(torch.arange(160) * 2 * math.pi / p).expand(3, 128, 160) for p in (16, 3))
    assert high_frequency_power(slow) < 1e-4 * high_frequency_power(fast)
