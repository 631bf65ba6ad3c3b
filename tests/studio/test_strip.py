from dataclasses import replace

import numpy as np
import pytest

from stylestudio.images.mixer import ScreenMixer
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.strip import BANDS, ROWS, mix_at_strip_point, paint_strip, strip_bands

MIX = Mix(Shares(0.2, 0.4, 0.6), "ycc")


def test_the_first_row_goes_from_photo_to_overfit_picture_in_all_channels() -> None:
    shares = [band.mix.shares for band in strip_bands((110, 40), MIX)[:BANDS]]
    assert shares == [pytest.approx((n / 10,) * 3) for n in range(BANDS)]


@pytest.mark.parametrize("row", [1, 2, 3])
def test_each_other_row_changes_one_share_and_leaves_the_others(row: int) -> None:
    for number, band in enumerate(strip_bands((110, 40), MIX)[row * BANDS : (row + 1) * BANDS]):
        expected = list(MIX.shares)
        expected[row - 1] = number / 10
        assert band.mix == replace(MIX, shares=Shares(*expected))


@pytest.mark.parametrize("size", [(110, 40), (113, 41), (7, 3), (1, 1)])
def test_the_bands_cover_the_picture_once(size: tuple[int, int]) -> None:
    covered = np.zeros((size[1], size[0]), int)
    for band in strip_bands(size, MIX):
        covered[band.area] += 1
    assert (covered == 1).all()


def test_a_click_takes_what_is_shown_there() -> None:
    for band in strip_bands((110, 40), MIX):
        row, column = band.area.rows.start + 5, band.area.columns.start + 5
        assert mix_at_strip_point((column / 110, row / 40), MIX) == band.mix
    assert mix_at_strip_point((1.0, 1.0), MIX) == strip_bands((110, 40), MIX)[-1].mix
    assert mix_at_strip_point((-0.1, -0.1), MIX) == strip_bands((110, 40), MIX)[0].mix


def test_the_strip_is_painted_with_each_band_s_mix() -> None:
    content, overfit = np.random.default_rng(1).integers(0, 256, (2, 40, 110, 3), dtype=np.uint8)
    with ScreenMixer(content, overfit) as mixer, ScreenMixer(content, overfit) as whole:
        bands = strip_bands((110, 40), MIX)
        paint_strip(mixer, bands)
        assert len(bands) == BANDS * ROWS
        for band in bands[:: BANDS - 3]:
            whole.mix(band.mix.shares, band.mix.axes)
            np.testing.assert_array_equal(mixer.frame[band.area], whole.frame[band.area])
