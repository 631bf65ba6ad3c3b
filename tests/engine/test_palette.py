import pytest
import torch
from maps import random_image
from torch import Tensor

from stylestudio.engine import palette, tiling
from stylestudio.engine.colour import LUMINANCE, chroma, coloured
from stylestudio.engine.palette import KNEE, bent, in_palette, is_pure, within_range
from stylestudio.progress import finish


def luminance(image: Tensor) -> Tensor:
    return torch.einsum("bchw,c->bhw", image, torch.tensor(LUMINANCE))[:, None]


def test_an_image_is_its_luminance_and_its_chroma() -> None:
    image = random_image(1, 9, 12)
    torch.testing.assert_close(coloured(luminance(image), chroma(image)), image)


def test_a_style_in_black_and_white_gives_black_and_white() -> None:
    found = finish(
        in_palette(random_image(1, 20, 30), random_image(2, 25, 15).mean(1, keepdim=True).expand(1, 3, 25, 15))
    )
    assert (found.amax(1) - found.amin(1)).max() < 1e-5


def test_light_and_dark_stay_as_they_are() -> None:
    image = random_image(1, 20, 30)
    found = finish(in_palette(image.clone(), random_image(2, 25, 15)))
    torch.testing.assert_close(luminance(found), luminance(image), atol=1e-5, rtol=0)


def test_the_chroma_comes_nearer_to_the_style_s() -> None:
    image, style = random_image(1, 20, 30) * 0.3 + 0.3, random_image(2, 25, 15)
    before, after, wanted = (
        torch.cov(chroma(one)[0].flatten(1), correction=0)
        for one in (image, finish(in_palette(image.clone(), style)), style)
    )
    assert (after - wanted).norm() < 0.8 * (before - wanted).norm()


def test_no_colour_lies_beyond_the_style_s() -> None:
    style = random_image(2, 25, 15) * 0.1 + 0.4
    found = chroma(finish(in_palette(random_image(1, 20, 30), style)))
    for channel in range(2):
        assert found[:, channel].max() <= chroma(style)[:, channel].max() + 1e-5
        assert found[:, channel].min() >= chroma(style)[:, channel].min() - 1e-5


@pytest.mark.parametrize("counted", [7, 1 << 18])
def test_parts_give_what_the_whole_gives(counted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette, "MOST_COUNTED", counted)
    image, style = random_image(1, 20, 30), random_image(2, 25, 15)
    whole = finish(in_palette(image.clone(), style))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", 100)
    torch.testing.assert_close(finish(in_palette(image.clone(), style)), whole, atol=1e-5, rtol=0)


def test_values_bend_before_they_burn_out_and_all_others_stay() -> None:
    values = torch.linspace(-1, 2, 3001)
    found = bent(values)
    assert found.min() > 0 and found.max() < 1
    assert (found * 255).round().min() == 1 and (found * 255).round().max() == 254
    assert (found.diff() >= 0).all()
    inside = (values > KNEE) & (values < 1 - KNEE)
    torch.testing.assert_close(found[inside], values[inside])


def test_a_style_of_pure_black_and_white_may_give_them() -> None:
    image, ink = random_image(1, 20, 30) * 2 - 0.5, (random_image(2, 25, 15) > 0.5).float()
    assert torch.equal(finish(within_range(image.clone(), is_pure(ink))), image.clamp(0, 1))
    painting = random_image(2, 25, 15) * 0.8 + 0.1
    assert torch.equal(finish(within_range(image.clone(), is_pure(painting))), bent(image))
