import threading
from collections.abc import Callable

import numpy as np
import pytest

from stylestudio.images.blend import Axes, Shares, blend
from stylestudio.images.mixer import Area, ScreenMixer
from stylestudio.images.resize import to_floats

SIZES = [(1, 1), (9, 9), (63, 5), (64, 5), (65, 5), (20, 4000), (4000, 20), (131, 77)]
SHARES: list[Shares] = [
    (0, 0, 0),
    (1, 1, 1),
    (0.7, 0.7, 0.7),
    (0, 0.5, 1),
    (0.123, 0.999, 0.001),
    (1 / 3, 0.25, 0),
]
BEYOND: list[Shares] = [(1.5, 1.5, 1.5), (-0.25, -0.25, -0.25), (1.2, 0.4, -0.1), (-0.2, 1.01, 1.49)]


def pair8(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(size[1])
    content, overfit = rng.integers(0, 256, (2, *size, 3), dtype=np.uint8)
    content.flat[:3], overfit.flat[:3] = 255, 0
    content.flat[-3:], overfit.flat[-3:] = 0, 255
    return content, overfit


def calm_pair8(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Two pictures that differ as a photo and its overfit picture do, by up to 60 levels."""
    content, _ = pair8(size)
    rng = np.random.default_rng(7)
    return content, np.clip(content.astype(int) + rng.integers(-60, 61, content.shape), 0, 255).astype(np.uint8)


def levels_of(content: np.ndarray, overfit: np.ndarray, shares: Shares, axes: Axes = "rgb") -> np.ndarray:
    """What is exported of the two, in levels that are not rounded."""
    return blend(to_floats(content), to_floats(overfit), shares, axes=axes).astype(np.float64) * 255


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shares", SHARES + BEYOND)
def test_the_screen_mix_is_within_one_level_of_what_is_exported(size: tuple[int, int], shares: Shares) -> None:
    content, overfit = pair8(size)
    with ScreenMixer(content, overfit) as mixer:
        mixer.mix(shares)
    expected = np.rint(levels_of(content, overfit, shares))
    assert mixer.frame.shape == (*size, 4)
    assert np.abs(mixer.frame[..., :3] - expected).max() <= 1
    assert (mixer.frame[..., 3] == 255).all()


@pytest.mark.parametrize("shares", SHARES + BEYOND)
@pytest.mark.parametrize("make", [calm_pair8, pair8])
def test_on_lightness_and_colours_too_and_two_where_pictures_have_nothing_in_common_or_beyond_the_ends(
    shares: Shares, make: Callable[[tuple[int, int]], tuple[np.ndarray, np.ndarray]]
) -> None:
    content, overfit = make((131, 77))
    most = 1 if make is calm_pair8 and shares in SHARES else 2
    with ScreenMixer(content, overfit) as mixer:
        mixer.mix(shares, "ycc")
    error = mixer.frame[..., :3] - np.rint(levels_of(content, overfit, shares, "ycc"))
    assert np.abs(error).max() <= most
    assert np.abs(error.mean()) < 0.15


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_while_one_share_is_dragged_the_mix_is_as_near_as_one_made_anew(axis: int) -> None:
    content, overfit = calm_pair8((131, 77))
    with ScreenMixer(content, overfit) as mixer:
        for percent in (30, 31, 64, 98, 110, 140, 150, 99, 0, -10, -25, 50, 50):
            values = [0.3, 0.6, 0.8]
            values[axis] = percent / 100
            shares = values[0], values[1], values[2]
            mixer.mix(shares, "ycc")
            error = mixer.frame[..., :3] - np.rint(levels_of(content, overfit, shares, "ycc"))
            assert np.abs(error).max() <= 2
            assert np.abs(error.mean()) < 0.2
        mixer.load(overfit, content)
        mixer.mix((0.4, 0.6, 0.8), "ycc")
        error = mixer.frame[..., :3] - np.rint(levels_of(overfit, content, (0.4, 0.6, 0.8), "ycc"))
        assert np.abs(error).max() <= 1


def test_every_pair_of_levels_is_mixed_to_one_level_at_every_weight() -> None:
    overfit, content = (np.repeat(part[..., None], 3, axis=-1) for part in np.indices((256, 256)).astype(np.uint8))
    with ScreenMixer(content, overfit) as mixer:
        for step in range(-25, 151, 5):
            shares = step / 100, min(1.5, 1.25 - step / 100), step / 200
            mixer.mix(shares)
            expected = np.rint(levels_of(content, overfit, shares))
            assert np.abs(mixer.frame[..., :3] - expected).max() <= 1


def test_the_screen_mix_is_neither_too_dark_nor_too_light() -> None:
    content, overfit = pair8((131, 77))
    with ScreenMixer(content, overfit) as mixer:
        mixer.mix((0.3, 0.55, 0.71))
    error = mixer.frame[..., :3] - levels_of(content, overfit, (0.3, 0.55, 0.71))
    assert np.abs(error.mean(axis=(0, 1))).max() < 0.1


@pytest.mark.parametrize("axes", ["rgb", "ycc"])
def test_the_screen_mix_at_none_and_all_is_one_picture_exactly(axes: Axes) -> None:
    content, overfit = pair8((131, 77))
    with ScreenMixer(content, overfit) as mixer:
        mixer.mix((0, 0, 0), axes)
        np.testing.assert_array_equal(mixer.frame[..., :3], content)
        mixer.mix((1, 1, 1), axes)
        np.testing.assert_array_equal(mixer.frame[..., :3], overfit)


def test_a_channel_at_none_or_all_is_that_picture_s_exactly() -> None:
    content, overfit = pair8((131, 77))
    with ScreenMixer(content, overfit) as mixer:
        mixer.mix((0, 1, 0))
    np.testing.assert_array_equal(mixer.frame[..., 0], content[..., 0])
    np.testing.assert_array_equal(mixer.frame[..., 1], overfit[..., 1])
    np.testing.assert_array_equal(mixer.frame[..., 2], content[..., 2])


@pytest.mark.parametrize("axes", ["rgb", "ycc"])
def test_a_frame_in_the_screen_s_order_shows_the_same(axes: Axes) -> None:
    content, overfit = pair8((131, 77))
    with ScreenMixer(content, overfit) as usual, ScreenMixer(content, overfit, "BGR") as turned:
        usual.mix((0.2, 0.9, 0.5), axes)
        turned.mix((0.2, 0.9, 0.5), axes)
        np.testing.assert_array_equal(turned.frame[..., 2::-1], usual.frame[..., :3])
        assert (turned.frame[..., 3] == 255).all()


@pytest.mark.parametrize("axes", ["rgb", "ycc"])
@pytest.mark.parametrize("shares", [(0.3, 0.6, 0.9), (1.3, 0.2, -0.2)])
def test_a_mask_on_screen_is_within_two_levels_of_what_is_exported(shares: Shares, axes: Axes) -> None:
    content, overfit = calm_pair8((131, 77))
    mask = np.random.default_rng(3).integers(-256, 257, (131, 77)).astype(np.int16)
    with ScreenMixer(content, overfit) as mixer:
        mixer.set_mask(mask)
        mixer.mix(shares, axes)
        plane = (mask / 256).astype(np.float32)
        expected = blend(to_floats(content), to_floats(overfit), shares, axes=axes, mask=lambda rows: plane[rows])
        assert np.abs(mixer.frame[..., :3] - np.rint(expected * 255)).max() <= 2
        mixer.set_mask(None)
        mixer.mix(shares, axes)
        plain = mixer.frame.copy()
    with ScreenMixer(content, overfit) as fresh:
        fresh.mix(shares, axes)
        np.testing.assert_array_equal(fresh.frame, plain)


@pytest.mark.parametrize("axes", ["rgb", "ycc"])
def test_a_part_of_a_mask_and_of_a_frame_are_what_the_whole_would_be(axes: Axes) -> None:
    content, overfit = pair8((131, 77))
    mask = np.zeros((131, 77), np.int16)
    area, shares = Area(slice(20, 90), slice(5, 40)), (1.3, 0.2, -0.2)
    with ScreenMixer(content, overfit) as mixer, ScreenMixer(content, overfit) as whole:
        mixer.mix(shares, axes)
        mask[area] = np.random.default_rng(3).integers(-256, 257, (70, 35))
        mixer.set_mask(mask, area)
        mixer.mix(shares, axes, area)
        whole.set_mask(mask)
        whole.mix(shares, axes)
        np.testing.assert_array_equal(mixer.frame, whole.frame)


def test_a_full_mask_shows_one_picture_whatever_the_shares() -> None:
    content, overfit = pair8((131, 77))
    mask = np.full((131, 77), 256, np.int16)
    with ScreenMixer(content, overfit) as mixer:
        mixer.set_mask(mask)
        mixer.mix((0.1, 0.2, 1.5))
        np.testing.assert_array_equal(mixer.frame[..., :3], overfit)
        mixer.set_mask(-mask)
        mixer.mix((0.1, 0.2, 1.5))
        np.testing.assert_array_equal(mixer.frame[..., :3], content)


def test_the_frame_stays_in_the_same_memory_for_a_window_to_show() -> None:
    with ScreenMixer(*pair8((131, 77))) as mixer:
        frame = mixer.frame
        mixer.mix((0, 0, 0))
        before = frame.copy()
        mixer.mix((1, 1, 1))
        assert mixer.frame is frame
        assert frame.flags.c_contiguous
        assert (frame != before).any()


def test_other_pictures_of_the_same_size_go_into_the_same_frame() -> None:
    first = pair8((131, 77))
    second = first[1], first[0]
    with ScreenMixer(*first) as mixer:
        frame = mixer.frame
        mixer.mix((1.2, -0.2, 0.5), "ycc")
        mixer.load(*second)
        mixer.mix((0, 0, 0))
        np.testing.assert_array_equal(frame[..., :3], second[0])
        mixer.mix((1.2, -0.2, 0.5), "ycc")
        with ScreenMixer(*second) as fresh:
            fresh.mix((1.2, -0.2, 0.5), "ycc")
            np.testing.assert_array_equal(frame, fresh.frame)
        with pytest.raises(ValueError, match="do not match"):
            mixer.load(*pair8((77, 131)))


def test_closing_the_mixer_ends_its_threads_and_keeps_its_frame() -> None:
    before = set(threading.enumerate())
    mixer = ScreenMixer(*pair8((131, 77)))
    mixer.mix((0.5, 0.5, 0.5))
    assert set(threading.enumerate()) > before
    mixer.close()
    assert set(threading.enumerate()) == before
    assert mixer.frame.any()


def test_what_does_not_go_together_is_not_mixed() -> None:
    with pytest.raises(ValueError, match="do not match"):
        ScreenMixer(pair8((9, 9))[0], pair8((9, 8))[0])
    with ScreenMixer(*pair8((9, 9))) as mixer, pytest.raises(ValueError, match="does not match"):
        mixer.set_mask(np.zeros((9, 8), np.int16))


@pytest.mark.parametrize("share", [-0.26, 1.51, float("nan")])
def test_a_share_out_of_range_is_not_mixed(share: float) -> None:
    with ScreenMixer(*pair8((2, 2))) as mixer, pytest.raises(ValueError, match="style shares"):
        mixer.mix((0.5, share, 0.5))


@pytest.mark.parametrize("axes", ["rgb", "ycc"])
def test_a_frame_is_the_same_whatever_it_showed_before(axes: Axes) -> None:
    """Only what a share moves is written; here shares, axes, areas and masks follow each other at random."""
    random = np.random.default_rng(8)
    content, overfit, other = random.integers(0, 256, (3, 40, 50, 3), dtype=np.uint8)
    mask = random.integers(-256, 257, (40, 50)).astype(np.int16)
    shares, masked = [0.7, 0.7, 0.4], False
    with ScreenMixer(content, overfit, "BGR") as mixer:
        for step in range(60):
            shares[random.integers(3)] = float(random.choice([-0.2, 0.0, 0.3, 0.7, 1.0, 1.4]))
            if step % 7 == 3:
                mixer.mix((0.5, 0.2, 0.1), "ycc" if axes == "rgb" else "rgb", Area(slice(5, 20), slice(0, 50)))
            if step % 11 == 5:
                masked = not masked
                mixer.set_mask(mask if masked else None)
            if step == 40:
                mixer.load(other, overfit)
                content, masked = other, False
            mixer.mix((shares[0], shares[1], shares[2]), axes)
            with ScreenMixer(content, overfit, "BGR") as fresh:
                fresh.set_mask(mask if masked else None)
                fresh.mix((shares[0], shares[1], shares[2]), axes)
                apart = np.abs(mixer.frame.astype(int) - fresh.frame)
            assert apart.max() <= (0 if axes == "rgb" else 2), step
