import weakref
from dataclasses import replace
from math import inf

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from work import outcome

from stylestudio.engine import coding, pipeline, refine
from stylestudio.engine.coding import Networks
from stylestudio.engine.config import DEFAULT, PaletteConfig
from stylestudio.engine.networks import weights
from stylestudio.engine.runtime import lazy
from stylestudio.engine.runtime.tiling import empty_like
from stylestudio.errors import SettingError, WeightsError
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.fill import fill_transparent
from stylestudio.images.resize import resample
from stylestudio.images.upsample import enlarge_along_edges
from stylestudio.progress import Preview, Progress, finish
from stylestudio.studio import conversion, render
from stylestudio.studio.recipe import Shares
from stylestudio.studio.render import Renderer, explaining_memory_errors, target
from stylestudio.studio.settings import Settings

PHOTO, PAINTING = render.PHOTO, render.STYLE


def picture(width: int, height: int, seed: int) -> Picture:
    return from_pixels(np.random.default_rng(seed).random((height, width, 3)), f"picture {seed}")


CONFIG = replace(
    DEFAULT,
    scales=replace(DEFAULT.scales, coarsest=24),
    search=replace(DEFAULT.search, rounds=1, reach=1),
)
"""With two scales even of pictures as small as these, and soon done."""
SETTINGS = Settings(size=64, refine=0)
ALONE = replace(SETTINGS, method="single")
CONTENT, STYLE = picture(48, 30, 1), picture(40, 32, 2)


@pytest.fixture(scope="module")
def shared(networks: Networks) -> Renderer:
    """For tests that do not mind what it has made before."""
    return Renderer(CONFIG, networks)


@pytest.fixture
def renderer(networks: Networks) -> Renderer:
    return Renderer(CONFIG, networks)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The stages and widths of all images that are encoded; what is painted is the photo as it was looked for."""
    seen: list[tuple[str, int]] = []
    encode = coding.encode

    def noting(networks, image, layers, stage: str, limit: float = inf):
        seen.append((stage, image.shape[3]))
        return encode(networks, image, layers, stage, limit)

    for module in (coding, pipeline):
        monkeypatch.setattr(module, "encode", noting)
    monkeypatch.setattr(
        pipeline, "match_and_decode", lambda networks, content, *rest: lazy.materialise(content.image, "Painting")
    )
    return seen


def previews_of(told: list[Progress]) -> list[Preview]:
    """All of them with a picture of floats in 0..1."""
    previews = [progress for progress in told if isinstance(progress, Preview)]
    for preview in previews:
        shown = preview.picture
        assert isinstance(shown, np.ndarray) and shown.dtype == np.float32
        assert shown.min() >= 0 and shown.max() <= 1
    return previews


def pixels_of(preview: Preview) -> NDArray[np.float32]:
    assert isinstance(preview.picture, np.ndarray)
    return preview.picture


def test_the_overfit_picture_has_the_contents_size_and_values_of_0_to_1(shared: Renderer) -> None:
    overfit = finish(shared.overfit(CONTENT, STYLE, SETTINGS))
    assert overfit.shape == CONTENT.pixels.shape
    assert overfit.dtype == np.float32
    assert overfit.min() >= 0 and overfit.max() <= 1


def test_a_picture_computed_small_comes_up_along_the_contents_edges(shared: Renderer) -> None:
    content = picture(160, 100, 3)
    small = from_pixels(resample(content.stored, (64, 40)), "small")
    expected = enlarge_along_edges(finish(shared.overfit(small, STYLE, SETTINGS)), content.stored)
    assert np.array_equal(finish(shared.overfit(content, STYLE, SETTINGS)), expected)


@pytest.mark.parametrize("method", ["single", "coarse-to-fine"])
def test_progress_begins_at_0_never_falls_and_ends_at_1(method: str, renderer: Renderer) -> None:
    _, told = outcome(renderer.overfit(CONTENT, STYLE, replace(SETTINGS, method=method)))
    fractions = [progress.fraction for progress in told]
    assert fractions[0] == 0
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert {"Getting ready", PHOTO, PAINTING, "Strokes", "Painting"} <= {progress.stage for progress in told}


@pytest.mark.parametrize(
    ("width", "size", "sides"), [(96, None, [(15, 24), (30, 48)]), (160, 64, [(20, 32)]), (30, None, [])]
)
def test_drafts_are_the_coarser_scales_pictures_and_smaller_than_the_result(
    width: int, size: int | None, sides: list[tuple[int, int]], renderer: Renderer
) -> None:
    content = picture(width, width * 5 // 8, 1)
    found, told = outcome(renderer.overfit(content, STYLE, replace(SETTINGS, size=size)))
    drafts = previews_of(told)
    assert all(draft.draft for draft in drafts)
    assert [pixels_of(draft).shape[:2] for draft in drafts] == sides
    assert found.shape == content.stored.shape


def test_a_run_of_single_tells_no_draft(renderer: Renderer) -> None:
    assert not previews_of(outcome(renderer.overfit(CONTENT, STYLE, ALONE))[1])


def test_before_the_first_step_of_refining_the_unrefined_picture_is_shown_at_the_contents_size(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "SHOWN_EVERY", 0.0)
    content = picture(150, 90, 1)
    found, told = outcome(renderer.overfit(content, STYLE, replace(SETTINGS, refine=4)))
    draft, unrefined, *steps = previews_of(told)
    assert draft.draft and not unrefined.draft and steps and not any(step.draft for step in steps)
    assert unrefined.stage == "Painting" and {step.stage for step in steps} == {"Finishing touches"}
    assert all(pixels_of(shown).shape == (90, 150, 3) for shown in (unrefined, *steps))
    plain = finish(renderer.overfit(content, STYLE, SETTINGS))
    assert np.array_equal(pixels_of(unrefined), plain)
    assert np.abs(found - plain).mean() > 1 / 255
    assert not any(np.array_equal(pixels_of(step), found) for step in steps)
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)


def test_the_same_pictures_again_give_the_very_same_overfit_picture(networks: Networks) -> None:
    first, second = (finish(Renderer(CONFIG, networks).overfit(CONTENT, STYLE, SETTINGS)) for _ in range(2))
    assert np.array_equal(first, second)


def test_the_methods_differ(shared: Renderer) -> None:
    single, fine = (
        finish(shared.overfit(CONTENT, STYLE, replace(SETTINGS, method=method)))
        for method in ("single", "coarse-to-fine")
    )
    assert np.abs(single - fine).mean() > 0.01


def test_the_numbers_that_a_renderer_is_given_count(shared: Renderer, networks: Networks) -> None:
    other = Renderer(replace(CONFIG, palette=PaletteConfig(strength=0)), networks)
    one, two = (finish(renderer.overfit(CONTENT, STYLE, ALONE)) for renderer in (shared, other))
    assert not np.array_equal(one, two)


def test_every_scale_of_both_pictures_is_encoded_once(renderer: Renderer, encoded: list[tuple[str, int]]) -> None:
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    assert encoded == [(PHOTO, 24), (PAINTING, 20), (PHOTO, 48), (PAINTING, 40)]


def test_a_new_style_does_not_encode_the_photos_first_scale_again(
    renderer: Renderer, encoded: list[tuple[str, int]]
) -> None:
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    encoded.clear()
    finish(renderer.overfit(CONTENT, picture(40, 32, 3), SETTINGS))
    assert encoded == [(PAINTING, 20), (PHOTO, 48), (PAINTING, 40)]


def test_a_renderer_that_has_rested_has_only_its_networks_and_makes_the_same_picture(
    renderer: Renderer, encoded: list[tuple[str, int]]
) -> None:
    before, networks = finish(renderer.overfit(CONTENT, STYLE, SETTINGS)), renderer.networks()
    encoded.clear()
    renderer.release_memory()
    assert np.array_equal(finish(renderer.overfit(CONTENT, STYLE, SETTINGS)), before)
    assert encoded == [(PHOTO, 24), (PAINTING, 20), (PHOTO, 48), (PAINTING, 40)]
    assert renderer.networks() is networks


def test_a_renderer_that_has_made_nothing_rests_without_loading_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    for load in ("load_on_best_device", "load_networks"):
        monkeypatch.delattr(weights, load)
    Renderer().release_memory()


def test_at_fidelity_1_a_new_style_encodes_no_photo_again(renderer: Renderer, encoded: list[tuple[str, int]]) -> None:
    finish(renderer.overfit(CONTENT, STYLE, replace(SETTINGS, fidelity=1)))
    encoded.clear()
    finish(renderer.overfit(CONTENT, picture(40, 32, 3), replace(SETTINGS, fidelity=1)))
    assert encoded == [(PAINTING, 20), (PAINTING, 40)]


def test_a_new_photo_encodes_no_style_again(renderer: Renderer, encoded: list[tuple[str, int]]) -> None:
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    encoded.clear()
    finish(renderer.overfit(picture(48, 30, 3), STYLE, SETTINGS))
    assert encoded == [(PHOTO, 24), (PHOTO, 48)]


@pytest.mark.parametrize("changed", [{"patch_size": 1}, {"fidelity": 0.9}, {"finest_layer": "relu3_1"}])
def test_settings_that_do_not_touch_features_encode_no_style_again_nor_the_photos_first_scale(
    changed: dict[str, object], renderer: Renderer, encoded: list[tuple[str, int]]
) -> None:
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    encoded.clear()
    finish(renderer.overfit(CONTENT, STYLE, replace(SETTINGS, **changed)))
    assert encoded == [(PHOTO, 48)]


def test_another_texture_scale_encodes_the_style_again(renderer: Renderer, encoded: list[tuple[str, int]]) -> None:
    finish(renderer.overfit(CONTENT, STYLE, ALONE))
    encoded.clear()
    finish(renderer.overfit(CONTENT, STYLE, replace(ALONE, texture_scale=2)))
    assert encoded == [(PAINTING, 80)]


def test_the_same_recipe_again_is_there_at_once(
    renderer: Renderer, encoded: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = finish(renderer.overfit(CONTENT, STYLE, ALONE))
    finish(renderer.overfit(CONTENT, STYLE, replace(ALONE, fidelity=0.9)))
    monkeypatch.delattr(pipeline, "overfit")
    encoded.clear()
    assert np.array_equal(finish(renderer.overfit(CONTENT, STYLE, ALONE)), first)
    assert encoded == []


def test_refining_begins_at_the_picture_that_is_there(
    renderer: Renderer, encoded: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = finish(renderer.overfit(CONTENT, STYLE, ALONE))
    monkeypatch.delattr(pipeline, "overfit")
    encoded.clear()
    assert not np.array_equal(finish(renderer.overfit(CONTENT, STYLE, replace(ALONE, refine=1))), plain)
    assert encoded == []


def test_features_beyond_the_budget_are_worked_out_again(
    networks: Networks, encoded: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "FEATURES", replace(render.FEATURES, bytes=1000))
    renderer = Renderer(CONFIG, networks)
    finish(renderer.overfit(CONTENT, STYLE, ALONE))
    finish(renderer.overfit(CONTENT, STYLE, replace(ALONE, patch_size=1)))
    assert encoded == [(PHOTO, 48), (PAINTING, 40)] * 2


def in_part(width: int, seed: int, hidden: float, levels: bool = True) -> Picture:
    """A picture of which the left third cannot be seen, and is so light there."""
    pixels = np.random.default_rng(seed).random((30, width, 3), np.float32)
    alpha = np.ones((30, width), np.float32)
    alpha[:, : width // 3], pixels[:, : width // 3] = 0, hidden
    return from_pixels(np.round(pixels * 255) / np.float32(255) if levels else pixels, "in part", alpha)


@pytest.mark.parametrize("refine", [0, 1])
@pytest.mark.parametrize("levels", [True, False])
def test_what_is_hidden_in_either_picture_changes_nothing(levels: bool, refine: int, renderer: Renderer) -> None:
    settings, pictures = replace(SETTINGS, refine=refine), []
    for hidden in (0.0, 1.0):
        content, style = in_part(100, 1, hidden, levels), in_part(48, 2, hidden, levels)
        pictures.append(finish(renderer.overfit(content, style, settings)))
    assert np.array_equal(*pictures)


def test_what_fills_the_holes_of_a_style_is_no_part_of_it(renderer: Renderer) -> None:
    style = in_part(48, 2, 0.0)
    filled = from_pixels(fill_transparent(style.stored, style.alpha) / np.float32(255), "filled")
    assert np.array_equal(filled.stored[:, 16:], style.stored[:, 16:])
    found, other = (finish(renderer.overfit(CONTENT, one, SETTINGS)) for one in (style, filled))
    assert not np.array_equal(found, other)


def test_work_that_was_cancelled_can_be_done_afterwards(renderer: Renderer, shared: Renderer) -> None:
    for stage in (PHOTO, PAINTING, "Large shapes", "Strokes", "Painting"):
        work = renderer.overfit(CONTENT, STYLE, SETTINGS)
        while next(work).stage != stage:
            pass
        work.close()
    again = finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    assert np.array_equal(again, finish(shared.overfit(CONTENT, STYLE, SETTINGS)))


@pytest.mark.parametrize("stage", [PAINTING, "Large shapes"])
def test_of_work_that_was_cancelled_nothing_is_remembered(
    stage: str, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[torch.Tensor]] = []

    def noted(model: torch.Tensor, shape: tuple[int, int, int, int]) -> torch.Tensor:
        values = empty_like(model, shape)
        if model.dtype == torch.half:  # what is remembered is
            made.append(weakref.ref(values))
        return values

    monkeypatch.setattr(lazy, "HELD_OF_CONTENT", 1_900)  # relu4_1 is held, and made of what is remembered
    monkeypatch.setattr(lazy, "empty_like", noted)
    work = renderer.overfit(CONTENT, STYLE, SETTINGS)
    while next(work).stage != stage or not made:
        pass
    assert any(values() is not None for values in made)
    work.close()
    assert not any(values() is not None for values in made)


def test_scales_are_made_of_each_other_and_the_largest_is_the_picture_itself() -> None:
    for channels in (3, 1):
        pixels = np.random.default_rng(1).integers(0, 256, (60, 100, channels), np.uint8)
        small, middle, large = render.pixels_at_sizes(pixels, (100, 60), (0.25, 0.5, 1.0))
        assert large is pixels
        assert (small.shape, middle.shape) == ((15, 25, channels), (30, 50, channels))
        assert np.array_equal(small, render.pixels_at_sizes(middle, (50, 30), (0.5, 1.0))[0])


def test_scales_of_a_picture_that_is_worked_on_smaller_are_all_smaller() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (60, 100, 3), np.uint8)
    assert [one.shape for one in render.pixels_at_sizes(pixels, (50, 30), (0.02, 1.0))] == [(1, 1, 3), (30, 50, 3)]


def test_the_target_mixes_each_channel_by_its_own_share() -> None:
    overfit = np.random.default_rng(4).random(CONTENT.pixels.shape, np.float32)
    mixed = target(CONTENT, overfit, Shares(0, 0.25, 1))
    assert np.array_equal(mixed[..., 0], CONTENT.pixels[..., 0])
    assert mixed[..., 1] == pytest.approx(0.75 * CONTENT.pixels[..., 1] + 0.25 * overfit[..., 1], abs=1e-6)
    assert np.array_equal(mixed[..., 2], overfit[..., 2])


def test_missing_weights_are_told_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(render, "resource", tmp_path.joinpath)
    with pytest.raises(WeightsError):
        finish(Renderer().overfit(CONTENT, STYLE, SETTINGS))


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_too_little_memory_is_told_with_what_helps(error: Exception) -> None:
    with pytest.raises(SettingError, match="smaller size"), explaining_memory_errors():
        raise error


def test_other_faults_are_not_taken_for_too_little_memory() -> None:
    with pytest.raises(RuntimeError, match="shapes"), explaining_memory_errors():
        raise RuntimeError("shapes do not match")


def test_a_large_picture_is_refined_by_what_a_smaller_one_would_be(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, ...]] = []
    refined = refine.refine_picture

    def watched(networks, image, content, style, *rest, **more):
        given.extend((tuple(content.shape[2:]), tuple(style.shape[2:])))
        return refined(networks, image, content, style, *rest, **more)

    monkeypatch.setattr(refine, "refine_picture", watched)
    monkeypatch.setattr(refine, "refining_scale", lambda width, height: 0.5)
    content = picture(101, 61, 4)
    found = finish(renderer.overfit(content, STYLE, Settings(size=None, refine=1)))
    assert found.shape == (61, 101, 3)
    assert given[0] == (31, 51)
    assert 2 * given[1][1] in (STYLE.size[0], STYLE.size[0] + 1)


def test_pixels_of_a_padded_image_are_those_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "ROWS", 5)
    image = torch.rand(1, 3, 24, 16, generator=torch.Generator().manual_seed(1))
    found = render.pixels_of(image, (13, 22))
    assert np.array_equal(found, image[0, :, :22, :13].permute(1, 2, 0).numpy())
    assert found.flags.c_contiguous
