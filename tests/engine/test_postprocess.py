from dataclasses import replace

import pytest
import torch
from maps import random_image
from torch import Tensor

from stylestudio.engine import postprocess
from stylestudio.engine.colour import chroma, combine_chroma, luminance_of
from stylestudio.engine.config import PaletteConfig
from stylestudio.engine.postprocess import PaletteContext, bring_into_range, match_palette, postprocess_image, soft_clip
from stylestudio.engine.runtime import tiling

TUNING = PaletteConfig()
IMAGE, STYLE = random_image(1, 20, 30), random_image(2, 25, 15)


def context(style: Tensor, opaque: Tensor | None = None, tuning: PaletteConfig = TUNING) -> PaletteContext:
    return PaletteContext.of(style, opaque, tuning)


def test_an_image_is_its_luminance_and_its_chroma() -> None:
    torch.testing.assert_close(combine_chroma(luminance_of(IMAGE), chroma(IMAGE)), IMAGE)


def test_a_style_in_black_and_white_gives_black_and_white() -> None:
    grey = STYLE.mean(1, keepdim=True).expand_as(STYLE)
    found = postprocess_image(IMAGE.clone(), context(grey))
    assert (found.amax(1) - found.amin(1)).max() < 1e-4


def test_light_and_dark_stay_as_they_are() -> None:
    image = IMAGE * 0.3 + 0.3
    found = postprocess_image(image.clone(), context(STYLE * 0.4 + 0.3))
    assert (found - image).abs().max() > 0.01
    torch.testing.assert_close(luminance_of(found), luminance_of(image), atol=1e-5, rtol=0)


def test_any_values_come_out_in_0_to_1_in_the_same_tensor() -> None:
    image = IMAGE * 4 - 1
    found = postprocess_image(image, context(STYLE))
    assert found is image
    assert found.min() >= 0 and found.max() <= 1


def covariance_of_chroma(image: Tensor) -> Tensor:
    return torch.cov(chroma(image)[0].flatten(1), correction=0)


def test_the_chroma_comes_to_the_style_s_by_the_strength() -> None:
    image, wanted = IMAGE * 0.3 + 0.3, covariance_of_chroma(STYLE)
    apart = [
        (covariance_of_chroma(match_palette(image.clone(), context(STYLE, None, tuning))) - wanted).norm()
        for tuning in (PaletteConfig(strength, skipped=0) for strength in (0.0, 0.5, 1.0))
    ]
    assert apart[0] == pytest.approx((covariance_of_chroma(image) - wanted).norm().item(), rel=0.01)
    assert 0.8 * apart[0] > apart[1] > 3 * apart[2]


@pytest.mark.parametrize("skipped", [0.0, 0.01])
def test_no_colour_lies_beyond_the_style_s_but_for_those_of_few_pixels(skipped: float) -> None:
    style = STYLE * 0.1 + 0.4
    style[:, 0, 3, 3] = 1.0  # so red that it shows whether it is skipped
    found = chroma(match_palette(IMAGE.clone(), context(style, None, replace(TUNING, skipped=skipped))))
    limits, few = chroma(style).flatten(2)[0].sort(1).values, int(25 * 15 * skipped)
    for own, limit in zip(found[0].flatten(1), limits, strict=True):
        assert limit[few] - 1e-5 <= own.min() and own.max() <= limit[-1 - few] + 1e-5
    assert found[:, 0].max() > 2 * limits[0, -2] or skipped


def test_what_is_hidden_in_the_style_does_not_count() -> None:
    opaque = torch.ones(1, 1, 25, 15)
    opaque[..., 10:] = 0.4
    pictures = []
    for hidden in (0.0, 1.0):
        style = torch.where(opaque > 0.5, STYLE * 0.8 + 0.1, torch.tensor([hidden, 0, 1 - hidden])[:, None, None])
        pictures.append(postprocess_image(IMAGE.clone() * 2 - 0.5, context(style, opaque)))
    assert torch.equal(*pictures)
    alone = postprocess_image(IMAGE.clone() * 2 - 0.5, context(STYLE[..., :10] * 0.8 + 0.1))
    torch.testing.assert_close(pictures[0], alone, atol=1e-4, rtol=0)


def test_of_a_style_that_is_all_hidden_all_counts() -> None:
    one, other = (postprocess_image(IMAGE.clone(), context(STYLE, mask)) for mask in (None, STYLE[:, :1] * 0))
    assert torch.equal(one, other)


@pytest.mark.parametrize("counted", [7, 1 << 18])
def test_parts_give_what_the_whole_gives(counted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postprocess, "MOST_COUNTED", counted)
    whole = postprocess_image(IMAGE.clone(), context(STYLE))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 100)
    torch.testing.assert_close(postprocess_image(IMAGE.clone(), context(STYLE)), whole, atol=1e-5, rtol=0)


@pytest.mark.parametrize("knee", [0.02, 0.1])
def test_values_bend_before_they_burn_out_and_all_others_stay(knee: float) -> None:
    values = torch.linspace(-1, 2, 3001)
    found = soft_clip(values, knee)
    assert (found * 255).round().min() == 1 and (found * 255).round().max() == 254
    assert (found.diff() >= 0).all()
    inside = (values > knee) & (values < 1 - knee)
    torch.testing.assert_close(found[inside], values[inside])
    assert not torch.allclose(found[~inside], values[~inside].clamp(0, 1), atol=0.002)


def test_only_a_style_with_much_pure_black_and_white_may_give_them() -> None:
    image, painting = IMAGE * 2 - 0.5, STYLE * 0.8 + 0.1
    assert torch.equal(bring_into_range(image.clone(), context(painting)), soft_clip(image, TUNING.knee))
    for share, pure in ((0.04, False), (0.06, True)):
        ink = torch.where(torch.arange(25 * 15).view(25, 15) < share * 25 * 15, 1.0, painting)
        found = bring_into_range(image.clone(), context(ink, None, replace(TUNING, pure=0.05)))
        assert torch.equal(found, image.clamp(0, 1) if pure else soft_clip(image, TUNING.knee))
