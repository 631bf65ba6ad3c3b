import pytest
import torch
from torch import Tensor

from stylestudio.engine import tiling
from stylestudio.engine.cells import flatness
from stylestudio.engine.colour import luminance_of
from stylestudio.engine.flat_areas import blurred, cells, evened, tones, unevenness
from stylestudio.progress import finish


def grey(luminance: Tensor) -> Tensor:
    """An image (1, 3, H, W) of this luminance (H, W)."""
    return luminance.expand(1, 3, *luminance.shape).clone()


def noise(height: int, width: int, seed: int = 0) -> Tensor:
    return torch.rand(height, width, generator=torch.Generator().manual_seed(seed))


def night() -> Tensor:
    """A dark even sky above a lively lower half, 128 x 128."""
    return grey(torch.cat([torch.full((64, 128), 0.1), 0.2 + 0.8 * noise(64, 128)]))


def test_a_sky_is_flat_and_what_is_lively_is_not() -> None:
    found = finish(flatness(luminance_of(night())))[0, 0]
    assert (found[:6] == 1).all()
    assert (found[10:] == 0).all()


def test_nothing_changes_where_the_photo_is_lively() -> None:
    image = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(1))
    found = finish(evened(image.clone(), luminance_of(night()), image))
    assert torch.equal(found[:, :, 80:], image[:, :, 80:])


def test_a_bright_cloud_in_a_dark_sky_goes() -> None:
    image = night()
    rows, columns = torch.arange(128.0)[:, None] - 24, torch.arange(128.0) - 40
    image += 0.5 * torch.exp(-(rows.square() + columns.square()) / 450)
    found = finish(evened(image.clone(), luminance_of(night()), grey(torch.full((64, 64), 0.5))))
    before, after = (blurred(cells(picture))[0, 0, :6].std() for picture in (image, found))
    assert after < 0.25 * before


def test_strokes_stay() -> None:
    strokes = 0.1 * torch.sin(torch.arange(128.0) * 1.3).expand(128, 128)
    image = night() + strokes
    found = finish(evened(image.clone(), luminance_of(night()), grey(torch.full((64, 64), 0.5))))
    torch.testing.assert_close(found.std(), image.std(), rtol=0.02, atol=0)


def test_what_is_clearly_less_uneven_than_the_style_stays() -> None:
    waves = 0.01 * torch.sin(torch.arange(128.0) / 6).expand(128, 128)
    style = grey(0.5 + 20 * waves)
    image = night() + waves
    found = finish(evened(image.clone(), luminance_of(night()), style))
    assert (found - image)[:, :, :48].abs().max() < 0.002


def test_waves_more_uneven_than_the_style_nearly_go() -> None:
    waves = 0.02 * torch.sin(torch.arange(128.0) / 6).expand(128, 128)
    found = finish(evened(night() + waves, luminance_of(night()), grey(torch.full((64, 64), 0.5))))
    before, after = (blurred(cells(picture))[0, 0, :6].std() for picture in (night() + waves, found))
    assert after < 0.15 * before


def test_unevenness_is_that_of_the_styles_flattest_parts() -> None:
    lively = torch.cat([torch.full((64, 128), 0.4), noise(64, 128)])
    assert finish(unevenness(grey(lively))) < 0.01
    assert finish(unevenness(grey(0.5 + 0.3 * torch.sin(torch.arange(128.0) / 4).expand(128, 128)))) > 0.05


def test_tones_rise_with_the_contents_though_what_was_found_does_not() -> None:
    content = torch.linspace(0, 1, 64).view(1, 1, 8, 8)
    found = tones(content, 1 - content + 0.5 * content.square(), torch.ones(1, 1, 8, 8)).flatten()
    assert (found.diff() >= 0).all()


def test_tones_that_rise_already_stay() -> None:
    content = torch.linspace(0, 1, 256).view(1, 1, 16, 16)
    found = tones(content, 0.2 + 0.5 * content, torch.ones(1, 1, 16, 16))
    torch.testing.assert_close(found, 0.2 + 0.5 * content, atol=0.02, rtol=0)


def test_the_darker_end_of_an_even_sky_stays_the_darker_one_under_texture_that_says_otherwise() -> None:
    across = torch.linspace(0, 1, 128)
    sky = grey((0.5 + 0.1 * across).expand(128, 128))
    image = grey(0.5 + 0.02 * torch.sin(noise(1, 128) * 9).expand(128, 128) - 0.005 * across)
    found = cells(finish(evened(image, luminance_of(sky), grey(noise(64, 64)))))[0, 0, 8]
    assert found[-4:].mean() - found[:4].mean() > 0.01


def test_a_sky_that_rises_more_steeply_already_stays() -> None:
    sky = grey((0.4 + 0.1 * torch.linspace(0, 1, 128)).expand(128, 128))
    style = grey(noise(64, 64))
    found = finish(evened(sky.clone(), luminance_of(sky), style))
    torch.testing.assert_close(found, sky, atol=0.005, rtol=0)


def test_a_style_of_little_contrast_keeps_it() -> None:
    halves = grey(torch.cat([torch.full((128, 64), 0.1), torch.full((128, 64), 0.9)], 1))
    image = grey(torch.cat([torch.full((128, 64), 0.03), torch.full((128, 64), 0.08)], 1))
    found = finish(evened(image.clone(), luminance_of(halves), image))
    assert (found - image).abs().max() < 0.02


@pytest.mark.parametrize("chunk", [1, 1 << 21])
def test_the_result_does_not_depend_on_the_rows_worked_on_at_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    image = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(1))
    expected = finish(evened(image.clone(), luminance_of(night()), image))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    assert torch.equal(finish(evened(image.clone(), luminance_of(night()), image)), expected)
