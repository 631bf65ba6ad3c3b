"""The test strip: the target in bands from the photo to the overfit picture, as in a darkroom; a click takes a band."""

from dataclasses import replace
from typing import Final, NamedTuple

from stylestudio.images.mixer import Area, ScreenMixer
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares, shares_of

BANDS: Final = 11
"""From 0 to 100 percent by tens."""
ROWS: Final = 4
"""All channels together, then each alone."""


class Band(NamedTuple):
    """A field of the strip: where it lies, and the mix that it shows."""

    area: Area
    mix: Mix


def strip_bands(size: tuple[int, int], mix: Mix) -> list[Band]:
    """The fields of a strip over a picture of `size` (width, height), row by row.

    The first row has all shares alike; in each of the others one share changes while the others are the mix's.
    """
    width, height = size
    rows = [round(height * row / ROWS) for row in range(ROWS + 1)]
    columns = [round(width * band / BANDS) for band in range(BANDS + 1)]
    return [
        Band(
            Area(slice(rows[row], rows[row + 1]), slice(columns[band], columns[band + 1])),
            _mix(mix, row, band / (BANDS - 1)),
        )
        for row in range(ROWS)
        for band in range(BANDS)
    ]


def mix_at_strip_point(place: tuple[float, float], mix: Mix) -> Mix:
    """The mix that a click on the strip at (x, y) takes, each 0..1 of what is visible; outside, the nearest."""
    band = min(max(int(place[0] * BANDS), 0), BANDS - 1)
    row = min(max(int(place[1] * ROWS), 0), ROWS - 1)
    return _mix(mix, row, band / (BANDS - 1))


def paint_strip(mixer: ScreenMixer, bands: list[Band]) -> None:
    """Have the mixer's frame show the strip; every pixel is mixed once."""
    for band in bands:
        if band.area.rows.start < band.area.rows.stop and band.area.columns.start < band.area.columns.stop:
            mixer.mix(band.mix.shares, band.mix.axes, band.area)


def _mix(mix: Mix, row: int, share: float) -> Mix:
    if row == 0:
        return replace(mix, shares=shares_of((share,)))
    values = list(mix.shares)
    values[row - 1] = share
    return replace(mix, shares=Shares(*values))
