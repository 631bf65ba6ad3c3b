import numpy as np
import pytest
from numpy.typing import NDArray

from stylestudio.images.fill import fill_transparent
from stylestudio.images.resize import to_floats


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(1)


def ramp(height: int, width: int) -> NDArray[np.float32]:
    """(h, w, 3) from dark on the left to light on the right."""
    return np.repeat(np.linspace(0, 1, width, dtype=np.float32)[None, :, None], height, 0).repeat(3, 2)


@pytest.mark.parametrize("alpha", [None, np.full((5, 7), 255, np.uint8), np.ones((5, 7), np.uint8)])
def test_a_picture_without_holes_is_the_very_same(alpha: NDArray[np.uint8] | None, random: np.random.Generator) -> None:
    pixels = random.integers(0, 256, (5, 7, 3), np.uint8)
    assert fill_transparent(pixels, alpha) is pixels


def test_a_picture_of_which_nothing_is_visible_stays_as_it_is(random: np.random.Generator) -> None:
    pixels = random.random((5, 7, 3), np.float32)
    assert fill_transparent(pixels, np.zeros((5, 7), np.float32)) is pixels


@pytest.mark.parametrize("levels", [False, True])
@pytest.mark.parametrize("size", [(9, 13), (1, 8), (8, 1), (16, 16)])
def test_what_is_visible_at_all_keeps_its_colours_and_the_picture_its_form(
    size: tuple[int, int], levels: bool, random: np.random.Generator
) -> None:
    pixels = random.integers(0, 256, (*size, 3), np.uint8)
    alpha = random.choice([0, 1, 255], size).astype(np.uint8)
    alpha[0, 0], alpha[-1, -1] = 0, 7
    before = pixels.copy()
    given = (pixels, alpha) if levels else (to_floats(pixels), to_floats(alpha))
    found = fill_transparent(*given)
    assert found.dtype == given[0].dtype and found.shape == pixels.shape
    assert np.array_equal(found[alpha > 0], given[0][alpha > 0])
    assert np.array_equal(pixels, before)


def test_what_lies_under_the_holes_does_not_matter(random: np.random.Generator) -> None:
    alpha = (random.random((20, 30)) < 0.3).astype(np.float32)
    one, other = (
        fill_transparent(np.where(alpha[..., None] > 0, ramp(20, 30), np.float32(hidden)), alpha) for hidden in (0, 1)
    )
    assert np.array_equal(one, other)


def test_a_hole_takes_the_colours_of_its_rim_smoothly() -> None:
    alpha = np.ones((40, 60), np.float32)
    alpha[12:28, 20:40] = 0
    hidden = np.where(alpha[..., None] > 0, ramp(40, 60), np.float32(1))
    found = fill_transparent(hidden, alpha)
    assert np.abs(found - ramp(40, 60)).max() < 0.15
    assert np.abs(np.diff(found, axis=1)).max() < 0.06


def test_nothing_but_visible_colours_comes_of_filling(random: np.random.Generator) -> None:
    alpha = (random.random((33, 47)) < 0.02).astype(np.float32)
    colour, pixels = np.array([0.2, 0.5, 0.7], np.float32), random.random((33, 47, 3), np.float32)
    pixels[alpha > 0] = colour
    assert np.abs(fill_transparent(pixels, alpha) - colour).max() < 1e-3


def test_a_single_pixel_that_is_hardly_visible_colours_a_large_picture() -> None:
    alpha = np.zeros((300, 200), np.uint8)
    alpha[70, 150] = 1
    found = fill_transparent(np.full((300, 200, 3), 200, np.uint8), alpha)
    assert (found == 200).all()


def test_the_more_visible_counts_for_more() -> None:
    pixels, alpha = ramp(1, 64), np.zeros((1, 64), np.float32)
    alpha[0, 0], alpha[0, 1] = 0.01, 1
    pixels[0, :2] = [[0], [1]]
    assert fill_transparent(pixels, alpha)[0, 2:].mean() > 0.9
