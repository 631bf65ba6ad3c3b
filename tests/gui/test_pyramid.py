"""Canvases that show the same picture build its pyramid together."""

from collections.abc import Generator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas import pyramid
from stylestudio.gui.canvas.picture_canvas import Canvas, View
from stylestudio.gui.canvas.pyramid import Box, Extent, Pyramid, Pyramids, prepare_pyramid
from stylestudio.images.resize import Pixels
from stylestudio.progress import finish


@pytest.fixture
def pixels() -> NDArray[np.float32]:
    return np.random.default_rng(1).random((900, 700, 3), np.float32)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that a pyramid is begun."""
    begun: list[int] = []
    building = Pyramid.building

    def counted(pixels: Pixels, size: Extent | None) -> Generator[None, None, Pyramid]:
        begun.append(1)
        return building(pixels, size)

    monkeypatch.setattr(pyramid.Pyramid, "building", counted)
    return begun


def steps_of(work: Generator[None, None, Pyramid], count: int) -> None:
    for _ in range(count):
        next(work)


def test_two_who_want_it_at_the_same_time_get_the_same_one_in_as_many_steps_as_one(
    pixels: NDArray[np.float32],
) -> None:
    alone = len(list(Pyramids().building(pixels)))
    pyramids = Pyramids()
    one, other = pyramids.building(pixels), pyramids.building(pixels)
    steps_of(one, alone // 2)
    steps_of(other, alone - alone // 2)
    assert finish(one) is finish(other)


def test_who_drops_it_leaves_the_rest_to_the_other(pixels: NDArray[np.float32], built: list[int]) -> None:
    pyramids = Pyramids()
    one, other = pyramids.building(pixels), pyramids.building(pixels)
    steps_of(one, 5)
    steps_of(other, 5)
    one.close()
    assert finish(other).size == (700, 900)
    assert built == [1]


def test_after_a_failure_the_other_fails_too_instead_of_waiting(
    pixels: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(pixels: Pixels, size: Extent | None) -> Generator[None, None, Pyramid]:
        yield
        raise MemoryError

    monkeypatch.setattr(pyramid.Pyramid, "building", failing)
    pyramids = Pyramids()
    one, other = pyramids.building(pixels), pyramids.building(pixels)
    steps_of(one, 1)
    for work in (one, other):
        with pytest.raises(MemoryError):
            finish(work)


def test_another_picture_gets_another_and_nothing_is_kept(pixels: NDArray[np.float32], built: list[int]) -> None:
    pyramids = Pyramids()
    assert finish(pyramids.building(pixels)) is not finish(pyramids.building(pixels.copy()))
    finish(pyramids.building(pixels))
    assert len(built) == 3


def test_canvases_of_one_view_build_it_once(built: list[int], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyramid, "_SLICE", 1e-4)  # so that none of them is done before the other begins
    view, pixels = View(), np.zeros((1000, 1200, 3), np.uint8)
    canvases = [Canvas(view), Canvas(view)]
    for canvas in canvases:
        qtbot.addWidget(canvas)
        canvas.set_picture(pixels)
    qtbot.waitUntil(lambda: all(canvas.is_ready for canvas in canvases))
    assert built == [1]
    assert [canvas.placement() is not None for canvas in canvases] == [True, True]


@pytest.mark.parametrize(
    ("box", "size"), [((0, 0, 600, 400), (600, 400)), ((100, 50, 250, 150), (300, 200)), ((0, 0, 600, 400), (90, 60))]
)
def test_a_small_picture_that_counts_as_a_larger_one_is_stretched_bilinearly(box: Box, size: Extent) -> None:
    small = np.random.default_rng(2).integers(0, 256, (40, 60, 3), np.uint8)
    part = [edge / 10 for edge in box]
    expected = Image.fromarray(small).resize(size, Image.Resampling.BILINEAR, (part[0], part[1], part[2], part[3]))
    stretched = Pyramid.build(small, (600, 400))
    assert stretched.size == (600, 400)
    for resampling in (Image.Resampling.NEAREST, Image.Resampling.HAMMING):
        np.testing.assert_array_equal(stretched.window(box, size, resampling), np.asarray(expected))


def test_one_that_was_prepared_is_there_at_once_but_only_as_long_as_it_is_offered(
    built: list[int], qtbot: QtBot
) -> None:
    view, pixels = View(), np.zeros((1000, 1200, 3), np.uint8)
    canvas, later = Canvas(view), Canvas(view)
    for widget in (canvas, later):
        qtbot.addWidget(widget)
    common = prepare_pyramid(pixels)
    with view.pyramids.offer_prepared([common]):
        canvas.set_picture(pixels)
    assert canvas.is_ready
    assert canvas.placement() is not None
    later.set_picture(pixels)
    assert not later.is_ready
    qtbot.waitUntil(lambda: later.is_ready)
    assert built == [1, 1]


@pytest.mark.parametrize("resampling", [Image.Resampling.HAMMING, Image.Resampling.BICUBIC, Image.Resampling.NEAREST])
@pytest.mark.parametrize("zoom", [0.55, 0.8, 0.97, 1.6, 2.0])
def test_large_parts_of_the_picture_itself_are_what_resampling_it_whole_gives(
    resampling: Image.Resampling, zoom: float
) -> None:
    picture = np.random.default_rng(4).integers(0, 256, (1300, 1100, 3), np.uint8)
    box = (31.25, 17.5, 1069.25, 1290.5)
    size = round((box[2] - box[0]) * zoom), round((box[3] - box[1]) * zoom)
    expected = np.asarray(Image.fromarray(picture).resize(size, resampling, box))
    found = Pyramid.build(picture).window(box, size, resampling)
    difference = np.abs(found.astype(int) - expected)
    if resampling != Image.Resampling.NEAREST:  # of which a few pixels lie between two
        assert difference.max() <= 2  # Pillow rounds a filter's weights by where the part begins
    assert np.count_nonzero(difference) < 0.01 * difference.size


def test_one_to_one_is_the_picture_itself_and_bytes_are_not_copied() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (700, 900, 3), np.uint8)
    shown = Pyramid.build(picture)
    assert np.array_equal(
        shown.window((100, 50, 600, 450), (500, 400), Image.Resampling.HAMMING), picture[50:450, 100:600]
    )
    picture[60, 110] = 255 - picture[60, 110]
    assert np.array_equal(
        shown.window((100, 50, 600, 450), (500, 400), Image.Resampling.HAMMING), picture[50:450, 100:600]
    )
