from dataclasses import replace as altered

import pytest
import torch
from maps import laid, never_falls, outcome, random_encoded, random_image, random_map, random_matches, sample_image
from torch import Tensor

from stylestudio.engine.colour import coloured
from stylestudio.engine.decoder import BLOCKS
from stylestudio.engine.matching import METHODS, coarse_to_fine
from stylestudio.engine.matching.coarse_to_fine import PHOTO_SHARES, SHARES_WHERE_LOST, balanced, replace
from stylestudio.engine.matching.method import Encoded, Layer, MatchSettings
from stylestudio.engine.matching.transport import moments, transport
from stylestudio.engine.patches import Matches
from stylestudio.engine.pipeline import Networks, encode, overfit
from stylestudio.progress import finish

SETTINGS = MatchSettings()
LAYERS = METHODS["coarse-to-fine"].layers


def all_layers(content: Encoded, style: Encoded, settings: MatchSettings) -> dict[str, tuple[Tensor, Matches]]:
    """Every layer's overfit features and matches; the decoded maps are the content's own, softened."""
    found: dict[str, tuple[Tensor, Matches]] = {}
    decoded, coarse = None, None
    for name in LAYERS:
        features, coarse = finish(replace(Layer(name, content, style, decoded, coarse), settings))
        found[name] = laid(features), coarse
        finer = {"relu4_1": "relu3_1", "relu3_1": "relu2_1"}.get(name)
        decoded = content.held(finer) * 0.9 if finer else None
    return found


def share_of_identity(matches: Matches) -> float:
    rows, columns = matches
    own_rows, own_columns = torch.arange(rows.shape[0])[:, None], torch.arange(rows.shape[1])[None]
    return ((rows == own_rows) & (columns == own_columns)).float().mean().item()


def test_the_same_seed_gives_the_same_bit_for_bit() -> None:
    content, style = random_encoded(1, 3, 4), random_encoded(9, 4, 3)
    one, other = (all_layers(content, style, MatchSettings(seed=7)) for _ in range(2))
    for name in LAYERS:
        assert torch.equal(one[name][0], other[name][0])
        assert torch.equal(one[name][1].rows, other[name][1].rows)


@pytest.mark.parametrize(("content_size", "style_size"), [((4, 5), (3, 2)), ((2, 2), (5, 6)), ((3, 7), (2, 2))])
def test_matches_stay_inside_the_style(content_size: tuple[int, int], style_size: tuple[int, int]) -> None:
    content, style = random_encoded(1, *content_size), random_encoded(9, *style_size)
    for name, (features, matches) in all_layers(content, style, SETTINGS).items():
        height, width = style.features[name].shape[2:]
        assert features.shape == content.features[name].shape
        assert matches.rows.min() >= 0 and matches.rows.max() < height
        assert matches.columns.min() >= 0 and matches.columns.max() < width


def moments_apart(one: Tensor, other: Tensor) -> float:
    """How far the channels' means and covariances are from each other, over the other's."""
    ones, others = finish(moments(one)), finish(moments(other))
    means = (ones.mean - others.mean).norm() / others.mean.norm()
    return (means + (ones.covariance - others.covariance).norm() / others.covariance.norm()).item()


def test_overfit_features_have_the_style_s_statistics_and_not_the_content_s() -> None:
    content, style = random_encoded(1, 4, 5), random_encoded(9, 5, 3)
    content = Encoded.of({name: content.held(name) * 3 for name in content.features}, laid(content.image))
    for name, (features, _) in all_layers(content, style, SETTINGS).items():
        if name != "relu4_1":
            assert moments_apart(features, style.held(name)) < 0.5, name
        assert moments_apart(features, content.held(name)) > 1, name


def test_at_fidelity_0_balanced_features_are_nearly_the_replaced_ones() -> None:
    content, style = random_encoded(1, 5, 6), random_encoded(9, 5, 3)
    layer = Layer("relu2_1", content, style)
    chosen = torch.cat([style.held("relu2_1")] * 2, 3).flip(2, 3)
    torch.testing.assert_close(laid(finish(balanced(chosen, layer, 0.0))), chosen, atol=1e-3, rtol=1e-3)
    assert not torch.allclose(laid(finish(balanced(chosen, layer, 1.0))), chosen, atol=0.1)


def test_the_finest_layer_is_the_last_one_that_is_replaced(networks: Networks) -> None:
    content, style = (
        finish(encode(networks, image, LAYERS, "")) for image in (random_image(1, 32, 40), random_image(2, 40, 32))
    )
    coarse, fine = (
        finish(overfit(networks, content, style, "coarse-to-fine", MatchSettings(finest_layer=layer)))
        for layer in ("relu4_1", "relu2_1")
    )
    assert coarse.shape == fine.shape
    assert (coarse - fine).abs().mean() > 1e-3


def lively(height: int, width: int) -> Tensor:
    """(1, 3, 8 height, 8 width) of which every cell is as unlike the next as can be."""
    rows, columns = torch.arange(height)[:, None], torch.arange(width)
    cells = ((rows + columns) % 2).float().repeat_interleave(8, 0).repeat_interleave(8, 1)
    noise = torch.rand(8 * height, 8 * width, generator=torch.Generator().manual_seed(0)).round()
    return ((cells + noise) / 2).expand(1, 3, 8 * height, 8 * width).contiguous()


def test_a_picture_in_its_own_style_stays_as_it_is() -> None:
    picture = random_encoded(3, 5, 4)
    picture = Encoded.of(picture.features, lively(5, 4))
    for name, (features, matches) in all_layers(picture, picture, SETTINGS).items():
        assert share_of_identity(matches) > 0.95, name
        error = (laid(features) - picture.held(name)).norm() / picture.held(name).norm()
        assert error < 0.1, name


def test_a_real_picture_in_its_own_style_nearly_stays_as_it_is(networks: Networks) -> None:
    """At the coarsest layer its sky is looked for as one thing, but the finer ones find back."""
    with torch.no_grad():
        picture = finish(encode(networks, sample_image("contents/castle.jpg", 96), LAYERS, "Reading"))
        decoded, coarse = None, None
        for name in LAYERS:
            features, coarse = finish(replace(Layer(name, picture, picture, decoded, coarse), SETTINGS))
            error = (laid(features) - picture.held(name)).norm() / picture.held(name).norm()
            assert share_of_identity(coarse) > (0.5 if name == "relu4_1" else 0.8), name
            assert error < (0.5 if name == "relu4_1" else 0.1), name
            decoded = networks.inverse.block(name, laid(features))


def test_light_and_dark_lead_where_nothing_else_tells() -> None:
    """Two even pictures but for their light, which runs from dark to light: dark finds dark, light finds light."""
    ramp = torch.linspace(0, 1, 64).expand(1, 1, 16, 64)
    even = {"relu4_1": torch.ones(1, 8, 2, 8)}
    layer = Layer(
        "relu4_1", Encoded.of(even, ramp.expand(1, 3, 16, 64)), Encoded.of(even, ramp.expand(1, 3, 16, 64) * 0.5)
    )
    _, matches = finish(replace(layer, MatchSettings(patch_size=1)))
    assert (matches.columns[:, :4] < 4).all()
    assert (matches.columns[:, 4:] >= 4).all()


def green_and_blue(blue: Tensor) -> Tensor:
    """(1, 3, H, W) all of the same light: blue where `blue` (H, W) is 1, green where it is -1."""
    light = torch.full((1, 1, *blue.shape), 0.5)
    return coloured(light, blue * torch.tensor([-0.1, 0.2])[None, :, None, None])


def test_colour_leads_where_light_tells_nothing() -> None:
    """A sky beside a meadow of the same light, in a style that has them the other way round: blue finds blue."""
    blue = torch.cat([torch.ones(16, 32), -torch.ones(16, 32)], 1)
    even = {"relu4_1": torch.ones(1, 8, 2, 8)}
    layer = Layer("relu4_1", Encoded.of(even, green_and_blue(blue)), Encoded.of(even, green_and_blue(-blue)))
    _, matches = finish(replace(layer, MatchSettings(patch_size=1)))
    assert (matches.columns[:, :4] >= 4).all()
    assert (matches.columns[:, 4:] < 4).all()


def test_a_photo_in_black_and_white_asks_for_no_colour() -> None:
    halves = torch.cat([torch.ones(48, 24), -torch.ones(48, 24)], 1)
    style = Encoded.of(random_encoded(9, 6, 6).features, green_and_blue(halves))
    for strength, asks in ((0.0, False), (1.0, True)):
        content = Encoded.of(random_encoded(1, 6, 6).features, green_and_blue(strength * halves))
        layer = Layer("relu4_1", content, style)
        found = [finish(replace(layer, MatchSettings(colour_weight=weight)))[1] for weight in (0.0, 1.0)]
        assert all(map(torch.equal, *found)) is not asks


def test_fidelity_1_does_not_look_at_what_was_decoded() -> None:
    content, style = random_encoded(1, 4, 4), random_encoded(9, 4, 4)
    coarse = random_matches(4, 4, 4, 4)
    layers = [Layer("relu3_1", content, style, random_map(seed, 8, 8, 8), coarse) for seed in (1, 2)]
    full = [laid(finish(replace(layer, MatchSettings(fidelity=1)))[0]) for layer in layers]
    none = [laid(finish(replace(layer, MatchSettings(fidelity=0)))[0]) for layer in layers]
    assert torch.equal(*full)
    assert not torch.equal(*none)


@pytest.mark.parametrize("name", LAYERS)
def test_progress_never_falls(name: str) -> None:
    content, style = random_encoded(1, 4, 5), random_encoded(9, 5, 3)
    layer = Layer(name, content, style)
    if name != "relu4_1":
        height, width = (extent // 2 for extent in content.features[name].shape[2:])
        rows, columns = (extent // 2 for extent in style.features[name].shape[2:])
        layer = altered(layer, decoded=content.features[name], coarse=random_matches(height, width, rows, columns))
    _, told = outcome(replace(layer, SETTINGS))
    assert never_falls(told)
    assert told[-1].fraction == 1


def test_coarse_to_fine_replaces_at_three_layers_and_single_at_one() -> None:
    assert LAYERS == ("relu4_1", "relu3_1", "relu2_1")
    assert METHODS["single"].layers == ("relu4_1",)
    assert set(LAYERS) < set(BLOCKS)


@pytest.mark.parametrize("name", ["relu3_1", "relu2_1"])
def test_of_the_photo_so_much_is_taken_in_and_at_the_finest_layer_only_where_its_structure_is_lost(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(coarse_to_fine.BALANCE, name, 0.0)
    content, style = random_encoded(1, 6, 6), random_encoded(9, 6, 6)
    layer = Layer(name, content, style)
    photo = finish(transport(finish(content.moments(name)), finish(style.moments(name))))(content.held(name))
    usual = 0.5 * PHOTO_SHARES.get(name, 0)
    most = 0.5 * SHARES_WHERE_LOST.get(name, PHOTO_SHARES.get(name, 0))
    there = photo > 0.05  # what is laid down there is black
    shares = (laid(finish(balanced(torch.zeros_like(photo), layer, 0.5))) / photo)[there]
    assert shares.min() >= usual - 1e-4 and shares.max() <= most + 1e-4
    assert (shares.max() > usual + 0.1) == (name == "relu2_1")
    kept = (laid(finish(balanced(photo, layer, 0.5))) / photo)[there]
    torch.testing.assert_close(kept, torch.ones_like(kept), atol=1e-3, rtol=0)


def test_at_no_fidelity_nothing_of_the_photo_is_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(coarse_to_fine.BALANCE, "relu2_1", 0.0)
    content, style = random_encoded(1, 6, 6), random_encoded(9, 6, 6)
    nothing = torch.zeros_like(content.held("relu2_1"))
    assert torch.equal(laid(finish(balanced(nothing, Layer("relu2_1", content, style), 0.0))), nothing)
