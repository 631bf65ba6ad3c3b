"""The engine's ingredients, and its numbers with each of them left out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from stylestudio.engine.config import DEFAULT, Config
from stylestudio.errors import SettingError

WHOLE = "all ingredients"
EVERYTHING = "all"
NOT_SCALED = 1 << 30
OFF: dict[str, dict[str, dict[str, Any]]] = {
    "scales": {"scales": {"coarsest": NOT_SCALED}},
    "mix": {"scales": {"mix": 0.0}},
    "light": {"scales": {"light": 0.0}},
    "light_kept": {"scales": {"light_kept": 0.0}},
    "patchmatch": {"search": {"rounds": 0, "reach": 0}},
    "agreement": {"search": {"agreement": 0.0}},
    "reuse": {"search": {"reuse": 0.0}},
    "overlap": {"replacement": {"overlap": 1}},
    "photo": {"replacement": {"photo": 0.0}},
    "balance": {"replacement": {"balance": 0.0}},
    "palette": {"palette": {"strength": 0.0}},
    "softened": {"palette": {"softened": 0.0}},
    "held": {"refining": {"held": 0.0}},
    "levels": {"refining": {"levels": 1}},
    "colour_noise": {"refining": {"colour_noise": 0.0}},
}
"""By ingredient, the fields of the configuration's records that switch it off."""


def without_ingredient(ingredient: str, config: Config = DEFAULT) -> Config:
    """The configuration with this ingredient left out. Raises `SettingError` for an unknown one."""
    if ingredient not in OFF:
        raise SettingError(
            f"There is no ingredient {ingredient}.", hint=f"Give {EVERYTHING} or some of {', '.join(OFF)}."
        )
    records = {name: replace(getattr(config, name), **fields) for name, fields in OFF[ingredient].items()}
    return replace(config, **records)


def ablations(names: Sequence[str]) -> dict[str, Config]:
    """By name, the configuration as it ships, then with each of these ingredients left out. Raises `SettingError`."""
    chosen = list(OFF) if EVERYTHING in names else list(names)
    return {WHOLE: DEFAULT, **{f"without {name}": without_ingredient(name) for name in chosen}}
