from collections.abc import Iterator
from dataclasses import replace
from math import inf

import numpy as np
import pytest
import torch

from stylestudio.engine import maps, pipeline, refining
from stylestudio.engine.maps import window
from stylestudio.engine.remembered import Remembered
from stylestudio.errors import SettingError, WeightsError
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.enlarge import enlarging
from stylestudio.progress import Preview, Progress, Work, finish
from stylestudio.studio import render
from stylestudio.studio.recipe import FINEST_LAYERS, Settings, Shares
from stylestudio.studio.render import Renderer, memory_explained, target


def picture(width: int, height: int, seed: int) -> Picture:
    return from_pixels(np.random.default_rng(seed).random((height, width, 3)), f"picture {seed}")


SETTINGS = Settings(size=64)
CONTENT, STYLE = picture(80, 60, 1), picture(64, 50, 2)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages of all pictures that are encoded."""
    stages: list[str] = []
    encode = pipeline.encode

    def counted(networks, image, layers, stage: str, limit: float = inf):
        stages.append(stage)
        return encode(networks, image, layers, stage, limit)

    monkeypatch.setattr(pipeline, "encode", counted)
    return stages


def test_the_overfit_picture_has_the_contents_size_and_values_of_0_to_1(renderer: Renderer) -> None:
    overfit = finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    assert overfit.shape == CONTENT.pixels.shape
    assert overfit.dtype == np.float32
    assert overfit.min() >= 0
    assert overfit.max() <= 1


def test_a_picture_computed_small_comes_up_along_the_contents_edges_and_a_draft_stays_small(
    renderer: Renderer,
) -> None:
    content = picture(240, 160, 3)
    settings = Settings(size=render.DRAFT_SIDE // 2)
    small = finish(renderer._pixels(content, STYLE, settings))
    fine = finish(renderer.overfit(content, STYLE, settings))
    assert np.array_equal(fine, finish(enlarging(small, content.pixels)))
    draft = finish(renderer.draft(content, STYLE, replace(settings, refine=3)))
    whole = finish(renderer._pixels(content, STYLE, Settings(size=render.DRAFT_SIDE, finest_layer=render.DRAFT_FINEST)))
    assert draft.shape[1] == render.DRAFT_SIDE < content.size[0]
    assert np.array_equal(draft, whole)


def test_a_draft_is_coarser_than_asked_for_but_never_finer(renderer: Renderer) -> None:
    drafts = {layer: finish(renderer.draft(CONTENT, STYLE, Settings(finest_layer=layer))) for layer in FINEST_LAYERS}
    assert np.array_equal(drafts["relu2_1"], drafts["relu3_1"])
    assert not np.array_equal(drafts["relu4_1"], drafts["relu3_1"])


@pytest.mark.parametrize("method", ["single", "coarse-to-fine"])
def test_progress_begins_at_0_never_falls_and_ends_at_1(method: str) -> None:
    told = list(Renderer().overfit(CONTENT, STYLE, Settings(size=64, method=method)))
    fractions = [progress.fraction for progress in told]
    assert fractions[0] == 0
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    assert {"Getting ready", "Matching", "Painting"} <= {progress.stage for progress in told}


def test_the_same_pictures_again_give_the_very_same_overfit_picture() -> None:
    first, second = (finish(Renderer().overfit(CONTENT, STYLE, SETTINGS)) for _ in range(2))
    assert np.array_equal(first, second)


def test_the_methods_differ(renderer: Renderer) -> None:
    single, fine = (
        finish(renderer.overfit(CONTENT, STYLE, Settings(size=64, method=method)))
        for method in ("single", "coarse-to-fine")
    )
    assert np.abs(single - fine).mean() > 0.01


def test_a_new_style_looks_again_at_the_style_alone(encoded: list[str]) -> None:
    renderer = Renderer()
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    finish(renderer.overfit(CONTENT, picture(64, 50, 3), SETTINGS))
    assert encoded == ["Looking at the photo", "Looking at the style", "Looking at the style"]


def test_a_new_photo_looks_again_at_the_photo_alone(encoded: list[str]) -> None:
    renderer = Renderer()
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    finish(renderer.overfit(picture(80, 60, 3), STYLE, SETTINGS))
    assert encoded == ["Looking at the photo", "Looking at the style", "Looking at the photo"]


def test_another_patch_size_looks_at_neither_again(encoded: list[str]) -> None:
    renderer = Renderer()
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    finish(renderer.overfit(CONTENT, STYLE, Settings(size=64, patch_size=1)))
    assert len(encoded) == 2


def test_another_texture_scale_looks_at_the_style_again(encoded: list[str]) -> None:
    renderer = Renderer()
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    finish(renderer.overfit(CONTENT, STYLE, Settings(size=64, texture_scale=2)))
    assert encoded[2:] == ["Looking at the style"]


def test_the_same_recipe_again_is_there_at_once(encoded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    renderer = Renderer()
    first = finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    finish(renderer.overfit(CONTENT, STYLE, replace(SETTINGS, fidelity=0.9)))
    monkeypatch.delattr(pipeline, "overfit")
    encoded.clear()
    assert np.array_equal(finish(renderer.overfit(CONTENT, STYLE, SETTINGS)), first)
    assert encoded == []


def test_refining_begins_at_the_picture_that_is_there(encoded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    renderer = Renderer()
    plain = finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    monkeypatch.delattr(pipeline, "overfit")
    encoded.clear()
    refined = finish(renderer.overfit(CONTENT, STYLE, replace(SETTINGS, refine=1)))
    assert not np.array_equal(refined, plain)
    assert set(encoded) <= {"Refining the picture"}


def test_features_beyond_the_budget_are_worked_out_again(encoded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "FEATURES_BUDGET", 1000)
    renderer = Renderer()
    finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    finish(renderer.overfit(CONTENT, STYLE, replace(SETTINGS, fidelity=0.9)))
    assert encoded == ["Looking at the photo", "Looking at the style"] * 2


def test_work_that_was_cancelled_can_be_done_afterwards() -> None:
    renderer = Renderer()
    work: Work = renderer.overfit(CONTENT, STYLE, SETTINGS)
    stages: Iterator[Progress] = iter(work)
    while next(stages).stage != "Looking at the style":
        pass
    work.close()
    again = finish(renderer.overfit(CONTENT, STYLE, SETTINGS))
    assert np.array_equal(again, finish(Renderer().overfit(CONTENT, STYLE, SETTINGS)))


@pytest.mark.parametrize("stage", ["Looking at the style", "Matching"])
def test_of_work_that_was_cancelled_nothing_is_remembered(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "HELD_OF_CONTENT", 0)
    found: list[Remembered] = []
    monkeypatch.setattr(pipeline, "Remembered", lambda source: found.append(Remembered(source)) or found[-1])
    work: Work = Renderer().overfit(CONTENT, STYLE, SETTINGS)
    stages: Iterator[Progress] = iter(work)
    while next(stages).stage != stage:
        pass
    finish(window(found[0], slice(0, 4), slice(0, 4)))
    assert found[0]._values is not None
    work.close()
    assert found[0]._values is None


def test_refining_previews_the_picture_at_the_contents_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "SHOWN_EVERY", 0.0)
    content, told = picture(70, 50, 1), []
    renderer = Renderer()
    work = renderer.overfit(content, picture(60, 60, 2), Settings(64, refine=3))
    while True:
        try:
            told.append(next(work))
        except StopIteration as stop:
            found = stop.value
            break
    previews = [progress.picture for progress in told if isinstance(progress, Preview)]
    assert previews
    for shown in (*previews, found):
        assert isinstance(shown, np.ndarray)
        assert shown.shape == (50, 70, 3)
        assert shown.dtype == np.float32
        assert shown.min() >= 0 and shown.max() <= 1
    plain = finish(renderer.overfit(content, picture(60, 60, 2), Settings(64)))
    assert np.abs(found - plain).mean() > 1 / 255
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)


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
    with pytest.raises(SettingError, match="smaller size"), memory_explained():
        raise error


def test_other_faults_are_not_taken_for_too_little_memory() -> None:
    with pytest.raises(RuntimeError, match="shapes"), memory_explained():
        raise RuntimeError("shapes do not match")


def test_a_large_picture_is_refined_by_what_a_smaller_one_would_be(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, ...]] = []
    refined = refining.refined

    def watched(networks, image, content, style, steps, **more):
        given.extend((tuple(content.shape[2:]), tuple(style.shape[2:])))
        return refined(networks, image, content, style, steps, **more)

    monkeypatch.setattr(refining, "refined", watched)
    monkeypatch.setattr(refining, "share_of", lambda image, *most: 0.5)
    content = picture(101, 61, 4)
    found = finish(renderer.overfit(content, STYLE, Settings(size=None, refine=1)))
    assert found.shape == (61, 101, 3)
    assert given[0] == (31, 51)
    assert 2 * given[1][1] in (STYLE.size[0], STYLE.size[0] + 1)


def test_pixels_of_a_padded_image_are_those_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "ROWS", 5)
    image = torch.rand(1, 3, 24, 16, generator=torch.Generator().manual_seed(1))
    found = finish(render.pixels_of(image, (13, 22)))
    assert np.array_equal(found, image[0, :, :22, :13].permute(1, 2, 0).numpy())
    assert found.flags.c_contiguous
