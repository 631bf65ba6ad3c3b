import pytest
import torch
from torch import Tensor

from stylestudio.engine import tiling
from stylestudio.engine.colour import chroma, coloured, luminance_of
from stylestudio.engine.flat_colours import ALIKE, ENOUGH, colour_unevenness, colours_evened, expected
from stylestudio.progress import finish


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def of_colour(luminance: float, red: float, blue: float, height: int = 128, width: int = 128) -> Tensor:
    """An even image (1, 3, H, W) of this luminance and chroma."""
    colours = torch.tensor([red, blue]).view(1, 2, 1, 1).expand(1, 2, height, width)
    return coloured(torch.full((1, 1, height, width), luminance), colours).clone()


def spot(height: int = 128, width: int = 128) -> Tensor:
    """(H, W) 1 in the middle of the upper left quarter, less around it."""
    rows, columns = torch.arange(float(height))[:, None] - 32, torch.arange(float(width)) - 32
    return torch.exp(-(rows.square() + columns.square()) / 450)


GREY, STYLE = of_colour(0.5, 0, 0), of_colour(0.4, 0.1, -0.1)


def mended(image: Tensor, content: Tensor = GREY, style: Tensor = STYLE) -> Tensor:
    return finish(colours_evened(image.clone(), content, luminance_of(content), style))


def patchy() -> Tensor:
    """Brown, with a green patch."""
    return torch.lerp(of_colour(0.4, 0.1, -0.1), of_colour(0.4, -0.1, -0.1), spot())


def test_a_patch_of_foreign_colour_in_a_flat_area_goes() -> None:
    before, after = (chroma(image)[:, 0].std() for image in (patchy(), mended(patchy())))
    assert after < 0.25 * before


def test_a_patch_of_foreign_colour_goes_beside_a_contour_too() -> None:
    content, image = GREY.clone(), patchy()
    content[..., 40:] = 0.05
    image[..., 40:] = 0.05
    before, after = (chroma(each)[:, 0, :, 28:40].std() for each in (image, mended(image, content)))
    assert after < 0.4 * before


def cloudy() -> Tensor:
    """Brown, with a light cloud."""
    return torch.lerp(of_colour(0.4, 0.1, -0.1), of_colour(0.6, 0.1, -0.1), spot())


def test_a_cloud_of_foreign_light_in_a_flat_area_goes() -> None:
    before, after = (luminance_of(image).std() for image in (cloudy(), mended(cloudy())))
    assert after < 0.25 * before


def test_light_stays_where_the_photo_is_lighter_too() -> None:
    content = torch.lerp(of_colour(0.3, 0, 0), of_colour(0.7, 0, 0), torch.linspace(0, 1, 128))
    image = torch.lerp(of_colour(0.2, 0.1, -0.1), of_colour(0.6, 0.1, -0.1), torch.linspace(0, 1, 128))
    middle = (mended(image, content) - image)[..., 32:96]
    assert middle.abs().max() < 0.03


def test_a_cloud_of_light_changes_no_colour_and_a_patch_of_colour_no_light() -> None:
    torch.testing.assert_close(chroma(mended(cloudy())), chroma(cloudy()), atol=1e-4, rtol=0)
    torch.testing.assert_close(luminance_of(mended(patchy())), luminance_of(patchy()), atol=1e-4, rtol=0)


def test_strokes_of_another_colour_stay() -> None:
    stripes = (torch.arange(128) % 4 < 2).float()
    image = torch.lerp(of_colour(0.4, 0.1, -0.1), of_colour(0.4, -0.1, 0.1), stripes)
    torch.testing.assert_close(mended(image), image, atol=0.005, rtol=0)


def test_areas_of_different_colours_in_the_photo_keep_different_colours() -> None:
    half = (torch.arange(128) < 64).float()
    content = torch.lerp(of_colour(0.5, 0.2, -0.2), of_colour(0.5, -0.2, 0.2), half)
    image = torch.lerp(of_colour(0.4, 0.15, -0.1), of_colour(0.4, -0.15, 0.1), half)
    inside = (mended(image, content) - image)[..., torch.cat([torch.arange(40), torch.arange(88, 128)])]
    assert inside.abs().max() < 0.01


def test_hardly_anything_changes_where_the_photo_is_lively() -> None:
    lively = noise(1, 1, 128, 128, seed=3).round().expand(1, 3, 128, 128)
    assert (mended(patchy(), lively) - patchy()).abs().max() < 0.001


def test_what_is_no_more_uneven_than_the_style_nearly_stays() -> None:
    waves = torch.sin(torch.arange(128.0) / 10)
    image = of_colour(0.4, 0.1, -0.1) + coloured(torch.zeros(()), 0.01 * waves.expand(1, 2, 128, 128))
    style = of_colour(0.4, 0.1, -0.1) + coloured(torch.zeros(()), 0.2 * waves.expand(1, 2, 128, 128))
    assert (mended(image, style=style) - image).abs().max() < 0.004


def test_light_that_is_no_more_uneven_than_the_style_s_nearly_stays() -> None:
    waves = torch.sin(torch.arange(128.0) / 10)
    image, style = (of_colour(0.4, 0.1, -0.1) + much * waves for much in (0.02, 0.2))
    assert (mended(image, style=style) - image).abs().max() < 0.008
    assert (mended(image) - image).abs().max() > 0.012


def test_a_picture_in_black_and_white_stays_so() -> None:
    image = noise(1, 1, 128, 128).expand(1, 3, 128, 128).contiguous()
    assert chroma(mended(image, style=GREY)).abs().max() < 1e-5


def test_unevenness_of_colour_is_that_of_the_styles_flattest_parts() -> None:
    waves = coloured(torch.zeros(()), 0.2 * torch.sin(torch.arange(128.0) / 10).expand(1, 2, 128, 128))
    lively = noise(1, 1, 128, 128).round()
    assert finish(colour_unevenness(STYLE)) < 1e-4
    assert finish(colour_unevenness(STYLE + waves)) > 0.05
    assert finish(colour_unevenness(torch.cat([STYLE, lively + waves], 2))) < 0.01


def colours_of(*wanted: tuple[float, float, float], counts: tuple[int, ...]) -> Tensor:
    """(1, 3, 1, N) so many cells of each of these luminances and chromas."""
    each = [torch.tensor(colour).expand(count, 3) for colour, count in zip(wanted, counts, strict=True)]
    return torch.cat(each).t()[None, :, None]


def test_what_is_expected_is_the_mean_over_cells_of_like_colours() -> None:
    colours = colours_of((0.5, 0, 0), (0.6, 0, 0), counts=(3, 2))
    found, weight = noise(1, 3, 1, 5, seed=1), torch.tensor([1.0, 0.5, 0, 1, 1]).view(1, 1, 1, 5)
    first, second = (found[0, :, 0, 0] + 0.5 * found[0, :, 0, 1]) / 1.5, found[0, :, 0, 3:].mean(1)
    counted = 1.5 / (1.5 + ENOUGH), 2 / (2 + ENOUGH)
    like = torch.exp(torch.tensor(-0.5 * (0.1 / ALIKE) ** 2))
    mean = (counted[0] * first + like * counted[1] * second) / (counted[0] + like * counted[1])
    wanted = finish(expected(colours, found, weight))
    torch.testing.assert_close(wanted[0, :, 0, :3], mean[:, None].expand(3, 3))


def test_a_small_thing_on_a_large_ground_keeps_its_colour() -> None:
    colours = colours_of((0.5, 0, 0), (0.45, 0.25, -0.1), counts=(4000, 16))
    found = colours_of((0.5, 0.0, 0.0), (0.4, 0.19, -0.08), counts=(4000, 16))
    wanted = finish(expected(colours, found, torch.ones(1, 1, 1, 4016)))[0, :, 0, -1]
    torch.testing.assert_close(wanted, torch.tensor([0.4, 0.19, -0.08]), atol=0.02, rtol=0)


def test_a_small_red_square_on_a_large_grey_wall_stays_red() -> None:
    content, image = of_colour(0.5, 0, 0, 512, 512), of_colour(0.5, 0, 0, 512, 512)
    place = slice(240, 272), slice(240, 272)
    content[:, :, *place] = of_colour(0.45, 0.25, -0.1, 32, 32)
    image[:, :, *place] = of_colour(0.5, 0.19, -0.08, 32, 32)
    middle = chroma(mended(image, content))[0, :, 256, 256]
    torch.testing.assert_close(middle, torch.tensor([0.19, -0.08]), atol=0.03, rtol=0)


@pytest.mark.parametrize("chunk", [1, 1 << 21])
def test_colours_do_not_depend_on_the_rows_worked_on_at_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = mended(patchy())
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    torch.testing.assert_close(mended(patchy()), wanted, atol=1e-6, rtol=0)
