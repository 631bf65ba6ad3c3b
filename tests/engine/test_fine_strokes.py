"""Fine strokes, against mixing them pixel by pixel."""

import pytest
import torch
from torch import Tensor

from stylestudio.engine import tiling
from stylestudio.engine.fine_strokes import fine, in_quarters, laid_down, laid_evenly, moved, with_fine_strokes
from stylestudio.engine.patches import Matches
from stylestudio.progress import finish


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def anywhere(height: int, width: int, style_height: int, style_width: int) -> Matches:
    return Matches((noise(height, width) * style_height).long(), (noise(height, width, seed=1) * style_width).long())


def onwards(height: int, width: int, row: int, column: int) -> Matches:
    """Those of one whole part of the style that begins there."""
    rows = torch.arange(height)[:, None] + row
    return Matches(rows.expand(height, width).clone(), (torch.arange(width) + column).expand(height, width).clone())


def laid(strokes: Tensor, matches: Matches) -> Tensor:
    return laid_down(in_quarters(strokes), moved(matches), slice(0, len(matches.rows)))


def slowly_laid(strokes: Tensor, matches: Matches) -> Tensor:
    """Pixel by pixel: the four nearest positions, what each would bring there, equal ones taken together."""
    (height, width), (tall, wide) = matches.rows.shape, strokes.shape[2:]
    found = strokes.new_zeros(1, 3, 2 * height, 2 * width)
    for y in range(2 * height):
        for x in range(2 * width):
            weights: dict[tuple[int, int], float] = {}
            for row in {(y - 1) // 2, (y - 1) // 2 + 1}:
                for column in {(x - 1) // 2, (x - 1) // 2 + 1}:
                    i, j = min(max(row, 0), height - 1), min(max(column, 0), width - 1)
                    place = y + 2 * int(matches.rows[i, j]) - 2 * i, x + 2 * int(matches.columns[i, j]) - 2 * j
                    weight = (1 - abs(y - 2 * row - 0.5) / 2) * (1 - abs(x - 2 * column - 0.5) / 2)
                    weights[place] = weights.get(place, 0) + weight
            deviation = sum(weight**2 for weight in weights.values()) ** 0.5
            for (i, j), weight in weights.items():
                inside = min(max(i, 0), tall - 1), min(max(j, 0), wide - 1)
                found[0, :, y, x] += weight / deviation * strokes[0, :, inside[0], inside[1]]
    return found


def test_strokes_are_mixed_as_pixel_by_pixel() -> None:
    strokes, matches = fine(noise(1, 3, 24, 32)), anywhere(10, 14, 12, 16)
    matches.rows[2:7, 3:9], matches.columns[2:7, 3:9] = onwards(5, 6, 4, 6)
    torch.testing.assert_close(laid(strokes, matches), slowly_laid(strokes, matches))


def test_a_whole_part_of_the_style_comes_as_it_is() -> None:
    strokes = noise(1, 3, 64, 64)
    torch.testing.assert_close(laid(strokes, onwards(20, 20, 5, 7)), strokes[:, :, 10:50, 14:54])


def test_strokes_from_all_over_the_style_are_as_strong_as_its_own() -> None:
    strokes = fine(noise(1, 3, 128, 128))
    found = laid(strokes, anywhere(60, 60, 64, 64))
    assert found.std().item() == pytest.approx(strokes.std().item(), rel=0.05)


def test_pieces_that_are_dark_and_light_at_the_same_places_make_no_grid() -> None:
    strokes, moves = fine(noise(1, 3, 128, 128)), moved(anywhere(60, 60, 64, 64))
    strokes[:, :, ::2] += 0.1
    strokes[:, :, 1::2] -= 0.1
    before = laid_down(in_quarters(strokes), moves, slice(0, 60))
    found = finish(laid_evenly(in_quarters(strokes), moves, slice(0, 60)))
    assert unevenness_of_rows(before) > 0.2
    assert abs(unevenness_of_rows(found)) < 0.01
    assert found.std().item() == pytest.approx(fine(noise(1, 3, 128, 128)).std().item(), rel=0.1)


def unevenness_of_rows(image: Tensor) -> float:
    """By how much every other row is lighter than those between."""
    return (image[:, :, ::2].mean() - image[:, :, 1::2].mean()).item()


def test_even_grey_has_no_fine_strokes_and_one_pixel_is_one() -> None:
    image = torch.full((1, 3, 16, 16), 0.4)
    assert fine(image).abs().max() < 1e-6
    image[0, 0, 8, 8] = 1
    assert fine(image)[0, 0, 8, 8] > 0.5


def test_in_a_plain_area_the_styles_strokes_take_the_place_of_the_pictures() -> None:
    """Soft light stays the picture's."""
    soft = torch.linspace(0.3, 0.6, 64).expand(1, 3, 64, 64)
    image, style = soft + 0.05 * fine(noise(1, 3, 64, 64)), noise(1, 3, 64, 64, seed=1)
    found = finish(with_fine_strokes(image, torch.full((1, 1, 64, 64), 0.5), style, onwards(32, 32, 0, 0)))
    inside = slice(8, 56), slice(8, 56)
    assert (found - soft - fine(style))[..., *inside].std() < 0.15 * fine(style).std()


@pytest.mark.parametrize("contrast", [0.25, -0.25])
def test_a_wire_in_an_even_sky_stays(contrast: float) -> None:
    light = torch.full((1, 1, 64, 64), 0.5) + 0.02 * noise(1, 1, 64, 64)
    light[:, :, :, 33] += contrast
    image, style = light.expand(1, 3, 64, 64), torch.full((1, 3, 64, 64), 0.5)
    found = finish(with_fine_strokes(image.clone(), light, style, onwards(32, 32, 0, 0)))
    wire, sky = found[..., 33].mean(), found[..., 36:60].mean()
    assert (wire - sky) / contrast > 0.8


def test_where_two_parts_of_a_style_meet_there_is_no_stroke() -> None:
    style = torch.cat([torch.full((1, 3, 32, 64), 0.2), torch.full((1, 3, 32, 64), 0.8)], 2)
    image, light, matches = torch.full((1, 3, 64, 64), 0.5), torch.full((1, 1, 64, 64), 0.5), onwards(32, 32, 0, 0)
    apart, as_one = (finish(with_fine_strokes(image.clone(), light, style, matches, parts)) for parts in (2, 1))
    assert (apart - image).abs().max() < 1e-6
    assert (as_one - image).abs().max() > 0.1


def test_nothing_changes_where_the_photo_is_lively() -> None:
    image, luminance = noise(1, 3, 64, 128), torch.full((1, 1, 64, 128), 0.5)
    stripes, cell = (torch.arange(64) % 8 < 4).float(), torch.arange(64) // 8
    luminance[..., 64:] = stripes * (1 + (cell[:, None] + cell) % 2) / 2
    style, matches = noise(1, 3, 64, 64, seed=1), anywhere(32, 64, 32, 32)
    found = finish(with_fine_strokes(image.clone(), luminance, style, matches))
    assert torch.equal(found[..., 80:], image[..., 80:])
    assert not torch.equal(found[..., :48], image[..., :48])


@pytest.mark.parametrize("chunk", [1, 4000])
def test_the_picture_does_not_depend_on_the_rows_worked_on_at_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    image, light = noise(1, 3, 48, 40), 0.5 + 0.05 * noise(1, 1, 48, 40, seed=2)
    style, matches = noise(1, 3, 32, 64, seed=1), anywhere(24, 20, 16, 32)
    wanted = finish(with_fine_strokes(image.clone(), light, style, matches))
    monkeypatch.setattr(tiling, "CHUNK_VALUES", chunk)
    torch.testing.assert_close(
        finish(with_fine_strokes(image.clone(), light, style, matches)), wanted, rtol=0, atol=1e-6
    )
