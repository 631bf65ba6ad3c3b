from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest
import torch
from maps import random_image, scales_of
from torch import Tensor

from stylestudio.engine.coding import Networks
from stylestudio.engine.config import (
    DEFAULT,
    Appearance,
    Config,
    Palette,
    Refining,
    Replacement,
    Scales,
    Search,
    Swap,
)
from stylestudio.engine.matching.method import MatchSettings
from stylestudio.engine.pipeline import overfit, sides
from stylestudio.engine.refining import refined
from stylestudio.progress import finish

NUMBERS = [(record.name, number.name) for record in fields(Config) for number in fields(getattr(DEFAULT, record.name))]
"""The record and the name of every tuned number."""

GENERATOR = torch.Generator().manual_seed(5)
CONTENT, STYLE = (
    (3 * random_image(seed, *size) - 1 + torch.rand(1, 3, *size, generator=GENERATOR) / 5).clamp(0, 1)
    for seed, size in ((1, (24, 32)), (2, (40, 32)))
)
SMALL = Config(
    scales=Scales(coarsest=16, mix=0.5, light=1.0, light_kept=0.5),
    search=Search(offered=8192, rounds=3, reach=4, agreement=0.02, reuse=0.3, region=3),
    palette=Palette(strength=0.5, softened=0.5, skipped=0.001, pure=1, knee=0.02),
    swap=Swap(whole_up_to=3, components=1),
)
"""Such that every number counts in pictures as small as these, which have two scales."""
CHANGED = {
    "scales": Scales(coarsest=80, mix=0, light=0, light_kept=0),
    "appearance": Appearance(components=5, values=90, samples=7),
    "search": Search(offered=6, rounds=0, reach=0, agreement=0, reuse=0, region=1),
    "replacement": Replacement(overlap=1, photo=0, balance=0, ridge=0.9),
    "palette": Palette(strength=0, softened=0, skipped=0.1, pure=0, knee=0.1),
    "refining": Refining(
        photo=0, held=0, levels=2, step=0.007, momentum=0, memory=0.1, colour_noise=1, quiet=1, window=3
    ),
    "swap": Swap(whole_up_to=99, components=4),
}
"""Other numbers; 0 where that switches something off."""


def picture(networks: Networks, config: Config, record: str) -> Tensor:
    """The overfit picture of a small pair, made in a way that the numbers of this record have a part in."""
    method = "single" if record == "swap" else "coarse-to-fine"
    with torch.no_grad():
        if record == "refining":
            return finish(refined(networks, CONTENT * 0.9, CONTENT, STYLE, 2, config))
        shares = [side / 32 for side in sides(32, method, config.scales)]
        scales = scales_of(networks, CONTENT, STYLE, method, shares)
        return finish(overfit(networks, scales, method, MatchSettings(config=config)))


@pytest.fixture(scope="module")
def unchanged(networks: Networks) -> dict[str, Tensor]:
    """The picture by `SMALL`, for each record."""
    return {record: picture(networks, SMALL, record) for record in CHANGED}


def test_every_number_stands_in_a_frozen_record_and_there_are_at_most_35() -> None:
    assert len(NUMBERS) <= 35
    for record, number in NUMBERS:
        owner = getattr(DEFAULT, record)
        assert is_dataclass(owner) and type(getattr(owner, number)) in (int, float), number
        with pytest.raises(FrozenInstanceError):
            setattr(owner, number, 1)
    with pytest.raises(FrozenInstanceError):
        DEFAULT.scales = Scales()  # type: ignore[reportAttributeAccessIssue]
    assert hash(DEFAULT) == hash(Config()) and Config() == DEFAULT


@pytest.mark.parametrize(("record", "number"), NUMBERS)
def test_a_changed_number_changes_the_picture(
    record: str, number: str, networks: Networks, unchanged: dict[str, Tensor]
) -> None:
    value = getattr(CHANGED[record], number)
    config = replace(SMALL, **{record: replace(getattr(SMALL, record), **{number: value})})
    found = picture(networks, config, record)
    assert not torch.equal(found, unchanged[record])
    assert found.min() >= 0 and found.max() <= 1
