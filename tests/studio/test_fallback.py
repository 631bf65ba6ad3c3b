"""A graphics card that runs out of memory, played by the processor."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

import numpy as np
import pytest
import torch
from work import outcome

from stylestudio.cli import commands
from stylestudio.engine import coding, pipeline, refine
from stylestudio.engine.coding import Networks
from stylestudio.engine.networks import weights
from stylestudio.engine.pipeline import ScaleInputs
from stylestudio.engine.runtime import device
from stylestudio.engine.runtime.lazy import materialise
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.progress import Preview, Progress, Work, finish
from stylestudio.progress import as_part as part
from stylestudio.studio.fallback import ON_PROCESSOR, ONCE_MORE
from stylestudio.studio.render import REMARK, Renderer
from stylestudio.studio.settings import Settings

SETTINGS = Settings(size=64, refine=0)
FULL = torch.OutOfMemoryError("Full")
SENTENCES = REMARK + "\n"


def picture(seed: int) -> Picture:
    return from_pixels(np.random.default_rng(seed).random((48, 72, 3)), f"picture {seed}")


CONTENT, STYLE = picture(1), picture(2)


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`fail(error, times)` lets the next so many runs fail in the middle; the others give the photo back."""
    errors: list[Exception] = []

    def failing(networks: Networks, scales: Sequence[ScaleInputs], *rest: object) -> Work[torch.Tensor]:
        (scale,) = scales
        yield from part(scale.content(), 0.0, 0.2)
        yield from part(scale.style(), 0.2, 0.4)
        photo = finish(materialise(scale.photo, ""))
        yield Preview("Strokes", 0.5, photo)
        if errors:
            raise errors.pop()
        yield Progress("Painting", 1.0)
        return photo

    def plan(error: Exception, times: int) -> None:
        errors[:] = [error] * times

    monkeypatch.setattr(pipeline, "overfit", failing)
    return plan


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where the networks were loaded, each time."""
    places: list[str] = []
    load = weights.load_networks

    def on_processor(folder):
        places.append("processor")
        return load(folder)

    def on_card(folder):
        places.append("card")
        return load(folder)

    monkeypatch.setattr(weights, "load_networks", on_processor)
    monkeypatch.setattr(weights, "load_on_best_device", on_card)
    return places


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages of all pictures that are encoded."""
    stages: list[str] = []
    encode = coding.encode

    def noted(networks, image, layers, stage: str, limit: float = inf):
        stages.append(stage)
        return encode(networks, image, layers, stage, limit)

    monkeypatch.setattr(coding, "encode", noted)
    return stages


def stages(told: list[Progress]) -> list[str]:
    """Without repetitions."""
    return list(dict.fromkeys(progress.stage for progress in told))


def test_a_run_for_which_memory_suffices_remarks_nothing(fail, loaded: list[str]) -> None:
    renderer = Renderer()
    _, told = outcome(renderer.overfit(CONTENT, STYLE, SETTINGS))
    assert not any("memory" in stage for stage in stages(told))
    assert renderer.remark == ""
    assert loaded == ["card"]


def test_out_of_memory_once_the_card_is_emptied_and_tried_again(
    fail, loaded: list[str], looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(device, "empty_cache", lambda: emptied.append(True))
    expected = finish(Renderer().overfit(CONTENT, STYLE, SETTINGS))
    renderer = Renderer()
    fail(FULL, 1)
    loaded.clear()
    looked.clear()
    found, told = outcome(renderer.overfit(CONTENT, STYLE, SETTINGS))
    assert np.array_equal(found, expected)
    assert emptied == [True]
    assert looked == ["Looking at the photo", "Looking at the style"] * 2
    assert stages(told)[-2:] == [ONCE_MORE, "Painting"]
    assert renderer.remark == ""
    assert loaded == ["card"]


@pytest.mark.parametrize("error", [FULL, RuntimeError("MPS backend out of memory (MPS allocated: 5.1 GB).")])
def test_out_of_memory_twice_the_processor_does_this_run_and_all_later_ones(
    error: Exception, fail, loaded: list[str], looked: list[str]
) -> None:
    expected = finish(Renderer().overfit(CONTENT, STYLE, SETTINGS))
    renderer = Renderer()
    fail(error, 2)
    loaded.clear()
    looked.clear()
    found, told = outcome(renderer.overfit(CONTENT, STYLE, SETTINGS))
    assert np.array_equal(found, expected)
    assert loaded == ["card", "processor"]
    assert looked == ["Looking at the photo", "Looking at the style"] * 3
    assert ON_PROCESSOR in stages(told)
    _, later = outcome(renderer.overfit(CONTENT, STYLE, replace(SETTINGS, fidelity=0.9)))
    assert loaded == ["card", "processor"]
    assert not any("memory" in stage for stage in stages(later))
    assert renderer.remark == REMARK


def test_progress_says_so_until_the_picture_is_painted_and_never_falls(fail) -> None:
    fail(FULL, 2)
    _, told = outcome(Renderer().overfit(CONTENT, STYLE, SETTINGS))
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    begun = next(number for number, progress in enumerate(told) if progress.stage == ON_PROCESSOR)
    assert stages(told[begun:]) == [ON_PROCESSOR, "Painting"]
    assert {progress.fraction for progress in told[begun:] if progress.stage == "Painting"} == {1.0}


def test_drafts_are_told_again_where_all_begins_again(fail) -> None:
    fail(FULL, 2)
    _, told = outcome(Renderer().overfit(CONTENT, STYLE, SETTINGS))
    drafts = [progress for progress in told if isinstance(progress, Preview)]
    assert [draft.stage for draft in drafts] == ["Strokes", ONCE_MORE, ON_PROCESSOR]
    assert all(draft.draft and isinstance(draft.picture, np.ndarray) for draft in drafts)


def test_refining_outlasts_a_full_card_too(fail, loaded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []

    def refined(networks: Networks, image: torch.Tensor, *rest: object, **more: object) -> Work[torch.Tensor]:
        attempts.append(image)
        yield Progress("Finishing touches", 0.5)
        if len(attempts) <= 2:
            raise FULL
        return image / 2

    monkeypatch.setattr(refine, "refine_picture", refined)
    found, told = outcome(Renderer().overfit(CONTENT, STYLE, replace(SETTINGS, refine=1)))
    plain = finish(Renderer().overfit(CONTENT, STYLE, SETTINGS))
    assert found.mean() == pytest.approx(plain.mean() / 2, rel=0.01)
    assert ON_PROCESSOR in stages(told)
    assert loaded == ["card", "processor", "card"]


def test_other_faults_do_not_lead_to_the_processor(fail, loaded: list[str]) -> None:
    fail(RuntimeError("shapes do not match"), 1)
    with pytest.raises(RuntimeError, match="shapes"):
        finish(Renderer().overfit(CONTENT, STYLE, SETTINGS))
    assert loaded == ["card"]


@pytest.mark.parametrize(("remark", "quiet", "said"), [(REMARK, False, SENTENCES), (REMARK, True, ""), ("", False, "")])
def test_on_the_command_line_the_remark_is_a_line_at_the_end_unless_it_is_to_be_quiet(
    remark: str, quiet: bool, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    renderer = Renderer()
    renderer.remark = remark
    commands.tell_remark(renderer, quiet)
    assert capsys.readouterr().err == said
