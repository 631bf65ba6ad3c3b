"""The processor stands in for the graphics card; its networks are made to fail as a card's may."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from stylestudio.engine.coding import Networks
from stylestudio.engine.matching.base import EncodedPicture
from stylestudio.engine.runtime import selftest
from stylestudio.engine.runtime.device import PROCESSOR
from stylestudio.engine.runtime.selftest import choose_device, copy_networks, find_fault

CARDS = [torch.device("cuda"), torch.device("mps")]


@pytest.fixture
def spoil(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Networks], object]], None]:
    """Let the card's copy of the networks be changed before it runs."""

    def by(change: Callable[[Networks], object]) -> None:
        def changed(networks: Networks, device: torch.device) -> Networks:
            copy = copy_networks(networks, PROCESSOR)
            change(copy)
            return copy

        monkeypatch.setattr(selftest, "copy_networks", changed)

    return by


def blurred(module: torch.nn.Module, share: float) -> None:
    """Change the parameters by so much, as shorter numbers or wrong arithmetic would."""
    generator = torch.Generator().manual_seed(1)
    for parameter in module.parameters():
        parameter.mul_(1 + share * torch.randn(parameter.shape, generator=generator))


def test_a_card_that_computes_as_the_processor_has_no_fault(networks: Networks) -> None:
    assert find_fault(networks, PROCESSOR) == ""


def test_numbers_as_short_as_a_cards_convolutions_take_are_no_fault(networks: Networks, spoil) -> None:
    spoil(lambda copy: (blurred(copy.encoder, 0.001), blurred(copy.inverse, 0.001)))
    assert find_fault(networks, PROCESSOR) == ""


def test_wrong_feature_maps_are_a_fault(networks: Networks, spoil) -> None:
    spoil(lambda copy: blurred(copy.encoder.convolution("conv3_1"), 0.1))
    assert find_fault(networks, PROCESSOR) == "its feature maps are wrong"


def test_values_that_are_no_numbers_are_a_fault_wherever_they_arise(networks: Networks, spoil) -> None:
    spoil(lambda copy: copy.encoder.convolution("conv4_1").bias[0].fill_(torch.nan))
    assert find_fault(networks, PROCESSOR) == "its feature maps are wrong"
    spoil(lambda copy: copy.inverse.get_submodule("conv9").bias[0].fill_(torch.nan))
    assert find_fault(networks, PROCESSOR) == "its inverse network is wrong"


def test_a_wrong_picture_from_the_right_feature_maps_is_a_fault(networks: Networks, spoil) -> None:
    spoil(lambda copy: blurred(copy.inverse, 0.1))
    assert find_fault(networks, PROCESSOR) == "its inverse network is wrong"


def test_wrong_matches_are_a_fault(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    right, argmax, argmin = selftest.painted, torch.argmax, torch.argmin
    found = []

    def painted(networks: Networks, *pair: EncodedPicture) -> torch.Tensor:
        monkeypatch.setattr(torch, "argmax", argmin if found else argmax)
        found.append(right(networks, *pair))
        return found[-1]

    monkeypatch.setattr(selftest, "painted", painted)
    assert find_fault(networks, PROCESSOR) == "its overfit picture is wrong"


def test_wrong_slopes_are_a_fault_where_pictures_are_refined(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, slopes = selftest.refine_briefly, F.conv_transpose2d
    found = []

    def noisy(*given: Any) -> torch.Tensor:
        generator, slope = torch.Generator().manual_seed(1), slopes(*given)
        return slope * (1 + 0.3 * torch.randn(slope.shape, generator=generator)).to(slope.dtype)

    def improved(networks: Networks, *images: torch.Tensor) -> torch.Tensor:
        monkeypatch.setattr(F, "conv_transpose2d", noisy if found else slopes)
        found.append(right(networks, *images))
        return found[-1]

    monkeypatch.setattr(selftest, "SIZES", ((16, 48), (24, 32)))
    monkeypatch.setattr(selftest, "refine_briefly", improved)
    monkeypatch.setattr(selftest, "painted", lambda networks, content, style: content.image)
    assert find_fault(networks, PROCESSOR) == "its refined picture is wrong"


def test_the_maps_of_a_trial_are_cut_out_of_wider_ones_and_convolutions_get_copies(
    networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = [selftest.spotted_image(1, 16, 24), selftest.spotted_image(2, 24, 16)]
    convolve, seen = F.conv2d, []

    def noting(x: torch.Tensor, *given: Any) -> torch.Tensor:
        seen.append(x.is_contiguous() or x.is_contiguous(memory_format=torch.channels_last))
        return convolve(x, *given)

    with torch.no_grad():
        content, style = (selftest.encoded(networks, image) for image in images)
        assert (
            not selftest.as_slices_on(PROCESSOR, content)
            .feature_tensor("relu3_1")
            .is_contiguous(memory_format=torch.channels_last)
        )
        monkeypatch.setattr(F, "conv2d", noting)
        selftest.painted(networks, content, style)
    assert seen and all(seen)


@pytest.mark.parametrize(
    "error",
    [
        TypeError("Cannot convert a MPS Tensor to float64 dtype.\nMore about that."),
        torch.OutOfMemoryError("Full"),
        NotImplementedError(""),
    ],
)
def test_whatever_a_card_raises_is_its_fault(error: Exception, networks: Networks, spoil) -> None:
    def fail(copy: Networks) -> None:
        def forward(x: torch.Tensor) -> torch.Tensor:
            raise error

        copy.inverse.get_submodule("conv5").forward = forward

    spoil(fail)
    assert find_fault(networks, PROCESSOR) == f"{type(error).__name__}: {error}".split("\n")[0]


def test_a_card_that_is_not_there_is_at_fault_and_the_networks_stay_where_they_are(networks: Networks) -> None:
    assert find_fault(networks, torch.device("cuda", 99))
    assert selftest.device_of(networks) == PROCESSOR


def test_the_pictures_of_a_trial_are_cut_into_tiles(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    convolution = networks.encoder.convolution("conv1_1")
    handle = convolution.register_forward_hook(lambda module, x, y: sizes.append(tuple(y.shape[2:])))
    try:
        with torch.no_grad():
            selftest.encoded(networks, selftest.spotted_image(0, *selftest.SIZES[0]))
    finally:
        handle.remove()
    assert len(sizes) > 1


@pytest.mark.parametrize(
    ("faults", "expected"), [(["", ""], CARDS[0]), (["slow", ""], CARDS[1]), (["slow", "wrong"], PROCESSOR)]
)
def test_the_first_card_without_a_fault_is_chosen_else_the_processor(
    faults: list[str], expected: torch.device, networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict(zip(CARDS, faults, strict=True))
    monkeypatch.setattr(selftest, "graphics_cards", lambda: CARDS)
    monkeypatch.setattr(selftest, "find_fault", lambda networks, card: known[card])
    assert choose_device(networks) == (expected, {card: found for card, found in known.items() if found})


def test_without_a_card_nothing_is_tried(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "graphics_cards", list)
    monkeypatch.delattr(selftest, "find_fault")
    assert choose_device(networks) == (PROCESSOR, {})
