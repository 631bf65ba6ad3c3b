"""Measures of a picture against others, all on (3, H, W) images in 0..1."""

import math

import torch
from torch import Tensor

LUMINANCE = (0.2126, 0.7152, 0.0722)
GRID_PERIODS = (2, 4, 8)
GRID_SEGMENT = 128


def psnr(image: Tensor, truth: Tensor) -> float:
    """Peak signal-to-noise ratio in dB after clamping to 0..1; infinite for the same picture."""
    error = (image.clamp(0, 1) - truth).square().mean().item()
    return math.inf if error == 0 else -10 * math.log10(error)


def colour_shift(image: Tensor, truth: Tensor) -> Tensor:
    """(3,) mean of each channel less that of `truth`, in levels of 255."""
    return 255 * (image.clamp(0, 1) - truth).mean((1, 2))


def luminance(image: Tensor) -> Tensor:
    """(H, W) Rec. 709 weights on the sRGB values."""
    return torch.einsum("chw,c->hw", image, torch.tensor(LUMINANCE, dtype=image.dtype, device=image.device))


def power_spectrum(grey: Tensor) -> Tensor:
    """(H, W) mean power of the Hann-windowed luminances (..., H, W), zero frequency at [0, 0]."""
    grey = grey.double()
    height, width = grey.shape[-2:]
    window = torch.outer(torch.hann_window(height, dtype=grey.dtype), torch.hann_window(width, dtype=grey.dtype))
    centred = grey - grey.mean((-2, -1), keepdim=True)
    return torch.fft.fft2(centred * window).abs().square().reshape(-1, height, width).mean(0)


def segments(grey: Tensor, side: int) -> Tensor:
    """(N, h, w) half-overlapping parts of (H, W), `side` high and wide, or as much as a multiple of 8 allows.

    Their mean spectrum is far steadier than the whole picture's (Welch, "The Use of Fast Fourier Transform for the
    Estimation of Power Spectra", 1967).
    """
    height, width = (min(side, extent // 8 * 8) for extent in grey.shape)
    parts = grey.unfold(0, height, max(height // 2, 1)).unfold(1, width, max(width // 2, 1))
    return parts.reshape(-1, height, width)


def high_frequency_power(image: Tensor) -> float:
    """Mean power of the luminance above a quarter cycle per pixel in either direction's radius."""
    return high_frequencies(luminance(image))


def high_frequencies(values: Tensor) -> float:
    """The same of any values (H, W)."""
    power = power_spectrum(values)
    rows, columns = (torch.fft.fftfreq(extent, dtype=power.dtype) for extent in power.shape)
    radius = torch.hypot(rows[:, None], columns[None, :])
    return (power[radius > 0.25].sum() / power.numel() ** 2).item()


def line_height(power: Tensor, row: int, column: int) -> float:
    """dB of the 3x3 bins around a spectral line over the ring about it: 13x13 bins without the inner 5x5."""
    rows = torch.arange(row - 6, row + 7) % power.shape[0]
    columns = torch.arange(column - 6, column + 7) % power.shape[1]
    around = power[rows][:, columns]
    ring = torch.ones_like(around, dtype=torch.bool)
    ring[4:9, 4:9] = False
    line, ground = (bins.mean().clamp_min(1e-20) for bins in (around[5:8, 5:8], around[ring]))
    return 10 * math.log10((line / ground).item())


def grid_energy(image: Tensor) -> float:
    """Mean height in dB of the spectral lines at periods 2, 4 and 8 pixels, across and down; about 0 without a grid.

    Width and height are at least 32.
    """
    power = power_spectrum(segments(luminance(image), GRID_SEGMENT))
    height, width = power.shape
    across = [line_height(power, 0, width // period) for period in GRID_PERIODS]
    down = [line_height(power, height // period, 0) for period in GRID_PERIODS]
    return sum(across + down) / len(across + down)
