from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from maps import laid, never_falls, pixels_of, random_image, scales_of
from torch import Tensor
from torch.nn import functional as F
from work import outcome

from stylestudio.engine.coding import Networks, lazy_image_of, pad_image
from stylestudio.engine.config import DEFAULT, ScaleConfig
from stylestudio.engine.matching.base import EncodedPicture, MatchSettings
from stylestudio.engine.methods import METHODS
from stylestudio.engine.pipeline import MixedContent, ScaleInputs, overfit, scale_sizes
from stylestudio.engine.runtime import device, lazy
from stylestudio.progress import Cancelled, Preview, Progress, Work, cancellable, finish

FINE, SMALL = "coarse-to-fine", MatchSettings(patch_size=1)
CONTENT, STYLE = random_image(1, 36, 60), random_image(2, 34, 42)
SHARES = (0.25, 0.5, 1.0)


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.no_grad():
        yield


def painting(networks: Networks, content: Tensor, style: Tensor, method: str, settings: MatchSettings) -> Work[Tensor]:
    """At half of the size first, where the method has scales."""
    shares = (0.5, 1.0) if METHODS[method].scaled else (1.0,)
    return overfit(networks, scales_of(networks, content, style, method, shares), method, settings)


@pytest.mark.parametrize(
    ("side", "expected"),
    [(1, [1]), (64, [64]), (90, [90]), (91, [46, 91]), (512, [64, 128, 256, 512]), (1000, [62, 125, 250, 500, 1000])],
)
def test_the_scales_double_from_about_64_pixels(side: int, expected: list[int]) -> None:
    assert scale_sizes(side, FINE, ScaleConfig(coarsest=64)) == expected
    assert scale_sizes(side, "single", ScaleConfig(coarsest=64)) == [side]


def test_of_every_picture_the_coarsest_scale_is_the_one_nearest_to_what_is_asked_for() -> None:
    for side in range(100, 9000, 177):
        found = scale_sizes(side, FINE, ScaleConfig(coarsest=70))
        assert 70 * 2**-0.5 - 1 <= found[0] <= 70 * 2**0.5
        assert found[-1] == side
        assert all(abs(2 * coarse - fine) <= 1 for coarse, fine in pairwise(found))


def previews_of(told: list[Progress]) -> list[Tensor]:
    pictures = [progress.picture for progress in told if isinstance(progress, Preview)]
    return [picture for picture in pictures if isinstance(picture, Tensor)]


def test_every_scale_but_the_last_tells_its_picture_without_padding(networks: Networks) -> None:
    found, told = outcome(overfit(networks, scales_of(networks, CONTENT, STYLE, shares=SHARES), FINE, SMALL))
    pictures = [*previews_of(told), found]
    assert [picture.shape for picture in pictures] == [(1, 3, 9, 15), (1, 3, 18, 30), (1, 3, 40, 64)]
    assert all(picture.min() >= 0 and picture.max() <= 1 for picture in pictures)
    assert never_falls(told) and told[-1].fraction == 1


def test_a_scale_s_picture_is_the_one_that_the_scales_up_to_it_make(networks: Networks) -> None:
    scales = scales_of(networks, CONTENT, STYLE, shares=SHARES)
    _, told = outcome(overfit(networks, scales, FINE, SMALL))
    for number, preview in enumerate(previews_of(told), 1):
        alone = finish(overfit(networks, scales[:number], FINE, SMALL))
        assert torch.equal(alone[:, :, : preview.shape[2], : preview.shape[3]], preview)


@pytest.mark.parametrize(
    ("settings", "matters"),
    [
        (MatchSettings(fidelity=0.5), True),
        (MatchSettings(fidelity=1), False),
        (MatchSettings(config=replace(DEFAULT, scales=ScaleConfig(mix=0))), False),
    ],
    ids=["fidelity 0.5", "fidelity 1", "no mix"],
)
def test_the_scale_before_matters_unless_the_photo_alone_is_looked_for(
    settings: MatchSettings, matters: bool, networks: Networks
) -> None:
    coarse, fine = scales_of(networks, CONTENT, STYLE, shares=(0.5, 1.0))
    other, _ = scales_of(networks, random_image(8, 36, 60), random_image(9, 34, 42), shares=(0.5, 1.0))
    pictures = [finish(overfit(networks, [first, fine], FINE, settings)) for first in (coarse, other)]
    assert torch.equal(*pictures) is not matters


def test_windows_of_a_query_are_the_photo_mixed_with_the_picture_before_enlarged(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = random_image(3, 9, 15)
    expected = pad_image(0.7 * CONTENT + 0.3 * F.interpolate(before, (36, 60), mode="bilinear"))
    query = MixedContent(lazy_image_of(pixels_of(CONTENT), networks), before, 0.3)
    for side in (384, 17):
        monkeypatch.setattr(lazy, "LARGEST_WINDOW", side)
        torch.testing.assert_close(laid(query), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("content_size", "style_size", "patch_size"),
    [((1, 1), (3, 3), 3), ((9, 9), (30, 25), 1), ((40, 2), (3, 3), 3), ((1, 1), (30, 25), 1)],
)
def test_tiny_pictures_come_out_whole(
    content_size: tuple[int, int], style_size: tuple[int, int], patch_size: int, method: str, networks: Networks
) -> None:
    content, style = random_image(1, *content_size), random_image(2, *style_size)
    found, told = outcome(painting(networks, content, style, method, MatchSettings(patch_size)))
    assert found.shape == pad_image(content).shape
    assert found.min() >= 0 and found.max() <= 1
    assert never_falls(told) and told[-1].fraction == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [0.0, 0.7, 1.0])
def test_a_picture_of_one_colour_can_be_content_and_style(
    value: float, method: str, shipped_networks: Networks
) -> None:
    even, rich = torch.full((1, 3, 16, 24), value), random_image(2, 24, 16)
    for content, style in ((even, rich), (rich, even), (even, even)):
        found = finish(
            overfit(shipped_networks, scales_of(shipped_networks, content, style, method), method, MatchSettings())
        )
        assert found.min() >= 0 and found.max() <= 1
        if style is even:
            assert (found - value).abs().mean() < 0.1


def remembering(read: Callable[[], Work[EncodedPicture]]) -> Callable[[], Work[EncodedPicture]]:
    """The same picture each time, with all that is known of it."""
    encoded = finish(read())

    def again() -> Work[EncodedPicture]:
        yield Progress("Reading", 1.0)
        return encoded

    return again


@pytest.mark.parametrize("method", METHODS)
def test_work_that_was_given_up_anywhere_can_be_done_again(method: str, networks: Networks) -> None:
    content, style, shares = CONTENT[:, :, :9, :9], STYLE[:, :, :9, :9], (0.5, 1.0) if method == FINE else (1.0,)
    expected, told = outcome(overfit(networks, scales_of(networks, content, style, method, shares), method, SMALL))
    scales = [
        ScaleInputs(scale.photo, remembering(scale.content), remembering(scale.style))
        for scale in scales_of(networks, content, style, method, shares)
    ]
    for steps in range(0, len(told), max(1, len(told) // 6)):
        given_up = overfit(networks, scales, method, SMALL)
        for _ in range(steps):
            next(given_up, None)
        given_up.close()
        assert next(given_up, None) is None
    assert torch.equal(finish(overfit(networks, scales, method, SMALL)), expected)


@pytest.mark.parametrize("method", METHODS)
def test_work_that_was_cancelled_at_any_checkpoint_can_be_done_again(
    method: str, networks: Networks, checkpoints: Callable[..., int]
) -> None:
    scales = scales_of(networks, CONTENT[:, :, :9, :9], STYLE[:, :, :9, :9], method)
    scales = [ScaleInputs(scale.photo, remembering(scale.content), remembering(scale.style)) for scale in scales]
    expected = finish(overfit(networks, scales, method, SMALL))
    count = checkpoints(lambda: finish(overfit(networks, scales, method, SMALL)))
    assert count > 6
    for reached in range(0, count, count // 6):
        wanted = iter([True] * reached + [False])
        with pytest.raises(Cancelled), cancellable(lambda wanted=wanted: next(wanted)):
            finish(overfit(networks, scales, method, SMALL))
    assert torch.equal(finish(overfit(networks, scales, method, SMALL)), expected)


def test_the_methods_make_different_pictures_of_the_same_pair(networks: Networks) -> None:
    fine, single = (
        finish(painting(networks, CONTENT, STYLE, method, SMALL)) for method in ("coarse-to-fine", "single")
    )
    assert not torch.allclose(single, fine, atol=1e-2)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_picture_bit_for_bit(method: str, networks: Networks) -> None:
    one, other = (finish(painting(networks, CONTENT, STYLE, method, MatchSettings(seed=7))) for _ in range(2))
    assert torch.equal(one, other)


@pytest.mark.parametrize("finest", ["relu4_1", "relu3_1"])
def test_the_finest_layer_is_the_last_one_that_is_replaced(finest: str, networks: Networks) -> None:
    scales = scales_of(networks, CONTENT, STYLE)
    coarse, fine = (
        finish(overfit(networks, scales, FINE, MatchSettings(finest_layer=layer))) for layer in (finest, "relu2_1")
    )
    assert (coarse - fine).abs().mean() > 1e-3


def test_where_bfloat16_is_fast_the_picture_is_nearly_the_same(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = []
    for fast in (False, True):
        monkeypatch.setattr(device, "has_fast_bfloat16", lambda _, fast=fast: fast)
        pictures.append(finish(painting(networks, CONTENT, STYLE, "single", SMALL)))
    assert not torch.equal(*pictures)
    assert (pictures[0] - pictures[1]).abs().mean() < 1 / 255
