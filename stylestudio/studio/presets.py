"""Named style shares, from the files in resources/presets: one TOML file a preset."""

import tomllib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stylestudio.errors import SettingError
from stylestudio.images.decode import Picture
from stylestudio.paths import resource
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares, shares_of


@dataclass(frozen=True)
class Preset:
    """`name` is what the command line takes, `label` what the artist reads."""

    name: str
    label: str
    shares: Shares

    def mix(self, content: Picture, overfit: NDArray[np.float32]) -> Mix:
        """How it mixes this content and its overfit picture (H, W, 3), sRGB 0..1."""
        return Mix(self.shares)


def presets() -> dict[str, Preset]:
    """All presets by name, in the order that their files give."""
    found = []
    for path in resource("presets").glob("*.toml"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append((table["order"], Preset(path.stem, table["label"], shares_of(tuple(table["shares"])))))
    return {preset.name: preset for _, preset in sorted(found)}


def preset(name: str) -> Preset:
    """The preset of this name. Raises `SettingError` if there is none."""
    known = presets()
    if name not in known:
        raise SettingError(f"There is no preset {name}.", hint=f"Choose one of {', '.join(known)}.")
    return known[name]
