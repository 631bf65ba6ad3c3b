from itertools import pairwise

import numpy as np
import pytest

from stylestudio.images import blend as blending
from stylestudio.images.blend import (
    LEAST_SHARE,
    MOST_SHARE,
    Axes,
    Shares,
    blend,
    check_pair,
    extrapolate,
    share_weights,
)

SIZES = [(1, 1), (9, 9), (63, 5), (64, 5), (65, 5), (20, 4000), (4000, 20), (131, 77)]
SHARES: list[Shares] = [
    (0, 0, 0),
    (1, 1, 1),
    (0.7, 0.7, 0.7),
    (0, 0.5, 1),
    (0.123, 0.999, 0.001),
    (1 / 3, 0.25, 0),
]
AXES: tuple[Axes, Axes] = "rgb", "ycc"
TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
"""JPEG's: JFIF 1.02, section 7."""


def pair(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(size[0])
    return rng.random((*size, 3), np.float32), rng.random((*size, 3), np.float32)


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


def test_pictures_that_are_views_are_blended_right() -> None:
    content, overfit = pair((131, 77))
    target = blend(content[::-1, ::-1], overfit.transpose(1, 0, 2).copy().transpose(1, 0, 2), (0.2, 0.4, 0.6))
    np.testing.assert_allclose(target, exact(content[::-1, ::-1], overfit, (0.2, 0.4, 0.6)), atol=2e-7)


@pytest.mark.parametrize("shares", SHARES)
def test_on_lightness_and_colours_it_equals_the_formula_in_float64(shares: Shares) -> None:
    content, overfit = pair((131, 77))
    expected = exact(content @ TO_YCC.T, overfit @ TO_YCC.T, shares) @ np.linalg.inv(TO_YCC).T
    target = blend(content, overfit, shares, axes="ycc")
    np.testing.assert_allclose(target, expected.clip(0, 1), atol=1e-6)


@pytest.mark.parametrize("share", [0, 0.3, 1, 1.4, -0.2])
def test_equal_shares_are_the_same_on_both_axes_to_the_last_bit(share: float) -> None:
    content, overfit = pair((131, 77))
    both = [blend(content, overfit, (share, share, share), axes=axes) for axes in AXES]
    assert both[0].tobytes() == both[1].tobytes()


def test_the_photo_s_colours_are_kept_where_only_lightness_comes_from_the_overfit_picture() -> None:
    content, overfit = (0.35 + np.float32(0.3) * picture for picture in pair((9, 9)))
    target = blend(content, overfit, (1, 0, 0), axes="ycc")
    np.testing.assert_allclose(target @ TO_YCC[0], overfit @ TO_YCC[0], atol=1e-6)
    np.testing.assert_allclose(target @ TO_YCC[1:].T, content @ TO_YCC[1:].T, atol=1e-6)


@pytest.mark.parametrize("axes", AXES)
def test_beyond_the_ends_it_never_leaves_black_and_white_and_never_turns_back(axes: Axes) -> None:
    content, overfit = pair((131, 77))
    shares = np.linspace(1, MOST_SHARE, 11)
    targets = [blend(content, overfit, (share, share, share), axes=axes) for share in shares]
    assert all(target.min() >= 0 and target.max() <= 1 for target in targets)
    forward = np.sign(overfit - content)
    for before, after in pairwise(targets):
        assert ((after - before) * forward >= -1e-6).all()


@pytest.mark.parametrize(("share", "end"), [(1.5, 1), (1.2, 1), (-0.25, 0), (-0.1, 0)])
def test_beyond_the_ends_it_is_the_plain_formula_where_there_is_room(share: float, end: int) -> None:
    content, overfit = (0.4 + np.float32(0.2) * picture for picture in pair((131, 77)))
    target = blend(content, overfit, (share, share, share))
    np.testing.assert_allclose(target, exact(content, overfit, (share, share, share)), atol=1e-6)
    assert (target != (content, overfit)[end]).any()


def test_the_shoulder_bends_before_the_end_instead_of_breaking_off() -> None:
    content = np.full((1, 100, 3), 0.2, np.float32)
    overfit = content + np.linspace(0, 0.8, 100, dtype=np.float32)[:, None]
    steps = np.diff(blend(content, overfit, (1.5, 1.5, 1.5))[0, :, 0])
    assert (steps > -1e-6).all()
    assert np.abs(np.diff(steps)).max() < 0.2 * steps.max()


@pytest.mark.parametrize(("axes", "shares"), [("rgb", (0.2, 0.5, 1.2)), ("ycc", (0.2, 0.5, 1.2))])
def test_a_mask_draws_the_target_to_one_of_the_two_pictures(axes: Axes, shares: Shares) -> None:
    content, overfit = pair((131, 77))
    mask = np.zeros((131, 77), np.float32)
    mask[:40], mask[40:80] = 1, -1
    target = blend(content, overfit, shares, axes=axes, mask=lambda rows: mask[rows])
    np.testing.assert_allclose(target[:40], overfit[:40], atol=1e-6)
    np.testing.assert_allclose(target[40:80], content[40:80], atol=1e-6)
    np.testing.assert_array_equal(target[80:], blend(content, overfit, shares, axes=axes)[80:])


def test_a_half_mask_is_half_the_way_from_the_share_to_that_picture() -> None:
    content, overfit = pair((9, 9))
    more = blend(content, overfit, (0.5, 0.5, 0.5), mask=lambda rows: np.full((9, 9), 0.5, np.float32))
    np.testing.assert_allclose(more, exact(content, overfit, (0.75, 0.75, 0.75)), atol=1e-6)


def test_pictures_of_different_sizes_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="do not match"):
        blend(pair((9, 9))[0], pair((9, 8))[0], (0.5, 0.5, 0.5))


@pytest.mark.parametrize("share", [-0.26, 1.51, float("nan")])
def test_a_share_out_of_range_is_not_mixed(share: float) -> None:
    with pytest.raises(ValueError, match="style shares"):
        blend(*pair((2, 2)), (0.5, share, 0.5))


def eased(end: float, other: float, share: float) -> float:
    """One value pushed, as it is told: freely over the first half of its room, then along a parabola to the end."""
    step = (end - other) * share
    room, wanted = (1 - end if step > 0 else end), abs(step)
    if wanted > room / 2:
        wanted = room - max(1.5 * room - wanted, 0) ** 2 / (2 * room) if room else 0
    return end + (wanted if step > 0 else -wanted)


@pytest.mark.parametrize("share", [-LEAST_SHARE, MOST_SHARE - 1])
def test_what_is_pushed_goes_freely_over_half_its_room_and_then_along_a_parabola(share: float) -> None:
    ends, others = np.meshgrid(*[np.linspace(0, 1, 21, dtype=np.float32)] * 2)
    expected = [eased(float(one), float(other), share) for one, other in zip(ends.flat, others.flat, strict=True)]
    np.testing.assert_allclose(extrapolate(ends, others, share).ravel(), expected, atol=1e-6)


def test_a_share_is_made_of_the_picture_before_and_the_one_behind_it() -> None:
    shares = (-0.25, -0.1, 0, 0.3, 1, 1.2, 1.5)
    expected = [(0, 0.6, 1, 0.7, 0, 0, 0), (0, 0, 0, 0.3, 1, 0.6, 0), (1, 0.4, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 0.4, 1)]
    np.testing.assert_allclose(share_weights(shares), expected, atol=1e-9)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.5,) * 4])
def test_there_is_one_share_for_each_channel(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="three numbers"):
        blend(*pair((2, 2)), shares)  # pyright: ignore[reportArgumentType]


def test_a_pair_goes_together_without_any_shares_and_only_as_colours() -> None:
    check_pair(*pair((2, 2)))
    for channels in (1, 4):
        one = np.zeros((2, 2, channels), np.float32)
        with pytest.raises(ValueError, match="do not match"):
            check_pair(one, one)


def test_light_and_colours_are_those_of_jpeg() -> None:
    assert np.array_equal(blending.TO_YCC, TO_YCC)
    light = red, _, blue = TO_YCC[0]
    scaled = (np.eye(3)[[2, 0]] - light) / [[2 - 2 * blue], [2 - 2 * red]]
    assert np.allclose(TO_YCC[1:], scaled, atol=1e-6)


def test_what_does_not_go_together_is_named() -> None:
    with pytest.raises(ValueError, match=r"^content \(2, 3, 3\) and overfit picture \(3, 3, 3\) do not match$"):
        check_pair(np.zeros((2, 3, 3)), np.zeros((3, 3, 3)))
    with pytest.raises(ValueError, match=r"^style shares \(0, 2, 0\) are not three numbers -0\.25\.\.1\.5$"):
        check_pair(np.zeros((2, 3, 3)), np.zeros((2, 3, 3)), (0, 2, 0))
