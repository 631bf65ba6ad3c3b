from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest
import torch
from maps import laid, random_encoded, random_image, scales_of
from torch import Tensor

from stylestudio.engine.coding import Networks
from stylestudio.engine.config import (
    DEFAULT,
    Config,
    DescriptorConfig,
    PaletteConfig,
    RefiningConfig,
    ReplacementConfig,
    ScaleConfig,
    SearchConfig,
)
from stylestudio.engine.matching.base import LayerInputs, MatchSettings
from stylestudio.engine.methods import METHODS
from stylestudio.engine.pipeline import overfit, scale_sizes
from stylestudio.engine.postprocess import PaletteContext, postprocess_image
from stylestudio.engine.refine import refine_picture
from stylestudio.progress import finish

NUMBERS = [(record.name, number.name) for record in fields(Config) for number in fields(getattr(DEFAULT, record.name))]
"""The record and the name of every tuned number."""

CONTENT, STYLE = ((3 * random_image(seed, *size) - 1).clamp(0, 1) for seed, size in ((1, (16, 24)), (2, (24, 16))))
SMALL = Config(
    scales=ScaleConfig(coarsest=12, mix=0.5, light=1.0, light_kept=0.5),
    appearance=DescriptorConfig(components=64, values=512, samples=4096),
    search=SearchConfig(offered=8192, rounds=4, reach=8, agreement=0.02, reuse=0.3, region=3),
    replacement=ReplacementConfig(overlap=3, photo=0.6, balance=0.65, ridge=0.01),
    palette=PaletteConfig(strength=0.5, softened=0.5, skipped=0.001, pure=1, knee=0.02),
)
"""Such that every number counts in pictures as small as these."""
CHANGED = {
    "scales": ScaleConfig(coarsest=80, mix=0, light=0, light_kept=0),
    "appearance": DescriptorConfig(components=5, values=30, samples=7),
    "search": SearchConfig(offered=6, rounds=0, reach=0, agreement=0, reuse=0, region=1),
    "replacement": ReplacementConfig(overlap=1, photo=0, balance=0, ridge=0.9),
    "palette": PaletteConfig(strength=0, softened=0, skipped=0.1, pure=0, knee=0.1),
    "refining": RefiningConfig(photo=0, held=0, levels=2, step=0.007, momentum=0, memory=0.1, colour_noise=1),
}
"""Other numbers; 0 where that switches something off."""


def made(networks: Networks, config: Config, record: str) -> Tensor:
    """What the numbers of this record have a part in: a picture, or the overfit features of all layers."""
    settings = MatchSettings(config=config)
    if record == "palette":
        return postprocess_image(CONTENT * 1.2 - 0.1, PaletteContext.of(STYLE, None, config.palette))
    if record == "refining":
        return finish(refine_picture(networks, CONTENT * 0.9, CONTENT, STYLE, 2, config))
    if record == "scales":
        shares = [side / 24 for side in scale_sizes(24, "coarse-to-fine", config.scales)]
        return finish(overfit(networks, scales_of(networks, CONTENT, STYLE, shares=shares), "coarse-to-fine", settings))
    return features_of("coarse-to-fine", settings)


def features_of(method: str, settings: MatchSettings) -> Tensor:
    """Of a random pair, one layer's after the other's."""
    content, style = random_encoded(1, 5, 6), random_encoded(9, 6, 7)
    found, coarse = [], None
    for name in METHODS[method].layers:
        decoded = None if coarse is None else content.feature_tensor(name) * 0.9
        features, coarse = finish(
            METHODS[method].replace(LayerInputs(name, content, style, 0, decoded, coarse), settings)
        )
        found.append(laid(features).flatten())
    return torch.cat(found)


@pytest.fixture(autouse=True, scope="module")
def no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def unchanged(networks: Networks) -> dict[str, Tensor]:
    """What is made by `SMALL`, for each record."""
    return {record: made(networks, SMALL, record) for record in CHANGED}


def test_every_number_stands_in_a_frozen_record_and_there_are_at_most_35() -> None:
    assert len(NUMBERS) <= 35
    for record, number in NUMBERS:
        owner = getattr(DEFAULT, record)
        assert is_dataclass(owner) and type(getattr(owner, number)) in (int, float), number
        with pytest.raises(FrozenInstanceError):
            setattr(owner, number, 1)
    with pytest.raises(FrozenInstanceError):
        DEFAULT.scales = ScaleConfig()  # type: ignore[reportAttributeAccessIssue]
    assert hash(DEFAULT) == hash(Config()) and Config() == DEFAULT


@pytest.mark.parametrize(("record", "number"), NUMBERS)
def test_a_changed_number_changes_what_is_made(
    record: str, number: str, networks: Networks, unchanged: dict[str, Tensor]
) -> None:
    value = getattr(CHANGED[record], number)
    found = made(networks, replace(SMALL, **{record: replace(getattr(SMALL, record), **{number: value})}), record)
    assert not torch.equal(found, unchanged[record])
    assert found.isfinite().all() and found.min() >= 0
