import threading

import numpy as np
import pytest

from stylestudio.images.blend import ScreenMixer, Shares, blend

SIZES = [(1, 1), (9, 9), (63, 5), (64, 5), (65, 5), (20, 4000), (4000, 20), (131, 77)]
SHARES: list[Shares] = [
    (0, 0, 0),
    (1, 1, 1),
    (0.7, 0.7, 0.7),
    (0, 0.5, 1),
    (0.123, 0.999, 0.001),
    (1 / 3, 0.25, 0),
]


def pair(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(size[0])
    return rng.random((*size, 3), np.float32), rng.random((*size, 3), np.float32)


def pair8(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(size[1])
    content, overfit = rng.integers(0, 256, (2, *size, 3), dtype=np.uint8)
    content.flat[:3], overfit.flat[:3] = 255, 0
    content.flat[-3:], overfit.flat[-3:] = 0, 255
    return content, overfit


def exact(content: np.ndarray, overfit: np.ndarray, shares: Shares) -> np.ndarray:
    share = np.array(shares, np.float64)
    return content.astype(np.float64) * (1 - share) + overfit.astype(np.float64) * share


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shares", SHARES)
def test_the_blend_equals_the_formula_in_float64(size: tuple[int, int], shares: Shares) -> None:
    content, overfit = pair(size)
    target = blend(content, overfit, shares)
    assert target.dtype == np.float32
    np.testing.assert_allclose(target, exact(content, overfit, shares), atol=2e-7)


def test_shares_of_none_and_all_give_the_very_values_of_one_picture() -> None:
    content, overfit = pair((131, 77))
    target = blend(content, overfit, (0, 1, 0.5))
    assert target[..., 0].tobytes() == content[..., 0].tobytes()
    assert target[..., 1].tobytes() == overfit[..., 1].tobytes()


@pytest.mark.parametrize("which", [0, 1])
def test_the_blend_may_be_written_over_one_of_its_pictures(which: int) -> None:
    pictures = pair((131, 77))
    expected = blend(*pictures, (0.2, 0.4, 0.6))
    out = pictures[which]
    assert blend(*pictures, (0.2, 0.4, 0.6), out=out) is out
    np.testing.assert_array_equal(out, expected)


def test_pictures_that_are_views_are_blended_right() -> None:
    content, overfit = pair((131, 77))
    out = np.zeros((262, 77, 3), np.float32)
    blend(
        content[::-1, ::-1],
        overfit.transpose(1, 0, 2).copy().transpose(1, 0, 2),
        (0.2, 0.4, 0.6),
        out=out[::2],
    )
    np.testing.assert_allclose(out[::2], exact(content[::-1, ::-1], overfit, (0.2, 0.4, 0.6)), atol=2e-7)
    assert not out[1::2].any()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shares", SHARES)
def test_the_screen_mix_is_within_one_level_of_the_formula(size: tuple[int, int], shares: Shares) -> None:
    content, overfit = pair8(size)
    with ScreenMixer(content, overfit) as mixer:
        mixer.mix(shares)
    expected = np.rint(exact(content, overfit, shares))
    assert mixer.frame.shape == (*size, 4)
    assert np.abs(mixer.frame[..., :3] - expected).max() <= 1
    assert (mixer.frame[..., 3] == 255).all()


def test_every_pair_of_levels_is_mixed_to_one_level_at_every_weight() -> None:
    overfit, content = (np.repeat(part[..., None], 3, axis=-1) for part in np.indices((256, 256)).astype(np.uint8))
    with ScreenMixer(content, overfit) as mixer:
        for step in range(0, 101, 3):
            mixer.mix((step / 100, 1 - step / 100, step / 200))
            expected = np.rint(exact(content, overfit, (step / 100, 1 - step / 100, step / 200)))
            assert np.abs(mixer.frame[..., :3] - expected).max() <= 1


def test_the_screen_mix_is_neither_too_dark_nor_too_light() -> None:
    content, overfit = pair8((131, 77))
    with ScreenMixer(content, overfit) as mixer:
        mixer.mix((0.3, 0.55, 0.71))
    error = mixer.frame[..., :3] - exact(content, overfit, (0.3, 0.55, 0.71))
    assert np.abs(error.mean(axis=(0, 1))).max() < 0.1


def test_the_screen_mix_at_none_and_all_is_one_picture_exactly() -> None:
    content, overfit = pair8((131, 77))
    with ScreenMixer(content, overfit) as mixer:
        mixer.mix((0, 1, 0))
    np.testing.assert_array_equal(mixer.frame[..., 0], content[..., 0])
    np.testing.assert_array_equal(mixer.frame[..., 1], overfit[..., 1])
    np.testing.assert_array_equal(mixer.frame[..., 2], content[..., 2])


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
    first, second = pair8((131, 77)), pair8((131, 77))[::-1]
    with ScreenMixer(*first) as mixer:
        frame = mixer.frame
        mixer.load(*second)
        mixer.mix((0, 0, 0))
        np.testing.assert_array_equal(frame[..., :3], second[0])
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


def test_pictures_of_different_sizes_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="do not match"):
        blend(pair((9, 9))[0], pair((9, 8))[0], (0.5, 0.5, 0.5))
    with pytest.raises(ValueError, match="do not match"):
        ScreenMixer(pair8((9, 9))[0], pair8((9, 8))[0])


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_out_of_range_is_not_mixed(share: float) -> None:
    with pytest.raises(ValueError, match="style shares"):
        blend(*pair((2, 2)), (0.5, share, 0.5))
    with ScreenMixer(*pair8((2, 2))) as mixer, pytest.raises(ValueError, match="style shares"):
        mixer.mix((0.5, share, 0.5))
