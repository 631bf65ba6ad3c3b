from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from maps import never_falls, random_image
from torch import Tensor
from torch.nn import functional as F
from work import outcome

from stylestudio.engine import refine
from stylestudio.engine.coding import Networks
from stylestudio.engine.config import DEFAULT
from stylestudio.engine.postprocess import PaletteContext
from stylestudio.engine.refine import (
    HELD_LAYERS,
    STAGE,
    Descent,
    RefinedImage,
    downscale,
    layer_objectives,
    refine_picture,
    refining_scale,
)
from stylestudio.engine.runtime import lazy
from stylestudio.engine.runtime.lazy import materialise
from stylestudio.progress import Cancelled, Preview, cancellable, finish

CONTENT, STYLE = random_image(1, 40, 48), random_image(2, 48, 40)


PURE = PaletteContext.of(STYLE.round(), None, DEFAULT.palette)
"""Of a style in pure black and white, where nothing bends."""


UPPER_THIRD = (torch.arange(48) < 16).float()[:, None].expand(1, 1, 48, 40).contiguous()
"""What can be seen of a style."""


def overfit_picture() -> Tensor:
    return (random_image(3, 40, 48) * 0.6 + 0.2).clone()


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.no_grad():
        yield


def distance_from_style(networks: Networks, image: Tensor) -> float:
    """Mean distance of the Gram matrices over the style's, written down plainly."""
    total = 0.0
    features, wanted = networks.encoder(image), networks.encoder(STYLE)
    for layer in features:
        scale = networks.encoder.channel_scale(layer)[:, None]
        grams = [
            f[0].flatten(1) / scale @ (f[0].flatten(1) / scale).t() / f[0, 0].numel()
            for f in (features[layer], wanted[layer])
        ]
        total += ((grams[0] - grams[1]).norm() / grams[1].norm()).item() / 4
    return total


def test_no_steps_leave_the_picture_as_it_is(networks: Networks) -> None:
    image = overfit_picture()
    assert finish(refine_picture(networks, image, CONTENT, STYLE, 0)) is image


def test_refining_brings_the_picture_nearer_to_the_style(networks: Networks) -> None:
    image = overfit_picture()
    found = finish(refine_picture(networks, image, CONTENT, STYLE, 8))
    assert found.shape == image.shape
    assert found.min() >= 0 and found.max() <= 1
    assert distance_from_style(networks, found) < 0.9 * distance_from_style(networks, image)


@pytest.mark.parametrize(("style", "burnt_out"), [(STYLE * 0.9 + 0.05, False), (STYLE.round(), True)])
def test_nothing_burns_out_but_in_a_style_that_has_pure_black_and_white(
    networks: Networks, style: Tensor, burnt_out: bool
) -> None:
    black_and_white = torch.linspace(0, 1, 40 * 48).reshape(1, 1, 40, 48).expand(1, 3, 40, 48)
    found = finish(refine_picture(networks, black_and_white, CONTENT, style, 1))
    assert (found.min().item() == 0, found.max().item() == 1) == (burnt_out, burnt_out)


def test_the_same_steps_give_the_same_picture(networks: Networks) -> None:
    one, other = (finish(refine_picture(networks, overfit_picture(), CONTENT, STYLE, 2)) for _ in range(2))
    assert torch.equal(one, other)


def test_every_step_tells_a_preview_and_progress_never_falls(networks: Networks) -> None:
    found, told = outcome(refine_picture(networks, overfit_picture(), CONTENT, STYLE, 3))
    previews = [progress for progress in told if isinstance(progress, Preview)]
    assert len(previews) == 3
    assert never_falls(told)
    assert {progress.stage for progress in told} == {STAGE}
    for preview in previews:
        assert isinstance(preview.picture, RefinedImage)
        picture = finish(materialise(preview.picture, ""))
        assert picture.shape == found.shape
        assert picture.min() >= 0 and picture.max() <= 1


def descent_of(networks: Networks) -> Descent:
    aims = finish(layer_objectives(networks, overfit_picture(), CONTENT, STYLE, None, DEFAULT))
    return Descent(networks.encoder, overfit_picture(), STYLE, aims, DEFAULT.refining)


def test_a_step_can_be_cancelled_before_every_convolution_there_and_back(
    networks: Networks, checkpoints: Callable[..., int]
) -> None:
    assert checkpoints(descent_of(networks).step) > 2 * 8


@pytest.mark.parametrize("reached", [0, 12, 24])
def test_a_step_that_is_cancelled_leaves_the_picture_as_it_was(reached: int, networks: Networks) -> None:
    descent, wanted = descent_of(networks), iter([True] * reached + [False])
    with pytest.raises(Cancelled), cancellable(lambda: next(wanted)):
        descent.step()
    assert not descent.change().any()


def test_a_large_picture_is_refined_at_a_smaller_size(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    step = networks.encoder.step
    monkeypatch.setattr(networks.encoder, "step", lambda name, x: seen.append(x.shape) or step(name, x))
    content, style = random_image(1, 20, 24), random_image(2, 24, 20)
    found = finish(refine_picture(networks, overfit_picture(), content, style, 1))
    assert found.shape == (1, 3, 40, 48)
    assert max(shape[2] * shape[3] for shape in seen) <= 24 * 24


@pytest.mark.parametrize(("width", "height", "share"), [(300, 200, 1), (768, 576, 1), (1536, 1152, 0.5)])
def test_only_pictures_beyond_the_most_pixels_are_refined_at_a_share_of_their_size(
    width: int, height: int, share: float
) -> None:
    assert refining_scale(width, height) == pytest.approx(share)


def test_work_can_be_given_up_between_any_two_steps(networks: Networks) -> None:
    work, expected = (refine_picture(networks, overfit_picture(), CONTENT, STYLE, steps) for steps in (3, 1))
    previews = (progress.picture for progress in work if isinstance(progress, Preview))
    kept = [next(previews), next(previews)]
    work.close()
    with pytest.raises(StopIteration):
        next(work)
    for picture, wanted in zip(kept, (overfit_picture(), finish(expected)), strict=True):
        assert isinstance(picture, RefinedImage)
        assert torch.equal(finish(materialise(picture, "")), wanted)


def test_the_loss_falls_and_held_features_come_nearer_than_without_holding(networks: Networks) -> None:
    aims = finish(layer_objectives(networks, overfit_picture(), CONTENT, STYLE, None, DEFAULT))
    held = aims["relu4_1"].held
    assert held is not None
    errors = []
    for weight in (0.5, 0.0):
        descent = Descent(networks.encoder, overfit_picture(), STYLE, aims, replace(DEFAULT.refining, held=weight))
        for _ in range(15):
            descent.step()
        assert descent.losses[-1] < 0.9 * descent.losses[0]
        rows = refine.flatten_positions(networks.encoder(descent.start + descent.change())["relu4_1"])
        errors.append((rows - held).square().mean().item())
    assert errors[0] < 0.9 * errors[1]


@pytest.mark.parametrize("style", [torch.full((1, 3, 40, 48), 0.7), torch.zeros(1, 3, 1, 1), random_image(1, 9, 70)])
@pytest.mark.parametrize("even", [False, True])
def test_pictures_of_one_colour_and_of_odd_sizes_stay_pictures(networks: Networks, style: Tensor, even: bool) -> None:
    image, content = (torch.full((1, 3, 16, 24), 0.4) if even else random_image(seed, 16, 24) for seed in (3, 4))
    found = finish(refine_picture(networks, image, content[:, :, :9, :23], style, 2))
    assert found.isfinite().all()
    assert found.min() >= 0 and found.max() <= 1


def test_features_are_held_at_two_layers(networks: Networks) -> None:
    aims = finish(layer_objectives(networks, overfit_picture(), CONTENT, STYLE, None, DEFAULT))
    assert {layer for layer, aim in aims.items() if aim.held is not None} == set(HELD_LAYERS)


@pytest.mark.parametrize("held", [0, lazy.HELD])
def test_the_style_s_statistics_are_those_of_what_can_be_seen(
    held: int, networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refine, "HELD", held)
    monkeypatch.setattr(lazy, "LARGEST_WINDOW", 16)
    style = torch.full((1, 3, 48, 40), 0.6)  # even, so that neither windows nor what is beside can be seen
    style[:, :, 44:] = 0
    aims = finish(layer_objectives(networks, overfit_picture(), CONTENT, style, UPPER_THIRD, DEFAULT))
    for layer, features in networks.encoder(style[:, :, :16]).items():
        rows = features[0].flatten(1).t() / networks.encoder.channel_scale(layer)
        expected = rows.t() @ rows / len(rows)
        assert (aims[layer].gram - expected).norm() < 1e-3 * expected.norm()


def test_what_is_hidden_far_from_all_that_can_be_seen_in_the_style_changes_nothing(networks: Networks) -> None:
    pictures = []
    for hidden in (0.1, 0.9):
        style = STYLE.clone()
        style[:, :, 44:] = hidden
        pictures.append(finish(refine_picture(networks, overfit_picture(), CONTENT, style, 2, opaque=UPPER_THIRD)))
    assert torch.equal(*pictures)


def test_a_style_that_is_too_thin_to_be_seen_at_a_layer_counts_whole_there(networks: Networks) -> None:
    lines = (torch.arange(40) % 8 < 2).float().expand(1, 1, 48, 40).contiguous()
    aims, whole_aims = (
        finish(layer_objectives(networks, overfit_picture(), CONTENT, STYLE, opaque, DEFAULT))
        for opaque in (lines, None)
    )
    torch.testing.assert_close(aims["relu4_1"].gram, whole_aims["relu4_1"].gram)
    assert not torch.allclose(aims["relu1_1"].gram, whole_aims["relu1_1"].gram)


def test_a_style_in_black_and_white_brings_in_no_colour(networks: Networks) -> None:
    grey = overfit_picture().mean(1, keepdim=True).expand(1, 3, 40, 48).contiguous()
    style = STYLE.mean(1, keepdim=True).expand_as(STYLE).contiguous()
    found = finish(refine_picture(networks, grey, CONTENT, style, 3))
    assert (found.amax(1) - found.amin(1)).max() < 0.02


def test_a_refined_picture_is_the_image_and_its_enlarged_change_whatever_the_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image, change = random_image(1, 64, 90), 0.4 * (random_image(2, 16, 23) - 0.5)
    expected = (image + F.interpolate(change, (64, 90), mode="bilinear")).clamp(0, 1)
    before = image.clone(), change.clone()
    for side in (384, 25):
        monkeypatch.setattr(lazy, "LARGEST_WINDOW", side)
        found = finish(materialise(RefinedImage(image, change, PURE), ""))
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)
    assert torch.equal(image, before[0]) and torch.equal(change, before[1])


def test_a_change_as_large_as_the_image_stays_as_it_is_when_it_is_added() -> None:
    image, change = random_image(1, 16, 24) * 0.5, torch.full((1, 3, 16, 24), 0.25)
    found = finish(materialise(RefinedImage(image, change, PURE), ""))
    assert torch.equal(found, image + 0.25)
    assert (change == 0.25).all()


def test_a_picture_is_made_as_small_as_its_content_and_one_of_that_size_stays_as_it_is() -> None:
    image = random_image(1, 96, 130)
    assert downscale(image, (96, 130)) is image
    found = downscale(image, (32, 50))
    assert found.shape == (1, 3, 32, 50)
    assert found.min() >= 0 and found.max() <= 1
    torch.testing.assert_close(found.mean((2, 3)), image.mean((2, 3)), atol=0.01, rtol=0)
