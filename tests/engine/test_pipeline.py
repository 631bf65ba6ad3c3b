from typing import Any

import numpy as np
import pytest
import torch
from maps import laid, never_falls, outcome, random_image, random_map
from torch import Tensor

from stylestudio.engine import device, pipeline
from stylestudio.engine.decoder import BLOCKS
from stylestudio.engine.encoder import CHANNELS, LAYERS
from stylestudio.engine.matching import METHODS
from stylestudio.engine.matching.method import Encoded, MatchSettings
from stylestudio.engine.pipeline import Networks, decoded, encode, encode_parts, image_of, layers_kept, overfit, padded
from stylestudio.engine.tile_sizes import SMALLER_PIECES
from stylestudio.progress import Work, finish

SMALL = MatchSettings(patch_size=1)


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.no_grad():
        yield


def small_overfit(
    networks: Networks, content_size: tuple[int, int], style_size: tuple[int, int], method: str
) -> Work[Tensor]:
    def encoded(seed: int, size: tuple[int, int]) -> Encoded:
        return finish(encode(networks, random_image(seed, *size), layers_kept(method), "Reading"))

    return overfit(networks, encoded(1, content_size), encoded(2, style_size), method, SMALL)


@pytest.mark.parametrize(
    ("size", "expected"), [((1, 1), (16, 16)), ((9, 9), (16, 16)), ((40, 2), (40, 16)), ((17, 24), (24, 24))]
)
def test_images_are_padded_to_multiples_of_8_and_at_least_16(size: tuple[int, int], expected: tuple[int, int]) -> None:
    image = random_image(0, *size)
    found = padded(image)
    height, width = size
    assert found.shape == (1, 3, *expected)
    assert torch.equal(found[:, :, :height, :width], image)
    assert (found[:, :, height:, :width] == image[:, :, -1:]).all()
    assert (found[:, :, :height, width:] == image[:, :, :, -1:]).all()


def test_an_image_holds_the_pixels_channel_by_channel(networks: Networks) -> None:
    pixels = np.arange(24, dtype=np.float32).reshape(2, 4, 3)[:, ::-1]
    image = image_of(pixels, networks)
    assert image.shape == (1, 3, 2, 4)
    assert image[0, 1, 0].tolist() == [10, 7, 4, 1]


@pytest.mark.parametrize("size", [(61, 83), (104, 40)])
def test_encoding_in_tiles_is_encoding_at_once(
    size: tuple[int, int], networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = random_image(3, *size) + 0.1 * torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(1))
    whole = finish(encode(networks, image, LAYERS, "Reading"))
    monkeypatch.setattr(pipeline, "ENCODER_TILES", dict.fromkeys(LAYERS, 10))
    parts = finish(encode(networks, image, LAYERS, "Reading"))
    assert torch.equal(parts.luminance, whole.luminance)
    for name in LAYERS:
        torch.testing.assert_close(parts.held(name), whole.held(name), atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("layer", BLOCKS)
def test_a_block_in_tiles_is_the_block_at_once(layer: str, networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: False)
    features = random_map(4, CHANNELS[layer], 13, 17)
    features = features.contiguous(memory_format=torch.channels_last)
    whole = laid(decoded(networks, layer, features))
    assert torch.equal(whole, networks.inverse.block(layer, features))
    monkeypatch.setattr(pipeline, "BLOCK_TILES", dict.fromkeys(BLOCKS, 5))
    parts = laid(decoded(networks, layer, features))
    assert (parts - whole).abs().max() < 1e-4


def test_where_bfloat16_is_fast_the_picture_is_nearly_the_same(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = []
    for fast in (False, True):
        monkeypatch.setattr(device, "has_fast_bfloat16", lambda _, fast=fast: fast)
        pictures.append(finish(small_overfit(networks, (48, 64), (40, 56), "single")))
    assert not torch.equal(*pictures)
    assert (pictures[0] - pictures[1]).abs().mean() < 1 / 255


def test_only_the_layers_that_are_asked_for_are_kept(networks: Networks) -> None:
    found = finish(encode(networks, random_image(0, 20, 30), ("relu4_1", "relu2_1"), "Reading"))
    assert set(found.features) == {"relu4_1", "relu2_1"}
    assert found.features["relu4_1"].shape == (1, 512, 3, 4)
    assert found.luminance.shape == (1, 1, 24, 32)


def test_luminance_weighs_green_most(networks: Networks) -> None:
    image = torch.zeros(1, 3, 16, 16)
    image[:, 1] = 1
    found = finish(encode(networks, image, ("relu1_1",), "Reading"))
    torch.testing.assert_close(found.luminance, torch.full((1, 1, 16, 16), 0.7152))


def test_encoding_tells_its_stage_and_ends_at_1(networks: Networks) -> None:
    _, told = outcome(encode(networks, random_image(0, 16, 16), ("relu4_1",), "Reading the photo"))
    assert {progress.stage for progress in told} == {"Reading the photo"}
    assert never_falls(told)
    assert told[-1].fraction == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("style_size", [(3, 3), (30, 25)])
@pytest.mark.parametrize("content_size", [(1, 1), (9, 9), (40, 2)])
def test_tiny_pictures_come_out_whole(
    content_size: tuple[int, int], style_size: tuple[int, int], method: str, networks: Networks
) -> None:
    found, told = outcome(small_overfit(networks, content_size, style_size, method))
    assert found.shape == padded(torch.zeros(1, 3, *content_size)).shape
    assert found.isfinite().all()
    assert found.min() >= 0 and found.max() <= 1
    assert never_falls(told)
    assert told[-1].fraction == 1


@pytest.mark.parametrize("method", METHODS)
def test_the_default_patch_is_made_to_fit_tiny_pictures(method: str, networks: Networks) -> None:
    layers = layers_kept(method)
    content, style = (finish(encode(networks, random_image(s, 9, 30), layers, "Reading")) for s in (1, 2))
    found = finish(overfit(networks, content, style, method, MatchSettings()))
    assert found.shape == (1, 3, 16, 32)


@pytest.mark.parametrize(
    ("method", "finest", "expected"),
    [("coarse-to-fine", "relu2_1", [2]), ("coarse-to-fine", "relu3_1", []), ("single", "relu2_1", [])],
)
def test_fine_strokes_come_where_there_are_matches_as_fine(
    method: str, finest: str, expected: list[int], networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, laid = [], pipeline.with_fine_strokes
    monkeypatch.setattr(pipeline, "with_fine_strokes", lambda *given: parts.append(given[-1]) or laid(*given))
    content = finish(encode(networks, random_image(1, 24, 24), layers_kept(method), ""))
    style = finish(encode_parts(networks, [random_image(2, 16, 24)] * 2, layers_kept(method), ""))
    finish(overfit(networks, content, style, method, MatchSettings(patch_size=1, finest_layer=finest)))
    assert parts == expected


@pytest.mark.parametrize("method", METHODS)
def test_work_can_be_given_up_at_every_kind_of_yield(method: str, networks: Networks) -> None:
    def work() -> Work[Tensor]:
        content.known.clear()
        style.known.clear()
        return overfit(networks, content, style, method, SMALL)

    layers = layers_kept(method)
    content, style = (finish(encode(networks, random_image(seed, 9, 9), layers, "Reading")) for seed in (1, 2))
    expected, told = outcome(work())
    first_of_stage = [i for i, progress in enumerate(told) if not i or progress.stage != told[i - 1].stage]
    for steps in {0, *first_of_stage, *(i + 1 for i in first_of_stage), len(told)}:
        given_up = work()
        for _ in range(steps):
            next(given_up)
        given_up.close()
        with pytest.raises(StopIteration):
            next(given_up)
    assert torch.equal(finish(work()), expected)


def test_encoding_can_be_given_up_at_every_yield(networks: Networks) -> None:
    for steps in range(9):
        work = encode(networks, random_image(1, 16, 16), LAYERS, "Reading")
        for _ in range(steps):
            next(work)
        work.close()
        with pytest.raises(StopIteration):
            next(work)


@pytest.mark.parametrize("method", METHODS)
def test_a_picture_of_one_colour_can_be_content_and_style(method: str, networks: Networks) -> None:
    layers = layers_kept(method)
    even = finish(encode(networks, torch.full((1, 3, 40, 48), 0.7), layers, "Reading"))
    rich = finish(encode(networks, random_image(2, 48, 40), layers, "Reading"))
    for content, style in ((even, rich), (rich, even)):
        assert finish(overfit(networks, content, style, method, MatchSettings())).isfinite().all()


def test_the_methods_make_different_pictures_of_the_same_pair(networks: Networks) -> None:
    single, fine = (finish(small_overfit(networks, (24, 32), (32, 24), method)) for method in METHODS)
    assert not torch.allclose(single, fine, atol=1e-2)


def test_a_full_card_goes_on_in_smaller_tiles_with_the_same_picture(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, convolve = random_image(3, 24, 272), torch.nn.functional.conv2d
    expected = finish(encode(networks, image, ("relu2_1",), "Reading"))
    painted = laid(decoded(networks, "relu2_1", expected.held("relu2_1")))

    def on_a_small_card(x: Tensor, *rest: Any) -> Tensor:
        if x.shape[3] > 110:
            raise torch.OutOfMemoryError("Full")
        return convolve(x, *rest)

    monkeypatch.setattr(torch.nn.functional, "conv2d", on_a_small_card)
    found, told = outcome(encode(networks, image, ("relu2_1",), "Reading"))
    torch.testing.assert_close(found.held("relu2_1"), expected.held("relu2_1"), atol=1e-4, rtol=1e-4)
    assert SMALLER_PIECES in {progress.stage for progress in told}
    assert never_falls(told)
    again = laid(decoded(networks, "relu2_1", expected.held("relu2_1")))
    torch.testing.assert_close(again, painted, atol=0.05, rtol=0.02)
