"""One look for a set: common statistics are those of all photos together, and each photo is made by them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from work import outcome

from stylestudio.engine.coding import Networks
from stylestudio.engine.config import DEFAULT
from stylestudio.engine.networks.encoder import LAYERS
from stylestudio.engine.transport import moments
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.progress import Preview, finish
from stylestudio.studio import looks
from stylestudio.studio.looks import (
    SIDE,
    STAGE,
    START,
    Look,
    blend_statistics,
    extend_to_scales,
    look_of,
    merge_moments,
    shifts,
    small_version,
    starts,
)
from stylestudio.studio.render import Renderer
from stylestudio.studio.settings import Settings

SCALES, SEARCH = replace(DEFAULT.scales, coarsest=24), replace(DEFAULT.search, rounds=1, reach=1)
CONFIG = replace(DEFAULT, scales=SCALES, search=SEARCH)
SETTINGS = Settings(size=64, refine=0)


def picture(seed: int, colour: tuple[float, float, float] = (1, 1, 1), width: int = 48, height: int = 32) -> Picture:
    values = np.random.default_rng(seed).random((height, width, 3), np.float32) * np.array(colour, np.float32)
    return from_pixels(values, f"picture {seed}")


STYLE, WARM, COLD = picture(1), picture(2, (1, 0.5, 0.2)), picture(3, (0.1, 0.4, 0.9))


@pytest.fixture
def renderer(networks: Networks) -> Renderer:
    return Renderer(CONFIG, networks)


def set_of(*photos: Picture) -> Look:
    return look_of(small_version(photo, SETTINGS) for photo in photos)


def test_merged_moments_are_those_of_all_values_together() -> None:
    maps = [torch.rand(1, 3, 6, width) + width for width in (2, 3, 5)]
    common, seen = moments(maps[0]), 2
    for width, values in zip((3, 5), maps[1:], strict=True):
        seen += width
        common = merge_moments(common, moments(values), width / seen)
    whole = moments(torch.cat(maps, 3))
    torch.testing.assert_close(common.mean, whole.mean)
    torch.testing.assert_close(common.covariance, whole.covariance, atol=1e-5, rtol=1e-5)


def test_photos_of_fewer_scales_leave_out_what_they_do_not_have() -> None:
    one, other = ({"light": moments(torch.full((1, 1, 2, 2), value))} for value in (0.0, 1.0))
    assert blend_statistics([], [one, one], 1.0)[1]["light"].mean == 0
    [found] = blend_statistics([one, one], [other], 0.5)
    assert found["light"].mean == 0.5
    assert found["light"].covariance == 0.25


def test_what_was_not_measured_at_finer_scales_is_as_at_the_finest_that_was() -> None:
    first, last = {"a": moments(torch.rand(1, 1, 3, 3))}, {"a": moments(torch.rand(1, 1, 3, 3))}
    found = extend_to_scales([first, last], 4)
    assert found == [first, last, last, last]
    found[3].clear()
    assert last


@pytest.mark.parametrize(("side", "expected"), [(SIDE, SIDE), (2 * SIDE, SIDE), (1024, 256), (384, 192)])
def test_a_photo_is_measured_at_a_scale_that_it_is_painted_at(side: int, expected: int) -> None:
    photo = picture(4, width=side, height=8)
    assert small_version(photo, Settings(size=None)).size[0] == expected


def test_the_look_of_one_photo_alone_changes_nothing(renderer: Renderer) -> None:
    alone = finish(renderer.overfit(WARM, STYLE, SETTINGS))
    assert np.array_equal(finish(renderer.overfit(WARM, STYLE, SETTINGS, set_of(WARM))), alone)


def test_each_photo_of_a_set_is_made_by_what_they_have_in_common(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = set_of(WARM, COLD)
    alone = [finish(renderer.overfit(photo, STYLE, SETTINGS)) for photo in (WARM, COLD)]
    together = [finish(renderer.overfit(photo, STYLE, SETTINGS, look)) for photo in (WARM, COLD)]
    own, common = (np.subtract(*(one.mean((0, 1)) for one in made)) for made in (alone, together))
    assert np.abs(common[[0, 2]]).min() > np.abs(own[[0, 2]]).max()  # warm stays warm beside cold
    monkeypatch.setattr(renderer, "networks", None)  # what was made is there at once, whatever the order of the set
    again = [finish(renderer.overfit(WARM, STYLE, SETTINGS, one)) for one in (None, set_of(COLD, WARM))]
    assert np.array_equal(again[0], alone[0])
    assert np.array_equal(again[1], together[0])


def test_a_set_is_measured_once_and_never_shown(renderer: Renderer) -> None:
    look, stages = set_of(WARM, COLD), []
    for photo in (WARM, COLD):
        _, told = outcome(renderer.overfit(photo, STYLE, SETTINGS, look))
        fractions = [progress.fraction for progress in told]
        assert fractions == sorted(fractions)
        assert not any(isinstance(one, Preview) for one in told if one.stage == STAGE)
        stages.append({progress.stage for progress in told})
    assert [STAGE in told for told in stages] == [True, False]


def test_a_set_that_was_measured_in_part_is_measured_on_to_the_same(
    renderer: Renderer, networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, painted = set_of(WARM, COLD, STYLE), list[str]()
    whole = finish(Renderer(CONFIG, networks).overfit(WARM, STYLE, SETTINGS, look))
    blend = looks.blend_statistics
    monkeypatch.setattr(looks, "blend_statistics", lambda *facts: (painted.append("photo"), blend(*facts))[1])
    run = renderer.overfit(WARM, STYLE, SETTINGS, look)
    while len(painted) < 2:
        next(run)
    run.close()  # as where another photo is gone to
    assert np.array_equal(finish(renderer.overfit(WARM, STYLE, SETTINGS, look)), whole)
    assert len(painted) == 3


@pytest.mark.parametrize("settings", [replace(SETTINGS, method="single"), replace(SETTINGS, method="single", refine=1)])
def test_every_kind_of_run_knows_looks(renderer: Renderer, settings: Settings) -> None:
    alone = finish(renderer.overfit(WARM, STYLE, settings))
    found = finish(renderer.overfit(WARM, STYLE, settings, set_of(WARM, COLD)))
    assert found.shape == alone.shape
    assert not np.array_equal(found, alone)


def test_a_large_photo_goes_by_what_small_ones_have_in_common(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "SIDE", 32)
    photos = [picture(seed, width=96, height=64) for seed in (5, 6)]
    settings = replace(SETTINGS, size=96)
    look = look_of(small_version(photo, settings) for photo in photos)
    assert {photo.size for photo in look.photos} == {(24, 16)}
    found = finish(renderer.overfit(photos[0], STYLE, settings, look))
    assert found.shape == (64, 96, 3)


def test_a_picture_that_begins_as_its_set_does_is_aimed_at_the_style_alone(networks: Networks) -> None:
    image = torch.rand(1, 3, 32, 40, generator=torch.Generator().manual_seed(0))
    own = starts(networks, image)
    common = {f"{START}{layer}": moments for layer, moments in own.items()}
    assert all(not shift.any() for shift in shifts(networks, own, common).values())
    brighter = shifts(networks, starts(networks, image.sqrt()), common)
    assert brighter.keys() == set(LAYERS)
    features = networks.encoder(image.sqrt())["relu2_1"], networks.encoder(image)["relu2_1"]
    grams = [torch.einsum("bchw,bdhw->cd", one, one) / one[0, 0].numel() for one in features]
    scale = networks.encoder.channel_scale("relu2_1")
    expected = (grams[0] - grams[1]) / torch.outer(scale, scale)
    assert (brighter["relu2_1"] - expected).abs().max() < 1e-4 * expected.abs().max()
