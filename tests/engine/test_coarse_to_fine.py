from dataclasses import replace as altered

import pytest
import torch
from maps import laid, never_falls, random_encoded, random_map, random_matches, sample_image
from torch import Tensor
from work import outcome

from stylestudio.engine.coding import Networks, encode
from stylestudio.engine.config import DEFAULT, Config, DescriptorConfig, ReplacementConfig, ScaleConfig, SearchConfig
from stylestudio.engine.matching.base import EncodedPicture, LayerInputs, MatchSettings
from stylestudio.engine.matching.coarse_to_fine import luminance_guide, replace
from stylestudio.engine.matching.nnf import Nnf
from stylestudio.engine.methods import METHODS
from stylestudio.engine.networks.decoder import BLOCKS
from stylestudio.engine.transport import moments, transport
from stylestudio.progress import finish

SETTINGS = MatchSettings()
LAYERS = METHODS["coarse-to-fine"].layers
Found = dict[str, tuple[Tensor, Nnf]]


def tuned(**changes: object) -> Config:
    return altered(DEFAULT, **changes)


def all_layers(
    content: EncodedPicture, style: EncodedPicture, settings: MatchSettings = SETTINGS, scale: int = 0
) -> Found:
    """Every layer's overfit features and matches; the decoded maps are the content's own, softened."""
    found: Found = {}
    decoded, coarse = None, None
    for name in LAYERS:
        features, coarse = finish(replace(LayerInputs(name, content, style, scale, decoded, coarse), settings))
        found[name] = laid(features), coarse
        finer = {"relu4_1": "relu3_1", "relu3_1": "relu2_1"}.get(name)
        decoded = content.feature_tensor(finer) * 0.9 if finer else None
    return found


def later_layer(
    name: str, content: EncodedPicture, style: EncodedPicture, decoded: Tensor | None = None
) -> LayerInputs:
    """relu3_1 or relu2_1, after coarser matches at random."""
    height, width = (extent // 2 for extent in content.features[name].shape[2:])
    rows, columns = (extent // 2 for extent in style.features[name].shape[2:])
    decoded = content.feature_tensor(name) if decoded is None else decoded
    return LayerInputs(name, content, style, 0, decoded, random_matches(height, width, rows, columns))


def share_of_identity(matches: Nnf) -> float:
    rows, columns = matches
    own_rows, own_columns = torch.arange(rows.shape[0])[:, None], torch.arange(rows.shape[1])[None]
    return ((rows == own_rows) & (columns == own_columns)).float().mean().item()


def test_coarse_to_fine_replaces_at_three_layers_over_the_scales_and_single_at_one() -> None:
    assert LAYERS == ("relu4_1", "relu3_1", "relu2_1")
    assert METHODS["single"].layers == ("relu4_1",)
    assert [METHODS[name].scaled for name in ("coarse-to-fine", "single")] == [True, False]
    assert set(LAYERS) < set(BLOCKS)


def test_the_same_seed_gives_the_same_bit_for_bit() -> None:
    content, style = random_encoded(1, 3, 4), random_encoded(9, 4, 3)
    one, other = (all_layers(content, style, MatchSettings(seed=7)) for _ in range(2))
    for name in LAYERS:
        assert torch.equal(one[name][0], other[name][0])
        assert torch.equal(one[name][1].rows, other[name][1].rows)


@pytest.mark.parametrize(("content_size", "style_size"), [((4, 5), (3, 2)), ((2, 2), (5, 6)), ((3, 7), (2, 2))])
def test_matches_stay_inside_the_style(content_size: tuple[int, int], style_size: tuple[int, int]) -> None:
    content, style = random_encoded(1, *content_size), random_encoded(9, *style_size)
    for name, (features, matches) in all_layers(content, style).items():
        height, width = style.features[name].shape[2:]
        assert features.shape == content.features[name].shape
        assert matches.rows.min() >= 0 and matches.rows.max() < height
        assert matches.columns.min() >= 0 and matches.columns.max() < width


def test_a_picture_in_its_own_style_stays_as_it_is() -> None:
    picture = random_encoded(3, 5, 4)
    for name, (features, matches) in all_layers(picture, picture).items():
        assert share_of_identity(matches) > 0.95, name
        assert (features - picture.feature_tensor(name)).norm() < 0.1 * picture.feature_tensor(name).norm(), name


def test_a_real_picture_in_its_own_style_nearly_stays_as_it_is(networks: Networks) -> None:
    with torch.no_grad():
        picture = finish(encode(networks, sample_image("contents/castle.jpg", 96), LAYERS, "Reading"))
        decoded, coarse = None, None
        for name in LAYERS:
            features, coarse = finish(replace(LayerInputs(name, picture, picture, 0, decoded, coarse), SETTINGS))
            assert share_of_identity(coarse) > 0.9, name
            assert (laid(features) - picture.feature_tensor(name)).norm() < 0.1 * picture.feature_tensor(name).norm(), (
                name
            )
            decoded = networks.inverse.block(name, laid(features))


def in_light(picture: EncodedPicture, light: Tensor) -> EncodedPicture:
    """The same features in a picture of this light (8 h, 8 w)."""
    return EncodedPicture.from_features(picture.features, light.expand(1, 3, *light.shape).contiguous())


def ramp(height: int, width: int, dark: float = 0.0, light: float = 1.0) -> Tensor:
    """(8 height, 8 width) from dark to light."""
    return torch.linspace(dark, light, 8 * width).expand(8 * height, 8 * width)


def light_of_matches(content: EncodedPicture, style: EncodedPicture, scales: ScaleConfig, scale: int = 0) -> float:
    """How much the lightness of what is taken at relu4_1 goes by that of the place where it comes to: correlation."""
    config = tuned(scales=scales, search=SearchConfig(reuse=0, agreement=0))
    _, matches = finish(replace(LayerInputs("relu4_1", content, style, scale), MatchSettings(config=config)))
    wanted, offered = content.mean_luminance("relu4_1"), style.mean_luminance("relu4_1")
    return torch.corrcoef(torch.stack([wanted.flatten(), offered[matches.rows, matches.columns].flatten()]))[
        0, 1
    ].item()


def test_light_places_take_light_pieces_and_dark_ones_dark_pieces_if_light_counts() -> None:
    content, style = (
        in_light(random_encoded(1, 12, 12), ramp(12, 12)),
        in_light(random_encoded(9, 10, 14), ramp(10, 14)),
    )
    assert light_of_matches(content, style, ScaleConfig(light=20)) > 0.95
    assert 0.3 < light_of_matches(content, style, ScaleConfig(light=0.05)) < 0.9
    assert abs(light_of_matches(content, style, ScaleConfig(light=0))) < 0.2


def test_light_counts_most_at_the_coarsest_scale() -> None:
    content, style = (
        in_light(random_encoded(1, 12, 12), ramp(12, 12)),
        in_light(random_encoded(9, 10, 14), ramp(10, 14)),
    )
    found = [light_of_matches(content, style, ScaleConfig(light=0.2, light_kept=0.3), scale) for scale in (0, 1, 2)]
    assert found[0] > found[1] + 0.1 > found[2] + 0.2
    assert abs(light_of_matches(content, style, ScaleConfig(light=20, light_kept=0), scale=1)) < 0.2


@pytest.mark.parametrize(
    ("own", "model", "expected"), [(0.1, 1.0, 0.1), (1.0, 0.1, 1.0), (0.5, 0.5, 1.0), (0.0, 0.0, 0.0)]
)
def test_a_guide_of_little_contrast_beside_the_style_s_is_not_stretched(
    own: float, model: float, expected: float
) -> None:
    content = in_light(random_encoded(1, 6, 6), ramp(6, 6, 0, own))
    style = in_light(random_encoded(9, 6, 6), ramp(6, 6, 0, model))
    found = luminance_guide(content, style, "relu3_1")
    assert found.mean().item() == pytest.approx(0, abs=1e-5)
    assert found.std().item() == pytest.approx(expected, rel=0.01)


def test_fidelity_1_does_not_look_at_what_was_decoded_and_fidelity_0_at_nothing_else() -> None:
    content, other, style = (random_encoded(seed, 4, 4) for seed in (1, 2, 9))
    search = tuned(scales=ScaleConfig(light=0))
    features = {}
    for fidelity in (0.0, 1.0):
        for number, (photo, seed) in enumerate(((content, 1), (content, 2), (other, 1))):
            layer = later_layer("relu3_1", photo, style, random_map(seed, 8, 8, 8))
            features[fidelity, number] = laid(
                finish(replace(layer, MatchSettings(fidelity=fidelity, config=search)))[0]
            )
    for fidelity, looks_at_decoded in ((0.0, True), (1.0, False)):
        assert torch.equal(features[fidelity, 0], features[fidelity, 1]) is not looks_at_decoded
        assert torch.equal(features[fidelity, 0], features[fidelity, 2]) is looks_at_decoded


@pytest.mark.parametrize(("fidelity", "photo"), [(0.5, 0.6), (1.0, 0.2), (0.5, 0.0), (0.0, 0.6)])
@pytest.mark.parametrize("name", ["relu3_1", "relu2_1"])
def test_so_much_of_the_photo_at_the_style_s_statistics_is_taken_in(name: str, fidelity: float, photo: float) -> None:
    content, style = random_encoded(1, 6, 6), random_encoded(9, 6, 6)
    layer = later_layer(name, content, style)
    found, bare = (
        laid(finish(replace(layer, MatchSettings(fidelity=fidelity, config=tuned(replacement=one))))[0])
        for one in (ReplacementConfig(photo=photo, balance=0), ReplacementConfig(photo=0, balance=0))
    )
    ridge = ReplacementConfig().ridge
    move = transport(content.moments(name), style.moments(name), ridge)
    expected = torch.lerp(bare, move(content.feature_tensor(name)), fidelity * photo).relu()
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def moments_apart(one: Tensor, other: Tensor) -> float:
    """How far the channels' means and covariances are from each other, over the other's."""
    ones, others = moments(one), moments(other)
    means = (ones.mean - others.mean).norm() / others.mean.norm()
    return (means + (ones.covariance - others.covariance).norm() / others.covariance.norm()).item()


@pytest.mark.parametrize("name", ["relu3_1", "relu2_1"])
def test_features_are_balanced_towards_the_style_s_statistics(name: str) -> None:
    content, style = random_encoded(1, 6, 7), random_encoded(9, 6, 5)
    apart = [
        moments_apart(laid(finish(replace(later_layer(name, content, style), settings))[0]), style.feature_tensor(name))
        for settings in (MatchSettings(config=tuned(replacement=ReplacementConfig(balance=b))) for b in (0.0, 0.5, 1.0))
    ]
    assert apart[0] > 1.2 * apart[1] > 1.2 * apart[2]


@pytest.mark.parametrize(("name", "overlap", "whole"), [("relu4_1", 1, 1), ("relu4_1", 3, 0), ("relu2_1", 3, 1)])
def test_patches_overlap_but_at_the_finest_layer(name: str, overlap: int, whole: int) -> None:
    """Of the positions of the features that are laid down, `whole` is the share that stands so in the style."""
    content, style = random_encoded(1, 6, 6), random_encoded(9, 6, 6)
    config = tuned(replacement=ReplacementConfig(overlap=overlap, photo=0, balance=0))
    layer = LayerInputs(name, content, style) if name == "relu4_1" else later_layer(name, content, style)
    features, matches = finish(replace(layer, MatchSettings(config=config)))
    same = (laid(features) == style.feature_tensor(name)[:, :, matches.rows.long(), matches.columns.long()]).all(1)
    assert same.float().mean() == pytest.approx(whole, abs=0.1)


def half_transparent(style: EncodedPicture, hidden: EncodedPicture) -> EncodedPicture:
    """The right half of this style is transparent, and there are another's features and light."""

    def both(one: Tensor, other: Tensor) -> Tensor:
        half = one.shape[3] // 2
        return torch.cat([one[..., :half], other[..., half:]], 3)

    features = {name: both(style.feature_tensor(name), hidden.feature_tensor(name)) for name in style.features}
    image = both(laid(style.image), laid(hidden.image))
    return EncodedPicture.from_features(
        features, image, 1, both(torch.ones_like(image[:, :1]), torch.zeros_like(image[:, :1]))
    )


def test_transparent_positions_are_never_taken_however_alike_they_are() -> None:
    content, style = random_encoded(1, 6, 8), random_encoded(9, 6, 8)
    for name, (_, matches) in all_layers(content, half_transparent(style, content)).items():
        assert matches.columns.max() < style.features[name].shape[3] // 2, name


def test_what_is_hidden_under_transparency_changes_nothing() -> None:
    content, style = random_encoded(1, 6, 8), random_encoded(9, 6, 8)
    settings = MatchSettings(
        1, config=tuned(appearance=DescriptorConfig(components=3), replacement=ReplacementConfig(overlap=1))
    )
    loud = EncodedPicture.from_features(
        {name: 50 * content.feature_tensor(name) for name in LAYERS}, torch.ones_like(laid(content.image))
    )
    one, other = (all_layers(content, half_transparent(style, hidden), settings) for hidden in (content, loud))
    for name in LAYERS:
        assert torch.equal(one[name][0], other[name][0]), name


def test_a_style_of_which_one_position_alone_is_opaque_gives_that_one() -> None:
    content, style = random_encoded(1, 3, 4), random_encoded(9, 4, 4)
    opaque = torch.zeros(1, 1, 32, 32)
    opaque[:, :, 8:16, 16:24] = 1
    for name, (features, matches) in all_layers(content, altered(style, opaque=opaque)).items():
        assert features.isfinite().all()
        scale = {"relu4_1": 1, "relu3_1": 2, "relu2_1": 4}[name]
        assert set((matches.rows // scale).unique().tolist()) == {1}
        assert set((matches.columns // scale).unique().tolist()) == {2}


@pytest.mark.parametrize("name", LAYERS)
def test_progress_never_falls(name: str) -> None:
    content, style = random_encoded(1, 4, 5), random_encoded(9, 5, 3)
    layer = LayerInputs(name, content, style) if name == "relu4_1" else later_layer(name, content, style)
    _, told = outcome(replace(layer, SETTINGS))
    assert never_falls(told)
    assert told[-1].fraction == 1
    assert {progress.stage for progress in told} == {"Strokes"}
