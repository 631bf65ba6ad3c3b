import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from stylestudio.images import upsample
from stylestudio.images.resize import resample
from stylestudio.images.upsample import enlarge_along_edges

Pixels = NDArray[np.float32]
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def noise(height: int, width: int, strength: float, seed: int = 1) -> Pixels:
    return np.random.default_rng(seed).normal(0, strength, (height, width, 3)).astype(np.float32)


def rings(height: int = 128, width: int = 192) -> Pixels:
    """Light and dark rings with hard edges."""
    down, along = np.mgrid[:height, :width]
    dark = np.hypot(down - height / 2, along - width / 3) // 13 % 2
    return np.repeat((0.15 + 0.6 * dark)[:, :, None], 3, axis=2).astype(np.float32)


def painted(content: Pixels, times: int) -> Pixels:
    """The content, smaller and softer, light and dark swapped in one channel, with strokes of its own."""
    height, width = content.shape[0] // times, content.shape[1] // times
    soft = resample(resample(content, (width * 2 // 3, height * 2 // 3)), (width, height))
    coloured = soft * np.array([0.9, -0.5, 0.4]) + np.array([0.05, 0.7, 0.2])
    return np.clip(coloured + noise(height, width, 0.02), 0, 1).astype(np.float32)


def plainly(overfit: Pixels, content: Pixels) -> Pixels:
    return resample(overfit, (content.shape[1], content.shape[0]))


def fine_energy(pixels: Pixels) -> float:
    """Of luminance above a quarter cycle per pixel."""
    grey = pixels @ LUMINANCE
    window = np.outer(np.hanning(grey.shape[0]), np.hanning(grey.shape[1]))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(grey.shape[1]), np.fft.fftfreq(grey.shape[0])))
    return float((np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2)[frequency > 0.25].sum())


def gradients_alike(one: Pixels, other: Pixels) -> float:
    slopes = [np.concatenate([np.diff(pixels, axis=axis).ravel() for axis in (0, 1)]) for pixels in (one, other)]
    return float(np.asarray(np.corrcoef(slopes))[0, 1])


def beyond_the_range_around(pixels: Pixels, overfit: Pixels) -> float:
    """How far pixels lie beyond what the overfit picture holds within two of its pixels."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(overfit, ((2, 2), (2, 2), (0, 0)), "edge"), (5, 5), (0, 1))
    nearest = np.ix_(*(np.arange(big) * small // big for big, small in zip(pixels.shape, overfit.shape, strict=True)))
    low, high = around.min(axis=(3, 4))[nearest], around.max(axis=(3, 4))[nearest]
    return float(max((pixels - high).max(), (low - pixels).max()))


@pytest.mark.parametrize("times", [2, 4])
def test_fine_structure_is_twice_as_strong_as_after_plain_enlarging(times: int) -> None:
    content = rings()
    overfit = painted(content, times)
    assert fine_energy(enlarge_along_edges(overfit, content)) > 2 * fine_energy(plainly(overfit, content))


@pytest.mark.parametrize("times", [2, 4])
def test_edges_of_every_channel_lie_where_the_content_has_them(times: int) -> None:
    content = rings()
    overfit = painted(content, times)
    ours, plain = enlarge_along_edges(overfit, content), plainly(overfit, content)
    for channel, sign in enumerate((1, -1, 1)):
        alike = [sign * gradients_alike(pixels[:, :, channel], content[:, :, 0]) for pixels in (ours, plain)]
        assert alike[0] > alike[1] + 0.1


@pytest.mark.parametrize("times", [2, 4])
def test_no_halo_rises_around_an_edge(times: int) -> None:
    content = rings()
    overfit = painted(content, times)
    assert beyond_the_range_around(plainly(overfit, content), overfit) > 4 / 255
    assert beyond_the_range_around(enlarge_along_edges(overfit, content), overfit) < 4 / 255


@pytest.mark.parametrize("times", [1.3, 2, 4])
@pytest.mark.parametrize("strength", [0.02, 0.06])
def test_sensor_noise_of_a_plain_sky_does_not_get_into_the_strokes(times: float, strength: float) -> None:
    content = np.clip(0.6 + noise(120, 160, strength), 0, 1)
    overfit = np.clip(0.5 + noise(round(120 / times), round(160 / times), 0.04, seed=2), 0, 1)
    ours, plain = enlarge_along_edges(overfit, content), plainly(overfit, content)
    assert np.std(ours - plain) < 0.08 * strength


@pytest.mark.parametrize("times", [1.5, 2, 4])
def test_a_meadow_below_a_noisy_sky_is_not_taken_for_noise(times: float) -> None:
    content = np.clip(0.5 + noise(120, 240, 0.01), 0, 1)
    content[60:] = np.clip(0.5 + noise(60, 240, 0.2, seed=2), 0, 1)
    overfit = resample(content, (round(240 / times), round(120 / times)))
    ours, plain = enlarge_along_edges(overfit, content), plainly(overfit, content)
    assert fine_energy(ours[64:]) > 2 * fine_energy(plain[64:])
    assert np.std((ours - plain)[:56]) < 0.002


def test_a_frame_without_noise_says_nothing_of_the_noise_within_it() -> None:
    content = np.clip(0.6 + noise(120, 160, 0.03), 0, 1)
    content[:, :24] = 0.4
    overfit = np.clip(0.5 + noise(60, 80, 0.04, seed=2), 0, 1)
    ours, plain = enlarge_along_edges(overfit, content), plainly(overfit, content)
    assert np.std((ours - plain)[:, 32:]) < 0.002


def test_nothing_of_the_content_shows_where_the_overfit_picture_is_plain() -> None:
    overfit = np.full((32, 48, 3), 0.4, np.float32)
    np.testing.assert_allclose(enlarge_along_edges(overfit, rings()), 0.4, atol=0.5 / 255)


@pytest.mark.parametrize("shape", [(64, 96), (37, 53), (117, 181)])
def test_bands_put_together_are_the_whole(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    content = np.clip(rings() + noise(128, 192, 0.03), 0, 1)
    overfit = resample(content, (shape[1], shape[0]))
    whole = enlarge_along_edges(overfit, content)
    np.testing.assert_array_equal(enlarge_along_edges(overfit, content), whole)
    monkeypatch.setattr(upsample, "BAND", 700)
    np.testing.assert_allclose(enlarge_along_edges(overfit, content), whole, atol=2e-5)


def test_enlarging_can_be_cancelled_several_times_in_every_band(
    checkpoints: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upsample, "BAND", 192 * 8)
    assert checkpoints(lambda: enlarge_along_edges(painted(rings(), 4), rings())) >= 128 / 8 * 3


def test_only_a_band_is_worked_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upsample, "BAND", 200 * 60)
    content, overfit = rings(1200, 200), rings(120, 20)
    tracemalloc.start()
    found = enlarge_along_edges(overfit, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.3 * found.nbytes


@pytest.mark.parametrize("shape", [(16, 9), (12, 24), (7, 90)])
def test_an_overfit_picture_that_is_large_enough_is_resampled_and_no_more(shape: tuple[int, int]) -> None:
    content, overfit = rings(*shape), noise(16, 24, 0.1) + 0.5
    np.testing.assert_array_equal(enlarge_along_edges(overfit, content), plainly(overfit, content))


def test_an_overfit_picture_of_this_size_is_returned_as_it_is() -> None:
    overfit = painted(rings(), 2)
    assert enlarge_along_edges(overfit, rings(64, 96)) is overfit


def test_a_content_that_is_hardly_larger_changes_little() -> None:
    content = rings(66, 99)
    overfit = resample(content, (96, 64)) * np.float32(0.6)
    assert np.abs(enlarge_along_edges(overfit, content) - plainly(overfit, content)).mean() < 4 / 255


@pytest.mark.parametrize(
    ("small", "large"),
    [((1, 1), (1, 2)), ((1, 1), (40, 30)), ((1, 64), (1, 700)), ((50, 1), (1500, 3)), ((2, 300), (9, 1300))],
)
def test_pictures_of_a_pixel_or_a_line_are_enlarged(small: tuple[int, int], large: tuple[int, int]) -> None:
    content, overfit = np.clip(0.5 + noise(*large, 0.3), 0, 1), np.clip(0.5 + noise(*small, 0.3, seed=2), 0, 1)
    found = enlarge_along_edges(overfit, content)
    assert found.shape == content.shape and found.dtype == np.float32
    assert found.min() >= 0 and found.max() <= 1
    assert beyond_the_range_around(found, overfit) < 4 / 255


def test_the_pictures_given_are_left_alone() -> None:
    content = rings()
    overfit = painted(content, 2)
    before = content.copy(), overfit.copy()
    enlarge_along_edges(overfit, content)
    np.testing.assert_array_equal(content, before[0])
    np.testing.assert_array_equal(overfit, before[1])
