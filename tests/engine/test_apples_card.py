"""What the program does on one of Apple's graphics cards, played by `apples_card`."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
import torch
from apples_card import CARD, ApplesCard, OnCard
from maps import random_image, scales_of
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.coding import Networks
from stylestudio.engine.config import DEFAULT
from stylestudio.engine.matching.base import MatchSettings
from stylestudio.engine.matching.descriptors import principal_components
from stylestudio.engine.pipeline import overfit
from stylestudio.engine.refine import refine_picture
from stylestudio.engine.runtime import device
from stylestudio.engine.runtime.device import in_float64
from stylestudio.engine.runtime.selftest import copy_networks
from stylestudio.progress import finish

QUICK = replace(DEFAULT, search=replace(DEFAULT.search, rounds=1, reach=1))
"""All operations, but each less often."""
CONTENT, STYLE, OVERFIT = random_image(1, 16, 24), random_image(2, 24, 16), random_image(3, 16, 24)


@pytest.fixture(autouse=True)
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(device, "LIMITED", (CARD.type,))
    # nor on the processor, so that both make the same picture
    monkeypatch.setattr(device, "has_fast_bfloat16", lambda _: False)
    monkeypatch.setattr(torch, "autocast", lambda *off: nullcontext())  # PyTorch has none for a device of this name
    with torch.no_grad():
        yield


def painted(networks: Networks, method: str) -> Tensor:
    """With a style that is transparent in part, at two scales."""
    opaque = torch.linspace(0, 1, 24).expand(1, 1, 16, 24).mT.contiguous()
    scales = scales_of(networks, CONTENT, STYLE, method, (0.5, 1.0), opaque=opaque)
    return finish(overfit(networks, scales, method, MatchSettings(finest_layer="relu3_1", config=QUICK)))


def assert_made_there(found: Tensor, expected: Tensor) -> None:
    assert isinstance(found, OnCard)
    torch.testing.assert_close(found.cpu(), expected, atol=0.01, rtol=0)


def test_such_a_card_refuses_double_precision_and_eigenvectors_and_work_across_devices() -> None:
    with ApplesCard():
        values = torch.eye(3).to(CARD)
        with pytest.raises(TypeError, match="float64"):
            values.double()
        with pytest.raises(TypeError, match="float64"):
            torch.zeros(3, dtype=torch.float64, device=CARD)
        with pytest.raises(NotImplementedError, match="eigh"):
            torch.linalg.eigh(values)
        with pytest.raises(RuntimeError, match="same device"):
            torch.mm(values, torch.eye(3))


def test_values_of_the_card_are_doubled_on_the_processor() -> None:
    values = torch.tensor([0.1, 0.2])
    with ApplesCard():
        assert torch.equal(in_float64(values.to(CARD)), values.double())


@pytest.mark.parametrize("method", ["coarse-to-fine", "single"])
def test_the_overfit_picture_is_made_on_the_card(method: str, networks: Networks) -> None:
    expected = painted(networks, method)
    with ApplesCard():
        assert_made_there(painted(copy_networks(networks, CARD), method), expected)


def test_pictures_are_made_smaller_and_refined_on_the_card(networks: Networks) -> None:
    images = OVERFIT, F.interpolate(CONTENT, (16, 16)), STYLE
    expected = finish(refine_picture(networks, *images, steps=2))
    with ApplesCard():
        found = finish(refine_picture(copy_networks(networks, CARD), *(image.to(CARD) for image in images), steps=2))
        assert_made_there(found, expected)


@pytest.mark.parametrize("count", [4, 40])
def test_principal_components_are_found_for_the_card(count: int) -> None:
    rows = torch.randn(count, 6, generator=torch.Generator().manual_seed(1))
    with ApplesCard():
        assert_made_there(principal_components(rows.to(CARD), 3), principal_components(rows, 3))
